"""Text that is written backwards and shown forwards, by overrides of its direction (UAX #9 §2.2, `bdo`).

Nobody writes mail with them. Text in an override from right to left is put into the order in which it is
seen, and the override goes. Scripts that run from right to left, their blocks and isolates stay as they are.
"""

import html
import re
from collections.abc import Iterator
from typing import Final

from parley.masking.rendering import unescaped

_OVERRIDES: Final = re.compile("[\u202d\u202e]")
_RUN: Final = re.compile("\u202e([^\u202a-\u202e\u2066-\u2069\n]*)\u202c?")
_RUN_IN_HTML: Final = re.compile(
    "\u202e((?:[^\u202a-\u202e\u2066-\u2069<]"
    "|</?(?:a|b|em|font|i|s|small|span|strong|u|wbr)(?: [^<>]*)?>)*)\u202c?"
)
_ELEMENT: Final = re.compile(r"<bdo(?=[^<>]* dir=\"rtl\")[^<>]*>(.*?)</bdo>", re.DOTALL | re.IGNORECASE)
_ELEMENT_TAG: Final = re.compile(r"</?bdo(?: [^<>]*)?>")
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_TAG: Final = re.compile(r"(<[^<>]*>)")
_LAYOUT: Final = re.compile(r" (?:align|class|dir|id|style)=\"[^\"]*\"(?=[^<>]*>)")


def text_as_shown(text: str) -> str:
    """The text without overrides."""
    if "\u202e" not in text and "\u202d" not in text:
        return text
    return _OVERRIDES.sub("", _RUN.sub(lambda run: _reversed(run[1]), text))


def html_as_shown(cleaned: str) -> str:
    """Sanitised HTML without overrides."""
    if "<bdo" in cleaned:
        cleaned = _ELEMENT.sub(lambda element: _reversed_html(element[1]), cleaned)
        cleaned = _ELEMENT_TAG.sub("", cleaned)
    if "\u202e" in cleaned or "\u202d" in cleaned:
        cleaned = _OVERRIDES.sub("", _RUN_IN_HTML.sub(lambda run: _reversed_html(run[1]), cleaned))
    return cleaned


def _reversed(text: str) -> str:
    return text if _RIGHT_TO_LEFT.search(text) else text[::-1]


def _reversed_html(cleaned: str) -> str:
    """All text backwards, from tag to tag; the tags stay in their order."""
    if _RIGHT_TO_LEFT.search(cleaned):
        return cleaned
    pieces = _TAG.split(cleaned)
    pieces[::2] = (html.escape(unescaped(text)[::-1], quote=False) for text in reversed(pieces[::2]))
    return "".join(pieces)


def turned(cleaned: str) -> Iterator[str]:
    """The text of a page in other orders: from the last piece to the first, from the last character to the
    first."""
    pieces = [unescaped(text) for text in reversed(_TAG.split(cleaned)[::2])]
    yield "".join(pieces)
    yield "".join(text[::-1] for text in pieces)


def without_layout(cleaned: str) -> str:
    """The page as it stands, line by line."""
    return _LAYOUT.sub("", cleaned)
