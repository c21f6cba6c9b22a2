"""What reviewing needs from outside. `parley.stores` implements it on AWS; tests have fakes.

Every call is one AWS call unless it says otherwise. An error that is not named here means "not now".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Conversation
from parley.conversation.events import Event, EventId
from parley.conversation.messages import Message, MessageId
from parley.relaying.ports import Archive, Clock, Entropy, History, Messages, Queue


class CursorError(ValueError):
    """A text is no cursor of this kind of list."""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some of what happened. next: the cursor of the next page, None at the end."""

    happenings: Sequence[Message | Event]
    next: str | None


@dataclass(frozen=True, slots=True)
class HeldPage:
    """Some of the held messages, as `HistoryPage`."""

    messages: Sequence[Message]
    next: str | None


class Reviews(Protocol):
    """Conversations as reviewers look at them, consistently read."""

    def conversation(self, conversation: ConversationId) -> Conversation | None: ...

    def event(self, conversation: ConversationId, event: EventId) -> Event | None: ...

    def message(self, conversation: ConversationId, message: MessageId) -> Message | None:
        """Looks through the conversation, first the messages of proved authors, the latest first; pages of
        1 MB, a call each."""
        ...

    def history(self, conversation: ConversationId, *, after: str | None, limit: int) -> HistoryPage:
        """Messages, attempts and events in no certain order. limit: 1 to 100. Raises `CursorError`."""
        ...

    def held(self, *, after: str | None, limit: int) -> HeldPage:
        """What waits for a reviewer, the oldest first, as it is now; two calls. What was held a second ago
        may be missing. limit: 1 to 100. Raises `CursorError`."""
        ...


class Accesses(Protocol):
    """Where it is kept who read what."""

    def put(self, key: str, content: bytes, *, media_type: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a use case of this package is given. queue: the one that feeds receive_mail."""

    reviews: Reviews
    messages: Messages
    history: History
    archive: Archive
    accesses: Accesses
    queue: Queue
    clock: Clock
    entropy: Entropy
