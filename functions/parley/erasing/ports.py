"""What erasing needs from outside. `parley.stores` implements it on AWS.

An error that is not named here means "not now": the work is taken up again later.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from parley.conversation.aliases import ConversationId
from parley.conversation.events import Event
from parley.conversation.messages import Message
from parley.conversation.parties import Party, PartyId
from parley.erasing.matters import Plan, Rules, Subject
from parley.mail.mailbox import Mailbox
from parley.relaying.ports import Archive, Clock, Entropy, History, Messages


class NotErasedError(Exception):
    """S3 did not delete some of the versions it was asked to; `codes` are its reasons."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


class HeldError(Exception):
    """A hold keeps the conversation; `cases` are those it was placed for."""

    def __init__(self, cases: tuple[str, ...]) -> None:
        super().__init__(", ".join(cases))
        self.cases = cases


class ChangedMeanwhileError(Exception):
    """The conversation is no longer as it was read: look at it again."""


class Objects(Protocol):
    """A bucket."""

    def erase(self, prefix: str, *, holding: str = "") -> int:
        """Deletes every version and delete marker of every object whose key begins with `prefix` and has
        `holding` in it; returns how many. Calls: two for each 1,000 versions, and one to see that nothing is
        left. Raises `NotErasedError`."""
        ...

    def is_there(self, prefix: str) -> bool:
        """Whether any version of an object is there whose key begins with `prefix`. One call."""
        ...


class Notes(Protocol):
    """Where records for people lie."""

    def put(self, key: str, content: bytes, *, media_type: str) -> None: ...


class Suppressions(Protocol):
    def remove(self, mailbox: str) -> None:
        """Takes a mailbox off SES's suppression list of the account, if it is there."""
        ...


class Records(Protocol):
    """Conversations and parties, consistently read."""

    def read(self, conversation: ConversationId) -> Subject:
        """Raises `ConversationGoneError`."""
        ...

    def of_party(self, party: PartyId) -> Iterator[Subject]:
        """Those that still name the party. A call for each page of an index, and one per 100 conversations;
        what was opened a second ago may be missing."""
        ...

    def all(self, after: str | None) -> Iterator[tuple[Subject, str]]:
        """Every conversation, also one whose parties are erased, in no order that means anything, each with
        its place there; those behind a place. Calls as `of_party`."""
        ...

    def latest_mail(self, conversation: ConversationId) -> datetime | None:
        """When SES received the latest mail, an attempt or not; without any, when the first event was
        recorded; None without either. Two calls, or three."""
        ...

    def is_received(self, receipt_id: str) -> bool:
        """Whether no message of the receipt, whoever it is for, is still being worked on. Two calls."""
        ...

    def close(self, subject: Subject, now: datetime) -> None:
        """Deletes its aliases and says that it is closed for good, in one transaction, unless a hold was
        placed meanwhile. Raises `ChangedMeanwhileError`."""
        ...

    def first_contacts(self, party: PartyId) -> Iterator[Message]:
        """The mails at contact aliases that opened no conversation and name a mailbox that the party has or
        had as their author's, proved or not, or beside it (`Message.named_hashes`), and were not erased.
        Two calls for each mailbox and page, one per 100 messages; what came a second ago may be missing."""
        ...

    def strip(
        self, happening: Message | Event, plan: Plan | None = None, *, but_author: bool = False
    ) -> None:
        """Removes from its item what tells of contents: salts, fingerprint, the author's Message-ID and
        domain, and who the author is. The salt of its record stays, which the entry shows anyway. plan:
        counts a first contact in the same transaction. but_author: a first contact is found by its author
        again. Raises `ChangedMeanwhileError`."""
        ...

    def begin(self, conversation: ConversationId) -> None:
        """Notes that contents are erased from now on, so that no hold is placed any more. Raises
        `HeldError`, `ConversationGoneError` or `ChangedMeanwhileError`."""
        ...

    def end(self, conversation: ConversationId) -> None:
        """Takes the note away, where a conversation goes on."""
        ...

    def mark(
        self,
        subject: Subject,
        *,
        erased_at: datetime | None = None,
        finished: bool = False,
        kept_until: datetime | None = None,
        due: datetime | None = None,
    ) -> None:
        """Notes on the head how far it is; what is None stays as it is. finished: `finished_at_seq` is where
        the chain stands in `subject`, and `erased_at` goes."""
        ...

    def unlink(self, subject: Subject, plan: Plan) -> bool:
        """Removes the plan's party from the head and counts the conversation in the plan, in one
        transaction. False if it was done before."""
        ...

    def party(self, party: PartyId) -> Party | None: ...

    def mailboxes_of(self, party: Party) -> list[Mailbox]:
        """Those that it has, and those that it had and no other party has by now. A call for each of the
        latter."""
        ...

    def forget(self, party: Party, plan: Plan) -> None:
        """Deletes the party and its entries in the mailbox index, and counts its mailboxes in the plan, in
        one transaction. A third call in a cold process."""
        ...


class Plans(Protocol):
    """The erasures that are under way."""

    def add(self, plan: Plan) -> Plan:
        """The plan, or the one that the party has already."""
        ...

    def all(self) -> list[Plan]: ...

    def read(self, plan: str) -> Plan | None: ...

    def hurry(self, plan: Plan) -> None:
        """Writes `for_claims` and `next_at`, unless the plan is gone."""
        ...

    def put_off(self, plan: Plan) -> None:
        """Writes `next_at`, unless the plan is gone."""
        ...

    def drop(self, plan: Plan) -> None: ...

    def retention_stands_at(self) -> tuple[str, str | None]:
        """The day whose round was begun last, and the place (`Records.all`) up to which it came: None if it
        is through. "" for no day."""
        ...

    def note_retention(self, day: str, place: str | None) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """has_time: whether there is time to begin with another conversation. archived: the archive as events
    are recorded in it; none of those here has content."""

    records: Records
    plans: Plans
    history: History
    messages: Messages
    archive: Objects
    review: Objects
    inbox: Objects
    inbox_prefix: str
    notes: Notes
    suppressions: Suppressions
    archived: Archive
    clock: Clock
    entropy: Entropy
    rules: Rules
    has_time: Callable[[], bool] = field(default=lambda: True)
