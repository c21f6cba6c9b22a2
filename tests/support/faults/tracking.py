"""track_delivery at work: on what SES tells of mails, and on requests to confirm a mailbox."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from parley.stores.items import read_party
from tests.support import canary
from tests.support.deliveries import HARD, SUPPRESSED, tell, work_on_events
from tests.support.deliveries import told as told_by_ses
from tests.support.faults import peek
from tests.support.faults.invariants import told
from tests.support.faults.peek import Peek
from tests.support.faults.receiving import empty_queues, worked
from tests.support.faults.scenario import Scenario
from tests.support.http import ask
from tests.support.market import START, Market
from tests.support.runtime import AFTER_THE_LEASE

_CONFIRMED = START + timedelta(hours=1)
_CONFIRMATION = "/parties/p-seller/confirmation"


def tracked(market: Market) -> bool:
    """Hands what waits in the queue of delivery events to the function once each; whether all was
    acknowledged. The rest returns."""
    return all(work_on_events(market))


def tracked_later(market: Market) -> bool:
    market.clock.pass_by(AFTER_THE_LEASE)
    return tracked(market)


def _of_a_mail(kind: str, **details: Any) -> Callable[[Market], None]:
    """SES tells this of a mail of the buyer's."""

    def prepare(market: Market) -> None:
        market.accept(market.from_buyer())
        assert worked(market)
        tell(market, told_by_ses(market.sent[-1], kind, market.clock.now(), **details))

    return prepare


_bounced = _of_a_mail("Bounce", **HARD)


def _refused_for_its_content(market: Market) -> None:
    """The seller's mailbox lives, and SES keeps it on its list all the same."""
    _of_a_mail("Bounce", **HARD, bouncedRecipients=[{"status": "5.7.1"}])(market)
    market.wire.suppressed.add(canary.SELLER_MAILBOX)


def unreachable(market: Market) -> None:
    """The seller's mailbox bounced, and SES keeps it on its list."""
    _bounced(market)
    assert tracked(market)
    market.wire.suppressed.add(canary.SELLER_MAILBOX)


def _asked_to_confirm(market: Market) -> None:
    unreachable(market)
    assert ask(market, "POST", _CONFIRMATION).status == 202


def _confirmed(market: Market) -> None:
    _asked_to_confirm(market)
    assert tracked(market)
    tell(market, told_by_ses(market.sent[-1], "Delivery", _CONFIRMED))


def _asked_and_tracked(market: Market) -> bool:
    """The marketplace asks until it is answered; the queue is worked on until it is empty."""
    return ask(market, "POST", _CONFIRMATION).status == 202 and tracked(market)


def _stands(market: Market) -> str:
    """What became of everything, of the mails' deliveries and of the parties' mailboxes."""
    items = Peek(market.deployment).items()
    deliveries = [each.delivery for each in peek.messages(items) if each.delivery is not None]
    parties = [read_party(item) for item in items if item["sk"] == {"S": "PARTY"}]
    marks = [(party.id, party.unreachable and party.unreachable.is_sent) for party in parties]
    return json.dumps(
        [
            told(market),
            [(each.status, each.told) for each in deliveries],
            [*sorted(marks), [party.id for party in parties if party.opted_out_at is not None]],
            sorted(market.wire.suppressed),
        ]
    )


def tracking(name: str, prepare: Callable[[Market], object]) -> Scenario:
    """What waits in the queue of delivery events."""
    return Scenario(
        name=name, prepare=prepare, act=tracked, again=tracked_later, told=_stands, check=empty_queues
    )


TRACKING = (
    tracking("delivered", _of_a_mail("Delivery")),
    tracking("bounced", _bounced),
    tracking("suppressed", _of_a_mail("Bounce", **SUPPRESSED)),
    tracking("refused for its content", _refused_for_its_content),
    tracking("complained of", _of_a_mail("Complaint")),
    tracking("asked to confirm", _asked_to_confirm),
    tracking("confirmed", _confirmed),
    Scenario(
        name="ask for a confirmation",
        prepare=unreachable,
        act=_asked_and_tracked,
        again=_asked_and_tracked,
        told=_stands,
        check=empty_queues,
    ),
)
