"""The record of messages in the relay table: every step is one conditional write.

A write that is repeated after a lost answer must not mistake its own first try for another's. So a refused
write is compared with what was to be written: if the item already is that, the write has happened. This needs
a lease owner that no other invocation uses.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from parley.conversation.messages import OUTCOMES, State, check_transition
from parley.relaying.ports import AlreadyClaimedError, HeadMovedError, LeaseLostError
from parley.stores import items, keys
from parley.stores.attributes import number, text
from parley.stores.table import KEYS_PER_BATCH, CancelledError, read_batch, write_together
from parley.stores.updates import Update

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.conversation.conversations import Head
    from parley.conversation.messages import Lease, Message, MessageId
    from parley.stores.keys import Item

RECEIPT_KEPT = timedelta(days=400)
"""How long it is known that a receipt has an outcome. Longer than an object stays in the inbox."""
NOTICE_WINDOW = timedelta(hours=24)


class DynamoMessages:
    """Implements the port `Messages`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def claim(self, message: Message, *, before: Head, after: Head) -> None:
        """A conflict with another transaction is a `HeadMovedError` too: whoever holds the head now
        is about to move it. If the message exists, that is said first, whatever happened to the head.
        """
        if message.conversation is None:
            raise ValueError("a message without a conversation is claimed loosely")
        head = (
            Update(keys.head_key(message.conversation))
            .when("seq", number(before.seq))
            .when("tip", text(before.tip))
            .set("seq", number(after.seq))
            .set("tip", text(after.tip))
        )
        try:
            # Tried once: the caller has to read the new head before it can try again.
            write_together(self._client, [self._new(message), head.write(self._table)], tries=1)
        except CancelledError as cancelled:
            if _is_claimed(message, cancelled):
                return
            if cancelled.failed(1) or cancelled.conflicts:
                raise HeadMovedError from None
            raise

    def claim_loose(self, message: Message) -> None:
        writes = [self._new(message)]
        if message.state in OUTCOMES:
            writes.append(self._note(message, message.received_at))
        try:
            write_together(self._client, writes)
        except CancelledError as cancelled:
            if not _is_claimed(message, cancelled):
                raise

    def take_over(self, message: Message, lease: Lease) -> Message:
        taken = replace(message, lease=lease)
        self._write_step(message, taken, Update(keys.message_key(message)))
        return taken

    def advance(
        self, message: Message, state: State, *, codes: tuple[str, ...] | None = None, release: bool = False
    ) -> Message:
        check_transition(message.state, state)
        advanced = replace(
            message,
            state=state,
            codes=message.codes if codes is None else codes,
            lease=None if release else message.lease,
        )
        self._write_step(message, advanced, Update(keys.message_key(message)))
        return advanced

    def finish(
        self,
        message: Message,
        state: State,
        *,
        codes: tuple[str, ...],
        outgoing_message_id: str | None = None,
        finished_at: datetime,
    ) -> Message:
        """Tries again after a conflict: the mail may be sent, and its record must not fail for that."""
        check_transition(message.state, state)
        outgoing = message.outgoing_message_id if outgoing_message_id is None else outgoing_message_id
        finished = replace(message, state=state, codes=codes, outgoing_message_id=outgoing, lease=None)
        update = _step(Update(keys.message_key(message)), message, finished).set(
            "finished_at", text(keys.stamp(finished_at))
        )
        held_at = text(keys.stamp(finished_at)) if state is State.HELD else None
        update.set_or_remove("held_at", held_at)
        try:
            write_together(self._client, [update.write(self._table), self._note(message, finished_at)])
        except CancelledError as cancelled:
            if not cancelled.failed(0):
                raise
            if not _is(finished, cancelled.reasons[0].item):
                raise LeaseLostError(message.id) from None
        return finished

    def finished_receipts(self, receipt_ids: Collection[str]) -> frozenset[str]:
        """Read with delay, at half the price: a receipt that is wrongly asked for again does no harm."""
        wanted = {keys.receipt_key(each)["pk"]["S"]: each for each in receipt_ids}
        batch_keys = [keys.receipt_key(each) for each in wanted.values()]
        found: set[str] = set()
        for start in range(0, len(batch_keys), KEYS_PER_BATCH):
            batch = batch_keys[start : start + KEYS_PER_BATCH]
            items_found = read_batch(self._client, self._table, batch, consistent=False)
            found.update(wanted[item["pk"]["S"]] for item in items_found)
        return frozenset(found)

    def claim_notice(self, subject: str, message: MessageId, now: datetime) -> bool:
        """Windows begin at midnight UTC; DynamoDB forgets one a day after its end."""
        window = int(now.timestamp() // NOTICE_WINDOW.total_seconds())
        expires_at = int((window + 2) * NOTICE_WINDOW.total_seconds())
        item = {**keys.notice_key(subject, window), "version": number(1), "message_id": text(message)}
        try:
            self._client.put_item(
                TableName=self._table,
                Item={**item, keys.EXPIRES_AT: number(expires_at)},
                ConditionExpression="attribute_not_exists(pk) OR message_id = :me",
                ExpressionAttributeValues={":me": text(message)},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _new(self, message: Message) -> Any:
        return {
            "Put": {
                "TableName": self._table,
                "Item": items.message_item(message),
                "ConditionExpression": "attribute_not_exists(pk)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _note(self, message: Message, finished_at: datetime) -> Any:
        expires_at = int((finished_at + RECEIPT_KEPT).timestamp())
        return (
            Update(keys.receipt_key(message.receipt_id))
            .add("messages", {"SS": [message.id]})
            .set("version", number(1))
            .set(keys.EXPIRES_AT, number(expires_at))
            .write(self._table)
        )

    def _write_step(self, old: Message, new: Message, update: Update) -> None:
        """Raises `LeaseLostError`, unless the refused write turns out to have been made already."""
        write = _step(update, old, new).write(self._table)["Update"]
        try:
            self._client.update_item(**write)
        except self._client.exceptions.ConditionalCheckFailedException as error:
            answer: Any = error.response
            stored: Item = answer.get("Item", {})
        else:
            return
        if not _is(new, stored):
            raise LeaseLostError(old.id)


def _is(message: Message, stored: Item) -> bool:
    return bool(stored) and items.read_message(stored) == message


def _is_claimed(message: Message, cancelled: CancelledError) -> bool:
    """Whether this very claim has been written already. Raises `AlreadyClaimedError` if it was another."""
    if not cancelled.failed(0):
        return False
    stored = cancelled.reasons[0].item
    if message.lease is None or not _is(message, stored):
        raise AlreadyClaimedError(items.read_message(stored)) from None
    return True


def _step(update: Update, old: Message, new: Message) -> Update:
    """From `old`'s state and lease to all that may differ in `new`."""
    before, after = items.message_item(old), items.message_item(new)
    for name in ("state", "lease_owner", "lease_until"):
        update.when(name, before.get(name))
    for name in ("state", "codes", "lease_owner", "lease_until", "outgoing_message_id"):
        update.set_or_remove(name, after.get(name))
    return update
