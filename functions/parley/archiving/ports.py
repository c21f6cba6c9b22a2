"""What archiving needs from outside besides what relaying does. `parley.stores` implements it on AWS."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Conversation
from parley.conversation.parties import Party, PartyId


@dataclass(frozen=True, slots=True)
class Signature:
    """key: the ARN of the key. octets: ECDSA over P-256, in DER."""

    key: str
    octets: bytes


class Conversations(Protocol):
    """Conversations and parties, consistently read."""

    def alone(self, conversation: ConversationId) -> Conversation | None:
        """The conversation without its messages."""
        ...

    def parties(self, ids: Collection[PartyId]) -> Mapping[PartyId, Party]: ...


class Signer(Protocol):
    def sign(self, digest: bytes) -> Signature:
        """Signs a SHA-256 digest (32 octets) as it is. One call."""
        ...


class Review(Protocol):
    """What can be made anew at any time, for people to read."""

    def put(self, key: str, content: bytes, *, media_type: str) -> None:
        """Stores the object in place of one that is there."""
        ...


class Entries(Protocol):
    """The archive, as far as it is known what lies there."""

    def listed(self, prefix: str, after: str) -> list[str]:
        """The keys with that prefix that sort behind `after`, in order. A call for each 1,000."""
        ...
