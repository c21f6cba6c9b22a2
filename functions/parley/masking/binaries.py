"""Protected strings in binary files: in document properties, office files of the old kind, other metadata.

Where a format has no checksum over its text, the string is overwritten in place, octet for octet, so that
every offset stays. Elsewhere it is only reported. Any neighbours count as boundaries: lengths and flags stand
beside strings there.
"""

import re
from collections.abc import Iterator
from typing import Final

from parley.masking.matcher import Matcher

_FILLER: Final = ord("*")
_OVERWRITABLE: Final = re.compile(
    rb"%PDF|\xff\xd8\xff|GIF8|RIFF....WEBP|II\*\0|MM\0\*|....ftyp|ID3|\xd0\xcf\x11\xe0|BM|8BPS|\{\\rtf"
    rb"|\x00\x05\x16[\x00\x07]",
    re.DOTALL,
)


def reveals_plainly(data: bytes, matcher: Matcher) -> bool:
    """Whether a protected string stands in binary content, as single octets or as UTF-16."""
    # Without NUL, UTF-16 of ASCII reads like ASCII: one search tells that there is nothing at all.
    if not matcher.anchored(data.lower().replace(b"\0", b"").decode("latin-1")):
        return False
    return next(_spans(data, matcher), None) is not None


def scrubbed(data: bytes, matcher: Matcher) -> bytes | None:
    """The content without the protected strings that stand in it; None if they cannot be taken out."""
    return overwritten(data, matcher) if _OVERWRITABLE.match(data) else None


def overwritten(data: bytes, matcher: Matcher) -> bytes:
    """The content with every protected string in it overwritten, whatever has a checksum over it."""
    clean = bytearray(data)
    for start, end, step in _spans(data, matcher):
        clean[start:end:step] = bytes([_FILLER]) * len(range(start, end, step))
    return bytes(clean)


def _spans(data: bytes, matcher: Matcher) -> Iterator[tuple[int, int, int]]:
    """Start, end and step of each protected string: step 2 is UTF-16 of either order."""
    for offset, step in ((0, 1), (0, 2), (1, 2)) if b"\0" in data else ((0, 1),):
        for start, end in matcher.octet_spans(data[offset::step].lower()):
            yield offset + start * step, offset + (end - 1) * step + 1, step
