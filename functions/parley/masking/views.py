"""Text as another program would decode it, with the way back to the characters it came from.

A view is made by rewriting the matches of one pattern; views of views compose. Only what matches costs
Python time, so a view of a mostly plain text is nearly as cheap as the copy of that text.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property


class View:
    """A text and, for each of its spans, the span of the base text that it stands for."""

    def __init__(self, text: str, parent: "View | None" = None) -> None:
        self.text = text
        self.strict = ""
        """The text before letters that look alike were exchanged, where they were; else empty."""
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
        nothing changes."""
        pieces: list[str] = []
        at, until, origin, origin_end = [], [], [], []
        done = length = 0
        text = self.text
        for match in pattern.finditer(text):
            start, end = match.span()
            decoded = decode(match)
            if len(decoded) == end - start == 1:
                if decoded == match.group():
                    continue
            pieces.append(text[done:start])
            length += start - done
            at.append(length)
            pieces.append(decoded)
            length += len(decoded)
            until.append(length)
            origin.append(start)
            origin_end.append(end)
            done = end
        if not at:
            return self
        pieces.append(text[done:])
        view = View("".join(pieces), self)
        view._at, view._until, view._origin, view._origin_end = at, until, origin, origin_end
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
