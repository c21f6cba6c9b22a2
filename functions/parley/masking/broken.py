"""Encoded runs that line ends break: base64 in short lines, double spaced, quoted, or each line in an element
of its own.

A block is made of pieces: lines that hold nothing else, with what may belong to them at the end of the line
before and at the beginning of the line behind. Lines of forty characters and more may also go on where the
next one holds other things.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from parley.masking.octets import IN_A_RUN

_LONG_LINE: Final = b"x" * 40
"""A line that may go on in the next, whatever else stands there: programs write 60 to 76 characters."""
_LONGEST_HEAD: Final = 4_096
_MAX_BLOCKS: Final = 10_000
KINDS: Final = bytes(
    ord("x")
    if IN_A_RUN[octet] == ord("x")
    else ord("\n")
    if octet in b"\r\n"
    else ord(" ")
    if octet in b" \t>\xa0"
    else ord(".")
    for octet in range(256)
)
"""For `bytes.translate`: what stands in a run, at a line's end, between words, or elsewhere."""
_APART: Final = KINDS.replace(b" ", b"\n")
"""The same for a text of one line, such as a subject: its blanks were line ends before it was unfolded."""
_LINES: Final = re.compile(
    rb"\n(?!\n) {0,40}+x{8,}+ {0,40}+\n(?:[ \n]{0,80}+x{8,}+ {0,40}+\n)*+(?:[ \n]{0,80}+x++)?"
)
_NEXT: Final = re.compile(rb" {0,40}+\n[ \n]{0,80}+(x{4,}+)")
_PIECE: Final = re.compile(rb"x++")
_MIXED: Final = re.compile(rb"[a-z][A-Z0-9]")

Piece = tuple[int, int]


def may_have_blocks(octets: bytes, kinds: bytes) -> bool:
    """Whether there are blocks: a fast first test. kinds: the octets, translated by `KINDS`."""
    if b"\n" not in kinds:
        return len(octets) <= _LONGEST_HEAD and b" " in kinds and _MIXED.search(octets) is not None
    return _LONG_LINE in kinds or _LINES.search(b"\n" + kinds + b"\n") is not None


def blocks(octets: bytes) -> Iterator[list[Piece]]:
    """The pieces of each run that may be broken, at least two, each with its start and end.

    octets: the text with one octet for a character, those above ASCII whatever they are.
    """
    kinds = octets.translate(KINDS)
    if b"\n" in kinds:
        yield from _of_lines(kinds)
        yield from _of_long_lines(kinds)
    elif may_have_blocks(octets, kinds):
        yield from _of_lines(octets.translate(_APART))


def _of_lines(kinds: bytes) -> Iterator[list[Piece]]:
    # In a frame the first line and the last one are lines like others.
    framed = b"\n" + kinds + b"\n"
    for match in islice(_LINES.finditer(framed), _MAX_BLOCKS):
        pieces = [piece.span() for piece in _PIECE.finditer(framed, *match.span())]
        before = framed[max(0, match.start() - _LONGEST_HEAD) : match.start()]
        line = before.rstrip(b" \n")
        end = match.start() - len(before) + len(line)
        if head := len(line) - len(line.rstrip(b"x")):
            pieces.insert(0, (end - head, end))
        if len(pieces) > 1:
            yield [(first - 1, last - 1) for first, last in pieces]


def _of_long_lines(kinds: bytes) -> Iterator[list[Piece]]:
    start = kinds.find(_LONG_LINE)
    while start >= 0:
        line = _PIECE.match(kinds, start)
        end = line.end() if line else start + len(_LONG_LINE)
        if after := _NEXT.match(kinds, end):
            yield [(start, end), after.span(1)]
        start = kinds.find(_LONG_LINE, end)
