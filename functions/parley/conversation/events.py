"""What happens to a conversation besides its mails: a release, a hold, a note, a delivery."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from parley.conversation.aliases import ConversationId
from parley.conversation.messages import MessageId

EventId = NewType("EventId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event with its place in the conversation's chain, as the table keeps it.

    kind: a value of `parley.archive.records.EventKind`. message: the one it concerns. at: when it was
    recorded (UTC). folder: where its content lies in the archive, "" if it has none. link, record: canonical
    JSON, the outbox of the archive. salts: a value of `parley.archive.chain.Committed` → 32 hex digits.
    """

    id: EventId
    conversation: ConversationId
    seq: int
    at: datetime
    kind: str
    link: str
    record: str
    salts: tuple[tuple[str, str], ...]
    message: MessageId | None = None
    folder: str = ""
