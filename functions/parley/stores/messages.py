"""The record of messages in the relay table: every step is one conditional write.

A receipt makes one message for an alias, whatever time its receipt is said to have: the claim notes the
message's key in the receipt's item and fails if there is one.

A write that is repeated after a lost answer must not mistake its own first try for another's. So a refused
write is compared with what was to be written: if the item already is that, the write has happened. This needs
a lease owner that no other invocation uses.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from parley.conversation.messages import check_transition
from parley.relaying.ports import AlreadyClaimedError, HeadMovedError, LeaseLostError
from parley.stores import items, keys
from parley.stores.attributes import number, read_optional, read_pair, text, texts
from parley.stores.table import (
    KEYS_PER_BATCH,
    CancelledError,
    ConditionFailedError,
    read_batch,
    write_alone,
    write_together,
)
from parley.stores.updates import Update

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.conversation.aliases import ConversationId
    from parley.conversation.conversations import Head
    from parley.conversation.messages import Lease, Message, MessageId, State
    from parley.stores.keys import Item

RECEIPT_KEPT = timedelta(days=400)
"""How long it is known which messages a receipt made. Longer than an object may stay in the inbox (365 days,
`parley:inbox-days`) and its notification in a queue after that (14 days)."""
NOTICE_WINDOW = timedelta(hours=24)
_REQUESTED_UNTIL = "requested_until"
_CHANGING = (
    *("state", "codes", "sendings", "lease_owner", "lease_until", "outgoing_message_id"),
    *("released", "told", keys.HELD),
)
# Places in a claim's transaction.
_MESSAGE, _NOTE, _HEAD = 0, 1, 2


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
        head = head_moves(message.conversation, before, after)
        writes = [self._put(message), self._note(message), head.write(self._table)]
        writes += [{"Put": {"TableName": self._table, "Item": each}} for each in items.named_items(message)]
        try:
            # Tried once: the caller has to read the new head before it can try again.
            write_together(self._client, writes, tries=1)
        except CancelledError as cancelled:
            if self._is_claimed(message, cancelled):
                return
            if cancelled.failed(_HEAD) or cancelled.conflicts:
                raise HeadMovedError from None
            raise

    def claim_loose(self, message: Message) -> None:
        try:
            write_together(self._client, [self._put(message), self._note(message)])
        except CancelledError as cancelled:
            if not self._is_claimed(message, cancelled):
                raise

    def take_over(self, message: Message, lease: Lease) -> Message:
        return self._step(message, replace(message, lease=lease))

    def advance(
        self, message: Message, state: State, *, sendings: int | None = None, release: bool = False
    ) -> Message:
        check_transition(message.state, state)
        advanced = replace(
            message,
            state=state,
            sendings=message.sendings if sendings is None else sendings,
            lease=None if release else message.lease,
        )
        return self._step(message, advanced)

    def finish(
        self,
        message: Message,
        state: State,
        *,
        codes: tuple[str, ...],
        outgoing_message_id: str | None = None,
        finished_at: datetime,
    ) -> Message:
        check_transition(message.state, state)
        outgoing = message.outgoing_message_id if outgoing_message_id is None else outgoing_message_id
        finished = replace(message, state=state, codes=codes, outgoing_message_id=outgoing, lease=None)
        return self._step(message, finished, finished_at=keys.stamp(finished_at))

    def put_down(self, message: Message, *, told: bool) -> Message:
        return self._step(message, replace(message, lease=None, told=told))

    def unattended(self, receipt_ids: Collection[str], now: datetime) -> frozenset[str]:
        """Read with delay, at half the price: a receipt that is wrongly asked for again does no harm."""
        unattended = {keys.receipt_key(each)["pk"]["S"]: each for each in receipt_ids}
        wanted = [keys.receipt_key(each) for each in unattended.values()]
        for start in range(0, len(wanted), KEYS_PER_BATCH):
            batch = wanted[start : start + KEYS_PER_BATCH]
            for note in read_batch(self._client, self._table, batch, consistent=False):
                if _is_attended(note, now):
                    del unattended[note["pk"]["S"]]
        return frozenset(unattended.values())

    def note_request(self, receipt_id: str, until: datetime) -> None:
        update = Update(keys.receipt_key(receipt_id)).set(_REQUESTED_UNTIL, text(keys.stamp(until)))
        write_alone(self._client, _expiring(update, until).write(self._table)["Update"])

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

    def _put(self, message: Message) -> Any:
        return {
            "Put": {
                "TableName": self._table,
                "Item": items.message_item(message),
                "ConditionExpression": "attribute_not_exists(pk)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _note(self, message: Message) -> Any:
        """Notes the message's key in the item of its receipt, under the message's id."""
        key = keys.message_key(message)
        update = (
            Update(keys.receipt_key(message.receipt_id))
            .when(message.id, None)
            .set(message.id, texts((key["pk"]["S"], key["sk"]["S"])))
        )
        return _expiring(update, message.received_at).write(self._table)

    def _is_claimed(self, message: Message, cancelled: CancelledError) -> bool:
        """Whether this very claim is written already. Raises `AlreadyClaimedError` if it was another."""
        if cancelled.failed(_MESSAGE):
            stored = items.read_message(cancelled.reasons[_MESSAGE].item)
        elif cancelled.failed(_NOTE):
            stored = self._noted(cancelled.reasons[_NOTE].item, message.id)
        else:
            return False
        if message.lease is None or stored != message:
            raise AlreadyClaimedError(stored) from None
        return True

    def _noted(self, note: Item, message: MessageId) -> Message:
        pk, sk = read_pair(note[message])
        answer = self._client.get_item(
            TableName=self._table, Key={"pk": text(pk), "sk": text(sk)}, ConsistentRead=True
        )
        return items.read_message(answer["Item"])

    def _step(self, old: Message, new: Message, *, finished_at: str | None = None) -> Message:
        """Writes all that may differ in `new` if state and lease are still `old`'s, and returns `new`.

        Raises `LeaseLostError`, unless the refused write turns out to have been made already.
        """
        update = step(old, new)
        if finished_at is not None:
            update.set("finished_at", text(finished_at))
        try:
            write_alone(self._client, update.write(self._table)["Update"])
        except ConditionFailedError as failed:
            if not failed.item or items.read_message(failed.item) != new:
                raise LeaseLostError(old.id) from None
        return new


def head_moves(conversation: ConversationId, before: Head, after: Head) -> Update:
    """The head from one place of the chain to the next, if nobody moved it meanwhile."""
    return (
        Update(keys.head_key(conversation))
        .when("seq", number(before.seq))
        .when("tip", text(before.tip))
        .set("seq", number(after.seq))
        .set("tip", text(after.tip))
    )


def step(old: Message, new: Message) -> Update:
    """All that may differ in `new`, if state and lease are still `old`'s."""
    before, after = items.message_item(old), items.message_item(new)
    update = Update(keys.message_key(old))
    for name in ("state", "lease_owner", "lease_until"):
        update.when(name, before.get(name))
    for name in _CHANGING:
        update.set_or_remove(name, after.get(name))
    return update


def _is_attended(note: Item, now: datetime) -> bool:
    """Whether a receipt has a message, or was asked for lately."""
    ours = {"pk", "sk", "version", keys.EXPIRES_AT, _REQUESTED_UNTIL}
    requested_until = read_optional(note, _REQUESTED_UNTIL)
    return bool(note.keys() - ours) or (requested_until is not None and now < keys.moment(requested_until))


def _expiring(update: Update, since: datetime) -> Update:
    """Of a receipt's item: how long it is kept."""
    expires_at = int((since + RECEIPT_KEPT).timestamp())
    return update.set("version", number(1)).set(keys.EXPIRES_AT, number(expires_at))
