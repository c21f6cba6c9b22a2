"""The runs of base64, base64url and hexadecimal digits in a view that hold a protected string, as links and
trackers carry them (`parley.masking.revealing`), whole or broken by line ends (`parley.masking.broken`)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from parley.masking.broken import Piece, blocks
from parley.masking.matcher import Matcher
from parley.masking.protected import MASKED_TOKEN
from parley.masking.revealing import run_reveals, some_reveal
from parley.masking.tokens import Hit
from parley.masking.views import View

_BATCH: Final = 16
_MAX_TRIMMED: Final = 8
_PADDING: Final = re.compile(r"(?:=|%3d){1,2}(?![\w=%])", re.IGNORECASE)


def encoded_hits(view: View, matcher: Matcher) -> Iterator[Hit]:
    """The runs of the view that hold a protected string, each replaced as a whole."""
    octets = _octets(view)
    runs = list(matcher.anchors.encoded_runs(octets))
    if not runs or not some_reveal([octets[start:end] for start, end in runs], matcher):
        return
    for offset in range(0, len(runs), _BATCH):
        batch = [(start, octets[start:end]) for start, end in runs[offset : offset + _BATCH]]
        if not some_reveal([run for _, run in batch], matcher):
            continue
        for start, run in batch:
            if run_reveals(run, matcher):
                yield from (_padded(view, hit) for hit in _narrowed(run, start, matcher))


def broken_hits(view: View, matcher: Matcher) -> Iterator[Hit]:
    """The runs that line ends break and that hold a protected string, each replaced as a whole."""
    octets = _octets(view)
    found = _long_enough(octets, matcher)
    for offset in range(0, len(found), _BATCH):
        batch = found[offset : offset + _BATCH]
        if not some_reveal([_joined(octets, pieces) for pieces in batch], matcher):
            continue
        for pieces in batch:
            if run_reveals(_joined(octets, pieces), matcher):
                trimmed = _trimmed(octets, pieces, matcher)
                yield _padded(view, Hit(trimmed[0][0], trimmed[-1][1], MASKED_TOKEN))


def some_run_reveals(text: str, matcher: Matcher) -> bool:
    """Whether an encoded run in the text holds a protected string: a first test of all runs at once."""
    octets = text.encode("ascii", "replace")
    return some_reveal([octets[start:end] for start, end in matcher.anchors.encoded_runs(octets)], matcher)


def some_broken_run_reveals(view: View, matcher: Matcher) -> bool:
    """The same of runs that line ends break."""
    octets = _octets(view)
    return some_reveal([_joined(octets, pieces) for pieces in _long_enough(octets, matcher)], matcher)


def _octets(view: View) -> bytes:
    """One for each character; no run holds any but ASCII."""
    return view.text.encode("ascii", "replace") if view.octets is None else view.octets


def _padded(view: View, hit: Hit) -> Hit:
    """The hit with the padding after it: a masked run has none."""
    padding = _PADDING.match(view.text, hit.end)
    return replace(hit, end=padding.end()) if padding else hit


def _narrowed(run: bytes, offset: int, matcher: Matcher) -> Iterator[Hit]:
    # base64url has no slash: in a path only one segment may be meant.
    start, found = 0, False
    if b"/" in run:
        for segment in run.split(b"/"):
            if segment and run_reveals(segment, matcher):
                found = True
                yield Hit(offset + start, offset + start + len(segment), MASKED_TOKEN)
            start += len(segment) + 1
    if not found:
        yield Hit(offset, offset + len(run), MASKED_TOKEN)


def _long_enough(octets: bytes, matcher: Matcher) -> list[list[Piece]]:
    least = matcher.anchors.shortest_run
    return [pieces for pieces in blocks(octets) if sum(end - start for start, end in pieces) >= least]


def _joined(octets: bytes, pieces: list[Piece]) -> bytes:
    return b"".join([octets[start:end] for start, end in pieces])


def _trimmed(octets: bytes, pieces: list[Piece], matcher: Matcher) -> list[Piece]:
    """The pieces without words before and after them that just stand alone in their lines, too: lines of one
    run are of one length, so what is as long as its neighbour is left."""
    for first, last in ((1, 0), (0, 1)):
        for _ in range(_MAX_TRIMMED):
            fewer = pieces[first : len(pieces) - last]
            edge, beside = (pieces[0], pieces[1]) if first else (pieces[-1], pieces[-2])
            same = edge[1] - edge[0] == beside[1] - beside[0]
            if len(fewer) == 1 or same or not run_reveals(_joined(octets, fewer), matcher):
                break
            pieces = fewer
    return pieces
