"""Looking: what happened in a conversation, and which mail waits, in ids, codes and times alone."""

from parley.conversation.aliases import ConversationId
from parley.registering.refusals import RefusedError
from parley.reviewing.ports import CursorError, Desk, HeldPage, HistoryPage
from parley.reviewing.recording import existing


def history_of(conversation: ConversationId, cursor: str | None, limit: int, desk: Desk) -> HistoryPage:
    """One page; `seq` gives the order. Raises `RefusedError`."""
    existing(conversation, desk)
    try:
        return desk.reviews.history(conversation, after=cursor, limit=limit)
    except CursorError:
        raise RefusedError("invalid-value", "cursor") from None


def held_mail(cursor: str | None, limit: int, desk: Desk) -> HeldPage:
    """One page, the oldest first. Raises `RefusedError`."""
    try:
        return desk.reviews.held(after=cursor, limit=limit)
    except CursorError:
        raise RefusedError("invalid-value", "cursor") from None
