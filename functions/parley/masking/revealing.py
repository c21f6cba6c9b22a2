"""Whether runs of base64, base64url or hexadecimal digits hold a protected string.

Every phase of base64 is tried, so a run may begin with other characters, or lack one; decoding nests at most
twice, and what was decoded may be compressed, percent-encoded or written in entities. Also found: digests of
a protected mailbox, and the XOR form of web pages (`data-cfemail`).
"""

import re
from binascii import Error as BinasciiError
from typing import Final

import pybase64

from parley.masking.decodings import percent_decodings
from parley.masking.inflating import inflated, may_inflate
from parley.masking.matcher import Matcher
from parley.masking.octets import LOWER
from parley.masking.readings import glance

_MAX_DEPTH: Final = 2
_LONGEST_MIXED: Final = 500
_AROUND: Final = 512
"""Octets beside a protected domain that are read first: nearly always its mailbox is there."""
_HEX_RUN: Final = re.compile(rb"[0-9a-f]{12,}+")
_DASHED_HEX: Final = re.compile(rb"(?<![0-9a-f])[0-9a-f]{2}(?:-[0-9a-f]{2}){5,}+(?![0-9a-f])")
_ESCAPE: Final = re.compile(rb"%[0-9A-Fa-f]{2}|&#[0-9xX]")
_BEGINS: Final = ((4,), (1, 5), (2, 6), (3,))
"""Where to begin in a run with three characters before it, by phase: at its own groups, or as if the first
group lacked one character or two, which something before it took along."""
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")


def some_reveal(runs: list[bytes], matcher: Matcher) -> bool:
    """Whether one of the runs does; those that do not are remembered."""
    known = matcher.known_runs
    if any(map(known.get, runs)):
        return True
    unknown = [run for run in dict.fromkeys(runs) if run not in known]
    if _together_reveal(unknown, matcher, _MAX_DEPTH):
        return True
    known.update(dict.fromkeys(unknown, False))
    return False


def run_reveals(run: bytes, matcher: Matcher) -> bool:
    """Whether the run does; remembered."""
    known = matcher.known_runs
    if run not in known:
        known[run] = _together_reveal([run], matcher, _MAX_DEPTH)
    return known[run]


def _together_reveal(runs: list[bytes], matcher: Matcher, depth: int) -> bool:
    if not runs:
        return False
    if _digits_reveal(b"\n".join(runs), matcher, depth):
        return True
    coded = [run.translate(_STANDARD) for run in runs]
    if len(coded) > 1:
        # Zero octets between the runs keep their phases apart; among hexadecimal digits their letters would
        # be digits.
        joined = b"AAA" + b"AAAAAAAA".join(coded)
        if not any(_decoded_reveals(joined[each:], matcher, depth, anywhere=True) for each in range(4)):
            return False
    return any(_alone_reveals(run, matcher, depth) for run in coded)


def _alone_reveals(coded: bytes, matcher: Matcher, depth: int) -> bool:
    """Whether one run does. What it has beside its whole groups decodes to letters that would belong to a
    mailbox there; so a protected domain anywhere is only the first test of each phase."""
    led = b"AAA" + coded
    return any(
        _decoded_reveals(led[phase:], matcher, depth, anywhere=True)
        and any(_decoded_reveals(led[begin:], matcher, depth, anywhere=False) for begin in begins)
        for phase, begins in enumerate(_BEGINS)
    )


def _decoded_reveals(piece: bytes, matcher: Matcher, depth: int, *, anywhere: bool) -> bool:
    """anywhere: a protected domain is enough, whatever stands beside it."""
    piece = piece[: len(piece) - 1] if len(piece) % 4 == 1 else piece
    try:
        decoded = pybase64.b64decode(piece + b"=" * (-len(piece) % 4))
    except (BinasciiError, ValueError):
        return False
    return _octets_reveal(decoded, matcher, depth - 1, anywhere=anywhere)


def _octets_reveal(decoded: bytes, matcher: Matcher, depth: int, *, anywhere: bool = False) -> bool:
    octets = decoded.replace(b"\0\0", b" ").replace(b"\0", b"")
    if _reveal(octets, matcher, anywhere):
        return True
    if depth == 0:
        return False
    nested = [octets[start:end] for start, end in matcher.anchors.encoded_runs(octets)]
    if _together_reveal(nested, matcher, depth):
        return True
    return may_inflate(decoded) and any(
        _octets_reveal(content, matcher, depth - 1) for content in inflated(decoded)
    )


def _reveal(octets: bytes, matcher: Matcher, anywhere: bool) -> bool:
    """Whether a protected string can be read in octets, directly or behind escapes."""
    anchor = matcher.anchors.place_in(octets.translate(LOWER))
    if anchor >= 0:
        if anywhere:
            return True
        around = octets[max(0, anchor - _AROUND) : anchor + _AROUND]
        return _reads(around, matcher) or (len(around) < len(octets) and _reads(octets, matcher))
    if b"%" not in octets and b"&#" not in octets:
        return False
    escaped = _around_escapes(octets)
    return bool(escaped) and _reads(escaped, matcher)


def _around_escapes(octets: bytes) -> bytes:
    """The octets that stand near something percent-encoded or written as an entity."""
    spans: list[tuple[int, int]] = []
    for escape in _ESCAPE.finditer(octets):
        start, end = max(0, escape.start() - _AROUND), escape.end() + _AROUND
        if spans and start <= spans[-1][1]:
            start, _ = spans.pop()
        spans.append((start, end))
    return b"\n".join([octets[start:end] for start, end in spans])


def _reads(octets: bytes, matcher: Matcher) -> bool:
    if _shows(octets.decode("latin-1"), matcher):
        return True
    return not octets.isascii() and _shows(octets.decode("utf-8", "replace"), matcher)


def _shows(text: str, matcher: Matcher) -> bool:
    view = glance(text)
    if next(matcher.hits(view), None):
        return True
    return any(next(matcher.hits(decoded), None) for decoded in percent_decodings(view))


def _digits_reveal(runs: bytes, matcher: Matcher, depth: int) -> bool:
    lower = runs.lower()
    found = _HEX_RUN.findall(lower)
    if b"-" in lower:
        found += [digits.replace(b"-", b"") for digits in _DASHED_HEX.findall(lower)]
    if not found:
        return False
    joined = lower.decode("ascii")
    if any(digest in joined for digest in matcher.hashes):
        return True
    # Two digits make an octet, and four characters of base64 make three.
    least = 2 * (matcher.anchors.shortest_run * 3 // 4)
    return any(
        _hex_reveals(digits, matcher, depth) for digits in dict.fromkeys(found) if len(digits) >= least
    )


def _hex_reveals(digits: bytes, matcher: Matcher, depth: int) -> bool:
    for phase in (0, 1):
        octets = bytes.fromhex(digits[phase : phase + (len(digits) - phase) // 2 * 2].decode("ascii"))
        unmixed = _unmixed(octets[:_LONGEST_MIXED])
        if any(_octets_reveal(decoded, matcher, depth - 1) for decoded in (octets, unmixed)):
            return True
    return False


def _unmixed(octets: bytes) -> bytes:
    """What follows the first octet, each combined with that by exclusive or."""
    mixed = octets[1:]
    number = int.from_bytes(mixed) ^ int.from_bytes(octets[:1] * len(mixed))
    return number.to_bytes(len(mixed))
