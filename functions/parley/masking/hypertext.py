"""Masks HTML: sanitised (nh3), read as the reader sees it, and masked there.

Layout stays: tables, styles, classes, ids, `cid:` pictures. What loads something from elsewhere, runs
or submits goes. Text is searched joined across tags; a hit's tags stay, only its characters go. Should the
sanitiser swallow text (it does after malformed `<math><style>`), the text is sent in place of the HTML.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import nh3

from parley.masking.attributes import ATTRIBUTES, SCHEMES, TAGS, AttributeFilter
from parley.masking.complexity import check_complexity
from parley.masking.encoded import some_run_reveals
from parley.masking.matcher import Matcher
from parley.masking.readings import percent_decodings, plain
from parley.masking.spans import merged, spans_of
from parley.masking.styles import PROPERTIES
from parley.masking.stylesheets import frame
from parley.masking.text import MaskedText, Medium, mask_text, mask_view, may_hide
from parley.masking.tokens import Hit
from parley.masking.views import View
from parley.masking.visible import GONE, bare_octets, visible_text, without_foreign

_INLINE: Final = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|img|ins|kbd|mark|q|s|samp|small|span|strike|"
    "strong|sub|sup|time|tt|u|var|wbr"
)
_MARKUP: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*>|&(?:amp|lt|gt|nbsp|quot|#39);")
_CHARACTERS: Final = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&quot;": '"', "&#39;": "'"}
_IS_INLINE: Final = frozenset(_INLINE.split("|"))
_TAG: Final = re.compile(r"<[^>]*>")
_BLOCK_TAG: Final = re.compile(rf"<(?!/?(?:{_INLINE})[ >])[^>]*>")
_END_OF_BLOCK: Final = re.compile(r"</(?:p|div|tr|table|li|blockquote)>")
_PIECE: Final = 2_000
_NOT_WORD: Final = re.compile(r"\W+")
_EMPTY_IMAGE: Final = re.compile(r"<img(?![^>]* (?:src|alt)=)[^>]*>")


@dataclass(slots=True)
class MaskedHtml:
    """HTML to send, or its text where the HTML could not be kept. Counts as in `MaskedText`."""

    text: str
    protected: int = 0
    contacts: tuple[str, ...] = ()
    is_html: bool = True
    remote_images: int = 0


def mask_html(
    text: str, matcher: Matcher, content_ids: Mapping[str, str], *, mask_contacts: bool = True
) -> MaskedHtml:
    """The HTML, sanitised and masked. content_ids: old (`content_id_key`) → new.

    Raises `text.UnsettledError` or `TooComplexError`.
    """
    check_complexity(text)
    text = without_foreign(text.replace("\0", ""))
    attributes = AttributeFilter(matcher, content_ids, mask_contacts, _holds_encoded(text, matcher))
    cleaned = nh3.clean(
        text,
        tags=TAGS,
        clean_content_tags=GONE,
        attributes=ATTRIBUTES,
        attribute_filter=attributes,
        link_rel=None,
        url_schemes=SCHEMES,
        filter_style_properties=set(PROPERTIES),
    )
    if attributes.failure:
        raise attributes.failure
    if _swallowed(text, cleaned):
        masked = mask_text(visible_text(text), matcher, mask_contacts=mask_contacts)
        return MaskedHtml(masked.text, masked.protected, masked.contacts, is_html=False)
    masked = _mask_visible(_EMPTY_IMAGE.sub("", cleaned), matcher, mask_contacts)
    around = mask_text(frame(text), matcher, mask_contacts=False)
    is_framed = around.text and not around.protected
    return MaskedHtml(
        f"{around.text}{masked.text}</body></html>" if is_framed else masked.text,
        masked.protected + attributes.protected + around.protected,
        (*masked.contacts, *attributes.contacts),
        remote_images=attributes.remote_images,
    )


def _holds_encoded(text: str, matcher: Matcher) -> bool:
    seen = html.unescape(text) if "&" in text else text
    if some_run_reveals(seen, matcher):
        return True
    return "%" in seen and any(
        some_run_reveals(view.text, matcher) for view in percent_decodings(plain(View(seen)))
    )


def _mask_visible(cleaned: str, matcher: Matcher, mask_contacts: bool) -> MaskedText:
    def within_one_element(text: str, hit: Hit) -> Iterable[Hit]:
        return list(_within_elements(text, hit, matcher)) or (hit,)

    seen = Medium(_seen, _shown, _between_tags, within_one_element)
    pieces = [mask_view(piece, matcher, seen, mask_contacts=mask_contacts) for piece in _in_pieces(cleaned)]
    protected = sum(piece.protected for piece in pieces)
    contacts = tuple(code for piece in pieces for code in piece.contacts)
    masked = MaskedText("".join(piece.text for piece in pieces), 0, contacts)
    # Also with every tag as a boundary, as searches in the source see it, and with none, as some gateways do.
    for medium in (_SEPARATED, _STRIPPED) if may_hide(_bare(masked.text), matcher) else ():
        if not may_hide(medium.show(masked.text), matcher):
            continue
        again = mask_view(masked.text, matcher, medium, mask_contacts=False)
        masked, protected = MaskedText(again.text, 0, masked.contacts), protected + again.protected
    return MaskedText(masked.text, protected, masked.contacts)


def _in_pieces(cleaned: str) -> Iterator[str]:
    """The HTML in pieces that end with a block, so that only those with something in them cost time."""
    done = 0
    while match := _END_OF_BLOCK.search(cleaned, done + _PIECE):
        yield cleaned[done : match.end()]
        done = match.end()
    yield cleaned[done:]


def _within_elements(text: str, hit: Hit, matcher: Matcher) -> Iterator[Hit]:
    """The mailboxes that stand whole between two tags of a hit: `<b>a@b.example</b>bitte` loses no text."""
    start = hit.start
    if "<" not in text[start : hit.end] or "@" not in hit.replacement:
        return
    for piece in _TAG.split(text[start : hit.end]):
        view = View(piece).rewritten(_MARKUP, _rendered)
        for found in merged(spans_of(view, matcher, mask_contacts=hit.contact is not None)):
            if "@" in found.replacement:
                yield replace(found, start=start + found.start, end=start + found.end)
        start = _after_tag(text, start + len(piece))


def _after_tag(text: str, position: int) -> int:
    return text.find(">", position) + 1


def _seen(cleaned: str) -> View:
    return View(cleaned).rewritten(_MARKUP, _rendered)


def _stripped(cleaned: str) -> View:
    return View(cleaned).rewritten(_MARKUP, lambda match: "" if match.group()[0] == "<" else _rendered(match))


def _separated(cleaned: str) -> View:
    return View(cleaned).rewritten(
        _MARKUP, lambda match: "\n" if match.group()[0] == "<" else _rendered(match)
    )


def _apart(cleaned: str) -> str:
    return html.unescape(_TAG.sub("\n", cleaned))


def _shown(cleaned: str) -> str:
    return html.unescape(_TAG.sub("", _BLOCK_TAG.sub("\n", cleaned)))


def _bare(cleaned: str) -> str:
    return html.unescape(_TAG.sub("", cleaned))


def _rendered(match: re.Match[str]) -> str:
    name = match.group(2)
    if name is None:
        return _CHARACTERS[match.group()]
    return "" if name in _IS_INLINE else "\n"


def _between_tags(text: str, start: int, end: int, replacement: str) -> str:
    return html.escape(replacement, quote=False) + "".join(_TAG.findall(text[start:end]))


_SEPARATED: Final = Medium(_separated, _apart, _between_tags)
_STRIPPED: Final = Medium(_stripped, _bare, _between_tags)


def _swallowed(text: str, cleaned: str) -> bool:
    """Whether the sanitiser left out text that a reader sees."""
    octets = bare_octets(text), bare_octets(cleaned)
    if octets[0] == octets[1]:
        return False
    # The sanitiser writes characters in place of most entities.
    visible, left = (html.unescape(shown.decode("utf-8", "replace")) for shown in octets)
    before, after = len(_NOT_WORD.sub("", visible)), len(_NOT_WORD.sub("", left))
    return before - after > max(3, before // 50)
