"""Masks HTML: sanitised (nh3), read as the reader sees it, and masked there.

Layout stays: tables, styles, classes, ids, `cid:` pictures. What loads something from elsewhere, runs
or submits goes. Text is searched joined across tags; a hit's tags stay, only its characters go. Should the
sanitiser swallow text (it does after malformed `<math><style>`), the text is sent in place of the HTML.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import nh3

from parley.masking import bidi, concealed
from parley.masking.armor import without_armor
from parley.masking.aside import set_aside
from parley.masking.attributes import ATTRIBUTES, SCHEMES, TAGS, AttributeFilter
from parley.masking.complexity import eased
from parley.masking.decodings import percent_decodings
from parley.masking.effects import TURNING
from parley.masking.elements import kept_apart, names_of, rare, renamed, to_rename
from parley.masking.encoded import some_run_reveals
from parley.masking.matcher import Matcher
from parley.masking.passages import with_links_unwrapped, without_keys
from parley.masking.readings import plain
from parley.masking.remote import elements_load, style_loads
from parley.masking.rendering import (
    TAG,
    as_page,
    bare_text,
    between_tags,
    page_text,
    rendered_piece,
    tags_apart,
    text_apart,
    without_tags,
)
from parley.masking.spans import merged, spans_of
from parley.masking.styles import PROPERTIES
from parley.masking.stylesheets import frame, style_sheets
from parley.masking.text import MaskedText, Medium, mask_text, mask_view, may_hide
from parley.masking.tokens import Hit
from parley.masking.views import View
from parley.masking.visible import FOREIGN_ROOTS, GONE, swallowed, visible_text, without_foreign

_END_OF_BLOCK: Final = re.compile(r"</(?:p|div|tr|table|li|blockquote)>")
_PIECE: Final = 2_000
_RUN: Final = re.compile(r"[A-Za-z0-9+/_\-]{8}")
_NEAR: Final = 200
_EMPTY_IMAGE: Final = re.compile(r"<img(?![^>]* (?:src=|alt=\"[^\"]))[^>]*>")


@dataclass(slots=True)
class MaskedHtml:
    """HTML to send, or its text where the HTML could not be kept. Counts as in `MaskedText`.
    remote: how much was removed that a reader's program would have loaded from elsewhere, roughly. codes: of
    what else was taken out."""

    text: str
    protected: int = 0
    contacts: tuple[str, ...] = ()
    is_html: bool = True
    remote: int = 0
    codes: tuple[str, ...] = ()


def mask_html(
    text: str, matcher: Matcher, content_ids: Mapping[str, str], *, mask_contacts: bool = True
) -> MaskedHtml:
    """The HTML, sanitised and masked. content_ids: `content_ids.names_of` a part → its new Content-ID.

    Raises `text.UnsettledError`, `TooComplexError` or `armor.ArmoredMessageError`.
    """
    text = eased(text).replace("\0", "")
    names = names_of(text)
    sheets = tuple(style_sheets(text)) if "style" in names else ()
    loads = elements_load(text, names) or any(map(style_loads, sheets))
    text = without_foreign(text) if names & FOREIGN_ROOTS else text
    attributes = AttributeFilter(matcher, content_ids, mask_contacts, _holds_encoded(text, matcher))
    cleaned = _sanitised(text, rare(names), attributes)
    if attributes.failure:
        raise attributes.failure
    remote = attributes.remote + loads
    if swallowed(text, cleaned):
        bare, codes = without_armor(visible_text(text))
        masked = mask_text(bare, matcher, mask_contacts=mask_contacts)
        return MaskedHtml(masked.text, masked.protected, masked.contacts, False, remote, codes)
    around = mask_text(frame(text, sheets, attributes.own_picture), matcher, mask_contacts=False)
    before = "" if around.protected else around.text
    may_conceal = concealed.may_conceal(before, styles_hide=attributes.hides or "rp" in names)
    cleaned, codes = without_keys(bidi.html_as_shown(_EMPTY_IMAGE.sub(" ", cleaned)))
    unwrapped, links = with_links_unwrapped(cleaned, matcher)
    aside = set_aside(unwrapped, matcher, as_page)
    masked = _mask_visible(
        aside.text, matcher, mask_contacts, concealed.medium(before) if may_conceal else None
    )
    protected = masked.protected + attributes.protected + around.protected + links
    turns = attributes.turns or TURNING.search(before) is not None
    if turns and any(may_hide(order, matcher) for order in bidi.turned(masked.text)):
        before, masked, protected = "", replace(masked, text=bidi.without_layout(masked.text)), protected + 1
    shown = aside.restored(masked.text)
    return MaskedHtml(
        f"{before}{shown}</body></html>" if before else shown,
        protected,
        (*masked.contacts, *attributes.contacts),
        remote=remote,
        codes=codes,
    )


def _sanitised(text: str, unusual: frozenset[str], attributes: AttributeFilter) -> str:
    cleaned = nh3.clean(
        kept_apart(text) if unusual else text,
        tags=TAGS | to_rename(unusual),
        clean_content_tags=GONE,
        attributes=ATTRIBUTES,
        # Mails repeat their attributes on every line: most are answered without running any Python.
        attribute_filter=lru_cache(maxsize=None)(attributes),
        link_rel=None,
        url_schemes=SCHEMES,
        filter_style_properties=set(PROPERTIES),
    )
    return renamed(cleaned) if unusual else cleaned


def _holds_encoded(text: str, matcher: Matcher) -> bool:
    seen = html.unescape(text) if "&" in text else text
    if some_run_reveals(seen, matcher):
        return True
    return "%" in seen and any(
        some_run_reveals(view.text, matcher) for view in percent_decodings(plain(View(seen)))
    )


def _mask_visible(
    cleaned: str, matcher: Matcher, mask_contacts: bool, unconcealed: Medium | None
) -> MaskedText:
    def within_one_element(text: str, hit: Hit) -> Iterable[Hit]:
        return list(_within_elements(text, hit, matcher)) or (hit,)

    seen = Medium(as_page, page_text, between_tags, within_one_element)
    pieces = [mask_view(piece, matcher, seen, mask_contacts=mask_contacts) for piece in _in_pieces(cleaned)]
    protected = sum(piece.protected for piece in pieces)
    contacts = tuple(code for piece in pieces for code in piece.contacts)
    text = "".join(piece.text for piece in pieces)
    others = (_SEPARATED, _STRIPPED) if may_hide(bare_text(text), matcher) else ()
    for medium in (*others, unconcealed) if unconcealed else others:
        if may_hide(medium.show(text), matcher):
            again = mask_view(text, matcher, medium, mask_contacts=False)
            text, protected = again.text, protected + again.protected
    return MaskedText(text, protected, contacts)


def _in_pieces(cleaned: str) -> Iterator[str]:
    """The HTML in pieces that end with a block, so that only those with something in them cost time; none
    between two lines that may be one encoded run."""
    done, at = 0, _PIECE
    while match := _END_OF_BLOCK.search(cleaned, at):
        at = match.end()
        if not _ends_in_a_run(cleaned[max(done, match.start() - _NEAR) : match.start()]):
            yield cleaned[done:at]
            done, at = at, at + _PIECE
    yield cleaned[done:]


def _ends_in_a_run(text: str) -> bool:
    text = text.rstrip()
    while text.endswith(">"):
        text = text[: text.rfind("<")].rstrip()
    return _RUN.fullmatch(text[-8:]) is not None


def _within_elements(text: str, hit: Hit, matcher: Matcher) -> Iterator[Hit]:
    """The mailboxes that stand whole between two tags of a hit: `<b>a@b.example</b>bitte` loses no text."""
    start = hit.start
    if "<" not in text[start : hit.end] or "@" not in hit.replacement:
        return
    for piece in TAG.split(text[start : hit.end]):
        view = rendered_piece(piece)
        for found in merged(spans_of(view, matcher, mask_contacts=hit.contact is not None)):
            if "@" in found.replacement:
                yield replace(found, start=start + found.start, end=start + found.end)
        start = _after_tag(text, start + len(piece))


def _after_tag(text: str, position: int) -> int:
    return text.find(">", position) + 1


# With every tag as a boundary, as searches in the source see it, and with none, as some gateways do.
_SEPARATED: Final = Medium(tags_apart, text_apart, between_tags)
_STRIPPED: Final = Medium(without_tags, bare_text, between_tags)
