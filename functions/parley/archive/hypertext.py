"""The text of HTML, for people to read.

nh3 parses it first, as browsers do; so what is read here is well-formed, whatever was written. HTML that
would make a parser slow loses its tags without being parsed. Never raises; a text of 5 MB takes seconds.
What people read beside the text, such as what a browser shows when they point at something, are remarks.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
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
REMARKS: Final = {
    **{name: name for name in ("title", "summary", "abbr", "label", "placeholder", "start")},
    "alt": "image",
    "aria-label": "label",
}
"""Attributes with words for people, or with the number that a browser shows; and what a remark calls them."""
_REMARK: Final = re.compile(
    rf"(?<![\w-])({'|'.join(REMARKS)})\s{{0,9}}=\s{{0,9}}(?:\"([^\"]*)|'([^']*)|([^\s\"'<>]+))", re.IGNORECASE
)
_MAY_REMARK: Final = re.compile(rf"(?<![\w-])(?:{'|'.join(REMARKS)})\s{{0,9}}=", re.IGNORECASE)
_SCHEMES: Final = {"http", "https", "mailto", "tel"}
# nh3 writes every value in quotes, and no quote in one; besides ours it lets `lang` and `title` pass.
# It writes no bare "<" in a text, and if it did, that would be text.
_TOKEN: Final = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"]*")*)>|([^<]+|<)')
_ATTRIBUTE: Final = re.compile(r' ([a-z]+)="([^"]*)"')
_SHALLOW: Final = {"dd", "dt", "hr", "li", "option", "p", "tbody", "tfoot", "thead", "tr"}
"""Elements that another of their kind closes."""
_DEEP: Final = re.compile(rf"<(/?)(?:{'|'.join(sorted(_BLOCKS - _SHALLOW))})\b", re.IGNORECASE)
MAX_NESTING: Final = 500
MAX_REFERENCES: Final = 100_000
MAX_TAG: Final = 100_000
"""Characters; a tag of that length has too many attributes for a parser, or holds a picture."""
_ANY_TAG: Final = re.compile(r"<[!?/a-zA-Z][^<>]*>")


def read_html(source: str) -> tuple[str, tuple[str, ...]]:
    """The text, and the remarks, each once: `[title: more about it]`, and `[image: text]` for those in the
    text.

    An element of its own line is on its own line, cells are parted by tabs, where a link leads to stands
    behind it in angle brackets. Text that a style hides is there as well.
    """
    may_remark = _MAY_REMARK.search(source) is not None
    if not _is_ordinary(source):
        remarks = dict.fromkeys(_remarks_unparsed(source) if may_remark else ())
        return _in_lines(html.unescape(_ANY_TAG.sub("\n", source))), tuple(remarks)
    remarks = {}

    def note(tag: str, attribute: str, value: str) -> str | None:
        if made := remark(attribute, value):
            remarks[made] = None
        return value if (tag, attribute) in (("a", "href"), ("img", "alt")) else None

    cleaned = nh3.clean(
        source,
        tags=_TAGS,
        clean_content_tags=_GONE,
        attributes={**_ATTRIBUTES, "*": set(REMARKS)} if may_remark else _ATTRIBUTES,
        attribute_filter=note if may_remark else None,
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    reader = _Reader()
    reader.read(cleaned)
    return _in_lines("".join(reader.pieces)), tuple(remarks)


def remark(attribute: str, value: str) -> str:
    """What an attribute tells people; "" if nothing."""
    words = " ".join(value.split())
    is_one = attribute in REMARKS and words and (attribute, words) != ("start", "1")
    return f"[{REMARKS[attribute]}: {words}]" if is_one else ""


def _remarks_unparsed(source: str) -> Iterator[str]:
    for tag in _ANY_TAG.finditer(source):
        for name, *values in _REMARK.findall(tag.group()[:-1]):
            if made := remark(name.lower(), html.unescape("".join(values))):
                yield made


def _is_ordinary(source: str) -> bool:
    """Whether it has none of what costs nh3 time by the square: depth, references, attributes."""
    if source.count("&") + source.count("\xad") > MAX_REFERENCES:
        return False
    if max(map(len, source.split("<"))) > MAX_TAG:
        return False
    if source.count("<") - source.count("</") <= MAX_NESTING:
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


def _value(attributes: str, wanted: str) -> str:
    return html.unescape(dict(_ATTRIBUTE.findall(attributes)).get(wanted, ""))


@dataclass(slots=True)
class _Reader:
    """Collects text; blanks in a row are one, as browsers show them outside of `pre`."""

    pieces: list[str] = field(default_factory=list)
    _href: str = ""
    _said_in_link: list[str] = field(default_factory=list)
    _preformatted: int = 0

    def read(self, cleaned: str) -> None:
        """cleaned: what nh3 wrote."""
        for end, tag, attributes, text in _TOKEN.findall(cleaned):
            if text:
                self._text(html.unescape(text))
            elif end:
                self._end(tag)
            else:
                self._start(tag, attributes)

    def _start(self, tag: str, attributes: str) -> None:
        if tag == "br":
            self.pieces.append("\n")
        elif tag in _BLOCKS:
            self._end_line()
            self._preformatted += tag == "pre"
        elif tag == "img" and (alt := _value(attributes, "alt")):
            self._text(f"[image: {alt}]")
        elif tag == "a":
            self._href, self._said_in_link = _value(attributes, "href"), []

    def _end(self, tag: str) -> None:
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

    def _text(self, data: str) -> None:
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
