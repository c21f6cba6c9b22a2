"""What a file is, by how its content begins (compare WHATWG MIME Sniffing §6), and what it claims to be."""

import re
from enum import Enum, auto
from typing import Final


class Media(Enum):
    """Families of content that are told apart because they are treated, or claimed, differently."""

    JPEG = auto()
    PNG = auto()
    GIF = auto()
    WEBP = auto()
    TIFF = auto()
    HEIF = auto()
    MP4 = auto()
    VIDEO = auto()
    AUDIO = auto()
    PDF = auto()
    ZIP = auto()
    OLE = auto()
    RTF = auto()
    RAW = auto()
    TNEF = auto()
    GZIP = auto()
    TAR = auto()
    ARCHIVE = auto()
    PROGRAM = auto()
    OTHER = auto()


PICTURES: Final = frozenset({Media.JPEG, Media.PNG, Media.GIF, Media.WEBP, Media.TIFF, Media.HEIF})
_PACKED: Final = frozenset({Media.GZIP, Media.TAR, Media.ARCHIVE})
_RECORDINGS: Final = frozenset({Media.MP4, Media.VIDEO, Media.AUDIO})

# Offset, octets, family. The first that fits counts.
_SIGNATURES: Final = (
    (0, b"\xff\xd8\xff", Media.JPEG),
    (0, b"\x89PNG\r\n\x1a\n", Media.PNG),
    (0, b"GIF87a", Media.GIF),
    (0, b"GIF89a", Media.GIF),
    (8, b"WEBP", Media.WEBP),
    (8, b"CR\2\0", Media.RAW),
    (0, b"II*\0", Media.TIFF),
    (0, b"MM\0*", Media.TIFF),
    (0, b"II+\0", Media.TIFF),
    (0, b"MM\0+", Media.TIFF),
    (0, b"IIRO", Media.RAW),
    (0, b"IIRS", Media.RAW),
    (0, b"MMOR", Media.RAW),
    (0, b"IIU\0", Media.RAW),
    (0, b"FUJIFILMCCD-RAW", Media.RAW),
    (0, b"FOVb", Media.RAW),
    (0, b"\0MRM", Media.RAW),
    (6, b"HEAPCCDR", Media.RAW),
    (4, b"ftyphe", Media.HEIF),
    (4, b"ftypmif", Media.HEIF),
    (4, b"ftypmsf", Media.HEIF),
    (4, b"ftypavi", Media.HEIF),
    (4, b"ftypM4A", Media.AUDIO),
    (4, b"ftypcrx", Media.RAW),
    (4, b"ftyp", Media.MP4),
    (4, b"moov", Media.MP4),
    (0, b"\x1aE\xdf\xa3", Media.VIDEO),
    (8, b"AVI ", Media.VIDEO),
    (8, b"WAVE", Media.AUDIO),
    (0, b"OggS", Media.AUDIO),
    (0, b"ID3", Media.AUDIO),
    (0, b"fLaC", Media.AUDIO),
    (0, b"PK\3\4", Media.ZIP),
    (0, b"PK\5\6", Media.ZIP),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Media.OLE),
    (0, b"{\\rtf", Media.RTF),
    (0, b"\x78\x9f\x3e\x22", Media.TNEF),
    (0, b"\x1f\x8b\x08", Media.GZIP),
    (0, b"BZh", Media.ARCHIVE),
    (0, b"\xfd7zXZ\0", Media.ARCHIVE),
    (0, b"7z\xbc\xaf\x27\x1c", Media.ARCHIVE),
    (0, b"Rar!\x1a\7", Media.ARCHIVE),
    (0, b"MSCF\0\0\0\0", Media.ARCHIVE),
    (257, b"ustar", Media.TAR),
    (0, b"\x7fELF", Media.PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", Media.PROGRAM),
    (0, b"\xce\xfa\xed\xfe", Media.PROGRAM),
    (0, b"\xfe\xed\xfa\xce", Media.PROGRAM),
    (0, b"\xfe\xed\xfa\xcf", Media.PROGRAM),
    (0, b"\xca\xfe\xba\xbe\0", Media.PROGRAM),
    (0, b"L\0\0\0\1\x14\2\0", Media.PROGRAM),
)
_RIFF: Final = (b"WEBP", b"AVI ", b"WAVE")
_PDF_BEGINS_WITHIN: Final = 1_024
"""ISO 32000-1 annex H: readers look for the signature there."""
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

_OPEN_DOCUMENT: Final = "odt ods odp odg"
_BY_EXTENSION: Final = {
    extension: media
    for extensions, media in (
        ("jpg jpeg jpe jfif", Media.JPEG),
        ("png", Media.PNG),
        ("gif", Media.GIF),
        ("webp", Media.WEBP),
        ("tif tiff", Media.TIFF),
        ("heic heif avif", Media.HEIF),
        ("mp4 mov m4v", Media.MP4),
        ("webm avi mkv", Media.VIDEO),
        ("pdf", Media.PDF),
        (f"zip docx xlsx pptx docm xlsm pptm {_OPEN_DOCUMENT}", Media.ZIP),
        ("7z rar bz2 xz", Media.ARCHIVE),
        ("gz tgz", Media.GZIP),
        ("tar", Media.TAR),
    )
    for extension in extensions.split()
}
_BY_TYPE: Final = {
    "image/jpeg": Media.JPEG,
    "image/jpg": Media.JPEG,
    "image/pjpeg": Media.JPEG,
    "image/png": Media.PNG,
    "image/gif": Media.GIF,
    "image/webp": Media.WEBP,
    "image/tiff": Media.TIFF,
    "image/heic": Media.HEIF,
    "image/heif": Media.HEIF,
    "image/avif": Media.HEIF,
    "application/pdf": Media.PDF,
    "application/zip": Media.ZIP,
}


def media_of(data: bytes) -> Media:
    """The family of content that begins so; a few hundred octets are enough, 1 KB for all PDF files."""
    for offset, octets, media in _SIGNATURES:
        if data.startswith(octets, offset) and (octets not in _RIFF or data.startswith(b"RIFF")):
            return media
    head = data[:_PDF_BEGINS_WITHIN]
    if b"%PDF-" in head:
        return Media.PDF
    # "MZ" alone may begin a text; the header of a program is no text.
    return (
        Media.PROGRAM if head.startswith(b"MZ") and len(head) > 64 and _BINARY.search(head) else Media.OTHER
    )


def claimed(media_type: str, name: str) -> Media:
    """The family that a file claims by the ending of its name, else by its media type; OTHER for no claim."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    return _BY_EXTENSION.get(extension) or _BY_TYPE.get(media_type, Media.OTHER)


def contradicts(content: Media, claim: Media) -> bool:
    """Whether the content is something else than claimed. Pictures among each other count as one, since every
    viewer looks at the content, and so do
    recordings, and archives other than zip; unknown content may be damaged, which is no claim."""
    if Media.OTHER in (content, claim) or content is claim:
        return False
    alike = (PICTURES | {Media.RAW}, _RECORDINGS, _PACKED)
    return not any({content, claim} <= families for families in alike)
