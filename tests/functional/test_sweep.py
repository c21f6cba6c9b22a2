"""Mail whose notification never came is found by the sweep."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from parley.conversation.messages import State
from parley.relaying.receipts import SETUP_OBJECT, sweep_request
from parley.relaying.receive import receive
from parley.relaying.unfinished import MAX_FAILURES
from parley.wiring import wire
from tests.support import canary
from tests.support.mails import FORGED, PASS
from tests.support.market import Market
from tests.support.runtime import Fault, answers, event
from tests.support.wire import Answer, Call


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


def test_a_mail_is_asked_for_once_and_again_every_week(market: Market) -> None:
    market.accept(market.from_buyer(), announced=False)
    ages = (timedelta(minutes=31), timedelta(minutes=46), timedelta(days=6), timedelta(days=8))
    assert [sweep(market, age) for age in ages] == [1, 0, 0, 1]


def test_a_mail_that_was_asked_for_repeatedly_is_sent_once(market: Market) -> None:
    market.accept(market.from_buyer(), announced=False)
    for age in (timedelta(hours=1), timedelta(days=8), timedelta(days=16)):
        assert sweep(market, age) == 1
    assert market.work() == [True] * 3
    assert len(market.sent) == 1


def test_a_mail_that_was_lost_while_no_sweep_ran_for_weeks_is_found(market: Market) -> None:
    assert sweep(market, age=timedelta()) == 0
    market.accept(market.from_buyer(), announced=False)
    assert sweep(market, age=timedelta(days=40)) == 1


def test_a_mail_whose_message_waits_is_left_to_the_queue(market: Market) -> None:
    market.accept(market.from_buyer())
    market.fault = answers("SendEmail", 429, "TooManyRequestsException")
    assert market.work() == [False]
    market.fault = Fault()
    assert sweep(market) == 0


def test_a_sweep_costs_six_calls_and_two_for_each_lost_mail(market: Market) -> None:
    for _ in range(2):
        market.accept(market.from_buyer(), announced=False)
    sweep(market)
    oldest_held = "dynamodb.Query"
    begun = ["dynamodb.GetItem", "sqs.GetQueueAttributes"]
    looked = ["s3.ListObjectsV2", "dynamodb.BatchGetItem"]
    lost = ["sqs.SendMessage", "dynamodb.UpdateItem"]
    assert market.cost == [oldest_held, *begun, *looked, *lost, *lost, "dynamodb.PutItem"]


def test_what_a_sweep_has_looked_up_is_not_looked_up_again(market: Market) -> None:
    market.accept(market.from_buyer())
    market.work()
    sweep(market)
    assert "dynamodb.BatchGetItem" in market.cost
    assert sweep(market, timedelta(minutes=46)) == 0
    begun = ["dynamodb.Query", "dynamodb.GetItem", "sqs.GetQueueAttributes"]
    assert market.cost == [*begun, "s3.ListObjectsV2", "dynamodb.PutItem"]


def test_a_lost_mail_to_several_recipients_is_held_for_a_person(market: Market) -> None:
    recipients = (market.main.buyer_writes_to, f"abuse@{market.relay_domain}")
    market.accept(market.from_buyer(), recipients=recipients, announced=False)
    assert sweep(market) == 1
    assert market.work() == [True]
    assert market.sent == []
    assert market.loose_outcomes() == [("held", "notification-missing")]
    assert sweep(market) == 0


def test_the_sweep_measures_how_long_the_oldest_held_mail_has_waited(
    market: Market, capsys: pytest.CaptureFixture[str]
) -> None:
    def measured(age: timedelta) -> float:
        sweep(market, age)
        lines = [line for line in capsys.readouterr().out.splitlines() if '"HeldAge"' in line]
        return float(json.loads(lines[-1])["HeldAge"][0])

    assert measured(timedelta()) == 0
    for number in (1, 2):
        spam = {**PASS, "spam": "FAIL"}
        market.accept(market.from_buyer(message_id=f"CA{number}@a.example"), verdicts=spam)
        market.work()
        market.clock.pass_by(timedelta(hours=5))
    assert measured(timedelta(hours=40)) == pytest.approx(40 * 3600, abs=60)


def lose_all_texts(market: Market) -> None:
    """As after 14 days among the dead letters, or by somebody's hand."""
    market.deployment.clients.sqs.purge_queue(QueueUrl=market.deployment.queue_url)


def at_two(market: Market) -> tuple[str, str]:
    return market.main.buyer_writes_to, market.correspondence("c2").buyer_writes_to


def ask_for(market: Market, receipt_id: str) -> None:
    """What the sweep and `parley replay` send."""
    key = market.deployment.settings.inbox_prefix + receipt_id
    market.deployment.clients.sqs.send_message(
        QueueUrl=market.deployment.queue_url, MessageBody=sweep_request(key, market.clock.now())
    )


THROTTLED = answers("SendEmail", 429, "TooManyRequestsException")


@pytest.mark.parametrize("verdicts", [PASS, {**PASS, "dmarc": "GRAY"}], ids=["pass", "gray"])
def test_a_mail_whose_text_is_lost_while_it_waits_is_sent_once(
    market: Market, verdicts: dict[str, str]
) -> None:
    """Also where the object alone would not tell what SES found of its author."""
    market.accept(market.from_buyer(), verdicts=verdicts)
    market.fault = THROTTLED
    assert market.work() == [False]
    market.fault = Fault()
    lose_all_texts(market)
    assert [sweep(market, age) for age in (timedelta(hours=1), timedelta(days=8))] == [0, 1]
    assert market.work() == [True]
    assert [state for state, _ in market.outcomes()] == ["relayed"]
    assert len(market.sent) == 1


def test_a_recipient_of_whom_there_is_no_record_is_found_by_the_other_ones(market: Market) -> None:
    market.accept(market.from_buyer(), recipients=at_two(market))
    claims: list[Call] = []

    def before(call: Call) -> Answer | None:
        claims.extend([call] if call.operation == "TransactWriteItems" else [])
        return Answer(400, "AccessDeniedException") if len(claims) > 1 else None

    market.fault = Fault(before=before)
    assert market.work() == [False]
    market.fault = Fault()
    assert (len(market.messages("c1")), market.messages("c2")) == (1, [])
    lose_all_texts(market)
    assert sweep(market, timedelta(days=8)) == 1
    assert market.work() == [True]
    assert [market.outcomes(each)[0][0] for each in ("c1", "c2")] == ["relayed", "relayed"]
    assert len(market.sent) == 2


def test_replaying_a_mail_to_several_recipients_adds_no_outcome(market: Market) -> None:
    receipt_id = market.accept(market.from_buyer(), recipients=at_two(market))
    assert market.work() == [True]
    ask_for(market, receipt_id)
    assert market.work() == [True]
    assert market.loose_outcomes() == []
    assert (len(market.deployment.messages()), len(market.sent)) == (2, 2)


def held_as_a_whole(market: Market, to: tuple[str, ...], verdicts: dict[str, str] = PASS) -> dict[str, Any]:
    """A mail whose notification comes too late; returns that notification."""
    written = market.from_buyer()
    receipt_id = market.accept(written, recipients=to, announced=False, verdicts=verdicts)
    assert sweep(market) == 1
    assert market.work() == [True]
    assert market.loose_outcomes() == [("held", "notification-missing")]
    return market.notification(receipt_id, written, to, written.author, verdicts)


def test_a_late_notification_ends_the_hold_of_the_whole_mail(market: Market) -> None:
    notification = held_as_a_whole(market, at_two(market))
    for _ in range(2):
        market.deployment.announce(notification)
    assert market.work() == [True, True]
    assert market.loose_outcomes() == []
    assert [market.outcomes(each)[0][0] for each in ("c1", "c2")] == ["relayed", "relayed"]
    assert len(market.sent) == 2
    assert sweep(market, timedelta(days=8)) == 0


def test_a_late_notification_changes_nothing_of_what_a_reviewer_refused(market: Market) -> None:
    notification = held_as_a_whole(market, at_two(market))
    (whole,) = market.deployment.messages()
    market.stores.messages.finish(whole, State.REFUSED, codes=whole.codes, finished_at=market.clock.now())
    market.deployment.announce(notification)
    assert market.work() == [True]
    assert market.loose_outcomes() == [("refused", "notification-missing")]
    assert (market.messages("c1"), market.sent) == ([], [])


def test_a_request_that_is_overtaken_by_the_notification_makes_no_hold(market: Market) -> None:
    """The notification is worked on between the request's look at the receipt and its hold."""
    written, to = market.from_buyer(), at_two(market)
    receipt_id = market.accept(written, recipients=to, announced=False)
    notification = json.dumps(market.notification(receipt_id, written, to, written.author, PASS))
    ask_for(market, receipt_id)
    overtaken: list[Call] = []
    with market.process("receive_mail"):
        outside, deployment = wire()

    def overtake(call: Call) -> None:
        if call.operation == "TransactWriteItems" and not overtaken:
            overtaken.append(call)
            receive(notification, outside, deployment)

    market.fault = Fault(before=overtake)
    assert market.work() == [False]
    assert market.work() == [True]
    assert market.loose_outcomes() == []
    assert len(market.sent) == 2


def test_a_notification_that_only_waits_is_not_forgotten(market: Market) -> None:
    market.accept(market.from_buyer())
    assert sweep(market) == 0


def test_a_dead_letter_is_asked_for_again_only_when_it_is_gone(market: Market) -> None:
    market.clock.pass_by(datetime.now(UTC) - market.clock.now())
    market.accept(market.from_buyer())
    market.spoil(market.main.buyer_writes_to)
    for _ in range(MAX_FAILURES):
        market.work()
    ages = (timedelta(hours=1), timedelta(days=8), timedelta(days=13), timedelta(days=22))
    assert [sweep(market, age) for age in ages] == [0, 0, 0, 1]


def test_the_age_of_held_mail_is_told_also_where_the_sweep_fails(
    market: Market, capsys: pytest.CaptureFixture[str]
) -> None:
    market.fault = answers("ListObjectsV2", 403, "AccessDenied")
    with pytest.raises(ClientError):
        sweep(market)
    assert '"HeldAge"' in capsys.readouterr().out


def test_sess_setup_object_is_no_mail(market: Market) -> None:
    market.deployment.store(SETUP_OBJECT, b"Subject: Amazon SES Setup Notification\r\n\r\n")
    assert sweep(market) == 0
