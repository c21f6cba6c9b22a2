"""What the function can be asked, by its schedule or by a privacy officer's command: JSON both ways."""

import re
from collections.abc import Mapping
from typing import Any

from parley.conversation.parties import PartyId
from parley.erasing.asking import Request, UnknownPartyError, ask, look
from parley.erasing.matters import Plan
from parley.erasing.party import Progress, carry_on
from parley.erasing.ports import Outside
from parley.erasing.retention import Round, keep_retention

LOOKED_AT = 500
"""Of how many conversations somebody is told who waits for the answer."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CASE = re.compile(r"[A-Za-z0-9#._:/-]{1,100}")
"""As the API has them (docs/api.md)."""
_MAX_WHO = 2_048


class TaskError(ValueError):
    """The request is none; `code` says what is wrong with it: "unknown-task", "wrong-party", "wrong-case",
    "wrong-who", "wrong-ground" or "unknown-party"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def answer(request: Mapping[str, Any], outside: Outside) -> dict[str, Any]:
    """A privacy officer's request, which changes nothing ("look", "list") or begins an erasure ("erase").
    Raises `TaskError`."""
    try:
        match request.get("task"):
            case "look":
                return _look(request, outside)
            case "erase":
                asked = Request(
                    party=_party(request),
                    case=_matching(request, "case", _CASE),
                    who=_who(request),
                    for_claims=_for_claims(request),
                )
                return _plan(ask(asked, outside))
            case "list":
                return {"erasures": [_plan(each) for each in outside.plans.all()]}
    except UnknownPartyError:
        raise TaskError("unknown-party") from None
    raise TaskError("unknown-task")


def work(outside: Outside) -> tuple[list[Progress], Round]:
    """What the schedule asks for: every erasure whose time has come, then the day's round of retention.

    Raises what kept an erasure from being carried on, once everything else had its turn."""
    progress, errors = [], []
    for plan in outside.plans.all():
        if plan.next_at <= outside.clock.now() and outside.has_time():
            try:
                progress.append(carry_on(plan, outside))
            except Exception as error:  # Whatever it is: the others are carried on.
                errors.append(error)
    kept = keep_retention(outside)
    if errors:
        raise errors[0]
    return progress, kept


def _look(request: Mapping[str, Any], outside: Outside) -> dict[str, Any]:
    found = look(_party(request), _for_claims(request), outside, at_most=LOOKED_AT)
    return {
        "conversations": found.conversations,
        "more": found.more,
        "first_contacts": found.first_contacts,
        "held": found.held,
        "cases": list(found.cases),
        "kept": found.kept,
        "kept_until": None if found.kept_until is None else found.kept_until.isoformat(),
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.id,
        "party": plan.party,
        "case": plan.case,
        "for_claims": plan.for_claims,
        "requested_at": plan.requested_at.isoformat(),
        "next_at": plan.next_at.isoformat(),
        "finished_conversations": plan.conversations,
    }


def _party(request: Mapping[str, Any]) -> PartyId:
    return PartyId(_matching(request, "party", _ID))


def _matching(request: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = request.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise TaskError(f"wrong-{name}")
    return value


def _who(request: Mapping[str, Any]) -> str:
    # A claim: whoever may invoke the function may write what they like here.
    who = request.get("who")
    if not isinstance(who, str) or not 0 < len(who) <= _MAX_WHO:
        raise TaskError("wrong-who")
    return who


def _for_claims(request: Mapping[str, Any]) -> bool:
    """True unless it says otherwise: evidence that is gone cannot be had back."""
    given = request.get("for_claims", True)
    if not isinstance(given, bool):
        raise TaskError("wrong-ground")
    return given
