"""A mail as its recipient's program would show it, read by the product's own scanner: linear, and bounded.

Nothing here raises for what a mail contains. What cannot be read is shown as source.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from parley.mail.address import NamedMailbox, address_list
from parley.mail.header import Header
from parley.mail.structure import Mail, Part, StructureError, read, read_header
from parley.mail.text import UnreadableText, decode_body, decode_text
from parley.mail.walk import filename, parts
from sandbox.page.hypertext import as_text, shown

SHOWN_BYTES = 96 * 1024
"""How much of a text, and of a source, is shown."""
MAX_SHOWN_PARTS = 20
_MAX_SUBJECT = 300
_MAX_ADDRESSES = 10_000
"""How much of an address field is read, in characters."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands in a list of mails. written_at: the Date field, None without a readable one."""

    author: NamedMailbox | None
    recipients: tuple[NamedMailbox, ...]
    subject: str
    written_at: datetime | None


@dataclass(frozen=True, slots=True)
class Body:
    """One text. markup: harmless HTML, "" for plain text. is_alternative: whether it says in plain text what
    another one says in HTML. is_cut: whether more was written than is shown."""

    text: str
    markup: str
    links: tuple[str, ...]
    is_alternative: bool
    is_cut: bool


@dataclass(frozen=True, slots=True)
class File:
    """An attachment. path: of its part (`parley.mail.walk.parts`). size: in bytes, decoded."""

    path: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to show. bodies: alternatives last. source: its beginning, if (a part of) it cannot be shown
    otherwise, else ""."""

    heading: Heading
    bodies: tuple[Body, ...]
    files: tuple[File, ...]
    source: str


def heading(raw: bytes) -> Heading:
    """Also of a mail that has none: then everything is empty."""
    try:
        header = read_header(raw)
    except StructureError:
        return Heading(None, (), "", None)
    authors = _mailboxes(header, "from")
    subject = (header.text("subject") or "")[:_MAX_SUBJECT]
    return Heading(authors[0] if authors else None, _mailboxes(header, "to"), subject, _date(header))


def letter(raw: bytes) -> Letter:
    """The mail, or its source where it cannot be read."""
    try:
        mail = read(raw)
    except StructureError:
        return Letter(heading(raw), (), (), source(raw))
    texts = list(_texts(mail))[:MAX_SHOWN_PARTS]
    bodies = [_body(part, is_alternative) for part, is_alternative in texts]
    unreadable = any(body is None for body in bodies)
    readable = [body for body in bodies if body is not None]
    return Letter(
        heading(raw),
        tuple(sorted(readable, key=lambda body: body.is_alternative)),
        tuple(_file(path, part) for path, part in _attachments(mail)),
        source(raw) if unreadable else "",
    )


def source(raw: bytes) -> str:
    """The beginning of the mail, octet for character where it is not UTF-8."""
    beginning = raw[:SHOWN_BYTES]
    try:
        return beginning.decode("utf-8")
    except UnicodeDecodeError:
        return beginning.decode("latin-1")


def attachment(raw: bytes, path: str) -> tuple[str, bytes] | None:
    """Name and content of the part at that path, if it is an attachment."""
    try:
        mail = read(raw)
    except StructureError:
        return None
    found = [part for known, part in _attachments(mail) if known == path]
    return (_file(path, found[0]).name, decode_body(found[0])) if found else None


def plain_text(raw: bytes) -> str:
    """What the mail says, as text: to quote it and to compare it. The source if it cannot be read."""
    made = letter(raw)
    if not made.bodies:
        return made.source
    return "\n\n".join(body.text for body in made.bodies if not body.is_alternative)


def files(raw: bytes) -> tuple[tuple[File, bytes], ...]:
    """The attachments with their contents; none of a mail that cannot be read."""
    try:
        mail = read(raw)
    except StructureError:
        return ()
    return tuple((_file(path, part), decode_body(part)) for path, part in _attachments(mail))


def _mailboxes(header: Header, name: str) -> tuple[NamedMailbox, ...]:
    value = header.first(name) or b""
    return address_list(value.decode("utf-8", "replace")[:_MAX_ADDRESSES])


def _date(header: Header) -> datetime | None:
    try:
        return parsedate_to_datetime((header.text("date") or "")[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None  # Python's reader fails in many ways; a mail without a date is none the worse for it.


def _is_text(part: Part) -> bool:
    is_file = part.disposition is not None and part.disposition.value == "attachment"
    return part.content_type.value in ("text/plain", "text/html") and not is_file and not filename(part)


def _texts(mail: Mail) -> Iterator[tuple[Part, bool]]:
    """The parts to read, not those of enclosed mails; and whether HTML says the same."""
    pending: list[tuple[Part, bool]] = [(mail.root, False)]
    while pending:
        part, is_alternative = pending.pop(0)
        if _is_text(part) and not part.children:
            yield part, is_alternative
        has_html = part.content_type.value == "multipart/alternative" and len(part.children) > 1
        inner = [(child, has_html and child.content_type.value == "text/plain") for child in part.children]
        pending = [*inner, *pending]


def _attachments(mail: Mail) -> Iterator[tuple[str, Part]]:
    """Every other leaf. A mail that is enclosed is one file."""
    enclosed: list[str] = []
    for path, part in parts(mail):
        if part.children or _is_text(part) or any(path.startswith(f"{outer}.") for outer in enclosed):
            continue
        if part.enclosed is not None:
            enclosed.append(path)
        yield path, part


def _file(path: str, part: Part) -> File:
    name = filename(part) or ("mail.eml" if part.enclosed else f"part-{path}")
    return File(path, name[:200], part.content_type.value[:100], len(decode_body(part)))


def _body(part: Part, is_alternative: bool) -> Body | None:
    """None if it cannot be decoded with certainty."""
    is_cut = part.body_end - part.body_start > SHOWN_BYTES
    try:
        text = decode_text(_beginning(part) if is_cut else part).text
    except UnreadableText:
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.content_type.value == "text/plain":
        return Body(text.strip("\n"), "", (), is_alternative, is_cut)
    made = shown(text)
    if made is None:
        return None
    return Body(as_text(text), made.markup, made.links, is_alternative=False, is_cut=is_cut)


def _beginning(part: Part) -> Part:
    """The part up to the last line end within the limit: so no character is cut in two."""
    limit = part.body_start + SHOWN_BYTES
    line_end = part.source.rfind(b"\n", part.body_start, limit)
    return replace(part, body_end=line_end + 1 if line_end > 0 else limit)
