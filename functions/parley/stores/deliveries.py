"""What SES told of mails, in the relay table: one transaction puts the event, moves the conversation's head
and writes what became of the message."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from parley.conversation.messages import Message
from parley.relaying.ports import AlreadyExistsError, HeadMovedError
from parley.stores import items, keys
from parley.stores.attributes import text
from parley.stores.messages import head_moves
from parley.stores.standing import delivery_attributes
from parley.stores.table import CancelledError, ConditionFailedError, write_alone, write_together
from parley.stores.updates import Update
from parley.tracking.ports import Known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.conversation.aliases import ConversationId
    from parley.conversation.conversations import Head
    from parley.conversation.delivery import Delivery
    from parley.conversation.events import Event
    from parley.conversation.messages import MessageId
    from parley.stores.keys import Item

LATEST = 8
"""How many messages the first look brings: most events come within moments of their mail."""
# Places in an event's transaction.
_EVENT, _HEAD, _MESSAGE = 0, 1, 2


class DynamoDeliveries:
    """Implements the port `Deliveries`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def find(self, conversation: ConversationId, message: MessageId) -> Known | None:
        pk = text(keys.conversation_pk(conversation))
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk >= :first",
            ExpressionAttributeValues={":pk": pk, ":first": text(keys.MESSAGE)},
            ScanIndexForward=False,
            Limit=1 + LATEST,
            ConsistentRead=True,
        )
        latest = answer["Items"]
        if not latest or latest[0]["sk"] != text(keys.HEAD):
            return None
        wanted = text(message)
        for item in chain(latest[1:], self._search(pk, wanted)):
            if item["message_id"] == wanted:
                return Known(*items.read_head(latest[0]), items.read_message(item))
        return None

    def _search(self, pk: dict[str, Any], wanted: dict[str, Any]) -> Iterator[Item]:
        """Among all messages of the conversation, then among its attempts: one of those was released."""
        for kind in (keys.MESSAGE, keys.ATTEMPT):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :kind)",
                FilterExpression="message_id = :message",
                ExpressionAttributeValues={":pk": pk, ":kind": text(kind), ":message": wanted},
                ScanIndexForward=False,
                ConsistentRead=True,
            )
            for page in pages:
                yield from page["Items"]

    def append(self, event: Event, *, known: Known, after: Head, delivery: Delivery) -> None:
        item = items.event_item(event)
        put = {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        head = head_moves(event.conversation, known.head, after)
        writes: list[Any] = [{"Put": put}, head.write(self._table)]
        writes.append(_standing(known.message, delivery).write(self._table))
        try:
            # Tried once: the caller has to read again before it can try again.
            write_together(self._client, writes, tries=1)
        except CancelledError as cancelled:
            if cancelled.failed(_EVENT):
                # A repetition after a lost answer finds what the first try wrote.
                if cancelled.reasons[_EVENT].item == item:
                    return
                raise AlreadyExistsError from None
            if cancelled.failed(_HEAD) or cancelled.failed(_MESSAGE) or cancelled.conflicts:
                raise HeadMovedError from None
            raise

    def note(self, message: Message, delivery: Delivery) -> bool:
        wanted = delivery_attributes(delivery)
        try:
            write_alone(self._client, _standing(message, delivery).write(self._table)["Update"])
        except ConditionFailedError as failed:
            return bool(failed.item) and {name: failed.item.get(name) for name in wanted} == wanted
        return True


def _standing(message: Message, delivery: Delivery) -> Update:
    """What became of a message, if nobody wrote that since it was read.

    The mark says of the change what the table's stream cannot: that nothing else of the message changed, so
    that its entry and attachments need not be filed again (`parley.stores.changes`).
    """
    update = Update(keys.message_key(message)).when("message_id", text(message.id))
    for name, value in delivery_attributes(message.delivery).items():
        update.when(name, value)
    for name, value in delivery_attributes(delivery).items():
        update.set_or_remove(name, value)
    return update.set(keys.ONLY_DELIVERY, text("yes"))
