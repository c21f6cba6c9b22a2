"""The scanner: finds the spans of header sections and body parts without copying (RFC 2045, 2046).

`read` guarantees linear time and a bounded tree, or raises `StructureError` with a stable code. It never
decides what a part means for the product. Because the outgoing mail is always written anew, with fresh
boundaries, from the tree found here, a receiving program cannot read it otherwise than we did.
"""

import re
from dataclasses import dataclass, field

from parley.mail import transfer
from parley.mail.defects import (
    MAX_DEPTH,
    MAX_FIELDS,
    MAX_HEADER_BYTES,
    MAX_MAIL_BYTES,
    MAX_NEAR_BOUNDARIES,
    MAX_PARTS,
    MAX_TEXT_BYTES,
    Defect,
    StructureError,
)
from parley.mail.header import Header, Parameterised, parse_parameterised
from parley.mail.multipart import Delimiters
from parley.mail.section import has_known_field, read_section

__all__ = [
    "MAX_DEPTH",
    "MAX_FIELDS",
    "MAX_HEADER_BYTES",
    "MAX_MAIL_BYTES",
    "MAX_NEAR_BOUNDARIES",
    "MAX_PARTS",
    "MAX_TEXT_BYTES",
    "Defect",
    "Mail",
    "Part",
    "StructureError",
    "read",
]


@dataclass(frozen=True, slots=True)
class Part:
    """One body part: spans into `source`; nothing is copied.

    children: a multipart's parts (empty for other types). enclosed: the mail in a message/rfc822 (or
    message/global) part, whether encoded or not; None for other types.
    """

    source: bytes
    header: Header
    content_type: Parameterised
    """Effective type: the default (text/plain, or message/rfc822 in a digest) where none or an invalid one
    is given; text/plain for a multipart without delimiters."""
    disposition: Parameterised | None
    transfer_encoding: str
    """"7bit", "8bit", "binary", "quoted-printable", "base64" or "x-uuencode" (wrong spellings mapped)."""
    body_start: int
    body_end: int
    children: tuple["Part", ...] = ()
    enclosed: "Mail | None" = None

    @property
    def body(self) -> memoryview:
        """The body as it stands in the mail, still transfer-encoded; no copy."""
        return memoryview(self.source)[self.body_start : self.body_end]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as read: its root part (whose header is the mail's) and what was odd but harmless."""

    root: Part
    defects: tuple[Defect, ...]

    @property
    def header(self) -> Header:
        return self.root.header


def read(raw: bytes) -> Mail:
    """Scans a mail. LF, CRLF, CR and mixed line ends are understood. Raises `StructureError`."""
    if len(raw) > MAX_MAIL_BYTES:
        raise StructureError(Defect.TOO_LARGE)
    scan = _Scan()
    if _ends_lines_with_cr(raw):
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        scan.defects.append(Defect.BARE_CARRIAGE_RETURNS)
    root = scan.part(raw, 0, len(raw), depth=0, default=_TEXT, is_mail=True)
    if not has_known_field(root.header):
        raise StructureError(Defect.NOT_A_MAIL)
    return Mail(root, tuple(dict.fromkeys(scan.defects)))


def read_header(raw: bytes) -> Header:
    """The mail's own header section alone, also of a mail that `read` refuses for what follows it.

    Raises `StructureError`: NOT_A_MAIL or HEADER_TOO_LARGE.
    """
    header = read_section(raw, 0, len(raw), is_mail=True).header
    if not has_known_field(header):
        raise StructureError(Defect.NOT_A_MAIL)
    return header


_TEXT = Parameterised("text/plain", {})
_MESSAGE = Parameterised("message/rfc822", {})
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_ENCLOSING = ("message/rfc822", "message/global", "message/news")
_CR_FIELD = re.compile(rb"(?:[!-9;-~]+[ \t]*:|From )[^\r\n]*\r(?=[!-9;-~]+:|[ \t\r])")


def _ends_lines_with_cr(raw: bytes) -> bool:
    """Whether the first line is a field that ends with a bare CR and is followed by another line."""
    return _CR_FIELD.match(raw, 0, MAX_HEADER_BYTES) is not None


@dataclass(slots=True)
class _Scan:
    """The budgets that the whole mail shares, enclosed mails included."""

    defects: list[Defect] = field(default_factory=list)
    parts: int = 0
    delimiters: Delimiters = field(default_factory=Delimiters)

    def part(
        self, data: bytes, start: int, end: int, *, depth: int, default: Parameterised, is_mail: bool = False
    ) -> Part:
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise StructureError(Defect.TOO_MANY_PARTS)
        if depth > MAX_DEPTH:
            raise StructureError(Defect.TOO_DEEP)
        section = read_section(data, start, end, is_mail=is_mail)
        if depth == 0 and not section.header.fields:
            raise StructureError(Defect.NOT_A_MAIL)
        self.defects.extend(section.defects)
        header, body_start = section.header, section.body_start
        content_type = _content_type(header, default)
        encoding = _transfer_encoding(header)
        disposition = header.first("content-disposition")
        children: tuple[Part, ...] = ()
        if content_type.value.startswith("multipart/"):
            boundary = content_type.parameters.get("boundary", "")
            spans, closed = self.delimiters.part_spans(data, body_start, end, boundary)
            if spans:
                self.defects.extend(() if closed else (Defect.MISSING_CLOSE,))
                children = self._children(data, spans, content_type, depth)
            elif encoding not in transfer.IDENTITY:
                raise StructureError(Defect.ENCODED_MULTIPART)
            else:
                self.defects.append(Defect.MISSING_BOUNDARY)
                content_type = _TEXT
            if encoding not in transfer.IDENTITY:
                # RFC 2045 §6.4. Its delimiters stand in the clear, so nothing is encoded at this level.
                self.defects.append(Defect.ENCODED_MULTIPART)
                encoding = "8bit"
        enclosed = None
        if content_type.value in _ENCLOSING:
            enclosed = self._enclosed(data, body_start, end, encoding, depth)
        return Part(
            data,
            header,
            content_type,
            None if disposition is None else parse_parameterised(disposition),
            encoding,
            body_start,
            end,
            children,
            enclosed,
        )

    def _children(
        self, data: bytes, spans: list[tuple[int, int]], parent: Parameterised, depth: int
    ) -> tuple[Part, ...]:
        # RFC 2046 §5.1.5: parts of a digest are messages unless they say otherwise.
        default = _MESSAGE if parent.value == "multipart/digest" else _TEXT
        return tuple(self.part(data, start, end, depth=depth + 1, default=default) for start, end in spans)

    def _enclosed(self, data: bytes, start: int, end: int, encoding: str, depth: int) -> Mail:
        # RFC 2046 §5.2.1 forbids to encode an enclosed message; it happens, and RFC 6532 allows it.
        if encoding not in transfer.IDENTITY:
            data = transfer.decode(memoryview(data)[start:end], encoding)
            start, end = 0, len(data)
        root = self.part(data, start, end, depth=depth + 1, default=_TEXT, is_mail=True)
        return Mail(root, ())


def _content_type(header: Header, default: Parameterised) -> Parameterised:
    """The part's type; RFC 2045 §5.2: the default where it is missing or malformed."""
    written = header.all("content-type")
    valid = [t for t in map(parse_parameterised, written) if _MEDIA_TYPE.fullmatch(t.value)]
    if not valid:
        return default if not written else _TEXT
    first = valid[0]
    for other in valid[1:]:
        # Reject instead of picking: programs differ in which one they take.
        differs = other.parameters.get("boundary") != first.parameters.get("boundary")
        if other.value != first.value or (differs and first.value.startswith("multipart/")):
            raise StructureError(Defect.AMBIGUOUS_CONTENT_TYPE)
    return first


def _transfer_encoding(header: Header) -> str:
    """The part's encoding by its one name. Raises `StructureError` if it has none or two."""
    written = header.all("content-transfer-encoding")
    if not written:
        return "8bit"
    names = {transfer.encoding_name(value) for value in written}
    if len(names - {"7bit", "8bit", "binary"}) > 1 or (len(names) > 1 and not names <= transfer.IDENTITY):
        raise StructureError(Defect.AMBIGUOUS_TRANSFER_ENCODING)
    name = names.pop()
    if name is None:
        raise StructureError(Defect.UNKNOWN_TRANSFER_ENCODING)
    return name
