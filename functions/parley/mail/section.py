"""Where a header section ends and which fields it has (RFC 5322 §2.2), however it was damaged on its way."""

import re
from dataclasses import dataclass
from operator import itemgetter

from parley.mail.defects import MAX_FIELDS, MAX_HEADER_BYTES, Defect, StructureError
from parley.mail.header import Field, Header

# The first alternative is a field (RFC 5322 §3.6.8: any printable character in its name) with its
# continuation lines, the second any other line.
_LINE = re.compile(rb"([!-9;-~]++)[ \t]*+:([^\n]*+(?:\n[ \t][^\n]*+)*+)(?:\n|\Z)|([^\n]*+)(?:\n|\Z)")
_FIELD_START = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_OTHER = itemgetter(2)
_ENVELOPE_LINE = re.compile(rb">?From [^\n]{1,1000}\n")

_ONCE = frozenset(
    """
    bcc cc content-description content-disposition content-id content-language content-transfer-encoding
    content-type date errors-to from importance in-reply-to list-id list-unsubscribe mailing-list message-id
    mime-version organization precedence priority references reply-to return-path sender status subject
    thread-index thread-topic to user-agent auto-submitted apparently-to lines envelope-to delivery-date
    """.split()  # noqa: SIM905 - a list literal would take a screen
)
_REPEATED = (
    "x-",
    "received",
    "resent-",
    "arc-",
    "dkim-",
    "domainkey-",
    "authentication-",
    "delivered-to",
    "list-",
)


def _is_known(name: str) -> bool:
    return name in _ONCE or name.startswith(_REPEATED)


@dataclass(frozen=True, slots=True)
class Section:
    """A header section and where the body behind it begins."""

    header: Header
    body_start: int
    defects: tuple[Defect, ...]


def read_section(data: bytes, start: int, end: int, *, is_mail: bool) -> Section:
    """Reads the header section at `start` of the entity that ends at `end`.

    is_mail: the entity is a message of its own, so an mbox line or empty lines may precede it.
    Raises `StructureError` beyond the caps.
    """
    if is_mail:
        start = _without_prologue(data, start, end)
    if data.startswith((b"\n", b"\r\n"), start) or start >= end:
        return Section(Header(()), min(end, start + 1 + data.startswith(b"\r", start)), ())
    section_end, body_start = _blank_line(data, start, end)
    if section_end is None:
        if not _FIELD_START.match(data, start, end):
            return Section(Header(()), start, (Defect.MISSING_BLANK_LINE,))
        raise StructureError(Defect.HEADER_TOO_LARGE)
    return _lines(data[start:section_end], start, body_start)


def has_known_field(header: Header) -> bool:
    """Whether any field is one that mails have."""
    return any(_is_known(field.name) for field in header.fields)


def _without_prologue(data: bytes, start: int, end: int) -> int:
    """Behind the line that mbox puts before a mail, and behind empty lines if a field follows them."""
    position = start
    while position < end and position < start + 1_000 and data[position] in b"\r\n":
        position += 1
    if (envelope := _ENVELOPE_LINE.match(data, position, end)) is not None:
        return envelope.end()
    if position > start and not _FIELD_START.match(data, position, end):
        return start
    return position


def _blank_line(data: bytes, start: int, end: int) -> tuple[int | None, int]:
    """Where the section ends and the body begins; (None, 0) if there is no blank line within the cap."""
    limit = min(end, start + MAX_HEADER_BYTES)
    crlf = data.find(b"\n\r\n", start, limit)
    lf = data.find(b"\n\n", start, crlf + 1 if crlf >= 0 else limit)
    if lf >= 0:
        return lf + 1, lf + 2
    if crlf >= 0:
        return crlf + 1, crlf + 3
    return (end, end) if limit == end else (None, 0)


def _lines(section: bytes, start: int, body_start: int) -> Section:
    lines = _LINE.findall(section)
    if len(lines) <= MAX_FIELDS and not any(map(_OTHER, lines)):
        fields = [Field(name.lower().decode("ascii"), _unfolded(value)) for name, value, _ in lines if name]
        return Section(Header(tuple(fields)), body_start, ())
    return _odd_lines(section, start, body_start)


def _odd_lines(section: bytes, start: int, body_start: int) -> Section:
    """The same where lines are no fields, or too many."""
    fields: list[Field] = []
    junk: list[tuple[int, int]] = []
    """Offset of each junk line, and how many fields stand before it."""
    for line in _LINE.finditer(section):
        name, value, other = line.groups()
        if name is not None:
            if len(fields) >= MAX_FIELDS:
                raise StructureError(Defect.HEADER_TOO_LARGE)
            fields.append(Field(name.lower().decode("ascii"), _unfolded(value)))
        elif other:
            if _is_delimiter(other, fields):
                return Section(Header(tuple(fields)), start + line.start(), (Defect.MISSING_BLANK_LINE,))
            if other == b"\r":
                # Lines that end with CR CR LF: this one is the blank line.
                return Section(Header(tuple(fields)), start + line.end(), (Defect.JUNK_IN_HEADER,))
            junk.append((line.start(), len(fields)))
    if not junk:
        return Section(Header(tuple(fields)), body_start, ())
    return _with_junk(fields, junk, start, body_start)


def _is_delimiter(line: bytes, fields: list[Field]) -> bool:
    """Whether a multipart that was declared above begins here: a blank stood in the line that should have
    been empty."""
    boundary = line[2:].strip()
    return (
        line.startswith(b"--")
        and boundary != b""
        and any(field.name == "content-type" and boundary in field.value for field in fields)
    )


def _with_junk(fields: list[Field], junk: list[tuple[int, int]], start: int, body_start: int) -> Section:
    """A junk line is skipped if a field stands behind it that this header section still lacks. Otherwise
    the body begins there: what looks like fields below is prose, such as a quoted header section."""
    last = _last_plausible(fields, junk[0][1])
    for offset, before in junk:
        if before > last:
            kept = Header(tuple(fields[:before]))
            if not has_known_field(kept):
                # Prose such as "Note: it is late" in a part that has no header section.
                return Section(Header(()), start, (Defect.MISSING_BLANK_LINE,))
            skipped = (Defect.JUNK_IN_HEADER,) if offset > junk[0][0] else ()
            return Section(kept, start + offset, (*skipped, Defect.MISSING_BLANK_LINE))
    return Section(Header(tuple(fields)), body_start, (Defect.JUNK_IN_HEADER,))


def _last_plausible(fields: list[Field], first: int) -> int:
    """The index of the last field from `first` on that continues the section; -1 if there is none."""
    seen = {field.name for field in fields[:first]}
    last = -1
    for index in range(first, len(fields)):
        name = fields[index].name
        if _is_known(name) and (name not in _ONCE or name not in seen):
            last = index
        seen.add(name)
    return last


def _unfolded(value: bytes) -> bytes:
    """RFC 5322 §2.2.3: line ends go, the blanks behind them stay. A bare CR is a blank."""
    value = value.strip(_BLANKS)
    if 10 in value or 13 in value:
        return value.replace(b"\r\n", b"").replace(b"\n", b"").replace(b"\r", b" ")
    return value


_BLANKS = b" \t\r\n"
