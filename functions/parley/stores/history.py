"""A conversation's history in the relay table: everything that happened, and appending to its chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.relaying.ports import (
    AlreadyExistsError,
    ConversationGoneError,
    HeadMovedError,
    LeaseLostError,
)
from parley.stores import items, keys
from parley.stores.messages import head_moves, step
from parley.stores.table import CancelledError, write_together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.conversation.aliases import ConversationId
    from parley.conversation.conversations import Head, Hold
    from parley.conversation.events import Event
    from parley.conversation.messages import Message

# Places in an event's transaction.
_EVENT, _HEAD, _MESSAGE = 0, 1, 2


class DynamoHistory:
    """Implements the port `History`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def head(self, conversation: ConversationId) -> Head:
        answer = self._client.get_item(
            TableName=self._table, Key=keys.head_key(conversation), ConsistentRead=True
        )
        if "Item" not in answer:
            raise ConversationGoneError(conversation)
        return items.read_head(answer["Item"])[1]

    def append(
        self,
        event: Event,
        *,
        before: Head,
        after: Head,
        message: tuple[Message, Message] | None = None,
        holds: tuple[Hold, ...] | None = None,
    ) -> None:
        item = items.event_item(event)
        put = {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        head = head_moves(event.conversation, before, after)
        if holds is not None:
            head.when(keys.ERASING, None).set_or_remove("hold", items.holds_attribute(holds))
        writes: list[Any] = [{"Put": put}, head.write(self._table)]
        if message is not None:
            writes.append(step(*message).write(self._table))
        try:
            # Tried once: the caller has to read the new head before it can try again.
            write_together(self._client, writes, tries=1)
        except CancelledError as cancelled:
            if cancelled.failed(_EVENT):
                # A repetition after a lost answer finds what the first try wrote.
                if cancelled.reasons[_EVENT].item == item:
                    return
                raise AlreadyExistsError from None
            if message is not None and cancelled.failed(_MESSAGE):
                raise LeaseLostError(message[0].id) from None
            if cancelled.failed(_HEAD) or cancelled.conflicts:
                raise HeadMovedError from None
            raise

    def of(self, conversation: ConversationId) -> Iterator[Message | Event]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk < :head",
            ExpressionAttributeValues={
                ":pk": {"S": keys.conversation_pk(conversation)},
                ":head": {"S": keys.HEAD},
            },
            ConsistentRead=True,
        )
        for page in pages:
            for item in page["Items"]:
                is_event = item["sk"]["S"].startswith(keys.EVENT)
                yield items.read_event(item) if is_event else items.read_message(item)
