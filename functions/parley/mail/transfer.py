"""Transfer encodings (RFC 2045 §6): their names as mails write them, and tolerant decoding in linear time."""

import binascii
import re
from collections.abc import Iterator

import pybase64

IDENTITY = frozenset(("7bit", "8bit", "binary"))

_NAMES = {
    "": "8bit",
    "7": "7bit",
    "7bit": "7bit",
    "7bits": "7bit",
    "ascii": "7bit",
    "usascii": "7bit",
    "8": "8bit",
    "8bit": "8bit",
    "8bits": "8bit",
    "bit": "8bit",
    "none": "8bit",
    "identity": "8bit",
    "text": "8bit",
    "plain": "8bit",
    "textplain": "8bit",
    "texthtml": "8bit",
    "utf8": "8bit",
    "binary": "binary",
    "quotedprintable": "quoted-printable",
    "quotedprintible": "quoted-printable",
    "quotedprint": "quoted-printable",
    "quotedprinted": "quoted-printable",
    "printable": "quoted-printable",
    "quoted": "quoted-printable",
    "qp": "quoted-printable",
    "base64": "base64",
    "base": "base64",
    "b64": "base64",
    "mimebase64": "base64",
    "uuencode": "x-uuencode",
    "uuencoded": "x-uuencode",
    "uue": "x-uuencode",
}

# A program that wrote its charset here left the body as it was.
_CHARSET_LIKE = re.compile(r"(?:iso|windows|cp|koi|gb|utf)\d+[a-z0-9]*")
_COMMENT = re.compile(rb"\([^()]*\)")
_BLANKS = b" \t\r\n"


def encoding_name(raw: bytes) -> str | None:
    """The encoding that a Content-Transfer-Encoding value names: "7bit", "8bit", "binary",
    "quoted-printable", "base64" or "x-uuencode"; None for one that nobody knows."""
    plain = _COMMENT.sub(b"", raw[:200]).split(b";", 1)[0].decode("latin-1").lower()
    words = plain.strip(" \t\"'<>").split()
    for candidate in ("".join(words), words[0] if words else ""):
        key = re.sub(r"[^a-z0-9]", "", candidate).removeprefix("x")
        if key in _NAMES:
            return _NAMES[key]
    return "8bit" if _CHARSET_LIKE.fullmatch(re.sub(r"[^a-z0-9]", "", plain)) else None


def decode(data: bytes | memoryview, encoding: str) -> bytes:
    """The bytes after the transfer encoding. Tolerant as mail programs are; never raises; linear."""
    match encoding:
        case "base64":
            return decode_base64(data)
        case "quoted-printable":
            return decode_quoted_printable(bytes(data))
        case "x-uuencode":
            return decode_uuencoded(bytes(data))
        case _:
            return bytes(data)


def decode_base64(data: bytes | memoryview) -> bytes:
    """Base64 with anything between its characters. Padding in the middle ends one run and begins another:
    programs that join encoded pieces write so, and some readers stop there while others go on. Plain lines
    that a gateway put below padded base64 (a scanner's note, a list's footer) stay as they are."""
    padding = _find_padding(data)
    if padding < 0:
        return _run(data)
    if len(data) - padding < _LONGEST_PADDING and not bytes(data[padding:]).strip(b"=\r\n\t "):
        try:
            return pybase64.b64decode(data)
        except binascii.Error:  # too little padding, or too much
            return _run(memoryview(data)[:padding])
    encoded, note = _without_note(bytes(data))
    return b"".join(_run(run) for run in encoded.split(b"=") if run) + note


_WORDS = re.compile(rb"[^ \t\r\n][ \t][^ \t\r\n]")
_ENCODED_LINES = re.compile(rb"(?:[ \t]*+[A-Za-z0-9+/]*+={0,3}[ \t]*+\r?\n)*+")


def _without_note(data: bytes) -> tuple[bytes, bytes]:
    """Base64, and what follows the first line that ends in padding, if words stand in it."""
    encoded = _ENCODED_LINES.match(data)
    end = encoded.end() if encoded else 0
    padding = data.find(b"=", 0, end)
    line_end = data.find(b"\n", padding) + 1
    if padding < 0 or not line_end or not _WORDS.search(data, end):
        return data, b""
    return data[:line_end], data[line_end:]


_CHUNK = 256 * 1024
_LONGEST_PADDING = 1_000


def _find_padding(data: bytes | memoryview) -> int:
    """Where the first = stands, found without a copy of the whole; -1 if there is none."""
    if isinstance(data, bytes):
        return data.find(b"=")
    for start in range(0, len(data), _CHUNK):
        found = bytes(data[start : start + _CHUNK]).find(b"=")
        if found >= 0:
            return start + found
    return -1


def _run(raw: bytes | memoryview) -> bytes:
    """One run of base64 without padding."""
    try:
        return pybase64.b64decode(raw)
    except binascii.Error:
        pass
    kept = bytes(raw).translate(None, _NOT_BASE64)
    # A single character at the end holds six bits: no octet.
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    return pybase64.b64decode(kept + b"=" * (-len(kept) % 4))


_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
)


def decode_quoted_printable(raw: bytes) -> bytes:
    """RFC 2045 §6.7. Blanks that a gateway put after a soft line break are dropped with it; an = that
    begins nothing stays as it is."""
    if raw.count(b"=\r") != raw.count(b"=\r\n"):
        # binascii would skip everything from here to the next LF.
        raw = raw.replace(b"=\r\n", b"=\n").replace(b"=\r", b"=\n")
    if b"= " in raw or b"=\t" in raw:
        raw = b"\n".join(_soft_break_trimmed(raw.split(b"\n")))
    return binascii.a2b_qp(raw)


def _soft_break_trimmed(lines: list[bytes]) -> Iterator[bytes]:
    for line in lines:
        bare = line.rstrip(_BLANKS)
        yield bare if bare[-1:] == b"=" else line


_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ?([^\r\n]{0,255})\r?$", re.MULTILINE)


def decode_uuencoded(raw: bytes) -> bytes:
    """The first file of a uuencoded body (POSIX uuencode); the body itself if there is none."""
    begin = _UU_BEGIN.search(raw)
    if begin is None:
        return raw
    lines = raw[begin.end() :].split(b"\n")[1:]
    if begin[0].startswith(b"begin-base64"):
        return decode_base64(b"\n".join(lines).partition(b"====")[0])
    out: list[bytes] = []
    for line in lines:
        line = line.rstrip(b"\r")
        if line in (b"end", b"`", b" ", b""):
            if line == b"end":
                break
            continue
        out.append(_uu_line(line))
    return b"".join(out)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders count wrongly or leave blanks at the end of the line.
        wanted = (((line[0] - 32) & 63) * 4 + 2) // 3
        try:
            return binascii.a2b_uu(line[: wanted + 1])
        except binascii.Error:
            return b""
