"""What counts against a mail, and what does not."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError, ReadTimeoutError

from parley.archive.chain import Committed
from parley.relaying.ports import (
    BusyError,
    ConversationGoneError,
    LeaseLostError,
    NoSuchObjectError,
    SendDeferredError,
    SendUncertainError,
)
from parley.relaying.receipts import NotificationError
from parley.relaying.rulings import RulingError
from parley.stores.attributes import UnreadableItemError
from parley.stores.passing import passes
from parley.stores.table import CancelledError, NotAllReadError, Reason


def answer(status: int, code: str) -> ClientError:
    response = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "Operation")  # type: ignore[arg-type]  # as botocore makes it


PASSING = [
    BusyError("leased"),
    BusyError("conversation-busy"),
    LeaseLostError("m1"),
    SendDeferredError("ses-paused"),
    SendUncertainError(),
    NotAllReadError("table"),
    CancelledError([Reason("TransactionConflict", {}), Reason("None", {})]),
    EndpointConnectionError(endpoint_url="https://aws.example"),
    ReadTimeoutError(endpoint_url="https://aws.example"),
    answer(500, "InternalServerError"),
    answer(503, "SlowDown"),
    answer(400, "ProvisionedThroughputExceededException"),
    answer(400, "TransactionConflictException"),
    answer(409, "ConditionalRequestConflict"),
    answer(403, "AccessDenied"),
    answer(400, "KMSInvalidStateException"),
]
COUNTING = [
    NotificationError("KeyError"),
    RulingError("KeyError"),
    NoSuchObjectError("inbox/gone"),
    ConversationGoneError("c1"),
    UnreadableItemError("state"),
    CancelledError([Reason("ValidationError", {}), Reason("None", {})]),
    ParamValidationError(report="nonsense"),
    answer(400, "ValidationException"),
    answer(400, "EntityTooLarge"),
    KeyError(Committed.RECORD),
    RecursionError(),
    MemoryError(),
]


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_what_lies_outside_of_a_mail_does_not_count_against_it(error: Exception) -> None:
    assert passes(error)


@pytest.mark.parametrize("error", COUNTING, ids=repr)
def test_what_would_fail_tomorrow_too_counts(error: Exception) -> None:
    assert not passes(error)
