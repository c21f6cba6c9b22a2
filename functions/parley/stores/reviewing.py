"""What reviewers look at, in the relay table.

The index of held messages holds keys only, as the others do: what it lists is read from the table, as it is
now. A cursor is where DynamoDB goes on, opaque to whoever gets it.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Any

from parley.reviewing.ports import CursorError, HeldPage, HistoryPage
from parley.stores import items, keys
from parley.stores.attributes import text
from parley.stores.table import read_batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.conversation.aliases import ConversationId
    from parley.conversation.conversations import Conversation
    from parley.conversation.events import Event, EventId
    from parley.conversation.messages import Message, MessageId
    from parley.stores.keys import Item


class DynamoReviews:
    """Implements the port `Reviews`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def conversation(self, conversation: ConversationId) -> Conversation | None:
        item = self._get(keys.head_key(conversation))
        return None if item is None else items.read_head(item)[0]

    def event(self, conversation: ConversationId, event: EventId) -> Event | None:
        item = self._get(keys.event_key(conversation, event))
        return None if item is None else items.read_event(item)

    def message(self, conversation: ConversationId, message: MessageId) -> Message | None:
        for kind in (keys.MESSAGE, keys.ATTEMPT):
            for item in self._of_kind(conversation, kind, message):
                return items.read_message(item)
        return None

    def history(self, conversation: ConversationId, *, after: str | None, limit: int) -> HistoryPage:
        pk = keys.conversation_pk(conversation)
        start: Any = {}
        if after is not None:
            place = _start(after, ("sk",))
            if not place["sk"]["S"].startswith((keys.ATTEMPT, keys.EVENT, keys.MESSAGE)):
                raise CursorError
            start = {"ExclusiveStartKey": {**place, "pk": text(pk)}}
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk < :head",
            ExpressionAttributeValues={":pk": text(pk), ":head": text(keys.HEAD)},
            ConsistentRead=True,
            Limit=limit,
            **start,
        )
        return HistoryPage(
            [_happening(item) for item in answer["Items"]], _cursor(answer.get("LastEvaluatedKey"), ("sk",))
        )

    def held(self, *, after: str | None, limit: int) -> HeldPage:
        start: Any = {}
        if after is not None:
            place = _start(after, _HELD_PLACE)
            start = {"ExclusiveStartKey": {**place, keys.HELD: text(keys.HELD)}}
        answer = self._client.query(
            TableName=self._table,
            IndexName=keys.BY_HELD,
            KeyConditionExpression="#held = :held",
            ExpressionAttributeNames={"#held": keys.HELD},
            ExpressionAttributeValues={":held": text(keys.HELD)},
            Limit=limit,
            **start,
        )
        listed = [{"pk": item["pk"], "sk": item["sk"]} for item in answer["Items"]]
        found = read_batch(self._client, self._table, listed) if listed else []
        # One that was decided on a moment ago is still in the index.
        waiting = [items.read_message(item) for item in found if keys.HELD in item]
        waiting.sort(key=lambda message: (message.received_at, message.id))
        return HeldPage(waiting, _cursor(answer.get("LastEvaluatedKey"), _HELD_PLACE))

    def _get(self, key: Item) -> Item | None:
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return answer.get("Item")

    def _of_kind(self, conversation: ConversationId, kind: str, message: MessageId) -> Iterator[Item]:
        """The messages or attempts of that id, of which there is one at most."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :kind)",
            FilterExpression="message_id = :message",
            ExpressionAttributeValues={
                ":pk": text(keys.conversation_pk(conversation)),
                ":kind": text(kind),
                ":message": text(message),
            },
            ScanIndexForward=False,
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]


_HELD_PLACE = ("pk", "sk", "received_at")
_MAX_CURSOR = 2_000


def _happening(item: Item) -> Message | Event:
    is_event = item["sk"]["S"].startswith(keys.EVENT)
    return items.read_event(item) if is_event else items.read_message(item)


def _cursor(last: Item | None, names: tuple[str, ...]) -> str | None:
    if not last:
        return None
    place = json.dumps([last[name]["S"] for name in names], separators=(",", ":"))
    return urlsafe_b64encode(place.encode()).decode("ascii").rstrip("=")


def _start(cursor: str, names: tuple[str, ...]) -> dict[str, Any]:
    """Raises `CursorError`."""
    try:
        padded = cursor[:_MAX_CURSOR] + "=" * (-len(cursor) % 4)
        place = json.loads(urlsafe_b64decode(padded.encode("ascii")))
    except ValueError:
        raise CursorError from None
    if not isinstance(place, list) or len(place) != len(names):
        raise CursorError
    if not all(isinstance(each, str) and 0 < len(each) <= _MAX_CURSOR for each in place):
        raise CursorError
    return dict(zip(names, map(text, place), strict=True))
