"""The source of XML and HTML documents, masked also where tags stand inside a protected string."""

import html
import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from parley.masking.matcher import Matcher
from parley.masking.text import MaskedText, Medium, mask_text, mask_view
from parley.masking.views import View

_TAG: Final = re.compile(r"<[^<>]*>")
_ENTITY: Final = re.compile(
    r"&(?:#x[0-9a-f]{1,8}|#[0-9]{1,8}|[a-z][a-z0-9]{1,30}(?=;)|amp|nbsp|shy);?", re.IGNORECASE
)
"""Only those that a browser decodes: `html.unescape` looks long for the others."""


_unescaped: Final = lru_cache(maxsize=1_000)(html.unescape)


def seems_protected(text: str, matcher: Matcher) -> bool:
    """Whether something protected may stand in the document: a fast first test."""
    bare = _ENTITY.sub(lambda entity: _unescaped(entity[0]), _TAG.sub("", text)).lower()
    return matcher.anchored(text.lower()) or matcher.anchored("".join(bare.split()))


def mask_markup(text: str, matcher: Matcher, *, mask_contacts: bool = False) -> MaskedText:
    """The source of an XML document, masked also where tags stand inside a protected string."""
    masked = mask_text(text, matcher, mask_contacts=mask_contacts)
    joined = mask_view(masked.text, matcher, _MARKUP, mask_contacts=False)
    return replace(joined, protected=masked.protected + joined.protected, contacts=masked.contacts)


def _without_tags(text: str) -> View:
    return View(text).rewritten(_TAG, lambda _: "")


def _between_tags(text: str, start: int, end: int, replacement: str) -> str:
    return html.escape(replacement, quote=False) + "".join(_TAG.findall(text[start:end]))


_MARKUP: Final = Medium(read=_without_tags, show=lambda text: _TAG.sub("", text), replace=_between_tags)
