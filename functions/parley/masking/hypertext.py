"""Masks HTML: sanitised (nh3), read as the reader sees it, and masked there.

Layout stays: tables, inline styles, classes, ids, `cid:` pictures. What loads something from elsewhere, runs
or submits goes. Text is searched joined across tags; a hit's tags stay, only its characters go. Should the
sanitiser swallow text (it does after malformed `<math><style>`), the text is sent in place of the HTML.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import nh3

from parley.masking.encoded import encoded_hits
from parley.masking.links import is_wrapped, target
from parley.masking.matcher import Matcher
from parley.masking.protected import MASKED_MAILBOX
from parley.masking.readings import percent_decodings, plain
from parley.masking.styles import PROPERTIES, safe_style
from parley.masking.text import MaskedText, is_plain, mask_text, mask_view
from parley.masking.views import View

_TAGS: Final = set(nh3.ALLOWED_TAGS) | {"font", "big", "address", "main", "section", "dir", "menu", "tfoot"}
_GONE: Final = {"script", "style", "title", "iframe", "object", "embed", "applet", "noembed", "noframes", "template"}
_COMMON: Final = {"style", "class", "id", "dir", "lang", "title", "align", "valign", "width", "height", "bgcolor"}
_CELL: Final = {"colspan", "rowspan", "nowrap", "headers", "scope", "abbr", "char", "charoff"}
_ATTRIBUTES: Final = {
    "*": _COMMON,
    "a": {"href", "name", "target"},
    "area": {"href", "alt", "shape", "coords"},
    "blockquote": {"type", "cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "font": {"color", "face", "size"},
    "hr": {"size", "noshade", "color"},
    "img": {"src", "alt", "border", "hspace", "vspace", "usemap"},
    "li": {"value", "type"},
    "map": {"name"},
    "ol": {"start", "type", "reversed"},
    "table": {"border", "cellpadding", "cellspacing", "summary", "frame", "rules", "role"},
    "td": _CELL,
    "th": _CELL,
    "time": {"datetime"},
    "ul": {"type"},
}
_SCHEMES: Final = {"http", "https", "mailto", "tel", "cid", "data", "sms"}
_LINKED: Final = frozenset({"http", "https", "mailto", "tel", "sms"})
_INLINE: Final = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|img|ins|kbd|mark|q|s|samp|small|span|strike|"
    "strong|sub|sup|time|tt|u|var|wbr"
)
_MARKUP: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*>|&(?:amp|lt|gt|nbsp|quot|#39);")
_IS_INLINE: Final = frozenset(_INLINE.split("|"))
_TAG: Final = re.compile(r"<[^>]*>")
_RASTER: Final = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp);base64,[A-Za-z0-9+/=\s]*\Z", re.IGNORECASE)
_UNSEEN: Final = re.compile(
    r"<(!--|script|style|title|iframe|object|embed|applet|noembed|noframes|template|xml)(?![a-z0-9])", re.IGNORECASE
)
_BREAK: Final = re.compile(r"<(?:br|/p|/div|/tr|/h\d|/li|/table|/blockquote)\b[^<>]*>", re.IGNORECASE)
_ANY_TAG: Final = re.compile(r"<[!?/a-zA-Z][^<>]*>")
_EMPTY_IMAGE: Final = re.compile(r"<img(?![^>]* (?:src|alt)=)[^>]*>")
_WORD_CHARACTERS: Final = re.compile(r"\w")
MAX_TAGS: Final = 200_000


class TooComplex(ValueError):
    """More tags than any mail program writes."""


@dataclass(slots=True)
class MaskedHtml:
    """HTML to send, or its text where the HTML could not be kept. Counts as in `MaskedText`."""

    text: str
    protected: int = 0
    contacts: int = 0
    is_html: bool = True
    remote_images: int = 0


@dataclass(slots=True)
class _Attributes:
    """Decides attribute by attribute while the sanitiser runs; remembers values, which repeat a lot."""

    matcher: Matcher
    content_ids: Mapping[str, str]
    mask_contacts: bool
    encoded: bool
    """Whether encoded runs anywhere in the HTML hold something protected."""
    protected: int = 0
    contacts: int = 0
    remote_images: int = 0
    failure: Exception | None = None
    _known: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        key = ("src" if name == "src" else "href" if name == "href" else "style" if name == "style" else "", value)
        if key not in self._known:
            try:
                self._known[key] = self._decide(key[0], value)
            except Exception as failure:  # noqa: BLE001  # the sanitiser would swallow it and go on
                self.failure = failure
                return None
        return self._known[key]

    def _decide(self, name: str, value: str) -> str | None:
        if name == "src":
            return self._picture(value.strip())
        if name == "href":
            return self._link(value.strip())
        return self._masked(safe_style(value) if name == "style" else value)

    def _masked(self, value: str) -> str:
        if not self.encoded and is_plain(value, self.matcher):
            return value
        masked = mask_text(value, self.matcher, mask_contacts=self.mask_contacts)
        self.protected += masked.protected
        self.contacts += masked.contacts
        return masked.text

    def _picture(self, value: str) -> str | None:
        if value[:4].lower() == "cid:":
            new = self.content_ids.get(content_id_key(html.unescape(value[4:])))
            return None if new is None else f"cid:{new}"
        if _RASTER.match(value) and self._masked(value) == value:
            return value
        self.remote_images += 1
        return None

    def _link(self, value: str) -> str | None:
        if value.startswith("#"):
            return self._masked(value)
        if value.startswith("//"):
            value = "https:" + value
        scheme = value.split(":", 1)[0].lower()
        if scheme == "cid":
            return self._picture(value)
        if scheme not in _LINKED:
            return None
        masked = self._masked(value)
        if masked != value and is_wrapped(value):
            masked = self._masked(target(value))
        return None if scheme == "mailto" and MASKED_MAILBOX in masked else masked


def content_id_key(value: str) -> str:
    """A Content-ID or the rest of a `cid:` URL (RFC 2392), comparable."""
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda m: chr(int(m[1], 16)), value).strip().strip("<>").strip().lower()


def mask_html(
    text: str, matcher: Matcher, content_ids: Mapping[str, str], *, mask_contacts: bool = True
) -> MaskedHtml:
    """The HTML, sanitised and masked. content_ids: old (`content_id_key`) → new.

    Raises `text.Unsettled` or `TooComplex`.
    """
    if text.count("<") > MAX_TAGS:
        raise TooComplex
    text = text.replace("\0", "")
    visible = visible_text(text)
    attributes = _Attributes(matcher, content_ids, mask_contacts, _holds_encoded(text, matcher))
    cleaned = nh3.clean(
        text,
        tags=_TAGS,
        clean_content_tags=_GONE,
        attributes=_ATTRIBUTES,
        attribute_filter=attributes,
        link_rel=None,
        url_schemes=_SCHEMES,
        filter_style_properties=set(PROPERTIES),
    )
    if attributes.failure:
        raise attributes.failure
    if _swallowed(visible, cleaned):
        masked = mask_text(visible, matcher, mask_contacts=mask_contacts)
        return MaskedHtml(masked.text, masked.protected, masked.contacts, is_html=False)
    masked = _mask_visible(_EMPTY_IMAGE.sub("", cleaned), matcher, mask_contacts)
    return MaskedHtml(
        masked.text,
        masked.protected + attributes.protected,
        masked.contacts + attributes.contacts,
        remote_images=attributes.remote_images,
    )


def _holds_encoded(text: str, matcher: Matcher) -> bool:
    seen = plain(View(text))
    return any(next(encoded_hits(view, matcher), None) for view in (seen, *percent_decodings(seen)))


def _mask_visible(cleaned: str, matcher: Matcher, mask_contacts: bool) -> MaskedText:
    masked = mask_view(_seen, cleaned, matcher, _between_tags, mask_contacts=mask_contacts)
    bare = html.unescape(_TAG.sub("", masked.text)).lower()
    if not matcher.anchored(bare) and not matcher.anchored("".join(bare.split())):
        return masked
    # Also what stripping all tags brings together, as some gateways do.
    again = mask_view(_stripped, masked.text, matcher, _between_tags, mask_contacts=False)
    return MaskedText(again.text, masked.protected + again.protected, masked.contacts)


def _seen(cleaned: str) -> View:
    return View(cleaned).rewritten(_MARKUP, _rendered)


def _stripped(cleaned: str) -> View:
    return View(cleaned).rewritten(_MARKUP, lambda match: "" if match.group()[0] == "<" else _rendered(match))


def _rendered(match: re.Match[str]) -> str:
    name = match.group(2)
    if name is None:
        return html.unescape(match.group())
    return "" if name in _IS_INLINE else "\n"


def _between_tags(text: str, start: int, end: int, replacement: str) -> str:
    return html.escape(replacement, quote=False) + "".join(_TAG.findall(text[start:end]))


def visible_text(text: str) -> str:
    """What a reader sees of HTML, roughly: enough to notice that text is missing, and to send it alone."""
    text = _BREAK.sub("\n", _without_unseen(text))
    text = html.unescape(_ANY_TAG.sub("", text))
    return re.sub(r"\n[ \t\r]*(?:\n[ \t\r]*)+", "\n\n", text).strip()


def _without_unseen(text: str) -> str:
    lower = text.lower()
    pieces, done = [], 0
    missing: set[str] = set()
    for match in _UNSEEN.finditer(lower):
        name = match.group(1)
        if match.start() < done or name in missing:
            continue
        close = "-->" if name == "!--" else f"</{name}"
        end = lower.find(close, match.end())
        if end < 0:
            missing.add(name)  # never searched for again: linear whatever the text
            continue
        pieces.append(text[done : match.start()])
        done = end + len(close)
        if name != "!--":
            done = lower.find(">", done) + 1 or len(text)
    return "".join((*pieces, text[done:])) if len(lower) == len(text) else text


def _swallowed(visible: str, cleaned: str) -> bool:
    before = len(_WORD_CHARACTERS.findall(visible))
    after = len(_WORD_CHARACTERS.findall(html.unescape(_TAG.sub("", cleaned))))
    return before - after > max(3, before // 50)


