"""Sets declared public contacts aside while a text is masked.

What stands beside a contact must not be read together with it once blanks, line ends or tags are left out:
`Kontakt⏎service@…` is a word and a contact, and no mailbox called kontaktservice. So a mark stands for each
contact until everything else was looked for.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from parley.masking.declared import Span
from parley.masking.decodings import percent_decodings, unfolded
from parley.masking.matcher import Matcher
from parley.masking.octets import lowered
from parley.masking.readings import plain
from parley.masking.views import View

_MARKS: Final = ("¤", "¦", "¶", *map(chr, range(0xE000, 0xE100)))
"""What ends every token and is rare; Windows-1252 has the first three, which keeps reading fast."""
_BROKEN: Final = re.compile(r"@[ \t>]*\r?\n")


@dataclass(frozen=True, slots=True)
class Aside:
    """A text with marks in it, and what they stand for."""

    text: str
    mark: str = ""
    taken: tuple[str, ...] = ()

    def restored(self, masked: str) -> str:
        """The masked text with its contacts again."""
        if not self.taken:
            return masked
        return re.sub(rf"{self.mark}(\d+){self.mark}", lambda match: self.taken[int(match[1])], masked)


def set_aside(text: str, matcher: Matcher, read: Callable[[str], View] = View) -> Aside:
    """The text with a mark for each contact. read: what the text's reader sees, as a view.

    Raises `TooComplexError`."""
    if not matcher.declared or not matcher.anchored(lowered(text)):
        return Aside(text)
    mark = next((mark for mark in _MARKS if mark not in text), "")
    spans = sorted(set(_spans(plain(read(text)), matcher))) if mark else []
    taken: list[str] = []
    pieces: list[str] = []
    done = 0
    for start, end in spans:
        if start < done:
            continue
        pieces += (text[done:start], f"{mark}{len(taken)}{mark}")
        taken.append(text[start:end])
        done = end
    return Aside("".join((*pieces, text[done:])), mark, tuple(taken))


def _spans(seen: View, matcher: Matcher) -> Iterator[Span]:
    """Where contacts stand in the text below."""
    for view in (seen, *percent_decodings(seen)):
        for span in matcher.declared_spans(view):
            yield view.base_span(*span)
    if _BROKEN.search(seen.text):
        view = unfolded(seen)
        for span in matcher.declared_spans(view, joined=True):
            yield view.base_span(*span)
