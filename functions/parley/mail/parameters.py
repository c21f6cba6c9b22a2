"""Values with parameters: Content-Type and Content-Disposition (RFC 2045 §5.1, RFC 2183, RFC 2231)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from parley.mail.charsets import decode_labelled
from parley.mail.words import CONTROLS, decode_words

_MAX_PARAMETERS = 1_000


@dataclass(frozen=True, slots=True)
class Parameterised:
    """A value with parameters, as Content-Type and Content-Disposition have them.

    value: lower-case, e.g. "text/plain" or "attachment"; parameters: lower-case names → decoded values
    (RFC 2231 continuations and charsets joined, encoded words decoded though they do not belong there).
    """

    value: str
    parameters: Mapping[str, str]


# Comments (RFC 2045 §5.1 shows one behind a charset) end a value; what they hold is skipped as junk.
_VALUE = re.compile(rb"[ \t]*([^\s;=\"/(]*+)(?:[ \t]*/[ \t]*([^\s;=\"/(]++))?[ \t]*(?![^\s;]*=)")
_NAME = re.compile(rb"[;\s]*+([^\s;=\"]++)[ \t]*+=[ \t]*")
_JUNK = re.compile(rb"[;\s]*[^;]*")
_QUOTED = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"', re.DOTALL)
_TO_SEMICOLON = re.compile(rb"[^;]*")
_WORD = re.compile(rb"\"?([^\s;(]*)")
_EXTENDED = re.compile(r"([^*]+)\*(?:(\d{1,3})(\*)?)?")
# These are written with blanks and without quotes; other values end at the first blank.
_HAVE_BLANKS = frozenset((b"name", b"filename", b"boundary"))


def parse_parameterised(raw: bytes) -> Parameterised:
    """Reads a Content-Type or Content-Disposition value however badly it is written. Never raises."""
    head = _VALUE.match(raw)
    if head is None:
        return Parameterised("", _joined(list(_pairs(raw, 0))))
    value = head[1] + b"/" + head[2] if head[2] else head[1]
    pairs = list(_pairs(raw, head.end()))
    return Parameterised(value.lower().decode("ascii", "replace"), _joined(pairs) if pairs else {})


def _pairs(raw: bytes, position: int) -> Iterator[tuple[str, bytes]]:
    """The parameters as written: name, value without quotes."""
    quotes_close = True
    for _ in range(_MAX_PARAMETERS):
        name = _NAME.match(raw, position)
        if name is None:
            position = _end(_JUNK, raw, position)
            if position >= len(raw):
                return
            continue
        position = name.end()
        label = name[1].lower()
        quoted = _QUOTED.match(raw, position) if quotes_close else None
        if quoted is not None:
            position = quoted.end()
            value = re.sub(rb'\\(["\\])', rb"\1", quoted[1]) if b"\\" in quoted[1] else quoted[1]
        else:
            # A quote that is never closed is looked for once.
            quotes_close = quotes_close and raw[position : position + 1] != b'"'
            pattern = _TO_SEMICOLON if label.partition(b"*")[0] in _HAVE_BLANKS else _WORD
            start, position = position, _end(pattern, raw, position)
            value = raw[start:position].strip(b'" \t')
        yield label.decode("ascii", "replace"), value


def _end(pattern: re.Pattern[bytes], raw: bytes, position: int) -> int:
    found = pattern.match(raw, position)
    return found.end() if found is not None else len(raw)


def _joined(pairs: list[tuple[str, bytes]]) -> dict[str, str]:
    """Decoded values; RFC 2231 forms win over plain ones of the same name, the first of equals wins."""
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for name, value in pairs:
        if "*" not in name:
            # A boundary is compared octet by octet, never shown.
            plain.setdefault(name, value.decode("latin-1") if name == "boundary" else decode_words(value))
        elif extended := _EXTENDED.fullmatch(name):
            number = int(extended[2] or 0)
            encoded = extended[2] is None or extended[3] is not None
            pieces.setdefault(extended[1], {}).setdefault(number, (value, encoded))
    for name, numbered in pieces.items():
        plain[name] = _continued(numbered)
    return plain


def _continued(numbered: Mapping[int, tuple[bytes, bool]]) -> str:
    """The value of RFC 2231 §3 continuations; pieces behind a gap are left out."""
    charset = ""
    data: list[bytes] = []
    for number in range(len(numbered)):
        if number not in numbered:
            break
        value, encoded = numbered[number]
        if encoded and number == 0 and value.count(b"'") >= 2:
            label, _, value = value.split(b"'", 2)
            charset = label.decode("latin-1")
        data.append(unquote_to_bytes(value) if encoded else value)
    joined = b"".join(data)
    return decode_labelled(joined, charset) if charset else decode_words(joined)


_TOKEN = re.compile(r"[A-Za-z0-9!#$&+.^_`{|}~-]+")
_DROPPED = dict.fromkeys(CONTROLS)
_LONGEST_PLAIN = 60
_PIECE = 74
_ATTRIBUTE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~")
_PERCENT = tuple(chr(byte) if byte in _ATTRIBUTE else f"%{byte:02X}" for byte in range(256))


def encode_parameter(name: str, value: str) -> Iterator[str]:
    """`name=value` pieces, to be joined by `;CRLF SP`: token, quoted string, or RFC 2231 continuations of
    ≤ 76 octets each for non-ASCII or long values. Control characters are dropped."""
    value = value.encode("utf-8", "replace").decode("utf-8").translate(_DROPPED)
    if value.isascii() and len(value) <= _LONGEST_PLAIN and "=?" not in value:
        if _TOKEN.fullmatch(value):
            yield f"{name}={value}"
        else:
            quoted = value.replace("\\", "\\\\").replace('"', '\\"')
            yield f'{name}="{quoted}"'
        return
    escaped = [_PERCENT[byte] for byte in value.encode("utf-8")]
    if sum(map(len, escaped)) + len(name) + len("*=utf-8''") <= _PIECE:
        yield f"{name}*=utf-8''{''.join(escaped)}"
        return
    number, piece = 0, f"{name}*0*=utf-8''"
    for octet in escaped:
        if len(piece) + len(octet) > _PIECE:
            yield piece
            number += 1
            piece = f"{name}*{number}*="
        piece += octet
    yield piece
