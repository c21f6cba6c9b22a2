"""SVG pictures: masked as text, without what runs in them.

Sanitising them as HTML would destroy the picture, so only scripts, event attributes and foreign objects go.
"""

import re
from typing import Final

from parley.masking.matcher import Matcher
from parley.masking.text import MaskedText, mask_text, mask_view
from parley.masking.views import View

_ACTIVE: Final = ("script", "foreignobject")
_EVENT: Final = re.compile(r"\son[a-zA-Z]{2,30}\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")
_TAG: Final = re.compile(r"<[^<>]*>")


def mask_svg(text: str, matcher: Matcher) -> MaskedText:
    """The picture's source, masked. Raises `text.Unsettled`."""
    for name in _ACTIVE:
        text = _without(text, name)
    text = _EVENT.sub("", text)
    masked = mask_text(text, matcher)
    joined = mask_view(_without_tags, masked.text, matcher, _between_tags, mask_contacts=False)
    return MaskedText(joined.text, masked.protected + joined.protected, masked.contacts)


def _without(text: str, name: str) -> str:
    lower = text.lower()
    if len(lower) != len(text):
        return text
    pieces, done = [], 0
    while (start := lower.find(f"<{name}", done)) >= 0:
        pieces.append(text[done:start])
        end = lower.find(f"</{name}", start)
        close = lower.find(">", end if end >= 0 else start)
        done = close + 1 if close >= 0 else len(text)
    return "".join((*pieces, text[done:]))


def _without_tags(text: str) -> View:
    return View(text).rewritten(_TAG, lambda _: "")


def _between_tags(text: str, start: int, end: int, replacement: str) -> str:
    return replacement + "".join(_TAG.findall(text[start:end]))
