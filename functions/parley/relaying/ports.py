"""What the use cases need from outside. `parley.stores` implements it on AWS; tests have fakes.

Every call is one AWS call unless it says otherwise. Errors are the types below; anything else that an
implementation raises means "not now": nothing is acknowledged and the receipt comes again.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from parley.conversation.aliases import Alias, AliasId, ConversationId
from parley.conversation.conversations import Conversation, ConversationView, Head, Hold
from parley.conversation.events import Event
from parley.conversation.messages import Lease, Message, MessageId, State
from parley.conversation.parties import Party, PartyId
from parley.mail.address import Mailbox
from parley.mail.verdicts import Verdicts


class HeadMovedError(Exception):
    """Another message took the conversation's next place; read it again and try anew."""


class AlreadyClaimedError(Exception):
    """The message exists; `message` is it as stored now."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.id)
        self.message = message


class HeldAsWholeError(Exception):
    """The receipt has a message that stands for all of its recipients, because nobody knew them when it was
    claimed; `message` is it as stored now. Nothing was written."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.id)
        self.message = message


class LeaseLostError(Exception):
    """The message changed state or owner meanwhile: another invocation works on it. Nothing was written."""


class AlreadyExistsError(Exception):
    """What was to be created is there already; nothing was written."""


class BusyError(Exception):
    """Another invocation works on the message, or the conversation is too busy; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ConversationGoneError(LookupError):
    """An alias names a conversation or party that the table does not have."""


class NoSuchObjectError(Exception):
    """There is no object of that key."""


class SendDeferredError(Exception):
    """SES certainly did not take the mail and may later (throttling, quota, paused, 5xx); `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SendRefusedError(Exception):
    """SES certainly did not take the mail and never will; `code` is stable, e.g. "ses-rejected"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SendUncertainError(Exception):
    """No answer: SES may have taken the mail or not."""


class Directory(Protocol):
    """Aliases, conversations and parties."""

    def alias(self, alias: AliasId) -> Alias | None: ...

    def conversation(self, conversation: ConversationId) -> ConversationView | None:
        """The conversation, its head and its latest 50 messages, consistently read, in one Query.

        Messages whose author is not proved (`author_role` None) are not among them: whoever knows an alias
        could otherwise make a conversation forget its own mail.
        """
        ...

    def parties(self, ids: Collection[PartyId]) -> Mapping[PartyId, Party]:
        """Those of the parties that exist, in one BatchGetItem."""
        ...

    def party_of_mailbox(self, mailbox: Mailbox) -> Party | None:
        """The party that registered this mailbox (equal for admission), or None. Two calls, and a third in a
        cold process."""
        ...

    def author_hash(self, mailbox: Mailbox) -> str:
        """By which a mail of this author is found again and nobody without the key can tell who it is; equal
        for mailboxes equal for admission. A call in a cold process."""
        ...

    def register(self, party: Party) -> None:
        """Puts the party and its mailbox index in one transaction; replaces nothing.

        Raises `AlreadyExistsError` if the party or one of its mailboxes is registered.
        """
        ...

    def open(self, conversation: Conversation, aliases: Collection[Alias]) -> None:
        """Puts a conversation's head and aliases in one transaction. Raises `AlreadyExistsError`."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """What SES told of a receipt. Its first claim notes that under the receipt, or whoever cannot finish with
    it, so that work goes on when the notification is lost.

    recipients: as in `Receipt`. whole: the id of the message that may stand for the whole receipt; nothing is
    claimed beside it. None to claim beside it all the same.
    """

    recipients: tuple[str, ...]
    verdicts: Verdicts
    whole: MessageId | None


@dataclass(frozen=True, slots=True)
class NoticeClaim:
    """The right to send one notice. window: the number of the day. name: tells it from others."""

    subject: str
    window: int
    name: str


class Messages(Protocol):
    """The record of messages."""

    def claim(self, message: Message, *, before: Head, after: Head, told: Told | None = None) -> None:
        """Puts the message (state received, with its lease and link), moves the conversation's head from
        `before` to `after`, and notes the message and what SES told under its receipt, in one transaction.

        Raises `AlreadyClaimedError` if the receipt has a message of that id, whatever its time,
        `HeldAsWholeError` or `HeadMovedError`.
        """
        ...

    def claim_loose(self, message: Message, *, told: Told | None = None) -> None:
        """Puts a message that belongs to no conversation and notes it, and what SES told, under its receipt,
        in one transaction.

        Raises `AlreadyClaimedError` or `HeldAsWholeError`.
        """
        ...

    def claim_whole(self, message: Message) -> None:
        """As `claim_loose`, for a message that stands for a receipt of which SES told nothing.

        Raises `AlreadyClaimedError`, or `BusyError` if it was told meanwhile.
        """
        ...

    def withdraw(self, whole: Message) -> None:
        """Takes back what `claim_whole` put, in one transaction: its recipients are known now. Raises
        `LeaseLostError` if somebody has decided on it."""
        ...

    def note_told(self, receipt_id: str, told: Told, received_at: datetime) -> None:
        """Notes what SES told of the receipt, as a claim does, where nothing may have been claimed."""
        ...

    def told(self, receipt_id: str) -> Told | None:
        """What SES told of the receipt, if one of its messages was claimed since, or it was noted.
        Consistently read."""
        ...

    def loose(self, receipt_id: str, message: MessageId) -> Message | None:
        """The message of that receipt that belongs to no conversation, consistently read."""
        ...

    def take_over(self, message: Message, lease: Lease) -> Message:
        """Gives an unfinished message to a new owner if its lease is as in `message`.

        Raises `LeaseLostError`.
        """
        ...

    def advance(
        self, message: Message, state: State, *, sendings: int | None = None, release: bool = False
    ) -> Message:
        """Writes a step between states that end nothing, if the stored message still has `message`'s state
        and lease; checks `NEXT_STATES` first. sendings: the new value of `Message.sendings`. release: drop
        the lease. Raises `LeaseLostError`."""
        ...

    def finish(
        self,
        message: Message,
        state: State,
        *,
        codes: tuple[str, ...],
        outgoing_message_id: str | None = None,
        finished_at: datetime,
    ) -> Message:
        """Writes the outcome and drops the lease. Raises `LeaseLostError`."""
        ...

    def put_down(self, message: Message, *, told: bool) -> Message:
        """Drops the lease on a message that has its outcome. told: whether its author was told of it. Raises
        `LeaseLostError`."""
        ...

    def unattended(
        self, receipt_ids: Collection[str], now: datetime, *, overdue: Collection[str] = ()
    ) -> frozenset[str]:
        """Those of the receipts of which no message was ever claimed and which nothing is known to bring
        (`note_request`). overdue: those among them that should have ended; of these furthermore each with a
        recipient who has no outcome. One call per 100 receipts, and one per 100 messages of the overdue."""
        ...

    def note_request(self, receipt_id: str, until: datetime) -> None:
        """Notes that a text brings the receipt, and that the sweep need not ask for it before `until`."""
        ...

    def claim_notice(self, subject: str, message: MessageId, now: datetime) -> NoticeClaim | None:
        """For the first message that asks to notify for this subject (author and reason) in the present
        window of 24 hours, and for that same one once more: an invocation that died may have sent it. None
        for all others. Whoever sends nothing gives it back."""
        ...

    def give_back(self, claim: NoticeClaim) -> None:
        """SES certainly did not take the notice: it may be claimed as if it had not been."""
        ...


class History(Protocol):
    """Everything that happened in a conversation."""

    def head(self, conversation: ConversationId) -> Head:
        """Where the chain stands, consistently read. Raises `ConversationGoneError`."""
        ...

    def append(
        self,
        event: Event,
        *,
        before: Head,
        after: Head,
        message: tuple[Message, Message] | None = None,
        holds: tuple[Hold, ...] | None = None,
    ) -> None:
        """Puts the event, moves the conversation's head, and takes a message from one state to another, if it
        is still as in the first of the pair, in one transaction. holds: those in force from now on.

        Raises `AlreadyExistsError` if there is an event of that id, `LeaseLostError` if the message is not
        as expected, or `HeadMovedError`.
        """
        ...

    def of(self, conversation: ConversationId) -> Iterator[Message | Event]:
        """Every message, attempt and event, in no certain order. Pages of 1 MB, a call each."""
        ...


class Inbox(Protocol):
    """What SES wrote."""

    def get(self, key: str) -> bytes:
        """The object. Raises `NoSuchObjectError`."""
        ...

    def listed(self, after: str) -> "Listed":
        """Up to 1,000 objects behind that key, in the order of their keys; from the first on for ""."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """Some of the inbox: keys, and when each was written. next: the key to go on behind, None at the end."""

    objects: tuple[tuple[str, datetime], ...]
    next: str | None


class Archive(Protocol):
    """Where everything is kept. Nothing in it is ever rewritten."""

    def put(self, key: str, content: bytes, *, media_type: str, metadata: Mapping[str, str]) -> None:
        """Stores the object; if it exists, leaves it as it is."""
        ...

    def get(self, key: str) -> bytes:
        """Raises `NoSuchObjectError`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One mail for SES. tags come back in SES's events; names and values of [A-Za-z0-9_-] only."""

    reverse_path: Mailbox
    """The From mailbox; SES writes its own reverse-path."""
    forward_path: Mailbox
    raw: bytes
    tags: Mapping[str, str]


class Mailer(Protocol):
    def send(self, submission: Submission) -> str:
        """Hands the mail to SES once, without retry after an uncertain answer; returns SES's message id.
        Raises `SendDeferredError`, `SendRefusedError` or `SendUncertainError`."""
        ...


class Queue(Protocol):
    def send(self, body: str) -> None:
        """Puts a text into the queue that feeds receive_mail."""
        ...


class Clock(Protocol):
    def now(self) -> datetime:
        """The present time, UTC."""
        ...


class Entropy(Protocol):
    def bits(self, count: int) -> int:
        """That many unpredictable bits."""
        ...
