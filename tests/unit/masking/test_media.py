"""Files are known by how they begin, and by what they claim."""

import struct

import pytest

from parley.masking.media import Media, claimed, contradicts, media_of
from tests.unit.masking import pictures

MZ = b"MZ\x90\0\3\0\0\0" + bytes(100)


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (pictures.jpeg(), Media.JPEG),
        (pictures.png(), Media.PNG),
        (pictures.webp(), Media.WEBP),
        (pictures.gif(), Media.GIF),
        (pictures.tiff(), Media.TIFF),
        (pictures.heic(), Media.HEIF),
        (pictures.heic(brand=b"avif"), Media.HEIF),
        (pictures.mp4(), Media.MP4),
        (b"RIFF\0\0\0\0WAVEfmt ", Media.AUDIO),
        (b"%PDF-1.7\n", Media.PDF),
        (b"junk before it\n%PDF-1.4\n", Media.PDF),
        (b"PK\3\4" + bytes(30), Media.ZIP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Media.OLE),
        (b"\x1f\x8b\x08\0", Media.GZIP),
        (MZ, Media.PROGRAM),
        (b"\x7fELF\2\1\1", Media.PROGRAM),
        (struct.pack("<II", 0x4C, 0x00021401), Media.PROGRAM),
        (b"MZ-42;Artikel;Preis\r\n" * 10, Media.OTHER),
        (b"", Media.OTHER),
    ],
)
def test_content_is_known_by_its_beginning(content: bytes, media: Media) -> None:
    assert media_of(content) is media


@pytest.mark.parametrize(
    ("media_type", "name", "media"),
    [
        ("image/png", "photo.JPG", Media.JPEG),
        ("image/png", "photo", Media.PNG),
        ("application/octet-stream", "Rechnung.pdf", Media.PDF),
        ("application/octet-stream", "Rechnung", Media.OTHER),
        ("application/vnd.ms-excel", "Liste.xls", Media.OTHER),
    ],
)
def test_a_files_name_claims_more_than_its_media_type(media_type: str, name: str, media: Media) -> None:
    assert claimed(media_type, name) is media


@pytest.mark.parametrize(
    ("content", "claim", "expected"),
    [
        (Media.ZIP, Media.PDF, True),
        (Media.PNG, Media.PDF, True),
        (Media.PNG, Media.JPEG, False),
        (Media.VIDEO, Media.MP4, False),
        (Media.PDF, Media.PDF, False),
        (Media.OTHER, Media.PDF, False),
        (Media.ZIP, Media.OTHER, False),
    ],
)
def test_a_claim_is_contradicted_only_where_it_misleads(content: Media, claim: Media, expected: bool) -> None:
    assert contradicts(content, claim) is expected
