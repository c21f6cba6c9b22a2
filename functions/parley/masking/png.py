"""PNG (W3C, third edition, §5): chunks, of which those stay that a picture is shown by.

Text, time, Exif except the orientation, private chunks and what follows the end go. Animation stays.
"""

import struct
import zlib
from typing import Final

from parley.masking.edits import Edit, FormatError, check_number
from parley.masking.exif import only_orientation, orientation

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_SHOWN: Final = frozenset(
    b"tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV mDCv cLLI cLLi bKGD hIST pHYs sPLT acTL fcTL fdAT".split()
)
_UPPER_CASE: Final = range(0x41, 0x5B)


def png_edits(data: bytes) -> list[Edit]:
    """What to change. Raises `FormatError` or `struct.error` before the picture's data; a picture that is cut
    short behind their beginning stays so."""
    edits: list[Edit] = []
    at, in_picture = len(SIGNATURE), False
    try:
        while True:
            (length,) = struct.unpack_from(">I", data, at)
            kind, end = data[at + 4 : at + 8], at + 12 + int(length)
            in_picture = in_picture or kind == b"IDAT"
            if end > len(data) or not kind.isalpha():
                raise FormatError
            if kind == b"IEND":
                return [*edits, Edit(end, len(data))] if end < len(data) else edits
            if kind == b"eXIf":
                wanted = _exif_chunk(only_orientation(orientation(data, at + 8, end - 4)))
                if data[at:end] != wanted:
                    edits.append(Edit(at, end, wanted))
            # §5.4: a capital first letter is a chunk without which the picture cannot be shown.
            elif kind[0] not in _UPPER_CASE and kind not in _SHOWN:
                edits.append(Edit(at, end))
            check_number(edits)
            at = end
    except (FormatError, struct.error):
        if in_picture:
            return edits
        raise


def _exif_chunk(content: bytes) -> bytes:
    if not content:
        return b""
    checksum = zlib.crc32(b"eXIf" + content)
    return struct.pack(">I", len(content)) + b"eXIf" + content + struct.pack(">I", checksum)
