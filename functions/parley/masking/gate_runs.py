"""Encoded runs of characters in a text, for the leak gate: base64 in both alphabets and at every phase,
hexadecimal digits, digests, and what is encoded twice."""

import binascii
import re
import unicodedata
import urllib.parse
from collections.abc import Iterator
from typing import Final

from parley.masking.gate_needles import Needles


def _table(changes: dict[int, int]) -> bytes:
    return bytes(changes.get(octet, octet) for octet in range(256))


def _mask(characters: str) -> bytes:
    """Octets that only say whether they may stand in a run are searched ten times as fast as the text."""
    return bytes(ord("x") if chr(octet) in characters else ord(" ") for octet in range(256))


_DIGITS: Final = "0123456789abcdef"
_LETTERS: Final = "ghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IN_A_RUN: Final = _mask(_DIGITS + _LETTERS + "-_+/")
_IS_DIGIT: Final = _mask(_DIGITS)
_BETWEEN_LINES: Final = b" \t\r=>"
_IN_LINES: Final = bytes(
    octet
    if octet in b"\n"
    else ord(" ")
    if octet in _BETWEEN_LINES
    else ord("x")
    if kind == ord("x")
    else ord(".")
    for octet, kind in enumerate(_IN_A_RUN)
)
_BROKEN: Final = re.compile(rb"\n[ \n]*+x{8,}+ *+(?:\n[ \n]*+x{8,}+ *+(?=\n))++(?:\n[ \n]*+x{2,}+ *+(?=\n))?")
_STANDARD: Final = _table({ord("-"): ord("+"), ord("_"): ord("/")})
LATIN_LOWER: Final = _table(
    {
        **{code: code + 32 for code in (*range(ord("A"), ord("Z") + 1), *range(0xC0, 0xDF)) if code != 0xD7},
        **dict(zip(b"\x85\xa0\xaa\xb7\xba\xb2\xb3\xb9\xbc\xbd\xbe", b"  a.o231424", strict=True)),
    }
)
"""ISO-8859-1 in lower case, and in the form that NFKC gives it as far as a domain can hold that."""
PERCENT: Final = re.compile(rb"%[0-9a-fA-F]{2}")
_SHORTEST: Final = 16
_SHORTEST_DIGITS: Final = 24
_SHORTEST_DIGEST: Final = 32
_DEPTH: Final = 2


def some_run_reveals(octets: bytes, bare: bytes, needles: Needles, depth: int = _DEPTH) -> bool:
    """Whether an encoded run of the text holds a protected string. bare: the same without tags, which may
    break a run. depth: how often it may be encoded."""
    if PERCENT.search(octets):
        octets += b"\n" + urllib.parse.unquote_to_bytes(urllib.parse.unquote_to_bytes(octets))
    # Slashes decode to octets of ones: they end a run, also one without its padding, and belong to nothing.
    found = list(_runs(octets, _IN_A_RUN, _SHORTEST))
    if bare is not octets:
        found = list(dict.fromkeys((*found, *_runs(bare, _IN_A_RUN, _SHORTEST))))
    if b"\n" in bare:
        found += _broken_runs(bare)
    return bool(found) and (_digits_reveal(found, needles, depth) or _base64_reveals(found, needles, depth))


def _digits_reveal(found: list[bytes], needles: Needles, depth: int) -> bool:
    for run in _runs(b"////".join(found).lower(), _IS_DIGIT, _SHORTEST_DIGITS):
        if len(run) >= _SHORTEST_DIGEST and run.decode("ascii") in needles.digests:
            return True
        decoded = binascii.a2b_hex(run[: len(run) // 2 * 2])
        if _decoded_reveals(decoded, _near_hints(decoded, needles), needles, depth):
            return True
    return False


def _base64_reveals(found: list[bytes], needles: Needles, depth: int) -> bool:
    runs = b"////".join((b"", *found, b"//")).translate(_STANDARD)
    hinted = False
    for phase in range(4):
        decoded = binascii.a2b_base64(runs[phase : phase + (len(runs) - phase) // 4 * 4])
        near = _near_hints(decoded, needles)
        if _decoded_reveals(decoded, near, needles, depth):
            return True
        hinted = hinted or bool(near)
    # What a run has beside its whole groups decodes to letters: alone it is read without those, too.
    return hinted and any(_alone_reveals(run.translate(_STANDARD), needles) for run in found)


def _alone_reveals(run: bytes, needles: Needles) -> bool:
    for phase in range(4):
        piece = run[phase:]
        piece = piece[: len(piece) - (len(piece) % 4 == 1)]
        decoded = binascii.a2b_base64(piece + b"=" * (-len(piece) % 4))
        if _decoded_reveals(decoded, _near_hints(decoded, needles), needles, 1):
            return True
    return False


def _runs(octets: bytes, mask: bytes, shortest: int) -> Iterator[bytes]:
    """The runs of at least so many characters that the mask lets stand in one."""
    masked = octets.translate(mask) + b" "
    start = masked.find(b"x" * shortest)
    while start >= 0:
        end = masked.find(b" ", start)
        yield octets[start:end]
        start = masked.find(b"x" * shortest, end)


def _broken_runs(octets: bytes) -> Iterator[bytes]:
    """What stands on lines that hold nothing but a piece of a run, joined."""
    masked = b"\n" + octets.translate(_IN_LINES) + b"\n"
    for lines in _BROKEN.finditer(masked):
        yield octets[lines.start() : lines.end() - 1].translate(None, _BETWEEN_LINES + b"\n")


def _near_hints(octets: bytes, needles: Needles) -> list[tuple[int, int]]:
    """Where to look in octets of either charset: one table would change those of UTF-8."""
    near = needles.near_hints(octets.translate(LATIN_LOWER))
    return near if needles.is_ascii or octets.isascii() else near + needles.near_hints(octets.lower())


def _decoded_reveals(decoded: bytes, near: list[tuple[int, int]], needles: Needles, depth: int) -> bool:
    """near: the hints in it."""
    readings = [(decoded, near)]
    if PERCENT.search(decoded):
        unquoted = urllib.parse.unquote_to_bytes(urllib.parse.unquote_to_bytes(decoded))
        readings.append((unquoted, _near_hints(unquoted, needles)))
    for octets, spans in readings:
        for start, end in spans:
            piece = octets[start:end]
            for text in (piece.decode("latin-1"), piece.decode("utf-8", "replace")):
                if needles.found(unicodedata.normalize("NFKC", text).lower()):
                    return True
    return depth > 1 and some_run_reveals(decoded, decoded, needles, depth - 1)
