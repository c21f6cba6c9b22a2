"""Protected strings in runs of base64, base64url and hexadecimal digits, as links and trackers carry them.

Every phase of base64 is tried, so a run may begin with other characters; decoding nests at most twice.
Also found: digests of a protected mailbox, and the XOR form of web pages (`data-cfemail`).
"""

import re
from binascii import Error as BinasciiError
from collections.abc import Iterator
from typing import Final

import pybase64

from parley.masking.matcher import Matcher
from parley.masking.octets import LOWER
from parley.masking.protected import MASKED_TOKEN
from parley.masking.readings import glance, percent_decodings
from parley.masking.tokens import Hit
from parley.masking.views import View

_MAX_DEPTH: Final = 2
_BATCH: Final = 16
_AROUND: Final = 512
"""Octets beside a protected domain that are read first: nearly always its mailbox is there."""
_HEX_RUN: Final = re.compile(rb"[0-9a-f]{12,}")
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")


def encoded_hits(view: View, matcher: Matcher) -> Iterator[Hit]:
    """The runs of the view that hold a protected string, each replaced as a whole."""
    octets = _octets(view.text)
    runs = list(matcher.anchors.encoded_runs(octets))
    if not runs or not _some_reveals([octets[start:end] for start, end in runs], matcher):
        return
    for offset in range(0, len(runs), _BATCH):
        batch = [(start, octets[start:end]) for start, end in runs[offset : offset + _BATCH]]
        if not _some_reveals([run for _, run in batch], matcher):
            continue
        for start, run in batch:
            if _run_reveals(run, matcher):
                yield from _narrowed(run, start, matcher)


def some_run_reveals(text: str, matcher: Matcher) -> bool:
    """Whether an encoded run in the text holds a protected string: a first test of all runs at once."""
    octets = _octets(text)
    return _some_reveals([octets[start:end] for start, end in matcher.anchors.encoded_runs(octets)], matcher)


def _some_reveals(runs: list[bytes], matcher: Matcher) -> bool:
    """Whether one of the runs does; those that do not are remembered."""
    known = matcher.known_runs
    if any(map(known.get, runs)):
        return True
    unknown = [run for run in dict.fromkeys(runs) if run not in known]
    if _together_reveal(unknown, matcher, _MAX_DEPTH):
        return True
    known.update(dict.fromkeys(unknown, False))
    return False


def _run_reveals(run: bytes, matcher: Matcher) -> bool:
    known = matcher.known_runs
    if run not in known:
        known[run] = _together_reveal([run], matcher, _MAX_DEPTH)
    return known[run]


def _octets(text: str) -> bytes:
    """One for each character; no run holds any but ASCII."""
    return text.encode("ascii", "replace")


def _together_reveal(runs: list[bytes], matcher: Matcher, depth: int) -> bool:
    # Zero octets between the runs keep their phases apart; among hexadecimal digits their letters would be
    # digits.
    return bool(runs) and (
        _digits_reveal(b"\n".join(runs), matcher) or _base64_reveals(b"AAAAAAAA".join(runs), matcher, depth)
    )


def _narrowed(run: bytes, offset: int, matcher: Matcher) -> Iterator[Hit]:
    # base64url has no slash: in a path only one segment may be meant.
    start, found = 0, False
    if b"/" in run:
        for segment in run.split(b"/"):
            if segment and _run_reveals(segment, matcher):
                found = True
                yield Hit(offset + start, offset + start + len(segment), MASKED_TOKEN)
            start += len(segment) + 1
    if not found:
        yield Hit(offset, offset + len(run), MASKED_TOKEN)


def _base64_reveals(run: bytes, matcher: Matcher, depth: int) -> bool:
    coded = run.translate(_STANDARD)
    for phase in range(4):
        piece = coded[phase:]
        piece = piece[: len(piece) - 1] if len(piece) % 4 == 1 else piece
        try:
            decoded = pybase64.b64decode(piece + b"=" * (-len(piece) % 4))
        except (BinasciiError, ValueError):
            continue
        if _octets_reveal(decoded, matcher, depth - 1):
            return True
    return False


def _octets_reveal(decoded: bytes, matcher: Matcher, depth: int) -> bool:
    octets = decoded.replace(b"\0\0", b" ").replace(b"\0", b"")
    if _reveal(octets, matcher):
        return True
    if depth == 0:
        return False
    return _together_reveal(
        [octets[start:end] for start, end in matcher.anchors.encoded_runs(octets)], matcher, depth
    )


def _reveal(octets: bytes, matcher: Matcher) -> bool:
    """Whether a protected string can be read in octets, directly or percent-encoded."""
    anchor = matcher.anchors.place_in(octets.translate(LOWER))
    if anchor < 0:
        return False
    around = octets[max(0, anchor - _AROUND) : anchor + _AROUND]
    return _reads(around, matcher) or (len(around) < len(octets) and _reads(octets, matcher))


def _reads(octets: bytes, matcher: Matcher) -> bool:
    view = glance(octets.decode("latin-1"))
    if next(matcher.hits(view), None):
        return True
    return any(next(matcher.hits(decoded), None) for decoded in percent_decodings(view))


def _digits_reveal(runs: bytes, matcher: Matcher) -> bool:
    lower = runs.lower()
    found = _HEX_RUN.findall(lower)
    if not found:
        return False
    joined = lower.decode("ascii")
    if any(digest in joined for digest in matcher.hashes):
        return True
    return any(_hex_reveals(digits, matcher) for digits in found)


def _hex_reveals(digits: bytes, matcher: Matcher) -> bool:
    for phase in (0, 1):
        octets = bytes.fromhex(digits[phase : phase + (len(digits) - phase) // 2 * 2].decode("ascii"))
        unmixed = bytes(octet ^ octets[0] for octet in octets[1:500])
        for decoded in (octets, unmixed):
            bare = decoded.replace(b"\0", b"")
            if matcher.anchors.place_in(bare.translate(LOWER)) >= 0:
                view = glance(bare.decode("latin-1"))
                if next(matcher.hits(view), None):
                    return True
    return False
