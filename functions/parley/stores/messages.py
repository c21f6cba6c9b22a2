"""The record of messages in the relay table: every step is one conditional write.

A receipt makes one message for an alias, whatever time its receipt is said to have: the claim notes the
message's key in the receipt's item and fails if there is one.

A write that is repeated after a lost answer must not mistake its own first try for another's. So a refused
write is compared with what was to be written: if the item already is that, the write has happened. This needs
a lease owner that no other invocation uses.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from parley.conversation.messages import State, check_kept_or_next, check_transition
from parley.relaying.ports import (
    AlreadyClaimedError,
    BusyError,
    HeadMovedError,
    HeldAsWholeError,
    LeaseLostError,
)
from parley.stores import items, keys, standing
from parley.stores.attributes import number, read_pair, text
from parley.stores.notices import DynamoNotices
from parley.stores.receipt_notes import noted, noted_whole, withdrawn
from parley.stores.receipts import DynamoReceipts
from parley.stores.table import CancelledError, ConditionFailedError, write_alone, write_together
from parley.stores.updates import Update

if TYPE_CHECKING:
    from datetime import datetime

    from parley.conversation.aliases import ConversationId
    from parley.conversation.conversations import Head
    from parley.conversation.messages import Lease, Message, MessageId
    from parley.relaying.ports import Told
    from parley.stores.keys import Item

_CHANGING = (
    *("state", "codes", "sendings", "lease_owner", "lease_until", "outgoing_message_id"),
    *("released", "told", keys.HELD),
)
# Places in a claim's transaction.
_MESSAGE, _NOTE, _HEAD = 0, 1, 2


class DynamoMessages(DynamoReceipts, DynamoNotices):
    """Implements the port `Messages`."""

    def claim(self, message: Message, *, before: Head, after: Head, told: Told | None = None) -> None:
        """A conflict with another transaction is a `HeadMovedError` too: whoever holds the head now
        is about to move it. If the message exists, that is said first, whatever happened to the head.
        """
        if message.conversation is None:
            raise ValueError("a message without a conversation is claimed loosely")
        head = head_moves(message.conversation, before, after)
        writes = [self._put(message), noted(message, told).write(self._table), head.write(self._table)]
        writes += [{"Put": {"TableName": self._table, "Item": each}} for each in items.named_items(message)]
        try:
            # Tried once: the caller has to read the new head before it can try again.
            write_together(self._client, writes, tries=1)
        except CancelledError as cancelled:
            if self._is_claimed(message, cancelled, told):
                return
            if cancelled.failed(_HEAD) or cancelled.conflicts:
                raise HeadMovedError from None
            raise

    def claim_loose(self, message: Message, *, told: Told | None = None) -> None:
        try:
            write_together(self._client, [self._put(message), noted(message, told).write(self._table)])
        except CancelledError as cancelled:
            if not self._is_claimed(message, cancelled, told):
                raise

    def claim_whole(self, message: Message) -> None:
        try:
            write_together(self._client, [self._put(message), noted_whole(message).write(self._table)])
        except CancelledError as cancelled:
            if self._is_claimed(message, cancelled):
                return
            if cancelled.failed(_NOTE):
                raise BusyError("told-meanwhile") from None
            raise

    def withdraw(self, whole: Message) -> None:
        """A repetition after a lost answer finds no message any more, which is as well."""
        delete: Any = {
            "TableName": self._table,
            "Key": keys.message_key(whole),
            "ConditionExpression": "attribute_not_exists(pk) OR #state = :held",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {":held": text(State.HELD)},
        }
        try:
            write_together(self._client, [{"Delete": delete}, withdrawn(whole).write(self._table)])
        except CancelledError as cancelled:
            if cancelled.failed(_MESSAGE):
                raise LeaseLostError(whole.id) from None
            raise

    def loose(self, receipt_id: str, message: MessageId) -> Message | None:
        answer = self._client.get_item(
            TableName=self._table, Key=keys.loose_key(receipt_id, message), ConsistentRead=True
        )
        return items.read_message(answer["Item"]) if "Item" in answer else None

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

    def _put(self, message: Message) -> Any:
        return {
            "Put": {
                "TableName": self._table,
                "Item": items.message_item(message),
                "ConditionExpression": "attribute_not_exists(pk)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _is_claimed(self, message: Message, cancelled: CancelledError, told: Told | None = None) -> bool:
        """Whether this very claim is written already. Raises `AlreadyClaimedError` if it was another,
        `HeldAsWholeError` if one stands for the whole receipt, `BusyError` if that was withdrawn since."""
        note = cancelled.reasons[_NOTE].item
        if cancelled.failed(_MESSAGE):
            stored = items.read_message(cancelled.reasons[_MESSAGE].item)
        elif cancelled.failed(_NOTE) and message.id in note:
            stored = self._noted(note, message.id)
        elif cancelled.failed(_NOTE) and told is not None and told.whole is not None and told.whole in note:
            raise HeldAsWholeError(self._noted(note, told.whole)) from None
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
        if "Item" not in answer:  # Nothing but `withdraw` deletes a message.
            raise BusyError("withdrawn")
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
    """The head from one place of the chain to the next, if nobody moved it meanwhile. What it tells of the
    parties' wishes is only ever added to."""
    head = (
        Update(keys.head_key(conversation))
        .when("seq", number(before.seq))
        .when("tip", text(before.tip))
        .set("seq", number(after.seq))
        .set("tip", text(after.tip))
    )
    for name, value in standing.wish_attributes(after.wishes).items():
        if value is not None:
            head.set(name, value)
    return head


def step(old: Message, new: Message) -> Update:
    """All that may differ in `new`, if state and lease are still `old`'s. Raises `IllegalTransitionError`."""
    check_kept_or_next(old.state, new.state)
    before, after = items.message_item(old), items.message_item(new)
    update = Update(keys.message_key(old))
    for name in ("state", "lease_owner", "lease_until"):
        update.when(name, before.get(name))
    for name in _CHANGING:
        update.set_or_remove(name, after.get(name))
    return update.set_or_remove(keys.ONLY_DELIVERY, None)
