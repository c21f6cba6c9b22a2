"""What only the record on DynamoDB can do wrong."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from parley.conversation.conversations import Head
from parley.conversation.messages import MessageId, State
from parley.mail.verdicts import Verdicts
from parley.relaying.ports import AlreadyClaimedError, BusyError, HeadMovedError, Told
from parley.stores.table import CancelledError
from tests.support.aws import Deployment
from tests.support.resources import properties
from tests.support.samples import (
    RECEIVED_AT,
    a_conversation,
    a_lease,
    a_loose_message,
    a_message,
    its_aliases,
)
from tests.support.stores import Stores, on_aws
from tests.support.wire import Answer, Call

EMPTY, FIRST = Head(0, ""), Head(1, "1" * 64)


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Between the tries."""
    with patch("time.sleep", lambda seconds: None):
        yield


@pytest.fixture
def aws(deployment: Deployment) -> Stores:
    """A record with one open conversation."""
    stores = on_aws(deployment)
    stores.directory.open(a_conversation(), its_aliases(a_conversation()))
    return stores


def cancelled(*codes: str) -> Answer:
    reasons = [{"Code": code} for code in codes]
    return Answer(400, "TransactionCanceledException", body={"CancellationReasons": reasons})


def answers(*given: Answer | None) -> Any:
    """For `Wire.before`: these answers to the next calls, None for moto's own."""
    left = list(given)

    def before(call: Call) -> Answer | None:
        return left.pop(0) if left else None

    return before


def lose_one_answer(deployment: Deployment) -> None:
    """The next call has its effect and no answer; botocore will repeat it."""

    def after(call: Call) -> None:
        deployment.wire.heal()
        raise ReadTimeoutError(endpoint_url="https://dynamodb.example")

    deployment.wire.after = after


@pytest.mark.parametrize(
    "codes", [("None", "None", "TransactionConflict"), ("TransactionConflict", "None", "None")]
)
def test_a_conflicting_claim_has_to_read_the_head_again(
    aws: Stores, deployment: Deployment, codes: tuple[str, str, str]
) -> None:
    deployment.wire.before = answers(cancelled(*codes))
    with pytest.raises(HeadMovedError):
        aws.messages.claim(a_message(), before=EMPTY, after=FIRST)


def test_a_claim_that_conflicts_over_its_receipt_has_to_read_again(
    aws: Stores, deployment: Deployment
) -> None:
    """Another alias of the same mail is being claimed."""
    deployment.wire.before = answers(cancelled("None", "TransactionConflict", "None"))
    with pytest.raises(HeadMovedError):
        aws.messages.claim(a_message(), before=EMPTY, after=FIRST)


def test_a_throttled_claim_is_not_taken_for_a_moved_head(aws: Stores, deployment: Deployment) -> None:
    deployment.wire.before = answers(cancelled("None", "None", "ThrottlingError"))
    with pytest.raises(CancelledError):
        aws.messages.claim(a_message(), before=EMPTY, after=FIRST)


CONFLICT = Answer(400, "TransactionConflictException")


def test_a_step_is_tried_again_while_a_transaction_has_its_item(aws: Stores, deployment: Deployment) -> None:
    """A second delivery's claim holds the message for a moment; the outcome must be written all the same."""
    message = a_message()
    aws.messages.claim(message, before=EMPTY, after=FIRST)
    deployment.wire.before = answers(*[CONFLICT] * 4)
    finished = aws.messages.finish(message, State.HELD, codes=("x",), finished_at=RECEIVED_AT)
    view = aws.directory.conversation(a_conversation().id)
    assert view is not None
    assert view.recent == (finished,)


def test_a_conflict_that_does_not_end_is_an_error(aws: Stores, deployment: Deployment) -> None:
    message = a_message()
    aws.messages.claim(message, before=EMPTY, after=FIRST)
    deployment.wire.before = answers(*[CONFLICT] * 5)
    with pytest.raises(ClientError, match="TransactionConflictException"):
        aws.messages.finish(message, State.HELD, codes=("x",), finished_at=RECEIVED_AT)


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_loose_claim_is_written_again_after_what_passes(
    aws: Stores, deployment: Deployment, code: str
) -> None:
    deployment.wire.before = answers(*[cancelled("None", code)] * 4)
    aws.messages.claim_loose(a_loose_message(lease=a_lease()))
    assert aws.messages.unattended(["receipt-1"], RECEIVED_AT) == frozenset()


def test_a_claim_whose_answer_was_lost_is_made(aws: Stores, deployment: Deployment) -> None:
    lose_one_answer(deployment)
    aws.messages.claim(a_message(), before=EMPTY, after=FIRST)
    view = aws.directory.conversation(a_conversation().id)
    assert view is not None
    assert (view.head, view.recent) == (FIRST, (a_message(),))


def test_a_step_whose_answer_was_lost_is_made(aws: Stores, deployment: Deployment) -> None:
    aws.messages.claim(a_message(), before=EMPTY, after=FIRST)
    lose_one_answer(deployment)
    assert aws.messages.advance(a_message(), State.SENDING).state is State.SENDING


def test_an_outcome_whose_answer_was_lost_is_made(aws: Stores, deployment: Deployment) -> None:
    aws.messages.claim(a_message(), before=EMPTY, after=FIRST)
    lose_one_answer(deployment)
    assert aws.messages.finish(a_message(), State.HELD, codes=(), finished_at=RECEIVED_AT).state is State.HELD


def test_each_step_is_one_call(aws: Stores, deployment: Deployment) -> None:
    deployment.wire.calls.clear()
    aws.messages.claim(a_message(), before=EMPTY, after=FIRST)
    sending = aws.messages.advance(a_message(), State.SENDING)
    aws.messages.finish(sending, State.RELAYED, codes=(), finished_at=RECEIVED_AT)
    aws.messages.claim_loose(a_loose_message("receipt-2", state=State.DISCARDED))
    aws.messages.claim_notice("p1-x", MessageId("m"), RECEIVED_AT)
    aws.messages.unattended(["receipt-1", "receipt-2"], RECEIVED_AT)
    aws.messages.note_request("receipt-3", RECEIVED_AT)
    assert deployment.wire.operations() == [
        "dynamodb.TransactWriteItems",
        "dynamodb.UpdateItem",
        "dynamodb.UpdateItem",
        "dynamodb.TransactWriteItems",
        "dynamodb.UpdateItem",
        "dynamodb.BatchGetItem",
        "dynamodb.UpdateItem",
    ]


def test_only_a_claim_that_comes_with_another_time_has_to_fetch_the_message(
    aws: Stores, deployment: Deployment
) -> None:
    aws.messages.claim(a_message(), before=EMPTY, after=FIRST)
    deployment.wire.calls.clear()
    for received_at in (RECEIVED_AT, RECEIVED_AT + timedelta(seconds=1)):
        with pytest.raises(AlreadyClaimedError):
            aws.messages.claim(a_message(lease=None, received_at=received_at), before=FIRST, after=FIRST)
    assert deployment.wire.operations() == [
        "dynamodb.TransactWriteItems",
        "dynamodb.TransactWriteItems",
        "dynamodb.GetItem",
    ]


def test_a_receipt_is_remembered_for_longer_than_its_mail_lies_in_the_inbox_and_the_queue(
    aws: Stores, deployment: Deployment
) -> None:
    aws.messages.claim(a_message(), before=EMPTY, after=FIRST)
    (note,) = [item for item in deployment.items() if item["sk"]["S"] == "RECEIPT"]
    assert int(note["expires_at"]["N"]) > (RECEIVED_AT + timedelta(days=365 + 14)).timestamp()


def test_what_expires_says_so_in_the_tables_own_attribute(
    aws: Stores, deployment: Deployment, template: dict[str, Any]
) -> None:
    name = properties(template, "AWS::DynamoDB::Table")["TimeToLiveSpecification"]["AttributeName"]
    aws.messages.claim_loose(a_loose_message(state=State.DISCARDED))
    aws.messages.claim_notice("p1-x", MessageId("m"), RECEIVED_AT)
    expiring = {item["pk"]["S"].split("#")[0]: item[name]["N"] for item in deployment.items() if name in item}
    assert expiring.keys() == {"RECEIPT", "COUNT"}
    assert all(int(seconds) > RECEIVED_AT.timestamp() + 86_400 for seconds in expiring.values())


def test_a_claim_that_finds_the_whole_receipts_message_just_withdrawn_waits(
    aws: Stores, deployment: Deployment
) -> None:
    """Two notifications at once: one withdraws the hold between the other's refused claim and its look."""
    whole = a_loose_message(id=MessageId("whole"), state=State.HELD)
    aws.messages.claim_whole(whole)

    def withdrawn(call: Call) -> None:
        if call.operation == "TransactWriteItems":
            deployment.wire.heal()
            on_aws(deployment).messages.withdraw(whole)

    deployment.wire.after = withdrawn
    told = Told(("s-9q4t@relay.example",), Verdicts(), whole.id)
    with pytest.raises(BusyError) as caught:
        aws.messages.claim(a_message(), before=EMPTY, after=FIRST, told=told)
    assert caught.value.code == "withdrawn"
    aws.messages.claim(a_message(), before=EMPTY, after=FIRST, told=told)
