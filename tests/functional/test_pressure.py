"""A mail that always fails does not come back for days; a good one that cannot go now is never given up."""

from typing import Any

import pytest

from parley.relaying.unfinished import MAX_FAILURES
from tests.support import canary
from tests.support.market import Market
from tests.support.runtime import AFTER_THE_LEASE, Fault, answers


def dead_letters(market: Market) -> list[dict[str, Any]]:
    answer = market.deployment.clients.sqs.receive_message(
        QueueUrl=market.deployment.settings.dead_letters_url,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
    )
    return list(answer.get("Messages", []))  # type: ignore[arg-type]  # as plain dicts


def test_a_mail_that_always_fails_is_a_dead_letter_after_five_times_and_says_why(market: Market) -> None:
    market.accept(market.from_buyer())
    market.spoil(market.main.buyer_writes_to)
    (message,) = market.deployment.queued()
    market.deployment.return_to_queue(message)
    assert [market.work() for _ in range(MAX_FAILURES)] == [[False]] * (MAX_FAILURES - 1) + [[True]]
    assert market.work() == []
    (letter,) = dead_letters(market)
    assert letter["Body"] == message["Body"]
    assert letter["MessageAttributes"]["cause"]["StringValue"] == "UnreadableItemError"


def test_other_mail_goes_while_one_always_fails(market: Market) -> None:
    other = market.correspondence("c2")
    market.accept(market.from_buyer())
    market.spoil(market.main.buyer_writes_to)
    market.accept(market.from_buyer(to=other.buyer_writes_to))
    assert sorted(market.work()) == [False, True]
    assert [sent.recipients for sent in market.sent] == [(canary.SELLER_MAILBOX,)]


def test_a_recipient_who_always_fails_makes_no_dead_letter_of_anothers_good_mail(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    other = market.correspondence("c2")
    market.accept(market.from_buyer(), recipients=(other.buyer_writes_to, market.main.buyer_writes_to))
    market.spoil(other.buyer_writes_to)
    market.fault = answers("SendEmail", 429, "TooManyRequestsException")
    assert [market.work_after(AFTER_THE_LEASE) for _ in range(2 * MAX_FAILURES)] == [[False]] * 10
    assert dead_letters(market) == []
    market.fault = Fault()
    # The good one goes; what is left has failed often enough.
    assert market.work_after(AFTER_THE_LEASE) == [True]
    assert [sent.recipients for sent in market.sent] == [(canary.SELLER_MAILBOX,)]
    (letter,) = dead_letters(market)
    assert letter["MessageAttributes"]["cause"]["StringValue"] == "UnreadableItemError"


def test_a_dead_letter_that_is_replayed_has_five_tries_again(market: Market) -> None:
    market.accept(market.from_buyer())
    market.spoil(market.main.buyer_writes_to)
    for _ in range(MAX_FAILURES):
        market.work()
    (letter,) = dead_letters(market)
    market.deployment.clients.sqs.send_message(
        QueueUrl=market.deployment.queue_url, MessageBody=letter["Body"]
    )
    assert [market.work() for _ in range(MAX_FAILURES)] == [[False]] * (MAX_FAILURES - 1) + [[True]]


@pytest.mark.parametrize(
    "fault",
    [
        answers("SendEmail", 400, "SendingPausedException"),
        answers("SendEmail", 400, "LimitExceededException"),
        answers("SendEmail", 429, "TooManyRequestsException"),
        answers("TransactWriteItems", 400, "ProvisionedThroughputExceededException"),
        answers("PutObject", 503, "SlowDown"),
        answers("Query", 400, "AccessDeniedException"),
    ],
    ids=["paused", "quota", "throttled", "table", "archive", "denied"],
)
def test_what_lies_outside_of_a_mail_never_makes_it_a_dead_letter(
    market: Market, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    market.accept(market.from_buyer())
    market.fault = fault
    for _ in range(2 * MAX_FAILURES):
        assert market.work_after(AFTER_THE_LEASE) == [False]
        assert market.cost[-2:] == ["sqs.ChangeMessageVisibility", "dynamodb.UpdateItem"]
    market.fault = Fault()
    assert market.work_after(AFTER_THE_LEASE) == [True]
    assert len(market.sent) == 1
    assert dead_letters(market) == []
