"""Rich text: how a winmail.dat packs it ([MS-OXRTFCP]), and what is read of its source (RTF 1.9)."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
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
TOKEN: Final = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,6})? ?"
    r"|(?P<octets>(?:\\'[0-9a-fA-F]{2})+)|\\(?P<symbol>[^a-zA-Z])"
    r"|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)|\\",
    re.DOTALL,
)
_OCTET: Final = 4
"""Characters that an octet is written with."""
_UNSEEN: Final = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "themedata", "datastore", "generator"}
)
_HIDDEN: Final = frozenset({"v", "deleted"})
_CHARACTERS: Final = {
    **dict.fromkeys(("par", "line", "sect", "page", "row", "\n", "\r"), "\n"),
    **dict.fromkeys(("cell", "tab"), "\t"),
    **dict.fromkeys(("emspace", "enspace", "qmspace"), " "),
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


@dataclass(slots=True)
class _Group:
    """What holds in a group: whether its text is seen, is hidden text, and how many characters follow `\\u`
    for programs that do not know it."""

    is_unseen: bool = False
    is_hidden: bool = False
    skips: int = 1


def pieces(rtf: str, codec: str, *, with_unseen: bool = False) -> Iterator[tuple[int, int, str]]:
    """Start and end of everything in the source that does not stand for itself, and what is read there.

    codec: of the characters that are given as octets. with_unseen: as if every text were seen.
    """
    groups = [_Group()]
    skipped = 0
    for token in TOKEN.finditer(rtf):
        word, number, octets, symbol, brace, text = token.groups()
        start, end = token.span()
        group = groups[-1]
        is_seen = with_unseen or not (group.is_unseen or group.is_hidden)
        if text and not skipped and is_seen:
            continue
        if text or octets:
            start, skipped = _after_skipped(token, skipped)
            if start > token.start() or not is_seen:
                yield token.start(), start if is_seen else end, ""
            if octets and is_seen:
                yield from _octets(rtf[start:end], start, codec)
            continue
        skipped = 0
        if brace == "{":
            groups.append(_Group(group.is_unseen, group.is_hidden, group.skips))
        elif brace:
            groups[-1:] = [] if len(groups) > 1 else [group]
        elif word == "u" and number:
            skipped = group.skips
            yield start, end, chr(int(number) % 0x10000) if is_seen else ""
            continue
        else:
            _control(group, word, number, symbol)
        yield start, end, _CHARACTERS.get(word or symbol or "", "") if is_seen else ""


def _after_skipped(token: re.Match[str], skipped: int) -> tuple[int, int]:
    """Where a token goes on behind what only older programs read, and how much of that is still to come."""
    width = _OCTET if token["octets"] else 1
    gone = min(skipped, len(token[0]) // width)
    return token.start() + gone * width, skipped - gone


def _octets(written: str, at: int, codec: str) -> Iterator[tuple[int, int, str]]:
    """Octets one by one, or together where the codec has more than one for a character."""
    octets = bytes.fromhex(written.replace("\\'", ""))
    shown = octets.decode(codec, "replace")
    if len(shown) != len(octets):
        yield at, at + len(written), shown
        return
    for index, char in enumerate(shown):
        yield at + index * _OCTET, at + (index + 1) * _OCTET, char


def _control(group: _Group, word: str | None, number: str | None, symbol: str | None) -> None:
    """What a control word changes for the rest of its group."""
    if symbol == "*" or word in _UNSEEN:
        group.is_unseen = True
    elif word == "shptxt":  # The text of a drawn box stands in a group that older programs leave out.
        group.is_unseen = False
    elif word in _HIDDEN:
        group.is_hidden = number != "0"
    elif word == "plain":
        group.is_hidden = False
    elif word == "uc" and number:
        group.skips = max(0, int(number))


def plain_text(rtf: str, codec: str) -> str:
    """What a reader sees of the RTF, without layout. codec: of the characters that are given as octets."""
    shown: list[str] = []
    done = 0
    for start, end, read in pieces(rtf, codec):
        shown += (rtf[done:start], read)
        done = end
    return "".join((*shown, rtf[done:])).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
