"""What a transcript tells, before it is put into words: the whole, and what is told first."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from parley.archive.transcript.messages import Happening, Told
from parley.archive.verification import Verdict
from parley.conversation.conversations import Status
from parley.conversation.messages import State
from parley.conversation.parties import Role


class Lack(StrEnum):
    """Why something is not in evidence. share: it lies behind a link to a cloud share."""

    SHARE = "share"
    OVERSIZE = "oversize"
    ENCRYPTED = "encrypted"
    REMOTE = "remote"
    ERASED = "erased"
    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not in evidence of the message `seq`. detail: a host or a code."""

    lack: Lack
    seq: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """lifted_at: None while it is in force. reason: None if it is not kept."""

    id: str
    case: str
    placed_at: datetime
    reason: str | None
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Did the parties talk? Automatic mail counts as neither question nor answer.

    first: the earliest message that a party wrote and that was passed on. delivered: whether its recipient's
    server took it, None if nothing tells. answer: the earliest of the other party after it. took: from one
    to the other. window: how long an answer may take. until: when the window ends.
    """

    window: timedelta
    first: int = 0
    author: Role | None = None
    at: datetime | None = None
    delivered: bool | None = None
    answer: int = 0
    took: timedelta | None = None

    @property
    def until(self) -> datetime | None:
        return None if self.at is None else self.at + self.window

    @property
    def in_time(self) -> bool | None:
        """None as long as there is no answer."""
        return None if self.took is None else self.took <= self.window


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """counts: of messages by author ("buyer", "seller", "unproved") and state. attempts: places of messages
    that were not passed on. flags: code → places. files: how many attachments were seen."""

    contact: Contact
    counts: tuple[tuple[str, State, int], ...]
    attempts: tuple[int, ...]
    holds: tuple[Hold, ...]
    flags: tuple[tuple[str, tuple[int, ...]], ...]
    missing: tuple[Missing, ...]
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A conversation. names: role → display name. aliases: role → mailbox at the relay domain. head: the last
    link's place. verdict: None if the chain was not verified for this page. happenings: events that belong to
    no message, notes and holds among them."""

    conversation: str
    order: str | None
    status: Status
    names: tuple[tuple[Role, str], ...]
    aliases: tuple[tuple[Role, str], ...]
    generated_at: datetime
    head: int
    erased_until: int
    verdict: Verdict | None
    summary: Summary
    messages: tuple[Told, ...]
    happenings: tuple[Happening, ...] = field(default=())
