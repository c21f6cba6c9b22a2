"""How sanitised HTML is read: as a page, without its tags, or with every tag as a boundary. Also how a
replacement is written into it."""

import html
import re
from typing import Final

from parley.masking.views import View

_INLINE: Final = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|img|ins|kbd|label|mark|nobr|q|rb|s|samp|small|span|"
    "strike|strong|sub|sup|time|tt|u|var|wbr"
)
_IS_INLINE: Final = frozenset(_INLINE.split("|"))
TAG: Final = re.compile(r"<[^>]*>")
_MARKUP: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*>|&(?:amp|lt|gt|nbsp|quot|#39);")
_CHARACTERS: Final = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&quot;": '"', "&#39;": "'"}
_WRITTEN: Final = re.compile(r"&(?:amp|lt|gt|nbsp|quot|#39);")
"""What is left of entities."""
_ENTITIES: Final = (
    *(("&nbsp;", "\xa0"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'")),
    ("&amp;", "&"),
)
"""In the order in which they are decoded: the last one makes others."""
_INLINE_TAG: Final = re.compile(
    r"</?(?:a(?:bbr|cronym)?|b(?:d[io]|ig)?|c(?:ite|ode)|d(?:ata|el|fn)|em|font|i(?:mg|ns)?|kbd|label|mark|nobr"
    r"|q|rb|s(?:amp|mall|pan|tr(?:ike|ong)|u[bp])?|t(?:ime|t)|u|var|wbr)(?=[ >])[^>]*>"
)
"""Of those; fewer choices at each letter make it faster."""


def as_page(cleaned: str) -> View:
    """What a reader sees: blocks stand on lines of their own."""
    return page_of(View(cleaned))


def page_of(view: View) -> View:
    """The same of a view of sanitised HTML."""
    return view.rewritten(_MARKUP, _rendered)


def without_tags(cleaned: str) -> View:
    """All text joined, as some gateways read it."""
    return View(cleaned).rewritten(
        _MARKUP, lambda match: "" if match.group()[0] == "<" else _CHARACTERS[match.group()]
    )


def tags_apart(cleaned: str) -> View:
    """Every tag as a boundary, as searches in the source see it."""
    return View(cleaned).rewritten(
        _MARKUP, lambda match: "\n" if match.group()[0] == "<" else _CHARACTERS[match.group()]
    )


def _rendered(match: re.Match[str]) -> str:
    name = match.group(2)
    if name is None:
        return _CHARACTERS[match.group()]
    return "" if name in _IS_INLINE else "\n"


def page_text(cleaned: str) -> str:
    """The text of `as_page`."""
    return unescaped(TAG.sub("\n", _INLINE_TAG.sub("", cleaned)))


def bare_text(cleaned: str) -> str:
    """The text of `without_tags`."""
    return unescaped(TAG.sub("", cleaned))


def text_apart(cleaned: str) -> str:
    """The text of `tags_apart`."""
    return unescaped(TAG.sub("\n", cleaned))


def unescaped(cleaned: str) -> str:
    """Text or a value of sanitised HTML, in which there are few entities, as it reads."""
    if "&" not in cleaned:
        return cleaned
    # Finding the few that there are is faster than looking for each of them.
    present = set(_WRITTEN.findall(cleaned))
    for entity, character in _ENTITIES:
        if entity in present:
            cleaned = cleaned.replace(entity, character)
    return cleaned


def between_tags(text: str, start: int, end: int, replacement: str) -> str:
    """What text[start:end] becomes: the replacement, and all its tags."""
    return html.escape(replacement, quote=False) + "".join(TAG.findall(text[start:end]))


def rendered_piece(piece: str) -> View:
    """A piece of text between two tags."""
    return View(piece).rewritten(_MARKUP, _rendered)
