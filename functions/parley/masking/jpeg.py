"""JPEG (ITU-T T.81 annex B): segments, then scans of coded data in which every FF is escaped.

Application segments and comments go, also those between scans, and so does a thumbnail and whatever follows
the end of the picture. JFIF's density, Adobe's colour transform, the colour profile and the orientation stay.
"""

import re
import struct
from typing import Final

from parley.masking.edits import Edit, FormatError, blanked, check_number
from parley.masking.exif import only_orientation, orientation

_SOI, _EOI, _SOS, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_JFIF, _EXIF, _PROFILE, _ADOBE = 0xE0, 0xE1, 0xE2, 0xEE
_APPLICATION: Final = range(0xE0, 0xF0)
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_FILL: Final = re.compile(rb"\xff+")
_MARKER: Final = re.compile(rb"\xff(?=[^\x00\xd0-\xd7\xff])")
EXIF: Final = b"Exif\0\0"
_JFIF_LENGTH: Final = 16
"""Of a JFIF segment without a thumbnail, its two octets of length included."""


def jpeg_edits(data: bytes) -> list[Edit]:
    """What to change. Raises `FormatError`, `IndexError` or `struct.error` before the first scan; what does
    not add up behind it is the picture's own damage and stays."""
    edits: list[Edit] = []
    at, in_scans = 2, False
    try:
        while True:
            # Behind the first scan a decoder takes what is no marker for coded data.
            fill = _FILL.match(data, at) if not in_scans else _MARKER.search(data, at)
            if fill is None:
                raise FormatError
            marker = data[fill.end()]
            if marker == _EOI:
                end = fill.end() + 1
                return [*edits, Edit(end, len(data))] if end < len(data) else edits
            if marker in _ALONE:
                at = fill.end() + 1
                continue
            start, at = fill.start(), _segment_end(data, fill.end() + 1)
            edits += _segment_edits(data, start, fill.end() + 1, at, marker)
            check_number(edits)
            in_scans = in_scans or marker == _SOS
    except (FormatError, IndexError, struct.error):
        if in_scans:
            return edits
        raise


def embedded_edits(data: bytes) -> list[Edit]:
    """The Exif of pictures that stand plainly in another file, such as a PDF, as zero octets: their places
    and lengths must not change there."""
    edits: list[Edit] = []
    at = data.find(EXIF)
    while at >= 0:
        end = at - 2 + int.from_bytes(data[at - 2 : at], "big")
        following = at + len(EXIF)
        if data[max(0, at - 4) : at - 2] == b"\xff\xe1" and following < end <= len(data):
            edits += blanked(data, following, end)
            check_number(edits)
            following = end
        at = data.find(EXIF, following)
    return edits


def _segment_end(data: bytes, at: int) -> int:
    (length,) = struct.unpack_from(">H", data, at)
    if length < 2 or at + length > len(data):
        raise FormatError
    return at + int(length)


def _segment_edits(data: bytes, start: int, at: int, end: int, marker: int) -> list[Edit]:
    """at: of the segment's length field. The marker stands before it, the fill octets before that."""
    if marker == _SOI:
        raise FormatError
    if marker not in _APPLICATION and marker != _COMMENT:
        return []
    if marker == _ADOBE and data.startswith(b"Adobe", at + 2):
        return []
    if marker == _PROFILE and data.startswith(b"ICC_PROFILE\0", at + 2):
        return []
    if marker == _JFIF and data.startswith(b"JFIF\0", at + 2):
        if end - at < _JFIF_LENGTH:
            return []
        bare = b"\xff\xe0" + struct.pack(">H", _JFIF_LENGTH) + data[at + 2 : at + 14] + b"\0\0"
        return _unless_same(data, start, end, bare)
    if marker == _EXIF and data.startswith(EXIF, at + 2):
        kept = only_orientation(orientation(data, at + 8, end))
        if kept:
            content = EXIF + kept
            return _unless_same(data, start, end, b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content)
    return [Edit(start, end)]


def _unless_same(data: bytes, start: int, end: int, wanted: bytes) -> list[Edit]:
    return [] if data[start:end] == wanted else [Edit(start, end, wanted)]
