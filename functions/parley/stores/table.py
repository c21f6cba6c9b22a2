"""What every user of the relay table needs: transactions, batches, and which condition failed.

Nothing here knows what an item means.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parley.stores.keys import Item

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

CONDITION_FAILED = "ConditionalCheckFailed"
CONFLICT = "TransactionConflict"
KEYS_PER_BATCH = 100
"""BatchGetItem takes no more."""

# TransactWriteItems, CancellationReasons: nothing is wrong with the write itself, only with the moment.
_PASSING = frozenset({CONFLICT, "ThrottlingError", "ProvisionedThroughputExceeded", "None"})
_TRIES = 5
_PAUSE_SECONDS = 0.05
"""Before the second try; twice as long before each further one."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one write of a transaction failed: DynamoDB's code, "None" if this one did not, and the item as it
    is stored, {} unless asked for."""

    code: str
    item: Item


class CancelledError(Exception):
    """A transaction wrote nothing; `reasons` are in the order of its writes."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = tuple(reasons)

    def failed(self, write: int) -> bool:
        """Whether the condition of that write (from 0) did not hold."""
        return self.reasons[write].code == CONDITION_FAILED

    @property
    def passes(self) -> bool:
        """Whether the same writes may succeed in a moment."""
        return {reason.code for reason in self.reasons} <= _PASSING

    @property
    def conflicts(self) -> bool:
        """Whether nothing but another transaction, at work on the same items, stood in the way."""
        return {reason.code for reason in self.reasons} - {"None"} == {CONFLICT}


class ConditionFailedError(Exception):
    """An update's condition does not hold: nothing was written. `item` is what is stored, {} for nothing."""

    def __init__(self, item: Item) -> None:
        super().__init__(CONDITION_FAILED)
        self.item = item


class NotAllReadError(Exception):
    """DynamoDB left keys of a batch unread, again and again: it is throttled. Read it later."""


def write_together(
    client: DynamoDBClient, writes: Sequence[TransactWriteItemTypeDef], *, tries: int = _TRIES
) -> None:
    """Writes all or nothing in one call. Raises `CancelledError`.

    What another transaction or a throttle kept from being written is tried again here, because botocore
    does not: to it a cancelled transaction is an answer. botocore adds a request token, by which its own
    repetition after a lost answer does not write twice (TransactWriteItems, ClientRequestToken).
    """
    for attempt in range(1, tries + 1):
        try:
            client.transact_write_items(TransactItems=writes)
            return
        except client.exceptions.TransactionCanceledException as error:
            cancelled = CancelledError(_reasons(error))
        if not cancelled.passes or attempt == tries:
            # The error of AWS may quote the items: it is not chained.
            raise cancelled from None
        _pause(attempt)


def write_alone(client: DynamoDBClient, update: Mapping[str, Any]) -> None:
    """One UpdateItem. Raises `ConditionFailedError`.

    An item that is part of a running transaction refuses every other write (TransactionConflictException),
    and botocore does not try that again.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            client.update_item(**update)
        except client.exceptions.ConditionalCheckFailedException as error:
            answer: Any = error.response
            raise ConditionFailedError(answer.get("Item", {})) from None
        except client.exceptions.TransactionConflictException:
            if attempt == _TRIES:
                raise
            _pause(attempt)
        else:
            return


def _pause(attempt: int) -> None:
    time.sleep(_PAUSE_SECONDS * 2 ** (attempt - 1))


def _reasons(error: ClientError) -> list[Reason]:
    answer: Any = error.response
    reasons = answer.get("CancellationReasons", [])
    return [Reason(each.get("Code", "None"), each.get("Item", {})) for each in reasons]


def read_batch(
    client: DynamoDBClient,
    table: str,
    batch: Iterable[Item],
    *,
    consistent: bool = True,
    only: Sequence[str] = (),
) -> list[Item]:
    """Those of ≤ `KEYS_PER_BATCH` items that exist, in one BatchGetItem, more only for keys that DynamoDB
    left unread. only: the attributes to read, () for all. Raises `NotAllReadError`."""
    found: list[Item] = []
    wanted: Any = {"Keys": list(batch), "ConsistentRead": consistent}
    if only:
        wanted["ProjectionExpression"] = ", ".join(f"#{name}" for name in only)
        wanted["ExpressionAttributeNames"] = {f"#{name}": name for name in only}
    unread: Any = {table: wanted}
    for attempt in range(1, _TRIES + 1):
        answer = client.batch_get_item(RequestItems=unread)
        found.extend(answer["Responses"].get(table, []))
        unread = answer.get("UnprocessedKeys")
        if not unread:
            return found
        _pause(attempt)
    raise NotAllReadError(table)
