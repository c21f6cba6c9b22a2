"""Office files of the old kind ([MS-CFB]): who wrote them ([MS-OLEPS]), and whether they hold macros.

The property sets are found by their format identifiers, and their names overwritten in place. They are short
and stand in one piece in what programs write; one that does not is left alone.
"""

import struct
from collections.abc import Iterator
from typing import Final

from parley.masking.edits import Edit, blanked
from parley.masking.properties import names_somebody

_SETS: Final = {
    # SummaryInformation: author and last author. DocumentSummaryInformation: manager and company.
    bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9"): (4, 8),
    bytes.fromhex("02d5cdd59c2e1b10939708002b2cf9ae"): (14, 15),
}
_IDENTIFIER_AT: Final = 28
_BYTE_ORDER: Final = b"\xfe\xff"
_STRING, _WIDE_STRING = 0x1E, 0x1F
_MAX_PROPERTIES: Final = 200
_MAX_NAME: Final = 2_000


def has_macros(data: bytes) -> bool:
    """Whether a VBA project is stored in the file ([MS-OVBA] §2.2.1)."""
    return "_VBA_PROJECT".encode("utf-16-le") in data


def is_encrypted(data: bytes) -> bool:
    """Whether the file holds an encrypted document of the new kind ([MS-OFFCRYPTO] §1.3.3)."""
    return "EncryptedPackage".encode("utf-16-le") in data


def author_edits(data: bytes) -> list[Edit]:
    """What takes out the names in the property sets. Never raises."""
    edits: list[Edit] = []
    for identifier, wanted in _SETS.items():
        at = data.find(identifier)
        if at < _IDENTIFIER_AT or not data.startswith(_BYTE_ORDER, at - _IDENTIFIER_AT):
            continue
        try:
            edits += _names(data, at, wanted)
        except struct.error:
            continue
    return edits


def _names(data: bytes, identifier: int, wanted: tuple[int, ...]) -> Iterator[Edit]:
    (offset,) = struct.unpack_from("<I", data, identifier + 16)
    start = identifier - _IDENTIFIER_AT + int(offset)
    size, count = struct.unpack_from("<II", data, start)
    if count > _MAX_PROPERTIES:
        return
    for index in range(count):
        number, place = struct.unpack_from("<II", data, start + 8 + 8 * index)
        if number not in wanted or place + 8 > size:
            continue
        kind, length = struct.unpack_from("<II", data, start + place)
        octets = length * 2 if kind == _WIDE_STRING else length
        first, last = start + place + 8, start + place + 8 + octets
        if kind not in (_STRING, _WIDE_STRING) or octets > _MAX_NAME or place + 8 + octets > size:
            continue
        codec = "utf-16-le" if kind == _WIDE_STRING else "latin-1"
        if last <= len(data) and names_somebody(data[first:last].decode(codec, "replace")):
            yield from blanked(data, first, last)
