"""Exif (CIPA DC-008): of all that a camera writes there, only the orientation is needed to show a picture."""

import struct
from typing import Final

ORIENTATION: Final = 0x0112
UPRIGHT: Final = 1
_SHORT: Final = 3


def orientation(data: bytes, start: int, end: int) -> int:
    """The orientation (1 to 8) in the first directory of the TIFF structure there; 1 where none is given."""
    order = {b"II": "<", b"MM": ">"}.get(data[start : start + 2])
    if order is None or end - start < 8:
        return UPRIGHT
    directory = start + int(struct.unpack_from(f"{order}I", data, start + 4)[0])
    if directory + 2 > end:
        return UPRIGHT
    (count,) = struct.unpack_from(f"{order}H", data, directory)
    for entry in range(directory + 2, min(directory + 2 + 12 * count, end - 11), 12):
        tag, kind = struct.unpack_from(f"{order}HH", data, entry)
        if tag == ORIENTATION and kind == _SHORT:
            (value,) = struct.unpack_from(f"{order}H", data, entry + 8)
            return int(value) if 1 <= value <= 8 else UPRIGHT
    return UPRIGHT


def only_orientation(value: int) -> bytes:
    """A TIFF structure that says nothing but the orientation; empty if the picture is upright."""
    if value == UPRIGHT:
        return b""
    return b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", ORIENTATION, _SHORT, 1, value, 0) + bytes(4)
