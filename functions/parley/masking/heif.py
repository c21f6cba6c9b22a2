"""HEIF (ISO/IEC 23008-12: HEIC, AVIF) and MP4 or QuickTime video (ISO/IEC 14496-12): boxes in boxes.

Metadata is overwritten in place, so that every offset still holds: the items that hold Exif, XMP or other
text, user data (where programs put place, author and device) and unknown boxes, which become free space.
Rotation, mirroring and the colour profile are properties of the picture and stay.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from parley.masking.edits import Edit, FormatError, blanked, check_number

MAX_BOXES: Final = 20_000
MAX_DEPTH: Final = 10
MAX_SOURCES: Final = 20
_KEPT: Final = frozenset(
    b"ftyp styp meta mdat moov moof mfra sidx ssix emsg prft pdin"
    b" mvhd trak tkhd edts mdia mdhd elng minf mvex tref hdlr iods tapt load clip"
    b" pitm iloc iinf iref iprp idat dinf grpl ipro".split()
)
"""Boxes by which a picture or video is shown; `meta` stays only where it describes the picture."""
_CONTAINERS: Final = frozenset({b"moov", b"trak", b"mdia"})
_EMPTY: Final = frozenset({b"free", b"skip", b"wide"})
_EMPTY_EXIF: Final = b"\0\0\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"
"""The offset of the TIFF structure (ISO/IEC 23008-12 annex A), and one without entries."""
_EMPTY_XMP: Final = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
_TEXTUAL_ITEMS: Final = frozenset({b"Exif", b"mime", b"uri "})


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    content: int
    end: int


def heif_edits(data: bytes) -> list[Edit]:
    """What to change. Raises `FormatError` or `struct.error`."""
    edits: list[Edit] = []
    boxes = list(_boxes(data, 0, len(data)))
    for box in boxes:
        if box.kind == b"meta":
            edits += _Items(data, box, boxes).edits()
        else:
            edits += _box_edits(data, box, 0)
        check_number(edits)
    return _distinct(edits)


def _boxes(data: bytes, at: int, end: int) -> Iterator[_Box]:
    """ISO/IEC 14496-12 §4.2: size, kind, content. A size of 1 stands for a longer one, 0 for all the rest."""
    for _ in range(MAX_BOXES):
        if at == end:
            return
        (size,) = struct.unpack_from(">I", data, at)
        kind, content = data[at + 4 : at + 8], at + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
            content = at + 16
        elif size == 0:
            size = end - at
        if at + size > end or at + size < content:
            raise FormatError
        yield _Box(kind, at, content, at + int(size))
        at += int(size)
    raise FormatError


def _box_edits(data: bytes, box: _Box, depth: int) -> list[Edit]:
    if box.kind in _EMPTY:
        return blanked(data, box.content, box.end)
    if box.kind == b"mini":  # A picture in short form, which may hold Exif at no fixed place.
        raise FormatError
    # Below the top, `meta` holds the tags of a video.
    if box.kind not in _KEPT or (depth and box.kind == b"meta"):
        return [Edit(box.start + 4, box.start + 8, b"free"), *blanked(data, box.content, box.end)]
    if box.kind not in _CONTAINERS:
        return []
    if depth >= MAX_DEPTH:
        raise FormatError
    edits: list[Edit] = []
    for inner in _boxes(data, box.content, box.end):
        edits += _box_edits(data, inner, depth + 1)
        check_number(edits)
    return edits


def _distinct(edits: list[Edit]) -> list[Edit]:
    """Two items may share their octets."""
    known: dict[int, Edit] = {}
    for edit in edits:
        known.setdefault(edit.start, edit)
    return list(known.values())


class _Items:
    """The `meta` box at the top: what items there are (iinf), and where their octets stand (iloc)."""

    def __init__(self, data: bytes, meta: _Box, top: list[_Box]) -> None:
        self.data = data
        # QuickTime's own `meta` is no full box; at the top there is none of those.
        self.boxes = list(_boxes(data, meta.content + 4, meta.end))
        self.sources = [(box.content, box.end) for box in top if box.kind == b"mdat"][:MAX_SOURCES]
        self.idat = next(((box.content, box.end) for box in self.boxes if box.kind == b"idat"), None)

    def edits(self) -> list[Edit]:
        edits = [edit for box in self.boxes for edit in _box_edits(self.data, box, 1)]
        edits += [
            edit for box in self._inside(b"iprp", b"ipco") if box.kind == b"udes" for edit in self._text(box)
        ]
        textual = dict(self._textual_items())
        places = list(self._places(textual)) if textual else []
        if sum(end - start for start, end, _ in places) > len(self.data):
            raise FormatError
        return edits + [edit for place in places for edit in self._item_edits(*place)]

    def _text(self, box: _Box) -> list[Edit]:
        """A description in words (ISO/IEC 23008-12 §6.5.20): zero octets are four empty texts."""
        return blanked(self.data, box.content + 4, box.end)

    def _inside(self, *path: bytes) -> list[_Box]:
        boxes = self.boxes
        for kind in path:
            found = next((box for box in boxes if box.kind == kind), None)
            if found is None:
                return []
            boxes = list(_boxes(self.data, found.content, found.end))
        return boxes

    def _item_edits(self, start: int, end: int, kind: bytes) -> list[Edit]:
        size = end - start
        empty, filler = (_EMPTY_EXIF, b"\0") if kind == b"Exif" else (_EMPTY_XMP, b" ")
        wanted = (empty if len(empty) <= size else b"").ljust(size, filler)
        return [] if self.data[start:end] == wanted else [Edit(start, end, wanted)]

    def _textual_items(self) -> Iterator[tuple[int, bytes]]:
        """ItemInfoBox (§8.11.6): version, count, then entries of version 2 or 3."""
        iinf = next((box for box in self.boxes if box.kind == b"iinf"), None)
        if iinf is None:
            return
        wide = self.data[iinf.content] > 0
        for entry in _boxes(self.data, iinf.content + (8 if wide else 6), iinf.end):
            version = self.data[entry.content]
            if entry.kind != b"infe" or version not in (2, 3):
                raise FormatError
            size = 2 if version == 2 else 4
            (item,) = struct.unpack_from(">H" if size == 2 else ">I", self.data, entry.content + 4)
            kind = self.data[entry.content + 6 + size : entry.content + 10 + size]
            if kind in _TEXTUAL_ITEMS:
                yield int(item), kind

    def _places(self, textual: dict[int, bytes]) -> Iterator[tuple[int, int, bytes]]:
        """ItemLocationBox (§8.11.3): start, end and kind of the octets of textual items.

        Raises `FormatError` for places that are not in this file."""
        iloc = next((box for box in self.boxes if box.kind == b"iloc"), None)
        if iloc is None:
            raise FormatError
        version, sizes = self.data[iloc.content], self.data[iloc.content + 4 : iloc.content + 6]
        offset_size, length_size, base_size = sizes[0] >> 4, sizes[0] & 15, sizes[1] >> 4
        index_size = sizes[1] & 15 if version in (1, 2) else 0
        numbers = _Numbers(self.data, iloc.content + 6, iloc.end)
        for _ in range(numbers.take(4 if version == 2 else 2)):
            item = numbers.take(4 if version == 2 else 2)
            method = numbers.take(2) & 15 if version in (1, 2) else 0
            numbers.take(2)
            base = numbers.take(base_size)
            for _ in range(numbers.take(2)):
                numbers.take(index_size)
                offset, length = base + numbers.take(offset_size), numbers.take(length_size)
                if item in textual:
                    yield (*self._span(method, offset, length), textual[item])

    def _span(self, method: int, offset: int, length: int) -> tuple[int, int]:
        if method == 1 and self.idat is not None:
            start, end = self.idat[0] + offset, self.idat[0] + offset + length
            sources = [self.idat]
        else:
            start, end, sources = offset, offset + length, self.sources
        if method > 1 or not any(first <= start < end <= last for first, last in sources):
            raise FormatError
        return start, end


class _Numbers:
    """Unsigned numbers of 0 to 8 octets, one after the other."""

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self.data, self.at, self.end = data, at, end

    def take(self, size: int) -> int:
        if self.at + size > self.end:
            raise FormatError
        number = int.from_bytes(self.data[self.at : self.at + size], "big")
        self.at += size
        return number
