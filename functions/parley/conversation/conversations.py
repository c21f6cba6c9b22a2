"""A conversation: one buyer and one seller, and where its chain of entries stands."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from parley.conversation.aliases import AliasId, ConversationId
from parley.conversation.messages import Message
from parley.conversation.opting import NO_WISH, Wish, Wishes
from parley.conversation.parties import PartyId, Role


class Status(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Hold:
    """While it is in force nothing of the conversation is erased, whenever it was written. placed_at: UTC."""

    id: str
    case: str
    placed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """parties and aliases by role. An intake conversation (of a contact alias) has no buyer. holds: those in
    force, one or more for a case. erasing: whether contents are being erased or, but for an intake, are gone:
    it takes no hold and nothing that a person writes down."""

    id: ConversationId
    order: str | None
    parties: dict[Role, PartyId]
    aliases: dict[Role, AliasId]
    status: Status = Status.OPEN
    holds: tuple[Hold, ...] = ()
    erasing: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a conversation's chain. seq: number of its last link, 0 when it has none; tip: that link's
    hash in hex, "" when there is none. wishes: which of the parties want the conversation's mail, as far as
    the messages and events up to there tell; no part of what makes two places of the chain equal."""

    seq: int
    tip: str
    wishes: Wishes = field(default_factory=dict, compare=False)

    def wish(self, role: Role) -> Wish:
        return self.wishes.get(role, NO_WISH)


@dataclass(frozen=True, slots=True)
class ConversationView:
    """What one read of a conversation shows: itself, its head, and its latest ≤ 50 messages, newest first."""

    conversation: Conversation
    head: Head
    recent: tuple[Message, ...]
