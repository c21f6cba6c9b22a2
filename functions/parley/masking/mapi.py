"""Property lists of MAPI as TNEF holds them ([MS-OXTNEF] §2.1.3.4, types in [MS-OXCDATA] §2.11.1)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from parley.masking.edits import FormatError

STRING: Final = 0x1E
UNICODE: Final = 0x1F
OBJECT: Final = 0x0D
BINARY: Final = 0x102
MAX_PROPERTIES: Final = 2_000
_FIXED: Final = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
"""Octets of a value, padded to four."""
_VARIABLE: Final = frozenset({STRING, UNICODE, OBJECT, BINARY})
_MULTIPLE: Final = 0x1000
_FIRST_NAMED: Final = 0x8000


@dataclass(frozen=True, slots=True)
class Property:
    """number: its identifier. value: as it stands, without padding; of several values the first."""

    number: int
    kind: int
    value: bytes

    def text(self, codec: str) -> str:
        """A string's characters; codec: of those that are not Unicode."""
        shown = self.value.decode("utf-16-le" if self.kind == UNICODE else codec, "replace")
        return shown.rstrip("\0")


def read_properties(data: bytes) -> Iterator[Property]:
    """Raises `FormatError` where the list does not add up."""
    reader = _Reader(data)
    count = reader.number("I")
    if count > MAX_PROPERTIES:
        raise FormatError
    for _ in range(count):
        kind, number = reader.number("H"), reader.number("H")
        if number >= _FIRST_NAMED:
            reader.octets(16)
            named_by_text = reader.number("I")
            reader.padded(reader.number("I")) if named_by_text else reader.octets(4)
        several = kind & _MULTIPLE or kind in _VARIABLE
        kind &= ~_MULTIPLE
        values = [reader.value(kind) for _ in range(reader.number("I") if several else 1)]
        if values:
            yield Property(number, kind, values[0])


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def octets(self, length: int) -> bytes:
        if self.at + length > len(self.data):
            raise FormatError
        self.at += length
        return self.data[self.at - length : self.at]

    def padded(self, length: int) -> bytes:
        octets = self.octets(length)
        self.at = min(len(self.data), self.at + -length % 4)
        return octets

    def number(self, code: str) -> int:
        return int(struct.unpack(f"<{code}", self.octets(struct.calcsize(code)))[0])

    def value(self, kind: int) -> bytes:
        if kind in _FIXED:
            return self.octets(_FIXED[kind])
        if kind not in _VARIABLE:
            raise FormatError
        return self.padded(self.number("I"))
