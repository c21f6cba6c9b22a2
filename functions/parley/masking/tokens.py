"""Token boundaries around mailboxes and domains: where a local-part begins and where a domain ends.

The notions are those of a careful reader of RFC 5321 §4.1.2 who also meets sentences without blanks, broken
lines and file extensions.
"""

import re
from dataclasses import dataclass
from typing import Final

from parley.masking.contact_rules import ContactKind
from parley.masking.views import View

MAX_LOCAL: Final = 256
LETTERS_AND_DIGITS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
# "o'brien" is one, but French and Italian put an article so before a word: "l'adresse d'anna@…".
_LOCAL_BACKWARDS: Final = re.compile(
    r"[\w.%+\-]{0,256}(?:'(?!(?:[cdjlmnst]|uq|lled|ll[aeu]|ll[aeu][dns]|nu)(?!\w))(?=\w)[\w.%+\-]{1,256}){0,4}"
)
ESCAPE: Final = re.compile(r"%(?:25){0,4}(?:u00)?[0-7][0-9a-f]")
"""A character of ASCII that is percent-encoded, once or again and again, in lower case."""
_BOUNDARY: Final = re.compile(
    r"%(?:25){0,4}(?:u00)?(?!2[bde]|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9a])[0-7][0-9a-f]"
)
"""The same of those that no local-part has unquoted: what stands before one is something else."""
_QUOTED_BACKWARDS: Final = re.compile(r'"[^"\r\n]{1,64}"')
_AFTER: Final = re.compile(r"[a-z0-9]|-[a-z0-9\-]{0,63}\.[a-z0-9]|\.[a-z0-9]")
_EXTENSION: Final = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|html?|txt|eml|msg|vcf|ics|csv|json|xml|zip|jpe?g|png|gif|webp|heic|svg)"
    r"(?![a-z0-9])"
)
_MAX_STARTS: Final = 64


@dataclass(frozen=True, slots=True)
class Hit:
    """A span of a view and what stands there instead. contact: its kind, if it is contact data that is not
    protected. registered: the
    whole of a mailbox that a party registered, not any mailbox at a private domain."""

    start: int
    end: int
    replacement: str
    contact: ContactKind | None = None
    registered: bool = False


def goes_on(view: View, end: int, *, joined: bool) -> bool:
    """Whether the domain that ends there is only the beginning of a longer one."""
    after = _AFTER.match(view.lower, end)
    if after is None or not view.is_ascii_at(end) or (joined and view.gap_before(end)):
        return False
    if view.lower[end] != ".":
        # "…@shop.exampleDanke": the next word stands in another element, or a blank is missing.
        return not (view.text[end].isupper() and view.text[end - 1].islower())
    if _EXTENSION.match(view.lower, end) or (joined and view.gap_before(end + 1)):
        return False
    # "…@shop.example.Danke": a sentence that goes on without a blank.
    return not (view.text[end + 1].isupper() and view.text[end - 1].islower())


def local_starts(view: View, at: int, *, joined: bool = False) -> list[int]:
    """Where the local-part that ends at `at` may begin, the most likely place first.

    joined: where something was left out may be a boundary too.
    """
    lower = view.lower
    window = lower[max(0, at - MAX_LOCAL) : at][::-1]
    if window.startswith('"') and (quoted := _QUOTED_BACKWARDS.match(window)):
        return [at - quoted.end()]
    token = _LOCAL_BACKWARDS.match(window)
    first = at - (token.end() if token else 0)
    if "%" in lower[first:at]:
        first = max((escape.end() for escape in _BOUNDARY.finditer(lower, first, at)), default=first)
    while first < at and lower[first] in ".-_%+":
        first += 1
    others = view.gaps(first, at) if joined else []
    if not (view.strict or view.text)[first:at].isascii():
        foreign = (position for position in range(first + 1, at) if not view.is_ascii_at(position - 1))
        others = sorted({*others, *foreign})
    return [start for start, _ in zip((first, *others), range(_MAX_STARTS), strict=False) if start < at]


def after_gaps(view: View, host: int, end: int) -> int:
    """Where a host name begins that must not go on across a left-out blank, except one beside a dot."""
    if not view.joins:
        return host
    for position in reversed(view.gaps(host, end)):
        if "." not in view.text[position - 1 : position + 1]:
            return position
    return host
