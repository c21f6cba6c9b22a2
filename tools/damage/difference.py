"""Where two texts differ: the spans that were replaced, by lines first and then by words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\s+|[^\s<>()\[\]{}\"',;|]+|.")
_MOST = 2_000_000
"""Steps of a comparison of words; what would take more counts as one span."""


@dataclass(frozen=True, slots=True)
class Change:
    """A span of the text as it was, and what stands there now. gap: what stands unchanged between the change
    before it and this one."""

    before: str
    after: str
    gap: str = ""

    def joined(self, following: "Change") -> "Change":
        """This change and the one that follows as one."""
        gap = following.gap
        return Change(self.before + gap + following.before, self.after + gap + following.after, self.gap)


def changes(before: str, after: str) -> list[Change]:
    """What was replaced, in order; empty if the texts are equal."""
    found: list[Change] = []
    gap = ""
    lines, others = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for some, other in _blocks(lines, others):
        for words, new in _by_words(some, other):
            if words == new:
                gap += words
            else:
                found.append(Change(words, new, gap))
                gap = ""
    return found


Block = tuple[Sequence[str], Sequence[str]]


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    """Both texts in pieces, like and unlike; unlike pieces of one length are taken pair by pair."""
    for kind, i, j, m, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "replace" and j - i == n - m:
            yield from (((a,), (b,)) for a, b in zip(old[i:j], new[m:n], strict=True))
        else:
            yield old[i:j], new[m:n]


def _by_words(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    before, after = "".join(old), "".join(new)
    words, others = _TOKEN.findall(before), _TOKEN.findall(after)
    if before == after or len(words) * len(others) > _MOST:
        yield before, after
        return
    for some, other in _blocks(words, others):
        yield "".join(some), "".join(other)
