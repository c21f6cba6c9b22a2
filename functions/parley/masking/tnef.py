"""winmail.dat: opens TNEF ([MS-OXTNEF]) and gives its attachments, which are otherwise ordinary files.

Read are the names and contents of attachments, mails among them, and the text in the form that shows most. A
stream that does not add up raises `TnefError`; nothing is guessed, and no file is left out.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from parley.mail.charset_labels import codec_for
from parley.masking.edits import FormatError
from parley.masking.mapi import OBJECT, Property, read_properties
from parley.masking.rtf import plain_text, unpacked

_SIGNATURE: Final = 0x223E9F78
_RENDER_DATA: Final = 0x00069002
_TITLE: Final = 0x00018010
_CONTENT: Final = 0x0006800F
_ATTACHED: Final = 0x00069005
_PROPERTIES: Final = 0x00069003
_CODE_PAGE: Final = 0x00069007
_BODY: Final = 0x0002800C
_TEXT, _RTF, _HTML = 0x1000, 0x1009, 0x1013
_DATA, _LONG_NAME, _MEDIA_TYPE = 0x3701, 0x3707, 0x370E
_MAIL: Final = bytes.fromhex("0703020000000000c000000000000046")
"""IID_IMessage ([MS-OXTNEF] §2.1.3.3.15): what follows is a TNEF stream of its own."""
MAX_ATTACHMENTS: Final = 200
MAX_DEPTH: Final = 5
_SUMMED: Final = 256


class TnefError(ValueError):
    """Not a TNEF stream that can be read with certainty."""


@dataclass(slots=True)
class TnefFile:
    """One attachment: its name and media type ("" if unknown), and its content or the mail that it is."""

    name: str = ""
    content: bytes = b""
    media_type: str = ""
    mail: "Tnef | None" = None
    is_read: bool = False


@dataclass(slots=True)
class Tnef:
    """What a TNEF stream holds. html is preferred to text where there are both."""

    text: str = ""
    html: str = ""
    files: list[TnefFile] = field(default_factory=list)
    codec: str = "cp1252"


def read_tnef(data: bytes, depth: int = 0) -> Tnef:
    """Raises `TnefError`."""
    if depth > MAX_DEPTH:
        raise TnefError
    tnef = Tnef()
    try:
        for attribute, value in _attributes(data):
            if attribute == _CODE_PAGE and len(value) >= 4:
                tnef.codec = codec_for(f"cp{struct.unpack_from('<I', value)[0]}") or tnef.codec
            elif attribute == _BODY:
                tnef.text = value.rstrip(b"\0").decode(tnef.codec, "replace")
            elif attribute == _PROPERTIES:
                _read_text(tnef, {known.number: known for known in read_properties(value)})
            elif attribute == _RENDER_DATA:
                tnef.files.append(TnefFile())
            elif tnef.files:
                _read_file(tnef.files[-1], attribute, value, tnef.codec, depth)
    except FormatError:
        raise TnefError from None
    if len(tnef.files) > MAX_ATTACHMENTS or not all(file.is_read for file in tnef.files):
        raise TnefError
    return tnef


def _read_text(tnef: Tnef, known: dict[int, Property]) -> None:
    if _HTML in known:
        tnef.html = known[_HTML].text(tnef.codec)
    if _TEXT in known:
        tnef.text = known[_TEXT].text(tnef.codec)
    elif _RTF in known and not tnef.text and not tnef.html:
        tnef.text = plain_text(unpacked(known[_RTF].value).decode("latin-1"), tnef.codec)


def _read_file(file: TnefFile, attribute: int, value: bytes, codec: str, depth: int) -> None:
    if attribute == _CONTENT:
        file.content, file.is_read = value, True
    elif attribute == _TITLE:
        file.name = file.name or value.rstrip(b"\0").decode(codec, "replace")
    elif attribute == _ATTACHED:
        for known in read_properties(value):
            if known.number == _LONG_NAME:
                file.name = known.text(codec) or file.name
            elif known.number == _MEDIA_TYPE:
                file.media_type = known.text("ascii").lower()
            elif known.number == _DATA and known.kind == OBJECT and known.value.startswith(_MAIL):
                file.mail, file.is_read = read_tnef(known.value[len(_MAIL) :], depth + 1), True
            elif known.number == _DATA and not file.is_read:
                file.content, file.is_read = known.value, True


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
        if level not in (1, 2) or at > len(data) or _sum(value) != struct.unpack_from("<H", data, at - 2)[0]:
            raise TnefError
        yield attribute, value


def _sum(value: bytes) -> int:
    """The sum of all octets modulo 65,536. Adler-32 counts it ten times as fast: its lower half is one more
    than the sum, exactly so as long as that is below 65,521, which 256 octets never reach."""
    view = memoryview(value)
    pieces = (view[at : at + _SUMMED] for at in range(0, len(value), _SUMMED))
    return sum((zlib.adler32(piece) & 0xFFFF) - 1 for piece in pieces) & 0xFFFF
