"""What archiving needs from outside besides what relaying does. `parley.stores` implements it on AWS."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import ConversationView
from parley.conversation.parties import Party, PartyId
from parley.relaying.ports import Archive, Clock, History


@dataclass(frozen=True, slots=True)
class Signature:
    """key: the ARN of the key. octets: ECDSA over P-256, in DER."""

    key: str
    octets: bytes


class Conversations(Protocol):
    """A part of `parley.relaying.ports.Directory`."""

    def conversation(self, conversation: ConversationId) -> ConversationView | None: ...

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    conversations: Conversations
    history: History
    archive: Archive
    review: Review
    signer: Signer
    clock: Clock
    relay_domain: str
    locale: str
    """The language of transcripts."""
