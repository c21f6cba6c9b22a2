"""Whether a file is text, by its octets alone, and in which encoding."""

import re
from typing import Final

_SNIFFED: Final = 4_096
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_LEAST: Final = 8
_SOUND: Final = 64
"""Characters for each that may be damaged."""


def decoded(data: bytes) -> tuple[str, str] | None:
    """The content and its codec if it is text, whatever it calls itself."""
    head = data[:_SNIFFED]
    codec = wide_codec(head)
    if codec is not None:
        # A file that lacks its last octet is text all the same; what is left may be half of an ASCII letter.
        data += bytes(len(data) % 2)
    elif b"\0" in head:
        return None
    try:
        return data.decode(codec or "utf-8"), codec or "utf-8"
    except UnicodeDecodeError:
        if codec is not None:
            return _damaged(data, codec)
        # Octets above ASCII, but no control characters: text in a charset of eight bits.
        return None if _CONTROL.search(head) else (data.decode("latin-1"), "latin-1")


def _damaged(data: bytes, codec: str) -> tuple[str, str] | None:
    """The same of UTF-16 with a few halves of pairs in it; of octets that are no text many would be."""
    text = data.decode(codec, "replace")
    return (text, codec) if text.count("\ufffd") <= 1 + len(text) // _SOUND else None


def wide_codec(head: bytes) -> str | None:
    """The codec of a text that begins so, if it is UTF-16: by its mark (RFC 2781 §3.2) or because every other
    octet is zero, as it is for Latin letters."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = head[: len(head) // 2 * 2]
    if len(head) < _LEAST:
        return None
    for codec, high, low in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        # Some letters of a European text are beyond Latin-1, and a few programs write a NUL.
        is_text = low.count(0) * 10 < len(low) and not _CONTROL.search(low.replace(b"\0", b""))
        if is_text and high.count(0) * 10 >= len(high) * 9:
            return codec
    return None
