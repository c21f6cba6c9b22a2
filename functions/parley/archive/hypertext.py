"""The text of HTML, for people to read.

nh3 parses it first, as browsers do; so what is read here is well-formed, whatever was written. HTML that
would make a parser slow loses its tags without being parsed. Never raises; a text of 5 MB takes seconds.
"""

import html
import re
from html.parser import HTMLParser
from typing import Final

import nh3

_BLOCKS: Final = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details"),
        *("dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr"),
        *("li", "main", "menu", "nav", "ol", "option", "p", "pre", "section"),
        *("summary", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    )
)
_CELLS: Final = frozenset(("td", "th"))
_GONE: Final = {"script", "style", "title", "template"}
_TAGS: Final = {*_BLOCKS, *_CELLS, "a", "br", "img"}
_ATTRIBUTES: Final = {"a": {"href"}, "img": {"alt"}}
_SCHEMES: Final = {"http", "https", "mailto", "tel"}
_SHALLOW: Final = {"dd", "dt", "hr", "li", "option", "p", "tbody", "tfoot", "thead", "tr"}
"""Elements that another of their kind closes."""
_DEEP: Final = re.compile(rf"<(/?)(?:{'|'.join(sorted(_BLOCKS - _SHALLOW))})\b", re.IGNORECASE)
MAX_NESTING: Final = 500
MAX_REFERENCES: Final = 100_000
MAX_TAG: Final = 100_000
"""Characters; a tag of that length has too many attributes for a parser, or holds a picture."""
_ANY_TAG: Final = re.compile(r"<[!?/a-zA-Z][^<>]*>")


def text_of_html(source: str) -> str:
    """The text of HTML: an element of its own line on its own line, cells parted by tabs, behind a link in
    angle brackets where it leads to, and pictures with a text in its place as `[image: text]`.

    Text that a style hides is there as well.
    """
    if not _is_ordinary(source):
        return _in_lines(html.unescape(_ANY_TAG.sub("\n", source)))
    cleaned = nh3.clean(
        source,
        tags=_TAGS,
        clean_content_tags=_GONE,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    reader = _Reader()
    reader.feed(cleaned)
    reader.close()
    return _in_lines("".join(reader.pieces))


def _is_ordinary(source: str) -> bool:
    """Whether it has none of what costs nh3 time by the square: depth, references, attributes."""
    if source.count("&") + source.count("\xad") > MAX_REFERENCES:
        return False
    if max(map(len, source.split("<"))) > MAX_TAG:
        return False
    if source.count("<") <= MAX_NESTING:
        return True
    depth = 0
    for close in _DEEP.findall(source):
        depth = max(0, depth - 1) if close else depth + 1
        if depth > MAX_NESTING:
            return False
    return True


def _in_lines(text: str) -> str:
    """Without blanks at the ends of lines, and never two empty lines in a row."""
    kept: list[str] = []
    for line in text.split("\n"):
        stripped = line.rstrip()
        if stripped or (kept and kept[-1]):
            kept.append(stripped)
    return "\n".join(kept).strip("\n")


class _Reader(HTMLParser):
    """Collects text; blanks in a row are one, as browsers show them outside of `pre`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._href = ""
        self._said_in_link: list[str] = []
        self._preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "br":
            self.pieces.append("\n")
        elif tag in _BLOCKS:
            self._end_line()
            self._preformatted += tag == "pre"
        elif tag == "img" and given.get("alt"):
            self.handle_data(f"[image: {given['alt']}]")
        elif tag == "a":
            self._href, self._said_in_link = given.get("href") or "", []

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end_line()
            self._preformatted -= tag == "pre"
        elif tag in _CELLS:
            self.pieces.append("\t")
        elif tag == "a":
            # nh3 writes no link inside another.
            said = "".join(self._said_in_link).strip()
            if self._href and self._href not in (said, f"mailto:{said}"):
                self.pieces.append(f" <{self._href}>")
            self._href = ""

    def handle_data(self, data: str) -> None:
        if self._href:
            self._said_in_link.append(data)
        if self._preformatted:
            self.pieces.append(data)
            return
        words = " ".join(data.split())
        starts_line = not self.pieces or self.pieces[-1].endswith("\n")
        if words:
            before = " " if data[0].isspace() and not starts_line else ""
            self.pieces.append(f"{before}{words}{' ' if data[-1].isspace() else ''}")
        elif starts_line and "\xa0" in data:
            # Mail programs write an empty line as a paragraph with a blank that does not break.
            self.pieces.append("\xa0")
        elif not starts_line and not self.pieces[-1].endswith((" ", "\t")):
            self.pieces.append(" ")

    def _end_line(self) -> None:
        if self.pieces and not self.pieces[-1].endswith("\n"):
            self.pieces.append("\n")
