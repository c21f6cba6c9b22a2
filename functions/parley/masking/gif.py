"""GIF (GIF89a specification): blocks, of which comments and foreign application data go.

Looping and the colour profile, which are application data too, stay; what follows the trailer goes.
"""

from typing import Final

from parley.masking.edits import Edit, FormatError, check_number

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_COMMENT, _APPLICATION = 0xFE, 0xFF
_SHOWN: Final = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0", b"\x0bICCRGBG1012")


def gif_edits(data: bytes) -> list[Edit]:
    """What to change. Raises `FormatError` or `IndexError` before the first image; a picture that is cut
    short behind its beginning stays so."""
    edits: list[Edit] = []
    at, in_picture = 13 + _table(data[10]), False
    try:
        while True:
            start, kind = at, data[at]
            if kind == _TRAILER:
                return [*edits, Edit(at + 1, len(data))] if at + 1 < len(data) else edits
            if kind == _IMAGE:
                in_picture = True
                at = _after_blocks(data, at + 11 + _table(data[at + 9]))
            elif kind == _EXTENSION:
                at = _after_blocks(data, at + 2)
                label = data[start + 1]
                if label == _COMMENT or (label == _APPLICATION and not data.startswith(_SHOWN, start + 2)):
                    edits.append(Edit(start, at))
                    check_number(edits)
            else:
                raise FormatError
    except (FormatError, IndexError):
        if in_picture:
            return edits
        raise


def _table(packed: int) -> int:
    """The size of a colour table in octets (§18 and §20: packed fields)."""
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    """Behind a chain of sub-blocks and the empty one that ends it (§15)."""
    while length := data[at]:
        at += 1 + length
    return at + 1
