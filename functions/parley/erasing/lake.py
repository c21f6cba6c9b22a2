"""Taking what was erased out of the lake: erasing asks, and the next round of `parley.compacting` does it."""

from collections.abc import Iterable
from datetime import UTC, timedelta

from parley.conversation.aliases import ConversationId
from parley.conversation.events import Event
from parley.conversation.messages import Message
from parley.erasing.ports import Outside
from parley.lake.erasures import Erasure, erasures_prefix

LAKE = timedelta(hours=1)
"""How long until it is looked again whether the lake has followed: as often as that works."""


def ask_lake(
    conversation: ConversationId,
    happened: Iterable[Message | Event],
    up_to: int,
    outside: Outside,
    *,
    message: str | None = None,
) -> None:
    """Asks for rows to be emptied: of what happened up to a place, of one message alone if it is given. The
    marker goes when they are."""
    times = (each.at if isinstance(each, Event) else each.received_at for each in happened)
    days = {time.astimezone(UTC).date() for time in times}
    marker = Erasure(
        conversation=conversation,
        days=tuple(sorted(days)),
        up_to=up_to,
        asked_at=outside.clock.now(),
        message=message,
    )
    outside.notes.put(marker.key, marker.to_bytes(), media_type="application/json")


def has_followed(conversation: ConversationId, outside: Outside) -> bool:
    """Whether the lake has done all that it was asked to in this conversation."""
    return not outside.review.is_there(erasures_prefix(conversation))
