"""Quotes in plain text, so that they can be told from what is new."""

from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Run:
    """Lines of a text that are quoted, or are not. text: without the first mark of the quote."""

    text: str
    is_quote: bool
    lines: int


def runs(text: str) -> tuple[Run, ...]:
    """The text in runs of quoted and other lines (RFC 3676 §4.5: a quoted line begins with `>`)."""
    made = []
    for is_quote, grouped in groupby(text.split("\n"), _is_quoted):
        lines = [line.removeprefix(">").removeprefix(" ") if is_quote else line for line in grouped]
        made.append(Run("\n".join(lines), is_quote, len(lines)))
    return tuple(made)


def _is_quoted(line: str) -> bool:
    return line.startswith(">")
