"""Erasing a party: all its conversations and what it wrote to contact aliases; when nothing is left, itself.

A conversation is one record of two people: what one wrote is quoted by the other. So it goes as a whole, also
for the other party, or stays as a whole: under a hold, or, if the request says so, until nobody can need it
for a claim any more (GDPR Art. 17(3)(e)). Meanwhile the party stays as well, because its mailboxes are what
transcripts are masked by.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from parley.erasing.advance import advance
from parley.erasing.asking import cases_of, kept_for
from parley.erasing.certificate import certificate, certificate_key
from parley.erasing.intakes import erase_first_contacts
from parley.erasing.matters import Plan, Subject
from parley.erasing.ports import Outside
from parley.erasing.steps import Finished, Held, Kept, Step, Wait, resting
from parley.relaying.ports import ConversationGoneError

LOOK_AGAIN = timedelta(hours=24)
"""How often at least: a hold may have been lifted."""
SOON = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """plan: as it stands; None if it is finished. waiting: how many conversations and intakes wait, by why:
    "held", "kept", "settling", or "mail-in-work" and "mail-unreceived", where another recipient of a mail has
    no outcome yet and the inbox still has the mail. cases: of the holds. failed: types of errors."""

    plan: Plan | None
    waiting: Counter[str]
    cases: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


def carry_on(plan: Plan, outside: Outside) -> Progress:
    """Does all of a plan that can be done now. One conversation's failure touches no other."""
    steps: list[Step] = []
    failed: list[str] = []
    for subject in outside.records.of_party(plan.party):
        # Those that wait are many and cost nothing: they must not use up the time of the others.
        rest = resting(subject, outside.clock.now(), kept_for(plan.for_claims, outside))
        if rest is not None:
            steps.append(rest)
            continue
        if not outside.has_time():
            steps.append(Wait(outside.clock.now()))
            break
        try:
            steps.append(_advance(subject, plan, outside))
        except Exception as error:  # Whatever it is: it is told, and tried again.
            failed.append(type(error).__name__)
            steps.append(Wait(outside.clock.now() + SOON))
    first_contacts = erase_first_contacts(
        plan,
        {"why": "request", "erasure": plan.id},
        outside,
        kept_for=kept_for(plan.for_claims, outside),
    )
    steps += first_contacts[0]
    failed += first_contacts[1]
    waiting = [step for step in steps if not isinstance(step, Finished)]
    if not waiting and _forget(plan, outside):
        return Progress(plan=None, waiting=Counter())
    plan = plan.due_at(_next_at(waiting, outside.clock.now()))
    outside.plans.put_off(plan)
    return Progress(
        plan=plan, waiting=Counter(map(_reason, waiting)), cases=cases_of(waiting), failed=tuple(failed)
    )


def _advance(subject: Subject, plan: Plan, outside: Outside) -> Step:
    try:
        step = advance(
            subject,
            _facts(plan, subject),
            outside,
            kept_for=kept_for(plan.for_claims, outside),
            close_at_once=True,
        )
        if isinstance(step, Finished):
            outside.records.unlink(outside.records.read(subject.id), plan)
    except ConversationGoneError:
        return Finished()
    return step


def _facts(plan: Plan, subject: Subject) -> dict[str, str]:
    facts = {"why": "request", "erasure": plan.id}
    if plan.for_claims and subject.kept_until is not None:
        facts |= {"ground": "claims", "kept-until": subject.kept_until.isoformat()}
    return facts


def _forget(plan: Plan, outside: Outside) -> bool:
    """Erases the party itself, certifies it and drops the plan. False if a conversation was opened
    meanwhile."""
    party = outside.records.party(plan.party)
    if party is not None:
        for mailbox in outside.records.mailboxes_of(party):
            # SES may list a mailbox as a bounce spells it.
            for spelling in sorted({str(mailbox), str(mailbox).lower()}):
                outside.suppressions.remove(spelling)
        outside.records.forget(party, plan)
        # Nobody can open another one with a party that is gone, but somebody may just have done it.
        if any(outside.records.of_party(plan.party)):
            return False
    counted = outside.plans.read(plan.id)
    if counted is not None:
        content = certificate(counted, outside.clock.now(), outside.rules)
        outside.notes.put(certificate_key(plan.id), content, media_type="application/json")
        outside.plans.drop(plan)
    return True


def _next_at(waiting: Iterable[Step], now: datetime) -> datetime:
    times = [step.until for step in waiting if isinstance(step, Kept | Wait)]
    return min([*times, now + LOOK_AGAIN]) if times or waiting else now + SOON


def _reason(step: Step) -> str:
    match step:
        case Held():
            return "held"
        case Kept():
            return "kept"
        case Wait():
            return step.why
        case _:
            return "settling"
