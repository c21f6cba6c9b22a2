"""SVG pictures: masked as text, without what runs in them.

Sanitising them as HTML would destroy the picture, so only scripts, event attributes and foreign objects go.
"""

import re
from typing import Final

from parley.masking.archives import mask_markup
from parley.masking.matcher import Matcher
from parley.masking.text import MaskedText

_ACTIVE: Final = ("script", "foreignobject")
_EVENT: Final = re.compile(r"\son[a-zA-Z]{2,30}\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")


def mask_svg(text: str, matcher: Matcher) -> MaskedText:
    """The picture's source, masked. Raises `text.UnsettledError`."""
    for name in _ACTIVE:
        text = _without(text, name)
    text = _EVENT.sub("", text)
    return mask_markup(text, matcher, mask_contacts=True)


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
