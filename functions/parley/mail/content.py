"""The content of outgoing leaves: spliced from the original span or encoded anew, always 7-bit with CRLF."""

import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import pybase64

from parley.mail import transfer
from parley.mail.charset_labels import codec_for, is_byte_wise
from parley.mail.splicing import MAX_LINE, Piece, regular_base64
from parley.mail.structure import Part
from parley.mail.text import decode_body

_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Content:
    """encoding: "7bit", "quoted-printable" or "base64"; pieces: what is to be joined, made when needed."""

    encoding: str
    pieces: Iterable[Piece]


def kept(part: Part, *, as_text: bool, at_end: bool) -> Content:
    """The part's content so that it decodes to the same bytes, except that line ends of text become CRLF.

    at_end: nothing follows in the mail, so the content itself must end its last line.
    """
    source, start, end = part.source, part.body_start, part.body_end
    if part.transfer_encoding == "base64":
        spliced = regular_base64(source, start, end)
        if spliced is not None:
            return Content("base64", chain(spliced, (b"\r\n",) if at_end else ()))
        return in_base64(decode_body(part), at_end=at_end)
    if not as_text or not is_byte_wise(codec_for(part.content_type.parameters.get("charset", ""))):
        return in_base64(decode_body(part), at_end=at_end)
    is_identity = part.transfer_encoding in transfer.IDENTITY
    if is_identity or _is_strict_quoted_printable(part):
        piece = _seven_bit(source, start, end)
        is_ended = not at_end or end == start or source[end - 1] == 10
        if piece is not None and not is_identity:
            return Content("quoted-printable", (piece, b"" if not at_end else b"=\r\n"))
        if piece is not None and is_ended:
            return Content("7bit", (piece,))
    data = decode_body(part)
    pairs = data.count(b"\r\n")
    if b"\0" in data or data.count(b"\r") != pairs:
        return in_base64(data, at_end=at_end)
    if data.count(b"\n") != pairs:
        data = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return in_text_encoding(data, at_end=at_end)


def in_base64(data: bytes, *, at_end: bool) -> Content:
    """Lines of 76 characters."""
    return Content("base64", _base64_lines(data, at_end=at_end))


def _base64_lines(data: bytes, *, at_end: bool) -> Iterator[bytes]:
    view = memoryview(data)
    step = _CHUNK // 57 * 57
    for start in range(0, len(data), step):
        lines = pybase64.encodebytes(view[start : start + step]).replace(b"\n", b"\r\n")
        is_last = start + step >= len(data)
        yield lines.removesuffix(b"\r\n") if is_last and not at_end else lines


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


def _is_strict_quoted_printable(part: Part) -> bool:
    """Whether it is quoted-printable that every reader decodes alike (RFC 2045 §6.7)."""
    if part.transfer_encoding != "quoted-printable":
        return False
    return _LOOSE_EQUALS.search(part.source, part.body_start, part.body_end) is None
