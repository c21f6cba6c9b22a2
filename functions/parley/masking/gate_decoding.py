"""How the leak gate reads octets as text: by the standard library's codecs, in every way that programs do."""

import binascii
import codecs
import email.header
import re
from collections.abc import Iterator
from typing import Final

_WORD: Final = re.compile(r"=\?([^?\s*]{1,40})\?([bBqQ])\?([!-~]*?)\?=(\s*(?==\?))?")
_WIDE: Final = ("utf-16", "utf16", "utf_16", "utf-32", "utf32", "utf_32", "ucs-2", "iso-10646-ucs-2")
_BYTE_ORDER_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROLS: Final = bytes((*range(9), *range(14, 32)))
_BEGINNING: Final = 2_048
_ORDERS: Final = ("utf-16-le", "utf-16-be")
_ASCII_WORD: Final = re.compile(r"[!-~]{8}")


class UnreadableError(ValueError):
    """The finished bytes are not written as they should be: nobody may send them."""


def words(value: str) -> str:
    """An unfolded header field with its encoded words decoded (RFC 2047)."""
    found = list(_WORD.finditer(value))
    if len(found) != value.count("=?"):
        pieces = email.header.decode_header(re.sub(r"(\?=)\s+(=\?)", r"\1\2", value))
        return "".join(
            piece.decode(charset or "utf-8", "replace") if isinstance(piece, bytes) else piece
            for piece, charset in pieces
        )
    shown: list[str] = []
    position, pending, charset = 0, b"", ""
    for word in found:
        if position < word.start() or charset != word[1].lower():
            shown.append(_replaced(pending, charset))
            shown.append(value[position : word.start()])
            pending, charset = b"", word[1].lower()
        # A character may be split between two words.
        pending += _word_octets(word[2], word[3])
        position = word.end()
    return "".join((*shown, _replaced(pending, charset), value[position:]))


def _word_octets(encoding: str, text: str) -> bytes:
    octets = text.encode("ascii")
    return binascii.a2b_base64(octets) if encoding in "bB" else binascii.a2b_qp(octets, header=True)


def _replaced(octets: bytes, charset: str) -> str:
    return octets.decode(charset, "replace") if octets else ""


def readings(content: bytes, charset: str) -> Iterator[str]:
    """The texts that programs may take the content for. charset: as declared, "" if it is not.

    UTF-8 is tried whatever is declared. Octets that are none show the same ASCII in every charset of eight
    bits. Wide characters are read as such only: without its zero octets an accent would be a control.
    """
    if charset.startswith(_WIDE) or content.startswith(_BYTE_ORDER_MARKS):
        yield from _wide(content, charset)
        return
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    yield text
    declared = _declared(content, charset)
    if declared is not None and declared != text:
        yield declared
    if b"+A" in content and (seven := _strict(content, "utf-7")) is not None:
        yield seven
    if b"\0" in content:
        yield content.replace(b"\0", b"").decode("latin-1")


def _wide(content: bytes, charset: str) -> Iterator[str]:
    if content.startswith(_BYTE_ORDER_MARKS):
        yield content.decode("utf-16", "replace")
    declared = _declared(content, charset)
    if declared is not None:
        yield declared
    # Behind an octet that was lost the other order is the right one.
    for order in _ORDERS:
        text = content.decode(order, "replace")
        if _ASCII_WORD.search(text):
            yield text
    # A label may be wrong: whole words of ASCII are seen without it.
    yield content.replace(b"\0", b"|").decode("latin-1")


def _declared(content: bytes, charset: str) -> str | None:
    if charset in ("", "utf-8", "us-ascii", "ascii"):
        return None
    try:
        return content.decode(charset, "replace")
    except (LookupError, UnicodeError):
        return None


def _strict(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except UnicodeError:
        return None


def looks_like_text(content: bytes) -> bool:
    """Whether content that does not call itself text is some, by its beginning."""
    beginning = content[:_BEGINNING]
    if beginning.startswith((b"%PDF", b"PK")):
        return False
    if beginning.startswith(_BYTE_ORDER_MARKS):
        return True
    return len(beginning.translate(None, _CONTROLS)) == len(beginning)
