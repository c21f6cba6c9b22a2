"""What a bundle is made from: what is wanted, who signs, and what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cli.evidence.signing import PublicKey
from parley.archive.evidence import Unread
from parley.archive.redaction import Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted. viewer: the role that it is for, None for one from whom nothing is kept back. roles:
    those that the conversation has a party for. exported: the id of the export's own event; made_at: its
    time."""

    conversation: str
    viewer: str | None
    roles: frozenset[str]
    case: str
    exported: str
    made_by: str
    made_at: datetime
    tool: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """manifest: the one that signs it, with `sign`. checkpoints: those that sign the archive's."""

    manifest: PublicKey
    checkpoints: Sequence[PublicKey]
    sign: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    files: int
    octets: int
    unread: tuple[Unread, ...]


Page = Callable[[Sequence[Share], Callable[[str], bytes | None]], bytes | None]
"""The transcript for the shares of a conversation, given how to read an object; None if there is none."""
