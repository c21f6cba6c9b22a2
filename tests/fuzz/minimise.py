"""The smallest mail that makes the same trouble: pieces go as long as the trouble stays."""

import html
import re
import time
from collections.abc import Callable
from dataclasses import replace

from tests.fuzz.mails import Case
from tests.fuzz.parties import arrival
from tests.fuzz.target import contents, examine

SECONDS = 20.0


def minimised(case: Case, kind: str, *, seconds: float = SECONDS) -> Case:
    """The case with one expectation, then with lines, then octets, taken out. Never raises for bad mails."""
    until = time.monotonic() + seconds

    writer = arrival(case.raw, case.parties).writer

    def makes_it(candidate: Case) -> bool:
        return any(trouble.kind == kind for trouble in examine(candidate).troubles)

    def stays(candidate: Case) -> bool:
        # Another author has other secrets, and what a mail does not hold cannot be lost.
        same = arrival(candidate.raw, candidate.parties).writer == writer
        return same and _holds_what_it_should(candidate) and makes_it(candidate)

    case = _with_one_expectation(case, kind, makes_it)
    if not _holds_what_it_should(case):
        return case
    for pieces in (_lines, _octets):
        case = _reduced(case, pieces, stays, until)
    return case


def _with_one_expectation(case: Case, kind: str, makes_it: Callable[[Case], bool]) -> Case:
    """The first expectation that suffices for the trouble."""
    bare = replace(case, texts=(), files=(), is_ordinary=False)
    candidates = [
        bare,
        *(replace(bare, texts=(text,)) for text in case.texts),
        *(replace(bare, files=(file,)) for file in case.files),
        replace(bare, is_ordinary=case.is_ordinary),
    ]
    return next(filter(makes_it, candidates), case)


def _holds_what_it_should(case: Case) -> bool:
    """Whether the files are still there, and each text still has a line or an element of its own."""
    decoded = contents(case.raw)
    return decoded.issuperset(case.files) and all(
        any(_stands_alone(text, content) for content in decoded) for text in case.texts
    )


def _stands_alone(text: str, content: bytes) -> bool:
    shown = content.decode("utf-8", "replace")
    return re.search(rf"(?:\A|[\n>]){re.escape(html.escape(text))}(?:[\r\n<]|\Z)", shown) is not None


def _lines(raw: bytes) -> list[bytes]:
    return raw.splitlines(keepends=True)


def _octets(raw: bytes) -> list[bytes]:
    return [raw[at : at + 1] for at in range(len(raw))]


def _reduced(
    case: Case, split: Callable[[bytes], list[bytes]], stays: Callable[[Case], bool], until: float
) -> Case:
    """Takes out runs of pieces, long ones first (as Zeller's ddmin does)."""
    pieces = split(case.raw)
    length = max(1, len(pieces) // 2)
    while length:
        start = 0
        while start < len(pieces):
            if time.monotonic() > until:
                return case
            fewer = pieces[:start] + pieces[start + length :]
            candidate = replace(case, raw=b"".join(fewer))
            if stays(candidate):
                case, pieces = candidate, fewer
            else:
                start += length
        length //= 2
    return case
