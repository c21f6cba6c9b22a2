"""Asking for a party to be erased, and what that would do."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from parley.conversation.parties import PartyId
from parley.erasing.matters import Plan, Subject
from parley.erasing.ports import Outside
from parley.erasing.steps import Held, Kept, Step, next_step
from parley.reviewing.reads import access_key

ID_BITS = 128
SALT_BITS = 128
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """case: the id of the request. who: asks, by their own account: Lambda does not tell who invokes a
    function, CloudTrail does. for_claims: as in `Plan`."""

    party: PartyId
    case: str
    who: str
    for_claims: bool


class UnknownPartyError(LookupError):
    """There is no such party."""


def ask(request: Request, outside: Outside) -> Plan:
    """Begins an erasure and records who asked; one that is under way is returned as it stands, or no longer
    waits for claims. Raises `UnknownPartyError`."""
    if outside.records.party(request.party) is None and not any(outside.records.of_party(request.party)):
        raise UnknownPartyError(request.party)
    now = outside.clock.now()
    plan = outside.plans.add(
        Plan(
            id=f"{outside.entropy.bits(ID_BITS):032x}",
            party=request.party,
            case=request.case,
            for_claims=request.for_claims,
            requested_at=now,
            salt=f"{outside.entropy.bits(SALT_BITS):032x}",
            next_at=now,
        )
    )
    if plan.for_claims and not request.for_claims:
        plan = replace(plan, for_claims=False, next_at=now)
        outside.plans.hurry(plan)
    record = {
        "schema_version": SCHEMA_VERSION,
        "kind": "erasure",
        "id": plan.id,
        "at": now.isoformat(),
        "who": request.who,
        "who_is": "as the request says; CloudTrail has who made it",
        "case": request.case,
    }
    content = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False).encode()
    outside.notes.put(access_key(now, plan.id), content, media_type="application/json")
    return plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What erasing a party would do now. conversations: how many it is in, those by what would happen: `held`
    with the cases, `kept` with the latest end of a claim window. more: whether there are others that were not
    looked at. first_contacts: mails to contact aliases that opened no conversation, as many at most."""

    conversations: int
    cases: tuple[str, ...]
    held: int
    kept: int
    kept_until: datetime | None
    more: bool
    first_contacts: int


def look(party: PartyId, for_claims: bool, outside: Outside, *, at_most: int) -> Prospect:
    """Changes nothing. Raises `UnknownPartyError`."""
    subjects: list[Subject] = []
    more = False
    for subject in outside.records.of_party(party):
        if len(subjects) == at_most:
            more = True
            break
        subjects.append(subject)
    if not subjects and outside.records.party(party) is None:
        raise UnknownPartyError(party)
    now, time = outside.clock.now(), kept_for(for_claims, outside)
    steps = [
        next_step(
            each,
            partial(outside.records.latest_mail, each.id),
            now,
            kept_for=time,
            close_at_once=False,
        )
        for each in subjects
    ]
    ends = [step.until for step in steps if isinstance(step, Kept)]
    return Prospect(
        conversations=len(subjects),
        cases=cases_of(steps),
        held=sum(isinstance(step, Held) for step in steps),
        kept=len(ends),
        kept_until=max(ends, default=None),
        more=more,
        first_contacts=sum(1 for _ in islice(outside.records.first_contacts(party), at_most)),
    )


def kept_for(for_claims: bool, outside: Outside) -> timedelta:
    """How long contents stay after the latest mail of their conversation, whoever asks."""
    return outside.rules.claim_window if for_claims else timedelta()


def cases_of(steps: Iterable[Step]) -> tuple[str, ...]:
    """Of the holds in force."""
    return tuple(sorted({case for step in steps if isinstance(step, Held) for case in step.cases}))
