"""The content of outgoing leaves: spliced from the original span or encoded anew, always 7-bit with CRLF."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pybase64

from parley.mail import transfer
from parley.mail.charsets import codec_for, is_byte_wise
from parley.mail.structure import Part
from parley.mail.text import decode_body

MAX_LINE = 998
"""RFC 5322 §2.1.1, in octets without the line end."""
_CHUNK = 256 * 1024

Piece = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Content:
    """encoding: "7bit", "quoted-printable" or "base64"; pieces: what is to be joined."""

    encoding: str
    pieces: tuple[Piece, ...]


def kept(part: Part, *, as_text: bool, at_end: bool) -> Content:
    """The part's content so that it decodes to the same bytes, except that line ends of text become CRLF.

    at_end: nothing follows in the mail, so the content itself must end its last line.
    """
    source, start, end = part.source, part.body_start, part.body_end
    if part.transfer_encoding == "base64":
        span = _regular_base64(source, start, end)
        if span is not None:
            return Content("base64", (memoryview(source)[span[0] : span[1]], b"\r\n" if at_end else b""))
        return in_base64(decode_body(part), at_end=at_end)
    if as_text and is_byte_wise(codec_for(part.content_type.parameters.get("charset", ""))):
        if (
            part.transfer_encoding in transfer.IDENTITY
            and (piece := _seven_bit(source, start, end)) is not None
        ):
            if not at_end or end == start or source[end - 1] == 10:
                return Content("7bit", (piece,))
        elif part.transfer_encoding == "quoted-printable" and _is_strict_quoted_printable(source, start, end):
            piece = _seven_bit(source, start, end)
            if piece is not None:
                return Content("quoted-printable", (piece, b"=\r\n" if at_end else b""))
        data = decode_body(part)
        if b"\0" not in data and data.count(b"\r") == data.count(b"\r\n"):
            return in_text_encoding(_with_crlf(data), at_end=at_end)
        return in_base64(data, at_end=at_end)
    return in_base64(decode_body(part), at_end=at_end)


def in_base64(data: bytes, *, at_end: bool) -> Content:
    """Lines of 76 characters."""
    pieces = list(_base64_lines(data))
    if pieces and not at_end:
        pieces[-1] = pieces[-1].removesuffix(b"\r\n")
    return Content("base64", tuple(pieces))


def _base64_lines(data: bytes) -> Iterator[bytes]:
    view = memoryview(data)
    step = _CHUNK // 57 * 57
    for start in range(0, len(data), step):
        yield pybase64.encodebytes(view[start : start + step]).replace(b"\n", b"\r\n")


_PLAIN = bytes((9, 10, 13, *range(32, 127)))


def in_text_encoding(data: bytes, *, at_end: bool) -> Content:
    """Text whose lines end with CRLF, as 7bit where that is safe, else in the shorter encoding."""
    special = data.translate(None, _PLAIN)
    # Mail stores change lines that begin with "From ".
    has_from = data.startswith(b"From ") or b"\nFrom " in data
    is_ended = not at_end or not data or data.endswith(b"\n")
    if not special and not has_from and is_ended and lines_fit(data, 0, len(data)):
        return Content("7bit", (data,))
    octets = len(data) + 2 * (len(special) + data.count(b"="))
    if octets > len(data) * 78 // 57:
        return in_base64(data, at_end=at_end)
    quoted = binascii.b2a_qp(data)
    if b"\n" not in data:
        quoted = quoted.replace(b"\n", b"\r\n")
    if has_from:
        quoted = re.sub(rb"(?:\A|(?<=\n))From ", b"=46rom ", quoted)
    return Content("quoted-printable", (quoted, b"=\r\n" if at_end and not quoted.endswith(b"\n") else b""))


def lines_fit(data: bytes, start: int, end: int) -> bool:
    """Whether no line of the span is longer than `MAX_LINE`; looks at one octet in a thousand."""
    while end - start > MAX_LINE:
        line_end = data.rfind(b"\n", start, start + MAX_LINE + 2)
        if line_end < 0:
            return False
        start = line_end + 1
    return True


def _seven_bit(source: bytes, start: int, end: int) -> Piece | None:
    """The span with CRLF line ends if it is 7-bit text with short lines, else None."""
    for position in range(start, end, _CHUNK):
        chunk = source[position : min(end, position + _CHUNK)]
        if not chunk.isascii() or b"\0" in chunk:
            return None
    pairs = source.count(b"\r\n", start, end)
    if source.count(b"\r", start, end) != pairs or not lines_fit(source, start, end):
        return None
    if source.count(b"\n", start, end) == pairs:
        return memoryview(source)[start:end]
    return _with_crlf(source[start:end])


def _with_crlf(data: bytes) -> bytes:
    if data.count(b"\n") == data.count(b"\r\n"):
        return data
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


_LOOSE_EQUALS = re.compile(rb"=(?![0-9A-Fa-f]{2}|\r?\n)")


def _is_strict_quoted_printable(source: bytes, start: int, end: int) -> bool:
    """Whether every reader decodes the span alike (RFC 2045 §6.7)."""
    return _LOOSE_EQUALS.search(source, start, end) is None


def _regular_base64(source: bytes, start: int, end: int) -> tuple[int, int] | None:
    """The span without blanks around it if it is base64 which every reader decodes alike: lines of one
    length that end with CRLF, no other characters, padding at the end only. None otherwise."""
    while end > start and source[end - 1] in b"\r\n \t":
        end -= 1
    while start < end and source[start] in b"\r\n \t":
        start += 1
    padding = source.find(b"=", start, end)
    pads = end - padding if padding >= 0 else 0
    if pads > 2 or source[end - pads : end].strip(b"="):
        return None
    width = source.find(b"\r\n", start, min(end, start + MAX_LINE + 2)) - start
    if width < 0:
        width = end - start
    if not 0 < width <= MAX_LINE or (width % 4 and width != end - start):
        return None
    lines, last = divmod(end - start, width + 2)
    # Every line end is looked at, by strides: no octet between them is touched.
    if last > width or source[start + width : end : width + 2] != b"\r" * lines:
        return None
    if source[start + width + 1 : end : width + 2] != b"\n" * lines:
        return None
    return (start, end) if _is_pure_base64(source, start, end, width, pads) else None


def _is_pure_base64(source: bytes, start: int, end: int, width: int, pads: int) -> bool:
    """Whether nothing in lines of that width is dropped in decoding: the length tells."""
    view = memoryview(source)
    step = max(1, _CHUNK // (width + 2)) * (width + 2)
    try:
        for position in range(start, end, step):
            stop = min(end, position + step)
            lines, last = divmod(stop - position, width + 2)
            characters = lines * width + last
            octets = characters // 4 * 3 - (pads if stop == end else 0)
            if characters % 4 or len(pybase64.b64decode(view[position:stop])) != octets:
                return False
    except binascii.Error:
        return False
    return True
