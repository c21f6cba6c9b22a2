"""SVG pictures, which are documents: what runs in them, or loads something from elsewhere, goes.

Elements and attributes pass by an allow-list, links to elsewhere only where a reader must click them. A
picture in which nothing had to go is masked as it stands; any other is written anew. One that is no
well-formed XML is no picture either: programs would differ in how much of it they take (`UnreadableText`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from parley.mail.text import UnreadableText
from parley.masking.effects import effects_of, is_gone
from parley.masking.inline import clean_data_uri
from parley.masking.markup import mask_markup
from parley.masking.matcher import Matcher
from parley.masking.text import MaskedText

MAX_ENTITIES: Final = 100
MAX_ENTITY: Final = 1_000
MAX_GROWTH: Final = 6
"""A quotation mark becomes six characters; entities may not make more of anything."""
_ELEMENTS: Final = frozenset(
    (
        *("svg", "g", "defs", "symbol", "use", "image", "switch", "a", "view", "title", "desc", "style"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("text", "tspan", "textpath", "tref", "textarea", "tbreak"),
        *("lineargradient", "radialgradient", "stop", "pattern", "clippath", "mask", "marker", "filter"),
        *("animate", "animatetransform", "animatemotion", "animatecolor", "mpath", "set"),
        *("feblend", "fecolormatrix", "fecomponenttransfer", "fecomposite", "feconvolvematrix", "fetile"),
        *("fediffuselighting", "fedisplacementmap", "fedistantlight", "fedropshadow", "feflood", "feimage"),
        *("fefunca", "fefuncb", "fefuncg", "fefuncr", "fegaussianblur", "femerge", "femergenode", "feoffset"),
        *("femorphology", "fepointlight", "fespecularlighting", "fespotlight", "feturbulence"),
    )
)
_NAMESPACES: Final = frozenset({"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"})
_ATTRIBUTE: Final = re.compile(
    r"(?!on)[a-z][a-z0-9\-]*|xlink:(?:href|title|show|type)|xml:(?:space|lang|id)", re.I
)
_INSIDE: Final = re.compile(r"\s*(?:#|data:image/(?:png|jpeg|jpg|gif|webp)[;,])", re.IGNORECASE)
_CLICKED: Final = re.compile(r"\s*(?:https?:|mailto:|tel:|#)", re.IGNORECASE)
_URL: Final = re.compile(r"url\s*\(\s*[\"']?([^)]*)\)?", re.IGNORECASE)
_LOADING: Final = re.compile(r"\\|@import|image\s*\(|image-set|expression|src\s*\(", re.IGNORECASE)


def mask_svg(text: str, matcher: Matcher) -> MaskedText:
    """The picture's source, masked. Raises `UnreadableText` or `text.UnsettledError`."""
    writer = _Writer(MAX_GROWTH * len(text) + 1_000)
    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = writer.start
    parser.EndElementHandler = writer.end
    parser.CharacterDataHandler = writer.text
    parser.EntityDeclHandler = writer.entity
    parser.ProcessingInstructionHandler = writer.instruction
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError:
        raise UnreadableText("undecodable-text") from None
    if not writer.has_changed:
        return mask_markup(text, matcher, mask_contacts=True)
    masked = mask_markup("".join(writer.pieces), matcher, mask_contacts=True)
    # Without its declaration the picture must read the same in every charset.
    ascii_only = masked.text.encode("ascii", "xmlcharrefreplace").decode("ascii")
    return MaskedText(ascii_only, masked.protected, masked.contacts)


def _is_concealed(attributes: Mapping[str, str]) -> bool:
    """Whether a piece of a line is not seen: nobody writes such pieces but to break up what is seen."""
    declarations = [f"{name}:{value}" for name, value in attributes.items() if name != "style"]
    style = ";".join((*declarations, attributes.get("style", ""))).lower()
    effect = {name: hides for effect in effects_of(style) for name, hides in effect.items()}
    return is_gone(effect) or effect.get("visibility", False) or effect.get("size", False)


@dataclass(slots=True)
class _Writer:
    """Writes what may pass. room: characters left. skipped: how many elements deep in one that goes.
    style: the text of a style element so far, which comes in pieces; None outside of one."""

    room: int
    pieces: list[str] = field(default_factory=list)
    has_changed: bool = False
    skipped: int = 0
    style: list[str] | None = None
    entities: int = 0

    def start(self, name: str, attributes: list[str]) -> None:
        prefix, _, local = name.lower().rpartition(":")
        pairs = dict(zip(attributes[::2], attributes[1::2], strict=True))
        animates_link = re.fullmatch(
            r"(?:xlink:)?href|on.*|style", pairs.get("attributeName", "").strip(), re.I
        )
        if (
            self.skipped
            or self.style is not None
            or local not in _ELEMENTS
            or prefix not in ("", "svg")
            or animates_link
            or (local == "tspan" and _is_concealed(pairs))
        ):
            self.skipped += 1
            self.has_changed = True
            return
        self.style = [] if local == "style" else None
        kept = [
            (key, value) for key, raw in pairs.items() if (value := self._value(local, key, raw)) is not None
        ]
        self._write(f"<{name}{''.join(f' {key}={quoteattr(value)}' for key, value in kept)}>")

    def end(self, name: str) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        if self.style is not None:
            css, self.style = "".join(self.style), None
            self._write(escape(self._style(css)))
        self._write(f"</{name}>")

    def text(self, text: str) -> None:
        if self.style is not None and not self.skipped:
            self.style.append(text)
        elif not self.skipped:
            self._write(escape(text))

    def entity(self, _name: str, is_parameter: bool, value: str | None, *_where: object) -> None:
        """Drawing programs shorten the names of their namespaces so; anything larger is a trick."""
        self.entities += 1
        if is_parameter or value is None or "&" in value or "<" in value or len(value) > MAX_ENTITY:
            raise UnreadableText("undecodable-text")
        if self.entities > MAX_ENTITIES:
            raise UnreadableText("undecodable-text")
        self.has_changed = True

    def instruction(self, *_what: str) -> None:
        self.has_changed = True  # xml-stylesheet, say

    def _write(self, piece: str) -> None:
        self.room -= len(piece)
        if self.room < 0:
            raise UnreadableText("undecodable-text")
        self.pieces.append(piece)

    def _value(self, element: str, name: str, value: str) -> str | None:
        """The value of an attribute as it passes; None if it goes."""
        if name == "xmlns" or name.startswith("xmlns:"):
            kept: str | None = value if value in _NAMESPACES else None
        elif name == "href" or name == "xlink:href":
            wanted = _CLICKED if element == "a" else _INSIDE
            kept = _within(value) if wanted.match(value) else None
        elif not _ATTRIBUTE.fullmatch(name) or name in ("src", "srcset", "ping"):
            kept = None
        else:
            kept = self._style(value) if name == "style" or "url" in value.lower() else value
        self.has_changed = self.has_changed or kept != value
        return kept

    def _style(self, css: str) -> str:
        """CSS that loads nothing."""
        if _LOADING.search(css):
            clean = ""
        else:
            clean = _URL.sub(lambda url: _url(url) if _INSIDE.match(url[1]) else "none", css)
        self.has_changed = self.has_changed or clean != css
        return clean


def _within(target: str) -> str | None:
    """A link; a picture that stands in it without metadata, or None if that cannot be read."""
    return clean_data_uri(target) if target.lstrip()[:5].lower() == "data:" else target


def _url(found: re.Match[str]) -> str:
    target = _within(found[1].strip("\"' "))
    return "none" if target is None else found[0] if target in found[1] else f'url("{target}")'
