"""Encoded words in header fields (RFC 2047), read as mail programs read them and written strictly."""

import binascii
import re
from collections.abc import Iterator

from parley.mail.charsets import decode_labelled, guess
from parley.mail.transfer import decode_base64

# The text may hold a few bare question marks: programs forget to encode them. Their number is bounded so
# that a field full of beginnings stays linear.
_WORD = re.compile(rb"=\?([^?\s]{0,80})\?([bBqQ])\?([^?]*+(?:\?(?!=)[^?]*+){0,8}?)\?=")
_TO_SPACE = {0: " ", 10: " ", 13: " "}
CONTROLS = (*range(32), *range(127, 160), 0x2028, 0x2029)
"""Characters that never stand in an outgoing header field: controls, line and paragraph separator."""
_CONTROLS = dict.fromkeys(CONTROLS, " ")

_MAX_WORD = 75
"""RFC 2047 §2."""
_FIRST_WORD = 62
"""Room for the field's name in the first line."""
_LONGEST_BARE = 200
"""A longer run without a blank is encoded, because encoded words can be folded anywhere."""


def decode_words(raw: bytes, charset: str = "") -> str:
    """The text a mail program shows for an unstructured field value.

    Encoded words are decoded (also adjacent ones split inside a character, and the B and Q forms that
    programs get wrong); raw 8-bit bytes are read as UTF-8, else by `charset` if that is given and known, else
    as Windows-1252. CR, LF and NUL that come out of an encoded word become spaces. Never raises.
    """
    text = _plain(raw, charset) if b"=?" not in raw else "".join(_pieces(raw, charset))
    return text.translate(_TO_SPACE) if "\n" in text or "\r" in text or "\0" in text else text


def _plain(raw: bytes, charset: str) -> str:
    if raw.isascii() and b"\x1b" not in raw:
        return raw.decode("ascii")
    text, codec = guess(raw)
    return decode_labelled(raw, charset) if charset and codec == "cp1252" else text


def _pieces(raw: bytes, outside: str) -> Iterator[str]:
    pending: list[bytes] = []
    charset = b""
    position = 0
    for word in _WORD.finditer(raw):
        between = raw[position : word.start()]
        label = word[1].lower().partition(b"*")[0]  # RFC 2231 §5: the language after *
        if pending and (between.strip() or label != charset):
            yield decode_labelled(b"".join(pending), charset.decode("latin-1"))
            pending = []
        if between and (between.strip() or position == 0):
            yield _plain(between, outside)
        # Adjacent words of one charset are joined before decoding: a character may be split between them.
        pending.append(_word_bytes(word[2], word[3]))
        charset, position = label, word.end()
    if pending:
        yield decode_labelled(b"".join(pending), charset.decode("latin-1"))
    if position < len(raw):
        yield _plain(raw[position:], outside)


def _word_bytes(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"bB":
        return decode_base64(text)
    return binascii.a2b_qp(text, header=True)


def clean(text: str) -> str:
    """Text that may stand in a header field: control characters and line separators become spaces."""
    if text.isprintable():
        return text
    return text.encode("utf-8", "replace").decode("utf-8").translate(_CONTROLS)


def encode_words(text: str) -> str:
    """ASCII form of an unstructured value: itself if plain ASCII, else RFC 2047 words joined by CRLF SP.

    Same text, same result. Lines stay ≤ 76; control characters become spaces.
    """
    text = clean(text)
    return _encoded(text) if needs_words(text) else text


def needs_words(text: str) -> bool:
    """Whether the text cannot stand bare: not ASCII, or it would be taken for an encoded word, or it could
    not be folded."""
    return not text.isascii() or "=?" in text or (len(text) > _LONGEST_BARE and _has_long_run(text))


def _has_long_run(text: str) -> bool:
    return max(map(len, text.split())) > _LONGEST_BARE if text.strip() else False


# RFC 2047 §5 (3): what may stand for itself inside a phrase may do so everywhere.
_BARE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_Q = tuple(chr(byte) if byte in _BARE else "_" if byte == 32 else f"={byte:02X}" for byte in range(256))


def _encoded(text: str) -> str:
    data = text.encode("utf-8")
    quoted = sum(len(_Q[byte]) for byte in data)
    words = _q_words(text) if quoted <= len(data) * 4 // 3 + 4 else _b_words(text)
    return "\r\n ".join(words)


def _q_words(text: str) -> Iterator[str]:
    room, word = _FIRST_WORD - len("=?utf-8?q??="), ""
    for character in text:
        piece = (
            character if ord(character) in _BARE else "".join(_Q[byte] for byte in character.encode("utf-8"))
        )
        if len(word) + len(piece) > room:
            yield f"=?utf-8?q?{word}?="
            room, word = _MAX_WORD - len("=?utf-8?q??="), ""
        word += piece
    yield f"=?utf-8?q?{word}?="


def _b_words(text: str) -> Iterator[str]:
    room, chunk = (_FIRST_WORD - len("=?utf-8?b??=")) // 4 * 3, b""
    for character in text:
        piece = character.encode("utf-8")
        if len(chunk) + len(piece) > room:
            yield f"=?utf-8?b?{binascii.b2a_base64(chunk, newline=False).decode('ascii')}?="
            room, chunk = (_MAX_WORD - len("=?utf-8?b??=")) // 4 * 3, b""
        chunk += piece
    yield f"=?utf-8?b?{binascii.b2a_base64(chunk, newline=False).decode('ascii')}?="


_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")


def encode_phrase(text: str) -> str:
    """ASCII form of a display name: an atom sequence, a quoted string or encoded words, as needed."""
    text = " ".join(clean(text).split())
    if not text or needs_words(text):
        return _encoded(text) if text else ""
    if _ATOMS.fullmatch(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
