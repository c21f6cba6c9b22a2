"""Text as another program would decode it, with the way back to the characters it came from.

A view is made by rewriting the matches of one pattern; views of views compose. Only what matches costs
Python time, so a view of a mostly plain text is nearly as cheap as the copy of that text.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property
from itertools import accumulate, chain
from typing import Final

MAX_PIECES: Final = 200_000
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class TooComplexError(ValueError):
    """More pieces than a mail program writes: working on them would take longer than a mail is worth (I9)."""


def encodable(text: str) -> str:
    """The text with U+FFFD in place of each lone surrogate, which cannot be encoded: octets that were no text
    and halves of escapes (`\\ud834`) leave them behind."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


class View:
    """A text and, for each of its spans, the span of the base text that it stands for."""

    def __init__(self, text: str, parent: "View | None" = None) -> None:
        self.text = text
        self.strict = ""
        """The text before letters that look alike were exchanged, where they were; else empty."""
        self.joins = False
        """Whether blanks or line ends were left out, so that words stand together that were apart."""
        self._parent = parent
        self._at: list[int] = []
        self._until: list[int] = []
        self._origin: list[int] = []
        self._origin_end: list[int] = []

    @cached_property
    def lower(self) -> str:
        """The text in lower case, character for character."""
        lowered = self.text.lower()
        if len(lowered) == len(self.text):
            return lowered
        return "".join(low if len(low := char.lower()) == 1 else char for char in self.text)

    def rewritten(self, pattern: re.Pattern[str], decode: Callable[[re.Match[str]], str]) -> "View":
        """A view in which each match of the pattern (none may be empty) reads as decode says; self if
        nothing changes. Raises `TooComplexError`."""
        text = self.text
        matches = list(pattern.finditer(text))
        if not matches:
            return self
        if len(matches) > MAX_PIECES:
            raise TooComplexError
        decoded = list(map(decode, matches))
        origin = [match.start() for match in matches]
        origin_end = [match.end() for match in matches]
        # What stands between the matches: one piece more than there are matches.
        kept = list(zip((0, *origin_end), (*origin, len(text)), strict=True))
        view = View(_woven([text[start:end] for start, end in kept], decoded), self)
        if view.text == text:
            return self
        if self.strict:
            view.strict = _woven([self.strict[start:end] for start, end in kept], decoded)
        lengths = chain.from_iterable(
            (end - start, len(piece)) for (start, end), piece in zip(kept, decoded, strict=False)
        )
        edges = list(accumulate(lengths))
        view._at, view._until = edges[0::2], edges[1::2]
        view._origin, view._origin_end = origin, origin_end
        return view

    def translated(self, table: dict[int, int]) -> "View":
        """A view with single characters exchanged for single characters."""
        text = self.text.translate(table)
        if text == self.text:
            return self
        view = View(text, self)
        view.strict = self.text
        return view

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
        at = self._at[bisect_right(self._at, start) : bisect_right(self._at, end - 1)]
        return list(dict.fromkeys(at))

    def _start(self, position: int) -> int:
        index = bisect_right(self._at, position) - 1
        if index < 0:
            return position
        if position < self._until[index]:
            return self._origin[index]
        return self._origin_end[index] + position - self._until[index]

    def _end(self, position: int) -> int:
        index = bisect_right(self._at, position - 1) - 1
        if index < 0:
            return position
        if position - 1 < self._until[index]:
            return self._origin_end[index]
        return self._origin_end[index] + position - self._until[index]


def _woven(kept: list[str], decoded: list[str]) -> str:
    return "".join(chain.from_iterable(zip(kept, decoded, strict=False))) + kept[-1]
