"""Thumbnails: pictures small enough to stand in the page as they are.

Nothing is decoded here. A picture is let through by its first octets, a declared size that a browser can
afford, and because it does not move: a page that blinks cannot be read by everybody (WCAG 2.2.2).
"""

from base64 import b64encode
from typing import Final

from parley.archive.transcript.mails import Picture

MAX_OCTETS: Final = 300_000
"""Of one picture."""
MAX_ALL_OCTETS: Final = 6_000_000
"""Of all pictures of a page."""
MAX_PIXELS: Final = 24_000_000
_MAX_SEGMENTS: Final = 1_000
# Start of frame, whatever its coding; C4, C8 and CC among them are tables.
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

Size = tuple[int, int]


def picture(octets: bytes) -> Picture | None:
    """A still JPEG, PNG, GIF or WebP picture within the limits; None for all else."""
    if len(octets) > MAX_OCTETS:
        return None
    for signature, media_type, size_of in _FORMATS:
        if octets.startswith(signature):
            width, height = size_of(octets) or (0, 0)
            if 0 < width * height <= MAX_PIXELS:
                return Picture(f"data:{media_type};base64,{b64encode(octets).decode()}", width, height)
    return None


def _png(octets: bytes) -> Size | None:
    """PNG (third edition) §11.2.1; acTL makes it move."""
    if octets[12:16] != b"IHDR" or b"acTL" in octets:
        return None
    return int.from_bytes(octets[16:20]), int.from_bytes(octets[20:24])


def _gif(octets: bytes) -> Size | None:
    """GIF89a §18; a second graphic control extension is a second picture."""
    if octets.count(b"\x21\xf9\x04") > 1:
        return None
    return int.from_bytes(octets[6:8], "little"), int.from_bytes(octets[8:10], "little")


def _webp(octets: bytes) -> Size | None:
    """RFC 9649 §2.5 to §2.7."""
    if octets[8:12] != b"WEBP" or len(octets) < 30:
        return None
    match octets[12:16]:
        case b"VP8 ":
            width, height = octets[26:28], octets[28:30]
            return int.from_bytes(width, "little") & 0x3FFF, int.from_bytes(height, "little") & 0x3FFF
        case b"VP8L":
            bits = int.from_bytes(octets[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X" if not octets[20] & 0x02:
            return int.from_bytes(octets[24:27], "little") + 1, int.from_bytes(octets[27:30], "little") + 1
    return None


def _jpeg(octets: bytes) -> Size | None:
    """ITU-T T.81 §B.1.1: segments up to the frame header."""
    position = 2
    for _ in range(_MAX_SEGMENTS):
        if octets[position : position + 1] != b"\xff" or position + 9 > len(octets):
            return None
        marker = octets[position + 1]
        if marker in _FRAMES:
            height, width = octets[position + 5 : position + 7], octets[position + 7 : position + 9]
            return int.from_bytes(width), int.from_bytes(height)
        filler = marker == 0xFF
        position += 1 if filler else 2 + int.from_bytes(octets[position + 2 : position + 4])
    return None


_FORMATS: Final = (
    (b"\xff\xd8\xff", "image/jpeg", _jpeg),
    (b"\x89PNG\r\n\x1a\n", "image/png", _png),
    (b"GIF87a", "image/gif", _gif),
    (b"GIF89a", "image/gif", _gif),
    (b"RIFF", "image/webp", _webp),
)
