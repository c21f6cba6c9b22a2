"""Text as another program would decode it, with the way back to the characters it came from.

A view is made by rewriting the matches of one pattern; views of views compose. Only what matches costs
Python time, so a view of a mostly plain text is nearly as cheap as the copy of that text. The way back is
worked out when somebody asks for it: most views are searched in vain.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import accumulate, chain
from operator import add, sub
from typing import Final, NamedTuple

from parley.masking.octets import lowered, octets_of

MAX_PIECES: Final = 200_000
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class TooComplexError(ValueError):
    """More pieces than a mail program writes: working on them would take longer than a mail is worth (I9)."""


def encodable(text: str) -> str:
    """The text with U+FFFD in place of each lone surrogate, which cannot be encoded: octets that were no text
    and halves of escapes (`\\ud834`) leave them behind."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


Decode = Callable[[re.Match[str]], str] | str


class _Pieces(NamedTuple):
    """What was rewritten, in order: the spans in the view's text, and those in its parent's."""

    starts: list[int]
    ends: list[int]
    origins: list[int]
    origin_ends: list[int]


_NOTHING: Final = _Pieces([], [], [], [])


class View:
    """A text and, for each of its spans, the span of the base text that it stands for."""

    def __init__(self, text: str, parent: "View | None" = None) -> None:
        self.text = text
        self.strict = ""
        """The text before letters that look alike were exchanged, where they were; else empty."""
        self.joins = False
        """Whether blanks or line ends were left out, so that words stand together that were apart."""
        self._parent = parent
        self._rewriting: tuple[re.Pattern[str], list[int] | int] | None = None
        """What was rewritten, and how long each match of it, or every one, became."""
        self._given: _Pieces | None = None

    @cached_property
    def lower(self) -> str:
        """The text in lower case, character for character."""
        return lowered(self.text)

    @cached_property
    def octets(self) -> bytes | None:
        """`octets_of` the text."""
        return octets_of(self.text)

    def rewritten(self, pattern: re.Pattern[str], decode: Decode) -> "View":
        """A view in which each match of the pattern (none may be empty) reads as decode says; self if
        nothing changes. Raises `TooComplexError`."""
        lengths: list[int] = []
        text, matches = pattern.subn(
            decode if isinstance(decode, str) else _measured(decode, lengths), self.text
        )
        if matches > MAX_PIECES:
            raise TooComplexError
        if text == self.text:
            return self
        view = View(text, self)
        view._rewriting = (pattern, len(decode) if isinstance(decode, str) else lengths)
        if self.strict:
            view.strict = _rewritten(self.strict, view._pieces, text)
        return view

    def made_of(self, pieces: Iterable[tuple[int, int, str]]) -> "View":
        """A view in which text[start:end] reads as given, for each piece in order.

        Raises `TooComplexError`."""
        spans = _Pieces([], [], [], [])
        shown: list[str] = []
        done = length = 0
        for start, end, read in pieces:
            if (
                spans.origin_ends
                and start == spans.origin_ends[-1]
                and not read
                and spans.starts[-1] == length
            ):
                spans.origin_ends[-1] = done = end  # Both are left out: one gap.
                continue
            if len(shown) > 2 * MAX_PIECES:
                raise TooComplexError
            shown += (self.text[done:start], read)
            length += start - done
            spans.starts.append(length)
            spans.origins.append(start)
            spans.origin_ends.append(end)
            length += len(read)
            spans.ends.append(length)
            done = end
        view = View("".join((*shown, self.text[done:])), self)
        view._given = spans
        return view

    @cached_property
    def _pieces(self) -> _Pieces:
        if self._given is not None:
            return self._given
        if self._rewriting is None or self._parent is None:
            return _NOTHING
        pattern, became = self._rewriting
        matches = list(pattern.finditer(self._parent.text))
        origins, origin_ends = map(list, zip(*map(re.Match.span, matches), strict=True))
        lengths = [became] * len(matches) if isinstance(became, int) else became
        kept = map(sub, origins, (0, *origin_ends))
        ends = list(accumulate(map(add, kept, lengths)))
        return _Pieces(list(map(sub, ends, lengths)), ends, origins, origin_ends)

    def read_as(self, text: str) -> "View":
        """A view with single characters exchanged for single characters that look like them."""
        if text == self.text:
            return self
        view = View(text, self)
        view.strict = self.text
        return view

    def translated(self, table: dict[int, int]) -> "View":
        """The same, by a table."""
        return self.read_as(self.text.translate(table))

    def is_ascii_at(self, position: int) -> bool:
        """Whether the character there is ASCII and does not just look like it."""
        return (self.strict or self.text)[position] < "\x80"

    def base_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the base text that text[start:end] (not empty) was made from."""
        start, end = self._start(start), self._end(end)
        return (start, end) if self._parent is None else self._parent.base_span(start, end)

    def gap_before(self, position: int) -> bool:
        """Whether this view (not those below it) left something out just before that position."""
        return position > 0 and self._start(position) > self._end(position)

    def gaps(self, start: int, end: int) -> list[int]:
        """The positions between two characters of text[start:end] where a view that `joins` left something
        out, in order."""
        starts = self._pieces.starts
        return list(dict.fromkeys(starts[bisect_right(starts, start) : bisect_right(starts, end - 1)]))

    def _start(self, position: int) -> int:
        pieces = self._pieces
        index = bisect_right(pieces.starts, position) - 1
        if index < 0:
            return position
        if position < pieces.ends[index]:
            return pieces.origins[index]
        return pieces.origin_ends[index] + position - pieces.ends[index]

    def _end(self, position: int) -> int:
        pieces = self._pieces
        index = bisect_right(pieces.starts, position - 1) - 1
        if index < 0:
            return position
        if position - 1 < pieces.ends[index]:
            return pieces.origin_ends[index]
        return pieces.origin_ends[index] + position - pieces.ends[index]


def _measured(decode: Callable[[re.Match[str]], str], lengths: list[int]) -> Callable[[re.Match[str]], str]:
    """The same, which notes how long each match becomes."""

    def measured(match: re.Match[str]) -> str:
        read = decode(match)
        lengths.append(len(read))
        return read

    return measured


def _rewritten(strict: str, pieces: _Pieces, text: str) -> str:
    """The strict text with the same pieces rewritten as in the text."""
    kept = zip((0, *pieces.origin_ends), (*pieces.origins, len(strict)), strict=True)
    decoded = [text[start:end] for start, end in zip(pieces.starts, pieces.ends, strict=True)]
    pairs = zip((strict[start:end] for start, end in kept), (*decoded, ""), strict=True)
    return "".join(chain.from_iterable(pairs))
