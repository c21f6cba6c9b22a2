"""Text as octets, one for each character: Python searches, filters and folds those about ten times as fast.

Latin-1 and Windows-1252 differ in 0x80 to 0x9F only, where Latin-1 has control characters that no reader
sees. Tests that may only be wrong in one direction need not tell the two apart.
"""

from typing import Final

_CAPITALS: Final = "".join(
    char for octet in range(256) if (char := bytes((octet,)).decode("cp1252", "ignore")) != char.lower()
)
_BLANKS: Final = b"\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0"
LOWER: Final = bytes.maketrans(*(letters.encode("cp1252") for letters in (_CAPITALS, _CAPITALS.lower())))
"""For `bytes.translate`: lower case, of both charsets."""
_LATIN_LOWER: Final = bytes(map(ord, map(str.lower, map(chr, range(256)))))
IN_A_RUN: Final = bytes(
    ord("x") if chr(octet).isascii() and (chr(octet).isalnum() or chr(octet) in "+/_-") else ord(" ")
    for octet in range(256)
)
"""For `bytes.translate`: "x" for what may stand in base64, base64url and hexadecimal digits, else a blank."""


def octets_of(text: str) -> bytes | None:
    """The text in Latin-1, else in Windows-1252; None if neither has all its characters."""
    for charset in ("latin-1", "cp1252"):
        try:
            return text.encode(charset)
        except UnicodeEncodeError:
            continue
    return None


def lowered(text: str) -> str:
    """The text in lower case, character for character."""
    try:
        return text.encode("latin-1").translate(_LATIN_LOWER).decode("latin-1")
    except UnicodeEncodeError:
        lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def without_blanks(octets: bytes, also: bytes = b"") -> bytes:
    """In lower case, without blanks and line ends, and without these other octets."""
    return octets.translate(LOWER, _BLANKS + also)
