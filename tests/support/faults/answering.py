"""admin_api at work: the marketplace and reviewers write, and repeat what was not answered."""

from collections.abc import Callable
from typing import Any

from tests.support import scenarios as receipts
from tests.support.faults.receiving import DECISION, worked
from tests.support.faults.scenario import Scenario
from tests.support.http import ask
from tests.support.market import Market

_HOLDS = "/conversations/c1/holds"
_HOLD = {**DECISION, "id": "h1"}
_PARTY = {
    "id": "laden-2",
    "role": "seller",
    "locale": "en",
    "display_name": "Nordladen",
    "mailboxes": ["zwei@nordladen.example", "drei@nordladen.example"],
    "contact_alias": True,
}
_ORDER = {"order": "303-11", "buyer": "p-buyer", "seller": "p-seller"}


def answered(
    name: str, method: str, path: str, body: Any, prepare: Callable[[Market], object] = lambda _: None
) -> Scenario:
    """One request, which is repeated until it is answered with success; each has an id of its own, or is the
    same however often it is made. "MESSAGE" in the path is the id of the only message."""

    def act(market: Market) -> bool:
        messages = market.messages()
        at = path.replace("MESSAGE", messages[0].id if messages else "")
        return ask(market, method, at, body=body).status < 300

    return Scenario(name=name, prepare=prepare, act=act, again=act)


def _held(market: Market) -> None:
    receipts.held_with_a_notice(market)
    assert worked(market)


def _with_a_hold(market: Market) -> None:
    assert ask(market, "POST", _HOLDS, body=_HOLD).status == 201


def _registered(market: Market) -> None:
    assert ask(market, "POST", "/parties", body=_PARTY).status == 201


ANSWERING = (
    answered("register a party", "POST", "/parties", _PARTY),
    answered(
        "change a party",
        *("PATCH", "/parties/laden-2", {"mailboxes": ["zwei@nordladen.example", "vier@nordladen.example"]}),
        prepare=_registered,
    ),
    answered("open a conversation", "POST", "/conversations", _ORDER),
    answered("close a conversation", "PATCH", "/conversations/c1", {"status": "closed"}),
    answered(
        "add a note",
        "POST",
        "/conversations/c1/notes",
        {"id": "n1", "case": "case-17", "text": "asked twice"},
    ),
    answered("place a hold", "POST", _HOLDS, _HOLD),
    answered("lift a hold", "POST", f"{_HOLDS}/h1/lift", {"reason": "decided"}, prepare=_with_a_hold),
    answered(
        "ask for a release", "POST", "/conversations/c1/messages/MESSAGE/release", DECISION, prepare=_held
    ),
    answered(
        "ask for a refusal", "POST", "/conversations/c1/messages/MESSAGE/refuse", DECISION, prepare=_held
    ),
    answered("record an export", "POST", "/conversations/c1/exports", {"id": "x1", "case": "case-17"}),
    answered(
        "record a read",
        *("POST", "/conversations/c1/reads", {"id": "r1", "case": "case-17", "what": "originals"}),
    ),
    answered("record a read of a party", "POST", "/parties/p-buyer/reads", {"id": "r2", "case": "case-17"}),
)
