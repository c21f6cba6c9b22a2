"""winmail.dat: opens TNEF ([MS-OXTNEF]) and gives its attachments, which are otherwise ordinary files.

Reads attributes at the top level only: file names and contents of attachments, and the plain body if there
is one. A stream that does not add up raises `TnefError`; nothing is guessed.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_SIGNATURE: Final = 0x223E9F78
_RENDER_DATA: Final = 0x00069002
_TITLE: Final = 0x00018010
_CONTENT: Final = 0x0006800F
_PROPERTIES: Final = 0x00069005
_BODY: Final = 0x0002800C
_LONG_NAME: Final = b"\x1f\x00\x07\x37", b"\x1e\x00\x07\x37"
MAX_ATTACHMENTS: Final = 200


class TnefError(ValueError):
    """Not a TNEF stream that can be read with certainty."""


@dataclass(slots=True)
class TnefFile:
    """One attachment: its name ("" if unknown) and content."""

    name: str = ""
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Tnef:
    """What a TNEF stream holds."""

    body: str
    files: tuple[TnefFile, ...]


def read_tnef(data: bytes) -> Tnef:
    """Raises `TnefError`."""
    files: list[TnefFile] = []
    body = ""
    for attribute, value in _attributes(data):
        if attribute == _RENDER_DATA:
            files.append(TnefFile())
            if len(files) > MAX_ATTACHMENTS:
                raise TnefError
        elif attribute == _BODY:
            body = value.rstrip(b"\0").decode("cp1252", "replace")
        elif files and attribute == _CONTENT:
            files[-1].content = value
        elif files and attribute == _TITLE:
            files[-1].name = files[-1].name or value.rstrip(b"\0").decode("cp1252", "replace")
        elif files and attribute == _PROPERTIES:
            files[-1].name = _long_name(value) or files[-1].name
    return Tnef(body, tuple(files))


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        raise TnefError
    at = 6
    while at < len(data):
        if at + 9 > len(data):
            raise TnefError
        level, attribute, length = struct.unpack_from("<BII", data, at)
        value = data[at + 9 : at + 9 + length]
        at += 9 + length + 2
        if (
            level not in (1, 2)
            or at > len(data)
            or sum(value) & 0xFFFF != struct.unpack_from("<H", data, at - 2)[0]
        ):
            raise TnefError
        yield attribute, value


def _long_name(properties: bytes) -> str:
    """PidTagAttachLongFilename, found by its tag: one value, its length, the text."""
    for tag in _LONG_NAME:
        at = properties.find(tag)
        if at >= 0 and at + 12 <= len(properties):
            count, length = struct.unpack_from("<II", properties, at + 4)
            raw = properties[at + 12 : at + 12 + length]
            if count == 1 and len(raw) == length:
                return raw.decode("utf-16-le" if tag[0] == 0x1F else "cp1252", "replace").rstrip("\0")
    return ""
