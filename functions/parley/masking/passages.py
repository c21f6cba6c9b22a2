"""Passages in the text of sanitised HTML that are no prose: inline OpenPGP, wrapped links."""

import html
import re
from typing import Final

from parley.masking.armor import armored
from parley.masking.links import is_wrapped, target
from parley.masking.matcher import Matcher
from parley.masking.rendering import TAG, as_page, unescaped
from parley.masking.text import mask_text

_SPELLED_LINK: Final = re.compile(r"http(?<!\"http)s?://[^\s<>\"']{4,8000}")
"""Not the value of an attribute."""
_BREAK: Final = "<br>"


def without_keys(cleaned: str) -> tuple[str, tuple[str, ...]]:
    """The HTML without inline OpenPGP keys and signatures, as `armor.without_armor`; their tags stay."""
    if "-----BEGIN" not in cleaned:
        return cleaned, ()
    view = as_page(cleaned)
    codes: list[str] = []
    pieces: list[str] = []
    done = 0
    for span in armored(view.text, codes):
        start, end = view.base_span(*span)
        pieces += (
            cleaned[done:start],
            "".join(tag for tag in TAG.findall(cleaned[start:end]) if tag != _BREAK),
        )
        done = end
    return "".join((*pieces, cleaned[done:])), tuple(dict.fromkeys(codes))


def with_links_unwrapped(cleaned: str, matcher: Matcher) -> tuple[str, int]:
    """The HTML with links unwrapped that stand in its text and reveal something, and their number."""
    revealing: list[str] = []

    def shown(match: re.Match[str]) -> str:
        url = unescaped(match[0])
        if not is_wrapped(url) or not mask_text(url, matcher, mask_contacts=False).protected:
            return match[0]
        revealing.append(url)
        return html.escape(target(url), quote=False).replace('"', "&quot;")

    return _SPELLED_LINK.sub(shown, cleaned) if "://" in cleaned else cleaned, len(revealing)
