"""PDF (ISO 32000-1): the author in the document information (§14.3.3) and in XMP (§14.3.2).

Names are overwritten by blanks of the same length, so that every offset still holds. That is possible where
they stand uncompressed. In a signed document nothing is changed; there, and in compressed objects, a name is
only reported. What is written on the pages is not read.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from parley.masking.edits import Edit
from parley.masking.jpeg import EXIF
from parley.masking.properties import names_somebody, naming_spans

_MARK: Final = re.compile(
    rb"/(?:(?P<name>Author|Company|Manager|LastModifiedBy)[ \t\r\n\0]{0,20}(?=[(<\d])"
    rb"|(?P<encrypted>Encrypt)\s{0,5}(?:\d{1,7}\s\d{1,5}\sR|<<)"
    rb"|(?P<signed>ByteRange)\s{0,5}\["
    rb"|(?P<packed>ObjStm)\b)"
)
_REFERENCE: Final = re.compile(rb"(\d{1,7})\s(\d{1,5})\sR\b")
_XMP: Final = (b"<x:xmpmeta", b"</x:xmpmeta>")
_LITERAL: Final = re.compile(rb"[^()\\]+|\\.|[()]", re.DOTALL)
_HEXADECIMAL: Final = re.compile(rb"<([0-9A-Fa-f\s]{2,4000})>")
_MAX_STRING: Final = 2_000
_MAX_LOOK_UPS: Final = 20
_MAX_NAMES: Final = 1_000
_MAX_PACKED: Final = 100
_MAX_UNPACKED: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Properties:
    """What a document says of its author. edits: that take it out. is_named: whether a name is left then.
    is_signed: it must not be changed."""

    edits: tuple[Edit, ...] = ()
    is_named: bool = False
    is_encrypted: bool = False
    is_signed: bool = False


def read_pdf(data: bytes) -> Properties:
    """Never raises; linear."""
    marks = _marks(data)
    if marks.is_encrypted:
        return Properties(is_encrypted=True)
    found = {edit.start: edit for edit in (*_strings(data, marks.names), *_xmp_edits(data))}
    if marks.is_signed or len(marks.names) >= _MAX_NAMES:
        return Properties(is_named=bool(found), is_signed=True)
    return Properties(tuple(found.values()), is_named=_packed_name(data, marks.packed))


@dataclass(slots=True)
class _Marks:
    """Where what follows a key that names somebody stands, and where compressed objects do."""

    names: list[int] = field(default_factory=list)
    packed: list[int] = field(default_factory=list)
    is_encrypted: bool = False
    is_signed: bool = False


def _marks(data: bytes) -> _Marks:
    marks = _Marks()
    for mark in _MARK.finditer(data):
        match mark.lastgroup:
            case "name" if len(marks.names) < _MAX_NAMES:
                marks.names.append(mark.end())
            case "packed" if len(marks.packed) < _MAX_PACKED:
                marks.packed.append(mark.end())
            case "encrypted":
                marks.is_encrypted = True
            case "signed":
                marks.is_signed = True
    return marks


def _strings(data: bytes, places: list[int]) -> Iterator[Edit]:
    look_ups = 0
    for at in dict.fromkeys(places):
        if (reference := _REFERENCE.match(data, at)) is None:
            yield from _string(data, at)
        elif look_ups < _MAX_LOOK_UPS:
            look_ups += 1
            heading = re.compile(rb"(?<!\d)" + reference[1] + rb"\s" + reference[2] + rb"\sobj\s{0,20}")
            for found in heading.finditer(data):
                yield from _string(data, found.end())


def _string(data: bytes, at: int) -> Iterator[Edit]:
    """The string object that begins there (§7.3.4), as blanks, if it is one and names somebody."""
    if data.startswith(b"(", at):
        depth = 0
        for token in _LITERAL.finditer(data, at, at + _MAX_STRING):
            depth += {b"(": 1, b")": -1}.get(token[0], 0)
            if depth == 0:
                if names_somebody(_text(re.sub(rb"\\([()\\])", rb"\1", data[at + 1 : token.start()]))):
                    yield Edit(at + 1, token.start(), b" " * (token.start() - at - 1))
                return
    elif (found := _HEXADECIMAL.match(data, at)) is not None:
        digits = b"".join(found[1].split())
        if names_somebody(_text(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()))):
            blanks = (b"20" * len(found[1]))[: len(found[1])]
            yield Edit(found.start(1), found.end(1), blanks)


def _text(octets: bytes) -> str:
    """A text string (§7.9.2.2): UTF-16 with its mark, else close enough to Latin-1."""
    return (
        octets[2:].decode("utf-16-be", "replace") if octets[:2] == b"\xfe\xff" else octets.decode("latin-1")
    )


def seems_silent(ends: bytes) -> bool:
    """Whether a document names no author and has no picture with Exif, as far as its beginning and end tell,
    where programs put that."""
    marks = _marks(ends)
    is_plain = not marks.names and not marks.is_encrypted and _XMP[0] not in ends and EXIF not in ends
    return is_plain and not _packed_name(ends, marks.packed)


def _xmp_edits(data: bytes) -> Iterator[Edit]:
    opening, closing = _XMP
    start = data.find(opening)
    while start >= 0:
        end = data.find(closing, start)
        if end < 0:
            return
        for first, last in naming_spans(data[start:end]):
            yield Edit(start + first, start + last, b" " * (last - first))
        start = data.find(opening, end)


def _packed_name(data: bytes, places: list[int]) -> bool:
    """Whether a compressed object stream (§7.5.7) names an author at its beginning."""
    for at in places:
        start = data.find(b"stream", at, at + 1_000)
        if start < 0:
            continue
        start += 8 if data.startswith(b"\r\n", start + 6) else 7
        try:
            content = zlib.decompressobj().decompress(data[start : start + _MAX_UNPACKED], _MAX_UNPACKED)
        except zlib.error:
            continue
        if next(_strings(content, _marks(content).names), None) is not None:
            return True
    return False
