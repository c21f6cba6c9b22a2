"""Scans an entity and what it contains, within budgets that the whole mail shares (RFC 2045, 2046)."""

import re
from dataclasses import dataclass, field

from parley.mail import transfer
from parley.mail.defects import MAX_DEPTH, MAX_MAIL_BYTES, MAX_PARTS, Defect, StructureError
from parley.mail.header import Header, Parameterised, parse_parameterised
from parley.mail.multipart import Delimiters
from parley.mail.section import read_section
from parley.mail.tree import Mail, Part

_TEXT = Parameterised("text/plain", {})
_MESSAGE = Parameterised("message/rfc822", {})
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_ENCLOSING = ("message/rfc822", "message/global", "message/news")


@dataclass(slots=True)
class Scan:
    """The budgets that the whole mail shares, enclosed mails included."""

    defects: list[Defect] = field(default_factory=list)
    parts: int = 0
    decoded: int = 0
    """Bytes of encoded enclosed mails."""
    delimiters: Delimiters = field(default_factory=Delimiters)

    def mail(self, raw: bytes) -> Part:
        """The root part of a mail that is all of `raw`."""
        return self.part(raw, 0, len(raw), depth=0, default=_TEXT, is_mail=True)

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
            children = self._children(data, body_start, end, content_type, depth)
            if not children:
                content_type = _TEXT
            if encoding not in transfer.IDENTITY:
                if not children:
                    raise StructureError(Defect.ENCODED_MULTIPART)
                # RFC 2045 §6.4. Its delimiters stand in the clear, so nothing is encoded at this level.
                self.defects.append(Defect.IDLE_TRANSFER_ENCODING)
                encoding = "8bit"
        enclosed = None
        if content_type.value in _ENCLOSING:
            enclosed = self._enclosed(data, body_start, end, encoding, depth)
        if is_mail and not all(f.value.isascii() for f in header.fields):
            header = Header(header.fields, _first_charset(content_type, children))
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
        self, data: bytes, start: int, end: int, parent: Parameterised, depth: int
    ) -> tuple[Part, ...]:
        spans, closed = self.delimiters.part_spans(data, start, end, parent.parameters.get("boundary", ""))
        if not spans:
            self.defects.append(Defect.MISSING_BOUNDARY)
            spans = self.delimiters.spans_without_boundary(data, start, end)
        elif not closed:
            self.defects.append(Defect.MISSING_CLOSE)
        # RFC 2046 §5.1.5: parts of a digest are messages unless they say otherwise.
        default = _MESSAGE if parent.value == "multipart/digest" else _TEXT
        return tuple(self.part(data, *span, depth=depth + 1, default=default) for span in spans)

    def _enclosed(self, data: bytes, start: int, end: int, encoding: str, depth: int) -> Mail:
        # RFC 2046 §5.2.1 forbids to encode an enclosed message; it happens, and RFC 6532 allows it.
        if encoding not in transfer.IDENTITY:
            data = transfer.decode(memoryview(data)[start:end], encoding)
            start, end = 0, len(data)
            self.decoded += end
            if self.decoded > MAX_MAIL_BYTES:
                # Encoded mails in each other: every level would be held in memory.
                raise StructureError(Defect.TOO_LARGE)
        root = self.part(data, start, end, depth=depth + 1, default=_TEXT, is_mail=True)
        return Mail(root, ())


def _first_charset(content_type: Parameterised, children: tuple[Part, ...]) -> str:
    while children:
        content_type, children = children[0].content_type, children[0].children
    return content_type.parameters.get("charset", "")


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
