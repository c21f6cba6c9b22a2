"""Mail whose notification never came is found by the sweep."""

from datetime import UTC, datetime, timedelta

import pytest

from parley.relaying.receipts import SETUP_OBJECT
from tests.support import canary
from tests.support.mails import FORGED, PASS
from tests.support.market import Market
from tests.support.runtime import Fault, answers, event


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


@pytest.mark.parametrize("verdicts", [FORGED, PASS], ids=["unproved", "proved"])
def test_a_late_notification_of_another_time_sends_nothing_twice_whatever_came_between(
    market: Market, verdicts: dict[str, str]
) -> None:
    """Neither the time of a receipt nor what a conversation remembers decides whether a mail is known."""
    written = market.from_buyer()
    receipt_id = market.accept(written, announced=False)
    sweep(market)
    assert market.work() == [True]
    (sent,) = market.sent
    for number in range(60):
        between = market.from_buyer(message_id=f"CA-{number}@mail.zeisig-post.example")
        market.accept(between, verdicts=verdicts)
        assert market.work() == [True]
    market.clock.pass_by(timedelta(hours=1))
    market.announce_again(receipt_id, written)
    assert market.work() == [True]
    assert [each for each in market.sent if each.tags["message"] == sent.tags["message"]] == [sent]
    assert len(market.sent) == (61 if verdicts is PASS else 1)
    assert len(market.messages()) == 61


def test_a_mail_is_asked_for_every_six_hours_until_it_is_three_days_old(market: Market) -> None:
    market.accept(market.from_buyer(), announced=False)
    minutes = (31, 46, 31 + 359, 31 + 361, 3 * 24 * 60 - 1, 3 * 24 * 60 + 1)
    assert [sweep(market, timedelta(minutes=age)) for age in minutes] == [1, 0, 0, 1, 1, 0]


def test_a_mail_that_was_asked_for_repeatedly_is_sent_once(market: Market) -> None:
    market.accept(market.from_buyer(), announced=False)
    for age in (timedelta(hours=1), timedelta(hours=8), timedelta(hours=15)):
        assert sweep(market, age) == 1
    assert market.work() == [True] * 3
    assert len(market.sent) == 1


def test_a_mail_whose_message_waits_is_left_to_the_queue(market: Market) -> None:
    market.accept(market.from_buyer())
    market.fault = answers("SendEmail", 429, "TooManyRequestsException")
    assert market.work() == [False]
    market.fault = Fault()
    assert sweep(market) == 0


def test_a_sweep_costs_two_calls_and_two_for_each_lost_mail(market: Market) -> None:
    for _ in range(2):
        market.accept(market.from_buyer(), announced=False)
    sweep(market)
    lost = ["sqs.SendMessage", "dynamodb.UpdateItem"]
    assert market.cost == ["s3.ListObjectsV2", "dynamodb.BatchGetItem", *lost, *lost]


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
