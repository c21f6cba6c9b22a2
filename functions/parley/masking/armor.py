"""Inline OpenPGP (RFC 9580 §6) and uuencoded files in plain text.

A key or signature names its owner inside base64; both are taken out, the signed text stays. An encrypted
message cannot be read: `ArmoredMessageError`. A uuencoded file is text to us and a file to the reader, so it
is taken out too.
"""

import re
from collections.abc import Iterator
from typing import Final

_HEAD: Final = re.compile(
    r"^([> \t]{0,40})-----BEGIN PGP "
    r"(MESSAGE|SIGNED MESSAGE|PUBLIC KEY BLOCK|SIGNATURE|PRIVATE KEY BLOCK)-----[ \t]*\r?$",
    re.MULTILINE,
)
_HASH: Final = re.compile(
    r"(?:[> \t]{0,40}\r?\n)?(?:[> \t]{0,40}(?:Hash|Charset|Comment|Version): [^\r\n]*\r?\n)+"
    r"(?:[> \t]{0,40}\r?\n)?"
)
_UUENCODED: Final = re.compile(
    r"^begin [0-7]{3,4} [^\r\n]{1,200}\r?\n(?:[ -`]{2,80}\r?\n){1,200000}[` ]?\r?\nend[ \t]*(?=\r?\n|\Z)",
    re.MULTILINE,
)


class ArmoredMessageError(ValueError):
    """The text holds an encrypted OpenPGP message."""


def without_armor(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without inline keys, signatures and uuencoded files, and codes of what was taken out."""
    codes: list[str] = []
    if "-----BEGIN PGP " in text:
        text = _without_pgp(text, codes)
    if "begin " in text and "\nend" in text:
        bare = _UUENCODED.sub("", text)
        if bare != text:
            codes.append("uuencoded-file-removed")
            text = bare
    return text, tuple(dict.fromkeys(codes))


def _without_pgp(text: str, codes: list[str]) -> str:
    pieces, done = [], 0
    for start, end in armored(text, codes):
        pieces.append(text[done:start])
        done = end
    return "".join((*pieces, text[done:]))


def armored(text: str, codes: list[str]) -> Iterator[tuple[int, int]]:
    """The spans of inline keys and signatures in the text, and of what stands above a signed text, in order;
    codes of what they are are added. Raises `ArmoredMessageError`."""
    done = 0
    for match in _HEAD.finditer(text):
        if match.start() < done:
            continue
        what = match.group(2)
        if what == "MESSAGE":
            raise ArmoredMessageError
        if what == "SIGNED MESSAGE":
            heading = _HASH.match(text, match.end() + 1)
            done = heading.end() if heading else min(len(text), match.end() + 1)
        else:
            tail = f"-----END PGP {what}-----"
            end = text.find(tail, match.end())
            done = len(text) if end < 0 else end + len(tail)
            codes.append("signature-removed" if what == "SIGNATURE" else "certificate-removed")
        yield match.start(), done
