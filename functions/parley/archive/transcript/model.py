"""What a transcript tells, before it is put into words."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from markupsafe import Markup

from parley.archive.verification import Verdict
from parley.conversation.conversations import Status
from parley.conversation.messages import State
from parley.conversation.parties import Role


class Kind(StrEnum):
    """In which way what the other party saw differs from the original."""

    MAILBOX = "mailbox"
    CONTACT = "contact"
    FILE_NAME = "file-name"
    TEXT_REMOVED = "text-removed"
    ATTACHMENT_REMOVED = "attachment-removed"
    ATTACHMENT_CLEANED = "attachment-cleaned"
    ATTACHMENT_MASKED = "attachment-masked"
    REMOTE_REMOVED = "remote-removed"
    SIGNATURE_REMOVED = "signature-removed"
    FORM_CHANGED = "form-changed"


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
class Difference:
    """place: as in `parley.mail.findings.Finding`. count: how often there."""

    kind: Kind
    place: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of the record. severity: a value of `parley.mail.findings.Severity`."""

    code: str
    severity: str
    place: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event. facts: name and value, ids and codes. text: what a reviewer wrote, None if nothing or erased.
    is_lost: whether there was a text and it is gone."""

    seq: int
    id: str
    kind: str
    at: datetime
    facts: tuple[tuple[str, str], ...] = ()
    text: str | None = None
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a data URI; width and height in pixels."""

    uri: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment. size: octets, decoded. digest: SHA-256 in hex, "" if it was not read. key: where it lies
    in the archive, "" if only within its mail. first_at: the message whose copy of it shows the picture,
    0 if this one does."""

    name: str
    media_type: str
    size: int
    digest: str = ""
    key: str = ""
    picture: Picture | None = None
    first_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One text of a mail. markup: harmless HTML. is_html: whether it keeps the structure of HTML; else its
    lines are those of a text. links: where its links lead. also: all text of the HTML, where sanitising
    swallowed some. enclosed: the subject of the enclosed mail that it
    stands in, None for the mail itself. is_cut: whether there is more in the mail."""

    markup: Markup
    text: str
    is_html: bool = False
    links: tuple[str, ...] = ()
    also: str = ""
    enclosed: str | None = None
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A mail as it was, or would have been, seen. others: what alternatives to its texts say, where they say
    something else. unreadable: codes of its texts that cannot be decoded."""

    subject: str
    passages: tuple[Passage, ...]
    others: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an original; whether it reached the other party as it is."""

    text: str
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What its author wrote, for those who may see it. fields: names and decoded values of the header section
    that tell who wrote. files: name, media type and size in octets as sent."""

    fields: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    files: tuple[tuple[str, str, int], ...]
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One message.

    author: None where it is not proved. intended: the outcome that its record tells. verdicts: what SES
    found, name and status. passed_at: when it was passed on, None if it was not. shown: None if it cannot be
    rendered, and `problem` says why (a stable code). original_digest: SHA-256 in hex, "" if it is gone or
    was not read for this page; then its commitment in the chain stands in `original_commitment`, else "".
    shares: hosts of cloud shares that it links to.
    """

    seq: int
    id: str
    received_at: datetime
    author: Role | None
    recipient: Role
    automatic: str | None
    state: State
    intended: str
    codes: tuple[str, ...]
    policy: str
    rules: int
    verdicts: tuple[tuple[str, str], ...]
    findings: tuple[Found, ...]
    differences: tuple[Difference, ...]
    changes: tuple[Happening, ...]
    deliveries: tuple[Happening, ...]
    passed_at: datetime | None
    shown: Shown | None
    problem: str
    original: Original | None
    original_digest: str
    original_commitment: str
    original_key: str
    relayed_key: str
    shares: tuple[str, ...]


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


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not in evidence of the message `seq`. detail: a host or a code."""

    lack: Lack
    seq: int
    detail: str


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
