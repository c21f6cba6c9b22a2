"""What a reader sees of HTML, and what in it runs, loads or submits; by the standard library alone."""

import html
import re
import urllib.parse
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

_UNSEEN = frozenset({"script", "style", "title", "iframe", "embed", "noembed", "template"})
_NEVER_CLOSED = frozenset({"embed"})
_INLINE = re.compile(
    r"a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|img|ins|kbd|label|mark|nobr|o:p|q|rb|s|samp"
    r"|small|span|strike|strong|sub|sup|time|tt|u|var|wbr"
)
_KINDS = {
    "script": "scripts",
    "style": "style sheets",
    "title": "document titles",
    **dict.fromkeys(("form", "input", "button", "select", "textarea", "option"), "form controls"),
    **dict.fromkeys(("iframe", "frame", "object", "embed", "applet"), "frames and objects"),
    **dict.fromkeys(("meta", "link", "base"), "document metadata"),
    **dict.fromkeys(("video", "audio", "source", "track"), "sound and film"),
    **dict.fromkeys(("svg", "math"), "drawings and formulas"),
}
_BLANKS = re.compile(r"\s+")
_LOADS = re.compile(r"url\s*\(", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*):", re.IGNORECASE)


@dataclass(slots=True)
class Seen:
    """text: what is read, a line for each block, white space as one blank. links: targets of links.
    pictures: Content-IDs of pictures. held: what else is in it, by kind."""

    text: str
    links: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    held: Counter[str] = field(default_factory=Counter)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.links: list[str] = []
        self.pictures: list[str] = []
        self.held: Counter[str] = Counter()
        self.unseen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _KINDS:
            self.held[_KINDS[tag]] += 1
        if not self.unseen and tag in _UNSEEN - _NEVER_CLOSED:
            self.unseen = tag
        if not _INLINE.fullmatch(tag):
            self.pieces.append("\n")
        values = {name: value or "" for name, value in attrs}
        self._attributes(tag, values)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        unseen = self.unseen
        self.handle_starttag(tag, attrs)
        self.unseen = unseen

    def _attributes(self, tag: str, values: dict[str, str]) -> None:
        source = values.get("src", "").strip().lower()
        if tag == "img" and source.startswith("cid:"):
            self.pictures.append(urllib.parse.unquote(source[4:]))
        elif tag == "img" and source:
            self.held["pictures in the HTML" if source.startswith("data:") else "remote pictures"] += 1
        self.held["remote pictures"] += "background" in values or bool(_LOADS.search(values.get("style", "")))
        self.held["event handlers"] += sum(name.startswith("on") for name in values)
        if tag in ("a", "area") and (target := values.get("href", "").strip()):
            self.links.append(target)

    def handle_endtag(self, tag: str) -> None:
        if tag == self.unseen:
            self.unseen = ""
        if not _INLINE.fullmatch(tag):
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.pieces.append(_BLANKS.sub(" ", data))

    def handle_comment(self, _data: str) -> None:
        self.held["comments"] += 1


def seen(text: str) -> Seen:
    """What a reader sees of the HTML."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return Seen("\n".join(line for line in lines if line), reader.links, reader.pictures, +reader.held)


def comparable(link: str) -> str:
    """A link's target so that two spellings of one target are equal."""
    link = html.unescape("".join(link.split()))
    return "https:" + link if link.startswith("//") else link


def scheme(link: str) -> str:
    """The scheme of a link's target, "" for one without."""
    match = _SCHEME.match(link)
    return match[1].lower() if match else ""
