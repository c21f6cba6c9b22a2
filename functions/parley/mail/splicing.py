"""Base64 that may pass as it stands, told at memory speed without decoding it twice or copying it."""

import binascii
from collections.abc import Iterator

import pybase64

MAX_LINE = 998
"""RFC 5322 §2.1.1, in octets without the line end."""
_CHUNK = 256 * 1024

Piece = bytes | memoryview


def regular_base64(source: bytes, start: int, end: int) -> Iterator[Piece] | None:
    """The span, with CRLF line ends and without blanks around it, if it is base64 which every reader decodes
    alike: lines of one length, no other characters, padding at the end only. None otherwise."""
    while end > start and source[end - 1] in b"\r\n \t":
        end -= 1
    while start < end and source[start] in b"\r\n \t":
        start += 1
    padding = source.find(b"=", start, end)
    pads = end - padding if padding >= 0 else 0
    if pads > 2 or source[end - pads : end].strip(b"="):
        return None
    first_end = source.find(b"\n", start, min(end, start + MAX_LINE + 2))
    line_end = b"" if first_end < 0 else b"\r\n" if source[first_end - 1] == 13 else b"\n"
    width = (end if first_end < 0 else first_end + 1 - len(line_end)) - start
    if not 0 < width <= MAX_LINE or (line_end and width % 4):
        return None
    stride = width + len(line_end)
    lines, last = divmod(end - start, stride)
    if last > width:
        return None
    if not line_end:
        lines, last = 0, width
    for offset, octet in enumerate(line_end, width):
        # Every line end is looked at, by strides: no octet between them is touched.
        if source[start + offset : end : stride] != bytes((octet,)) * lines:
            return None
    if not _is_pure(source, start, end, stride, width, pads):
        return None
    return (
        _with_crlf(source, start, end, stride)
        if line_end == b"\n"
        else iter((memoryview(source)[start:end],))
    )


def _with_crlf(source: bytes, start: int, end: int, stride: int) -> Iterator[bytes]:
    step = max(1, _CHUNK // stride) * stride
    for position in range(start, end, step):
        yield source[position : min(end, position + step)].replace(b"\n", b"\r\n")


def _is_pure(source: bytes, start: int, end: int, stride: int, width: int, pads: int) -> bool:
    """Whether nothing in lines of that width is dropped in decoding: the length tells."""
    view = memoryview(source)
    step = max(1, _CHUNK // stride) * stride
    try:
        for position in range(start, end, step):
            stop = min(end, position + step)
            lines, last = divmod(stop - position, stride) if stride > width else (0, stop - position)
            characters = lines * width + last
            octets = characters // 4 * 3 - (pads if stop == end else 0)
            if characters % 4 or len(pybase64.b64decode(view[position:stop])) != octets:
                return False
    except binascii.Error:
        return False
    return True
