"""Pictures lose their metadata and keep everything that a viewer shows."""

import struct

import pytest

from parley.masking.images import without_metadata
from tests.unit.masking.files import jpeg, png


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def exif(orientation: int, order: str) -> bytes:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0) + b"GPS and more" * 4
    return b"Exif\0\0" + mark + struct.pack(f"{order}IH", 8, 3) + entries


SCAN = b"\xff\xda\0\x02\x11\x22\xff\0\x33\xff\xd9"
PROFILE = segment(0xE2, b"ICC_PROFILE\0\x01\x01profile")


def test_a_jpeg_keeps_profile_and_picture_and_loses_the_rest() -> None:
    head = b"\xff\xd8" + segment(0xE0, b"JFIF\0")
    metadata = (
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0x") + segment(0xED, b"IPTC") + segment(0xFE, b"hi")
    )
    assert without_metadata(head + metadata + PROFILE + SCAN + b"trailer") == head + PROFILE + SCAN


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_jpegs_orientation_stays(order: str) -> None:
    turned = without_metadata(b"\xff\xd8" + segment(0xE1, exif(6, order)) + SCAN)
    assert turned is not None
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in turned
    assert b"GPS" not in turned
    assert without_metadata(b"\xff\xd8" + segment(0xE1, exif(1, order)) + SCAN) == b"\xff\xd8" + SCAN


def test_what_was_cleaned_is_clean() -> None:
    for picture in (b"\xff\xd8" + segment(0xE1, exif(6, "<")) + SCAN, jpeg("hi"), png(Author="hi")):
        clean = without_metadata(picture)
        assert clean is not None
        assert without_metadata(clean) is None


def test_a_png_loses_its_text_only() -> None:
    assert without_metadata(png(Author="Anna", Comment="x")) == png()


def test_a_webp_loses_exif_and_xmp_and_says_so() -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)

    def webp(*chunks: bytes) -> bytes:
        content = b"WEBP" + b"".join(chunks)
        return b"RIFF" + struct.pack("<I", len(content)) + content

    header = chunk(b"VP8X", b"\x2c\0\0\0" + b"\0" * 6)
    picture = chunk(b"VP8 ", b"abc")
    clean = without_metadata(webp(header, picture, chunk(b"EXIF", b"x" * 5), chunk(b"XMP ", b"<x/>")))
    assert clean == webp(chunk(b"VP8X", b"\x20\0\0\0" + b"\0" * 6), picture)


@pytest.mark.parametrize("length", range(0, 60, 7))
def test_a_truncated_picture_is_left_alone_or_read_to_its_end(length: int) -> None:
    whole = b"\xff\xd8" + segment(0xE1, exif(6, "<")) + SCAN
    assert without_metadata(whole[:length]) is None
    assert without_metadata(png(Author="Anna")[:length]) is None
