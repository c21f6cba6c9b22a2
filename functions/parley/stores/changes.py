"""What the relay table's stream tells: messages and events as they are after a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.stores import keys
from parley.stores.items import read_event, read_message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parley.conversation.events import Event
    from parley.conversation.messages import Message


def read_change(record: Mapping[str, Any]) -> Message | Event | None:
    """The message or event of one stream record; None for every other item, for a deletion, and where nothing
    of a message changed but what SES told of it, which has an event of its own.

    record: as Lambda is given it, with new images in DynamoDB's own notation (Lambda Developer Guide, "Using
    Lambda with DynamoDB", event). Raises `UnreadableItemError`.
    """
    item = record["dynamodb"].get("NewImage")
    if item is None:
        return None
    sort_key = item["sk"]["S"]
    if keys.ONLY_DELIVERY in item:
        return None
    if sort_key.startswith(keys.EVENT):
        return read_event(item)
    if "link" in item and sort_key.startswith((keys.MESSAGE, keys.ATTEMPT)):
        return read_message(item)
    return None
