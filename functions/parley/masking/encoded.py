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
from parley.masking.protected import MASKED_TOKEN
from parley.masking.readings import percent_decodings, plain
from parley.masking.tokens import Hit
from parley.masking.views import View

_MAX_DEPTH: Final = 2
_HEX_RUN: Final = re.compile(r"[0-9a-f]{12,}")


def reveals(text: str, matcher: Matcher, depth: int = _MAX_DEPTH) -> bool:
    """Whether a protected string can be read in a text, directly or in an encoded run."""
    view = plain(View(text))
    if next(matcher.hits(view), None):
        return True
    for decoded in percent_decodings(view):
        if next(matcher.hits(decoded), None):
            return True
    return depth > 0 and next(encoded_hits(view, matcher, depth), None) is not None


def encoded_hits(view: View, matcher: Matcher, depth: int = _MAX_DEPTH) -> Iterator[Hit]:
    """The runs of the view that hold a protected string, each replaced as a whole."""
    if not some_run_reveals(view.text, matcher, depth):
        return
    for start, end in matcher.encoded_runs(view.text):
        run = view.text[start:end]
        if _run_reveals(run, matcher, depth):
            yield from _narrowed(run, start, matcher, depth)


def some_run_reveals(text: str, matcher: Matcher, depth: int = _MAX_DEPTH) -> bool:
    """A first test of all runs at once: zero octets between them keep the phases apart."""
    runs = [text[start:end] for start, end in matcher.encoded_runs(text)]
    # Among hexadecimal digits the letters of those zero octets would be digits.
    return bool(runs) and (
        _digits_reveal("\n".join(runs), matcher) or _base64_reveals("AAAAAAAA".join(runs), matcher, depth)
    )


def _narrowed(run: str, offset: int, matcher: Matcher, depth: int) -> Iterator[Hit]:
    # base64url has no slash: in a path only one segment may be meant.
    start, found = 0, False
    if "/" in run:
        for segment in run.split("/"):
            if segment and _run_reveals(segment, matcher, depth):
                found = True
                yield Hit(offset + start, offset + start + len(segment), MASKED_TOKEN)
            start += len(segment) + 1
    if not found:
        yield Hit(offset, offset + len(run), MASKED_TOKEN)


def _run_reveals(run: str, matcher: Matcher, depth: int) -> bool:
    return _digits_reveal(run, matcher) or _base64_reveals(run, matcher, depth)


def _digits_reveal(runs: str, matcher: Matcher) -> bool:
    lower = runs.lower()
    return _HEX_RUN.search(lower) is not None and _hex_reveals(lower, matcher)


def _base64_reveals(run: str, matcher: Matcher, depth: int) -> bool:
    octets = run.translate(_STANDARD)
    for phase in range(4):
        piece = octets[phase:]
        piece = piece[: len(piece) - 1] if len(piece) % 4 == 1 else piece
        try:
            decoded = pybase64.b64decode(piece + "=" * (-len(piece) % 4))
        except (BinasciiError, ValueError):
            continue
        if _octets_reveal(decoded, matcher, depth - 1):
            return True
    return False


_STANDARD: Final = str.maketrans("-_", "+/")


def _octets_reveal(octets: bytes, matcher: Matcher, depth: int) -> bool:
    text = octets.replace(b"\0\0", b" ").replace(b"\0", b"").decode("latin-1")
    if matcher.anchored(text.lower()) and reveals(text, matcher, 0):
        return True
    return depth > 0 and some_run_reveals(text, matcher, depth)


def _hex_reveals(run: str, matcher: Matcher) -> bool:
    if any(digest in run for digest in matcher.hashes):
        return True
    for found in _HEX_RUN.findall(run):
        for phase in (0, 1):
            digits = found[phase:]
            octets = bytes.fromhex(digits[: len(digits) // 2 * 2])
            unmixed = bytes(octet ^ octets[0] for octet in octets[1:500])
            for decoded in (octets, unmixed):
                text = decoded.replace(b"\0", b"").decode("latin-1")
                if matcher.anchored(text.lower()) and next(matcher.hits(plain(View(text))), None):
                    return True
    return False
