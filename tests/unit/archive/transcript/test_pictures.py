"""Which pictures stand in the page."""

import struct
import zlib
from base64 import b64decode

import pytest

from parley.archive.transcript.pictures import MAX_OCTETS, picture

PNG_HEAD = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int = 3, height: int = 2, *extra: bytes) -> bytes:
    pixels = zlib.compress((b"\0" + b"\x80" * 3 * min(width, 9)) * min(height, 9))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"".join((PNG_HEAD, chunk(b"IHDR", header), *extra, chunk(b"IDAT", pixels), chunk(b"IEND", b"")))


def gif(frames: int = 1) -> bytes:
    frame = b"\x21\xf9\x04\0\0\0\0\0\x2c\0\0\0\0\x03\0\x02\0\0\x02\x02\x44\x01\0"
    return b"GIF89a\x03\0\x02\0\x80\0\0\0\0\0\xff\xff\xff" + frame * frames + b"\x3b"


JPEG = (
    b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xff\xc0\0\x11\x08\0\x02\0\x03\x03"
    + b"\0" * 9
)
WEBP_LOSSLESS = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + (2 | 1 << 14).to_bytes(4, "little") + b"\0" * 9
WEBP_LOSSY = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x03\0\x02\0\0"
WEBP_EXTENDED = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x02\0\0\x01\0\0"


@pytest.mark.parametrize(
    ("octets", "media_type"),
    [
        (png(), "image/png"),
        (gif(), "image/gif"),
        (JPEG, "image/jpeg"),
        (WEBP_LOSSLESS, "image/webp"),
        (WEBP_LOSSY, "image/webp"),
        (WEBP_EXTENDED, "image/webp"),
    ],
    ids=["png", "gif", "jpeg", "webp lossless", "webp lossy", "webp extended"],
)
def test_a_still_picture_is_told_with_its_size(octets: bytes, media_type: str) -> None:
    made = picture(octets)
    assert made is not None
    head, _, content = made.uri.partition(",")
    assert (head, b64decode(content)) == (f"data:{media_type};base64", octets)
    assert (made.width, made.height) == (3, 2)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"<svg onload=alert(1)></svg>",
        b"%PDF-1.7",
        b"\xff\xd8\xff",
        b"RIFF\0\0\0\0WAVE" + b"\0" * 30,
        PNG_HEAD + b"\0\0\0\rJUNK" + b"\0" * 30,
        png(0, 2),
        png(60_000, 60_000),
        JPEG + b"\0" * MAX_OCTETS,
        b"\xff\xd8" + b"\xff\xff" * 5_000,
    ],
    ids=[
        *("nothing", "svg", "pdf", "cut jpeg", "sound", "png without header", "without width"),
        *("larger than a browser can afford", "too many octets", "only filling"),
    ],
)
def test_nothing_else_is_a_picture(octets: bytes) -> None:
    assert picture(octets) is None


@pytest.mark.parametrize(
    "octets",
    [
        gif(2),
        png(3, 2, chunk(b"acTL", b"\0\0\0\x02\0\0\0\0")),
        WEBP_EXTENDED[:20] + b"\x02" + WEBP_EXTENDED[21:],
    ],
    ids=["gif", "png", "webp"],
)
def test_what_moves_does_not_stand_in_the_page(octets: bytes) -> None:
    assert picture(octets) is None
