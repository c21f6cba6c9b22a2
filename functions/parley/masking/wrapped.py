"""Telephone numbers that a line end breaks: wrapped at 70 columns, quoted, in format=flowed (RFC 3676), or
in HTML that was wrapped as it was written.

Below each other stand other numbers, too: of orders, of articles, columns of a table. So more is asked than
of a number in one line: eight digits, and its country code, a word such as `Tel.` before it, or a line so
long that a program wrapped it. Where one of the lines alone holds a number, that is all there is.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from parley.masking.numbering import is_international
from parley.masking.phones import MAX_FLAGGED, MAX_MASKED, candidates, is_named, is_phone
from parley.masking.views import TooComplexError

Span = tuple[int, int]

_BREAK: Final = re.compile(
    r"[0-9][ \t.\-–/()]{0,3}(?P<end>(?<![ \t])[ \t]{0,8}\r?\n[ \t]{0,8}(?:>[> \t]{0,40})?)\(?[0-9]"
)
_BEFORE: Final = 100
_AFTER: Final = 64
_WRAPPED_AT: Final = 60
"""Characters of the shortest line, number and what is before it, that a program may have wrapped."""
_SHORTEST: Final = 8
_FEWEST: Final = 2
"""Digits that stand before the line end, at least, unless a country code says that a number begins."""


def wrapped_phones(text: str, lower: str, *, every: bool = False) -> Iterator[Span]:
    """The spans of the numbers that one line end breaks, in order.

    Without `every`, 200 line ends are looked at. With it, more than 10,000 raise `TooComplexError`.
    """
    breaks = _BREAK.finditer(text)
    done = 0
    for found in islice(breaks, MAX_MASKED if every else MAX_FLAGGED):
        span = _across(text, lower, *found.span("end"))
        if span is not None and span[0] >= done:
            done = span[1]
            yield span
    if every and next(breaks, None):
        raise TooComplexError


def _across(text: str, lower: str, start: int, end: int) -> Span | None:
    """The number that stands across text[start:end], a line end with the blanks and quote marks around it."""
    first = max(0, start - _BEFORE)
    last = text.find("\n", end, end + _AFTER)
    last = min(len(text), end + _AFTER) if last < 0 else last
    # "0711-555-", then "0123": the mark stands for the blank.
    blank = "" if text[start - 1] in "-–/." else " "
    seen, seen_lower = (whole[first:start] + blank + whole[end:last] for whole in (text, lower))
    at = start - first
    left_out = end - start - len(blank)
    is_wrapped = start - text.rfind("\n", 0, start) > _WRAPPED_AT
    for begin, stop, _ in candidates(seen):
        if (
            begin < at < stop
            and _is_one(seen, seen_lower, begin, stop, is_wrapped)
            and not _is_phone_at(seen, seen_lower, begin, len(seen[begin:at].rstrip()) + begin)
            and not _is_phone_at(seen, seen_lower, at + len(blank), stop)
            and sum(map(str.isdecimal, seen[begin:at])) >= (1 if "+" in seen[begin : begin + 2] else _FEWEST)
        ):
            return first + begin, first + stop + left_out
    return None


def _is_one(seen: str, lower: str, begin: int, stop: int, is_wrapped: bool) -> bool:
    written = seen[begin:stop]
    digits = "".join(filter(str.isdecimal, written))
    if len(digits) < _SHORTEST:
        return False
    certain = is_wrapped or is_international(written, digits) or is_named(lower[max(0, begin - 60) : begin])
    return certain and _is_phone_at(seen, lower, begin, stop)


def _is_phone_at(seen: str, lower: str, begin: int, stop: int) -> bool:
    return is_phone(seen[begin:stop], lower[max(0, begin - 60) : begin], lower[stop : stop + 24])
