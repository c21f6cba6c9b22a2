"""Rich text of a winmail.dat: unpacked ([MS-OXRTFCP]) and read as plain text (RTF 1.9)."""

import re
import struct
from typing import Final

from parley.masking.edits import FormatError

MAX_UNPACKED: Final = 2 * 1024 * 1024
_COMPRESSED, _UNCOMPRESSED = b"LZFu", b"MELA"
_HEADER: Final = 16
_WINDOW: Final = 4_096
_KNOWN: Final = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans "
    rb"SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
"""What the window holds at the beginning (§2.2.2.2)."""
_TOKEN: Final = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,6})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.DOTALL,
)
_UNSEEN: Final = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "themedata", "datastore", "generator"}
)
_CHARACTERS: Final = {
    **dict.fromkeys(("par", "line", "sect", "page", "row", "\n", "\r"), "\n"),
    **dict.fromkeys(("cell", "tab"), "\t"),
    **dict(zip(("lquote", "rquote", "ldblquote", "rdblquote", "endash", "emdash"), "‘’“”–—", strict=True)),
    **dict(zip(("bullet", "~", "_", "\\", "{", "}"), "•\xa0‑\\{}", strict=True)),
}


def unpacked(data: bytes) -> bytes:
    """The RTF. Raises `FormatError`."""
    if len(data) < _HEADER:
        raise FormatError
    _, size, kind, _ = struct.unpack_from("<II4sI", data)
    if size > MAX_UNPACKED:
        raise FormatError
    if kind == _UNCOMPRESSED:
        return data[_HEADER : _HEADER + size]
    if kind != _COMPRESSED:
        raise FormatError
    # The window is a circle of which the output, with what is known before it, always shows the end.
    out = bytearray(_KNOWN)
    at, wanted = _HEADER, len(_KNOWN) + size
    try:
        while len(out) < wanted:
            control, at = data[at], at + 1
            for bit in range(8):
                if not control >> bit & 1:
                    out.append(data[at])
                    at += 1
                    continue
                reference, at = data[at] << 8 | data[at + 1], at + 2
                back, length = (len(out) - (reference >> 4)) % _WINDOW, (reference & 15) + 2
                if back == 0:
                    return bytes(out[len(_KNOWN) :])
                if back > len(out):
                    raise FormatError
                # A reference may go on into what it makes itself.
                out += (out[-back:][:length] * length)[:length]
    except IndexError:
        raise FormatError from None
    return bytes(out[len(_KNOWN) : wanted])


def plain_text(rtf: str, codec: str) -> str:
    """What a reader sees of the RTF, without layout. codec: of the characters that are given as octets."""
    pieces: list[str] = []
    octets = bytearray()
    unseen = [False]
    skipped = 0
    for word, number, octet, symbol, brace, text in _TOKEN.findall(rtf):
        if octet and not unseen[-1]:
            if skipped:
                skipped -= 1
            else:
                octets += bytes.fromhex(octet)
            continue
        if octets:
            pieces.append(octets.decode(codec, "replace"))
            octets.clear()
        if brace == "{":
            unseen.append(unseen[-1])
        elif brace:
            if len(unseen) > 1:
                unseen.pop()
        elif symbol == "*" or word in _UNSEEN:
            unseen[-1] = True
        elif unseen[-1]:
            continue
        elif word == "u" and number:
            pieces.append(chr(int(number) % 0x10000))
            skipped = 1
        elif text:
            pieces.append(text[skipped:])
            skipped = 0
        else:
            pieces.append(_CHARACTERS.get(word or symbol, ""))
    shown = "".join((*pieces, octets.decode(codec, "replace")))
    return shown.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
