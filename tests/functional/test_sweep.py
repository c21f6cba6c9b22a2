"""Mail whose notification never came is found by the sweep."""

from datetime import UTC, datetime, timedelta

from parley.relaying.receipts import SETUP_OBJECT
from tests.support import canary
from tests.support.market import Market
from tests.support.runtime import event


def sweep(market: Market, age: timedelta = timedelta(minutes=31)) -> int:
    """Runs the sweep when what is in the inbox has that age."""
    # S3 stamps objects with the real time; the functions' clock follows it here.
    market.clock.pass_by(datetime.now(UTC) + age - market.clock.now())
    answer: dict[str, int] = market.invoke("tend_archive", event("schedule.json"))
    return answer["forgotten"]


def test_a_mail_without_notification_is_relayed_after_the_sweep(market: Market) -> None:
    market.accept(market.from_buyer(), announced=False)
    assert market.work() == []
    assert sweep(market) == 1
    assert market.work() == [True]
    assert [sent.recipients for sent in market.sent] == [(canary.SELLER_MAILBOX,)]
    assert b"zeisig-post" not in market.sent[0].raw


def test_a_mail_that_has_its_outcome_is_not_asked_for(market: Market) -> None:
    market.accept(market.from_buyer())
    market.work()
    assert sweep(market) == 0


def test_a_mail_that_has_just_arrived_is_left_to_its_notification(market: Market) -> None:
    market.accept(market.from_buyer(), announced=False)
    assert sweep(market, age=timedelta(minutes=29)) == 0


def test_a_notification_that_comes_after_the_sweep_sends_nothing_twice(market: Market) -> None:
    written = market.from_buyer()
    receipt_id = market.accept(written, announced=False)
    sweep(market)
    assert market.work() == [True]
    market.announce_again(receipt_id, written)
    assert market.work() == [True]
    assert len(market.sent) == 1


def test_a_lost_mail_to_several_recipients_is_held_for_a_person(market: Market) -> None:
    recipients = (market.main.buyer_writes_to, f"abuse@{market.relay_domain}")
    market.accept(market.from_buyer(), recipients=recipients, announced=False)
    assert sweep(market) == 1
    assert market.work() == [True]
    assert market.sent == []
    assert market.loose_outcomes() == [("held", "notification-missing")]
    assert sweep(market) == 0


def test_sess_setup_object_is_no_mail(market: Market) -> None:
    market.deployment.store(SETUP_OBJECT, b"Subject: Amazon SES Setup Notification\r\n\r\n")
    assert sweep(market) == 0
