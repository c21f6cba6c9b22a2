"""What SES answers decides whether a mail comes again."""

from datetime import timedelta

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.support.market import Market
from tests.support.runtime import AFTER_THE_LEASE, Fault, answers
from tests.support.scenarios import (
    Scenario,
    check,
    held_with_a_notice,
    refused,
    relayed,
    to_the_operator,
)
from tests.support.wire import Call


def lost_answer() -> Fault:
    """SES takes the mail, and its answer does not arrive."""

    def after(call: Call) -> None:
        if call.operation == "SendEmail":
            raise ReadTimeoutError(endpoint_url="https://email.eu-west-1.amazonaws.com")

    return Fault(after=after)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (429, "TooManyRequestsException"),
        (400, "LimitExceededException"),
        (400, "SendingPausedException"),
        (503, "ServiceUnavailable"),
    ],
)
def test_what_ses_does_not_take_now_it_takes_later(market: Market, status: int, code: str) -> None:
    market.accept(market.from_buyer())
    market.fault = answers("SendEmail", status, code)
    for _ in range(7):
        assert market.work() == [False]
    market.fault = Fault()
    # No lease is in the way: it was given back when SES declined.
    assert market.work() == [True]
    assert len(market.sent) == 1
    assert [state for state, _ in market.outcomes()] == ["relayed"]


def test_what_ses_rejects_is_held_and_not_tried_again(market: Market) -> None:
    market.accept(market.from_buyer())
    market.fault = answers("SendEmail", 400, "MessageRejected")
    assert market.work() == [True]
    assert market.work() == []
    assert market.outcomes() == [("held", ("ses-rejected",))]


def test_after_a_lost_answer_the_same_mail_is_sent_again_when_the_lease_ends(market: Market) -> None:
    market.accept(market.from_buyer())
    market.fault = lost_answer()
    assert market.work() == [False]
    market.fault = Fault()
    assert market.work_after(timedelta(seconds=60)) == [False]
    assert market.work_after(AFTER_THE_LEASE) == [True]
    first, second = market.sent
    assert first.raw == second.raw
    assert [state for state, _ in market.outcomes()] == ["relayed"]


@pytest.mark.parametrize("scenario", [relayed, to_the_operator], ids=lambda scenario: scenario.__name__)
def test_after_two_lost_answers_a_mail_is_held_and_not_sent_a_third_time(
    market: Market, scenario: Scenario
) -> None:
    receipt = scenario(market)
    market.fault = lost_answer()
    acknowledged = [market.work_after(AFTER_THE_LEASE) for _ in range(10)]
    assert acknowledged[:4] == [[False], [False], [True], []]
    first, second = [sent for sent in market.sent if sent.tags.get("kind") != "notice"]
    assert first.raw == second.raw
    (message,) = market.deployment.messages()
    assert (message.state, message.codes) == ("held", ("ses-uncertain",))
    check(market, receipt, 1)


def test_what_ses_declined_does_not_count_as_sent(market: Market) -> None:
    """Lost, declined five times, lost, and then held: two mails may have gone out."""
    market.accept(market.from_buyer())
    market.fault = lost_answer()
    assert market.work() == [False]
    market.fault = answers("SendEmail", 429, "TooManyRequestsException")
    assert [market.work_after(AFTER_THE_LEASE) for _ in range(5)] == [[False]] * 5
    market.fault = lost_answer()
    assert market.work_after(AFTER_THE_LEASE) == [False]
    assert market.work_after(AFTER_THE_LEASE) == [True]
    assert len([sent for sent in market.sent if "kind" not in sent.tags]) == 2
    assert market.outcomes() == [("held", ("ses-uncertain",))]


def test_a_relayed_mail_costs_eleven_calls_and_three_objects(market: Market) -> None:
    market.accept(market.from_buyer())
    market.work()
    assert market.cost == [
        "s3.GetObject",
        "dynamodb.GetItem",
        "dynamodb.Query",
        "dynamodb.BatchGetItem",
        "dynamodb.TransactWriteItems",
        "s3.PutObject",
        "s3.PutObject",
        "s3.PutObject",
        "dynamodb.UpdateItem",
        "sesv2.SendEmail",
        "dynamodb.UpdateItem",
    ]


@pytest.mark.parametrize("scenario", [refused, held_with_a_notice, to_the_operator])
def test_no_mail_costs_more_than_three_objects(market: Market, scenario: Scenario) -> None:
    scenario(market)
    market.work()
    assert market.cost.count("s3.PutObject") <= 3


def test_an_object_that_is_not_there_yet_is_waited_for(market: Market) -> None:
    written = market.from_buyer()
    receipt_id = market.accept(written)
    settings = market.deployment.settings
    raw = market.stores.inbox.get(f"inbox/{receipt_id}")
    market.deployment.clients.s3.delete_object(Bucket=settings.inbox_bucket, Key=f"inbox/{receipt_id}")
    assert market.work() == [False]
    market.deployment.store(receipt_id, raw)
    assert market.work() == [True]
    assert len(market.sent) == 1
