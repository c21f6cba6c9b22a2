"""WebP (RFC 9649 §2): RIFF chunks, of which those stay that a picture is shown by.

Exif except the orientation, XMP, unknown chunks and what follows the end go; the extended header says so.
"""

import struct
from typing import Final

from parley.masking.edits import Edit, FormatError, check_number
from parley.masking.exif import only_orientation, orientation

_SHOWN: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_FLAGS_AT: Final = 20
"""Of the extended header, which is the first chunk where there is one."""
_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04


def webp_edits(data: bytes) -> list[Edit]:
    """What to change. Raises `FormatError` or `struct.error`."""
    end = 8 + int(struct.unpack_from("<I", data, 4)[0])
    if end > len(data) + 1:  # Some programs leave the last padding octet out, and count it.
        raise FormatError
    end = min(end, len(data))
    edits: list[Edit] = []
    kept_exif = False
    at = 12
    while at < end:
        kind, (length,) = data[at : at + 4], struct.unpack_from("<I", data, at + 4)
        following = min(at + 8 + int(length) + int(length) % 2, end)
        if at + 8 + length > end:
            raise FormatError
        if kind == b"EXIF":
            wanted = _exif_chunk(data, at + 8, at + 8 + int(length))
            kept_exif = kept_exif or bool(wanted)
            if data[at:following] != wanted:
                edits.append(Edit(at, following, wanted))
        elif kind not in _SHOWN:
            edits.append(Edit(at, following))
        check_number(edits)
        at = following
    if end < len(data):
        edits.append(Edit(end, len(data)))
    return [*_header_edits(data, edits, kept_exif), *edits]


def _exif_chunk(data: bytes, start: int, end: int) -> bytes:
    # Some programs repeat the identifier that Exif has in JPEG.
    start += 6 if data.startswith(b"Exif\0\0", start) else 0
    content = only_orientation(orientation(data, start, end))
    return b"EXIF" + struct.pack("<I", len(content)) + content if content else b""


def _header_edits(data: bytes, edits: list[Edit], kept_exif: bool) -> list[Edit]:
    """The header's size and flags, as they must read once the other edits are made."""
    size = len(data) - 8 + sum(len(edit.replacement) - (edit.end - edit.start) for edit in edits)
    changed = []
    if edits and data[4:8] != struct.pack("<I", size):
        changed.append(Edit(4, 8, struct.pack("<I", size)))
    if data[12:16] == b"VP8X":
        flags = data[_FLAGS_AT] & ~(_XMP_FLAG | (0 if kept_exif else _EXIF_FLAG))
        if flags != data[_FLAGS_AT]:
            changed.append(Edit(_FLAGS_AT, _FLAGS_AT + 1, bytes([flags])))
    return changed
