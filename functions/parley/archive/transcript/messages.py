"""What a transcript tells of one message and of one event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parley.archive.transcript.mails import Original, Shown
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One message.

    author: None where it is not proved. intended: the outcome that its record tells. verdicts: what SES
    found, name and status. passed_at: when it was passed on, None if it was not. shown: None if it cannot be
    rendered, and `problem` says why (a stable code). original_digest: SHA-256 in hex, "" if it is gone or
    was not read for this page; then its commitment in the chain stands in `original_commitment`, else "".
    shares: hosts of cloud shares that it links to. parts: of the original, by path: 0 for a text, else which
    attachment it is, from 1; empty if that is not known.
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
    parts: Mapping[str, int]
