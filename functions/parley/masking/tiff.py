"""TIFF 6.0: directories of tagged values, of which those stay that a picture is shown by.

The picture is kept by an allow-list of octets: the header, the directories without the entries that go, the
values of the entries that stay, and the strips or tiles. Everything else becomes zero, in place, so that
every offset still holds; what follows the last octet kept is cut off. A file in which something is not
understood (old JPEG in TIFF, a camera's raw format, BigTIFF, directories in a circle) raises `FormatError`.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from parley.masking.edits import Edit, FormatError, blanked

MAX_DIRECTORIES: Final = 1_000
MAX_ENTRIES: Final = 500
MAX_NUMBERS: Final = 200_000
"""Of strips, tiles and directories, in all."""
_VERSION: Final = 42
_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_SUB_DIRECTORIES: Final = 330
_DATA: Final = {273: 279, 324: 325}
"""Offsets of strips or tiles → the tag that says how long each is."""
_NOT_UNDERSTOOD: Final = frozenset({513, 519, 520, 521, 50706})
"""JPEG tables outside of the strips (TIFF 6.0 §22), and DNG."""
_PHOTOMETRIC: Final = 262
_RAW: Final = (32803, 34892)
"""What a camera's sensor saw: such a picture cannot be developed without what would be taken out."""
_SHOWN: Final = frozenset(
    # TIFF 6.0, its supplements on JPEG and fax, SubIFDs, sampling, extra samples, and the colour profile.
    (
        *(254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281, 282, 283),
        *(284, 286, 287, 290, 291, 292, 293, 296, 297, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 326),
        *(327, 328, 330, 332, 334, 336, 338, 339, 340, 341, 342, 347, 512, 529, 530, 531, 532, 34675),
    )
)


def tiff_edits(data: bytes) -> list[Edit]:
    """What to change. Raises `FormatError`, `struct.error` or `OverflowError`."""
    return _Reader(data, "<" if data[:2] == b"II" else ">").edits()


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a directory. at: of its value, in the entry itself if that has room."""

    raw: bytes
    tag: int
    kind: int
    count: int
    at: int

    @property
    def end(self) -> int:
        return self.at + self.count * _SIZES[self.kind]


@dataclass(slots=True)
class _Reader:
    data: bytes
    order: str
    kept: list[tuple[int, int]] = field(default_factory=lambda: [(0, 8)])
    directories: dict[int, Edit] = field(default_factory=dict)
    numbers: int = 0

    def edits(self) -> list[Edit]:
        """The directories anew, and everything that is not kept as zero octets."""
        if self._number("H", 2) != _VERSION:
            raise FormatError
        pending = [self._number("I", 4)]
        while pending:
            pending += self._directory(pending.pop())
        spans = sorted([*self.kept, *((edit.start, edit.end) for edit in self.directories.values())])
        edits = [
            edit for edit in self.directories.values() if self.data[edit.start : edit.end] != edit.replacement
        ]
        done = 0
        for start, end in spans:
            if done < start:
                edits += blanked(self.data, done, start)
            done = max(done, end)
        if done < len(self.data):
            edits.append(Edit(done, len(self.data)))
        return edits

    def _directory(self, at: int) -> list[int]:
        """Keeps a directory of a picture, and gives the places of those that it leads to."""
        if at == 0:
            return []
        if at in self.directories or len(self.directories) >= MAX_DIRECTORIES:
            raise FormatError
        count = self._number("H", at)
        if not 0 < count <= MAX_ENTRIES:
            raise FormatError
        entries = [self._entry(at + 2 + 12 * index) for index in range(count)]
        end = at + 6 + 12 * count
        following = self._number("I", end - 4)
        shown = [entry for entry in entries if entry.tag in _SHOWN]
        fresh = struct.pack(f"{self.order}H", len(shown)) + b"".join(entry.raw for entry in shown)
        fresh += struct.pack(f"{self.order}I", following)
        self.directories[at] = Edit(at, at + len(fresh), fresh)
        self.kept += [(entry.at, entry.end) for entry in shown if entry.end - entry.at > 4]
        self._keep_picture({entry.tag: entry for entry in shown})
        inner = [
            number for entry in shown if entry.tag == _SUB_DIRECTORIES for number in self._numbers(entry)
        ]
        return [following, *inner]

    def _entry(self, at: int) -> _Entry:
        tag, kind, count = struct.unpack_from(f"{self.order}HHI", self.data, at)
        if tag not in _SHOWN and tag not in _NOT_UNDERSTOOD:
            return _Entry(b"", tag, 1, 0, at)
        if tag in _NOT_UNDERSTOOD or kind not in _SIZES:
            raise FormatError
        value = at + 8 if count * _SIZES[kind] <= 4 else self._number("I", at + 8)
        if value + count * _SIZES[kind] > len(self.data):
            raise FormatError
        return _Entry(self.data[at : at + 12], tag, kind, count, value)

    def _keep_picture(self, entries: dict[int, _Entry]) -> None:
        if not entries.keys() & _DATA.keys():
            raise FormatError
        if _PHOTOMETRIC in entries and next(self._numbers(entries[_PHOTOMETRIC]), 0) in _RAW:
            raise FormatError
        for offsets, lengths in _DATA.items():
            if offsets not in entries:
                continue
            if lengths not in entries or entries[offsets].count != entries[lengths].count:
                raise FormatError
            for start, length in zip(
                self._numbers(entries[offsets]), self._numbers(entries[lengths]), strict=True
            ):
                if start + length > len(self.data):
                    raise FormatError
                self.kept.append((start, start + length))

    def _numbers(self, entry: _Entry) -> Iterator[int]:
        code = {3: "H", 4: "I", 13: "I"}.get(entry.kind)
        self.numbers += entry.count
        if code is None or self.numbers > MAX_NUMBERS:
            raise FormatError
        numbers: tuple[int, ...] = struct.unpack_from(f"{self.order}{entry.count}{code}", self.data, entry.at)
        return iter(numbers)

    def _number(self, code: str, at: int) -> int:
        return int(struct.unpack_from(f"{self.order}{code}", self.data, at)[0])
