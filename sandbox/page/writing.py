"""What a party writes on the page becomes a mail as any mail program makes it (RFC 5322 §3.6)."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from parley.conversation.threading import message_ids
from parley.mail.address import Mailbox, NamedMailbox, address_list
from parley.mail.header import Header
from parley.mail.structure import StructureError, read_header
from sandbox.page.forms import Upload
from sandbox.page.reading import heading, plain_text
from sandbox.seeding import Correspondent

MAX_ATTACHMENTS = 10 * 1024 * 1024
MAX_REFERENCES = 20
MAX_QUOTED_LINES = 500
# Python's email writes a Message-ID that does not fit into a line as an encoded word, which no mail program
# reads as an id. 998 is the longest line there may be (RFC 5322 §2.1.1).
_POLICY = SMTP.clone(max_line_length=998)


class CannotWriteError(ValueError):
    """The form cannot become a mail; the text says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What stands in the form. in_reply_to, references: message ids without angle brackets."""

    to: str
    subject: str = ""
    text: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    files: tuple[Upload, ...] = ()


def reply_to(raw: bytes, person: Correspondent) -> Draft:
    """The answer to a mail, or what goes on to the same recipients if the mail is one's own."""
    header, parent = _header(raw), heading(raw)
    own = parent.author is not None and str(parent.author.mailbox) == person.account.mailbox
    mailboxes = (
        parent.recipients if own else _answer_to(header) or ((parent.author,) if parent.author else ())
    )
    subject = parent.subject if parent.subject.lower().startswith("re:") else f"Re: {parent.subject}"
    known = message_ids(header.first("references")) or message_ids(header.first("in-reply-to"))[:1]
    (replied,) = message_ids(header.first("message-id"))[:1] or ("",)
    references = dict.fromkeys([*known, *([replied] if replied else [])])
    return Draft(
        to=", ".join(str(named.mailbox) for named in mailboxes),
        subject=subject.strip(),
        text=_quoted(raw),
        in_reply_to=replied,
        references=tuple(references)[-MAX_REFERENCES:],
    )


def compose(
    draft: Draft, author: Correspondent, *, now: datetime, unique: str
) -> tuple[bytes, tuple[str, ...]]:
    """The mail, and its forward-paths. unique: makes the Message-ID, at the author's own domain.

    Raises `CannotWriteError`.
    """
    recipients = tuple(named.mailbox for named in address_list(draft.to))
    if not recipients:
        raise CannotWriteError("Nobody is in To. Write a mailbox there, such as the alias of the other side.")
    if sum(len(file.content) for file in draft.files) > MAX_ATTACHMENTS:
        raise CannotWriteError("The attachments are larger than 10 MB together. Attach less.")
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(author.display_name, *author.account.mailbox.rsplit("@", 1))
    mail["To"] = [_address(mailbox) for mailbox in recipients]
    mail["Subject"] = " ".join(draft.subject.split())
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{unique}@{author.account.domain}>"
    if draft.in_reply_to:
        mail["In-Reply-To"] = f"<{draft.in_reply_to}>"
    if draft.references:
        mail["References"] = " ".join(f"<{reference}>" for reference in draft.references)
    mail.set_content("\n".join(draft.text.splitlines()) + "\n")
    for file in draft.files:
        mail.add_attachment(
            file.content, maintype=file.maintype, subtype=file.subtype, filename=file.name or "file"
        )
    return mail.as_bytes(), tuple(map(str, recipients))


def _address(mailbox: Mailbox) -> Address:
    try:
        return Address(
            "", mailbox.local_part.encode("ascii").decode(), mailbox.domain.encode("ascii").decode()
        )
    except ValueError:
        raise CannotWriteError(
            f"{mailbox} cannot be written to: SES takes mailboxes in ASCII only. Correct To."
        ) from None


def _header(raw: bytes) -> Header:
    try:
        return read_header(raw)
    except StructureError:
        return Header(())


def _answer_to(header: Header) -> tuple[NamedMailbox, ...]:
    return address_list((header.first("reply-to") or b"").decode("utf-8", "replace")[:10_000])


def _quoted(raw: bytes) -> str:
    """As mail programs quote: who wrote when, and every line behind `> `."""
    parent = heading(raw)
    named = parent.author
    who = f"{named.name} <{named.mailbox}>".strip() if named else "somebody"
    when = f"On {parent.written_at:%a, %d %b %Y at %H:%M}, " if parent.written_at else ""
    lines = plain_text(raw).splitlines()[:MAX_QUOTED_LINES]
    quoted = "\n".join(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in lines)
    return f"\n\n{when}{who} wrote:\n{quoted}\n"
