"""What is resumed is what was decided; where that is no longer possible, a person decides."""

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes

import pytest

from parley.conversation.parties import Party
from parley.mail.address import Mailbox
from parley.stores.items import party_item
from tests.support import canary
from tests.support.market import Market
from tests.support.runtime import AFTER_THE_LEASE, Fault
from tests.support.wire import Answer, Call, kill_after

CLAIM, SEND = 5, 9
"""Which of the calls of a relayed mail (test_sending.py) they are."""


def rewrite(market: Market, party: Party) -> None:
    """What the marketplace knows of a party has changed."""
    settings, dynamodb = market.deployment.settings, market.deployment.clients.dynamodb
    dynamodb.put_item(TableName=settings.table, Item=party_item(party))


def renamed(market: Market) -> Party:
    return replace(market.buyer, display_name="Kordula Z.")


def moved(market: Market) -> Party:
    return replace(market.seller, mailboxes=(Mailbox("laden", "neu.girlitz-handel.example"),))


def stopped(market: Market, number: int) -> None:
    """Delivers a mail to a process that dies after that call."""
    market.accept(market.from_buyer())
    market.fault = Fault(after=kill_after(number))
    assert market.work() == [False]
    market.fault = Fault()


@pytest.mark.parametrize("change", [renamed, moved], ids=lambda change: change.__name__)
def test_a_mail_that_would_now_be_composed_otherwise_is_held(
    market: Market, change: Callable[[Market], Party]
) -> None:
    stopped(market, CLAIM)
    rewrite(market, change(market))
    assert market.work_after(AFTER_THE_LEASE) == [True]
    assert market.outcomes() == [("held", ("composition-changed",))]
    assert [sent.recipients for sent in market.sent] == [(canary.BUYER_MAILBOX,)], "a notice"
    assert len([key for key in market.deployment.archived() if key.endswith("original.eml")]) == 1


def test_a_mail_that_waits_is_held_when_its_addressee_has_moved(market: Market) -> None:
    market.accept(market.from_buyer())
    market.fault = declined_once()
    assert market.work() == [False]
    rewrite(market, moved(market))
    assert market.work() == [True]
    assert market.outcomes() == [("held", ("composition-changed",))]
    assert [sent.recipients for sent in market.sent] == [(canary.BUYER_MAILBOX,)], "a notice"


def test_a_mail_that_waits_goes_as_it_was_composed_although_its_author_was_renamed(market: Market) -> None:
    market.accept(market.from_buyer())
    market.fault = declined_once()
    assert market.work() == [False]
    rewrite(market, renamed(market))
    assert market.work() == [True]
    (sent,) = market.sent
    assert canary.BUYER_NAME in str(message_from_bytes(sent.raw)["From"])
    assert market.outcomes() == [("relayed", ("protected-masked",))]


def test_what_came_in_between_does_not_change_what_was_decided(market: Market) -> None:
    """Resumed after the seller's answer, the mail still threads as it did when it was claimed."""
    stopped(market, CLAIM)
    market.accept(market.from_seller())
    assert sorted(market.work()) == [False, True]
    assert market.work_after(AFTER_THE_LEASE) == [True]
    assert [state for state, _ in market.outcomes()] == ["relayed", "relayed"]


def declined_once() -> Fault:
    declined: list[Call] = []

    def before(call: Call) -> Answer | None:
        if call.operation != "SendEmail" or declined:
            return None
        declined.append(call)
        return Answer(429, "TooManyRequestsException")

    return Fault(before=before)
