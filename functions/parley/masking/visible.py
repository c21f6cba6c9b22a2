"""What a reader sees of HTML, roughly and in linear time: to notice text that a sanitiser swallowed."""

import html
import re
from typing import Final

GONE_NAMES: Final = "script|style|title|iframe|object|embed|applet|noembed|noframes|template"
GONE: Final = set(GONE_NAMES.split("|"))
_UNSEEN: Final = re.compile(rf"<(!--|xml|{GONE_NAMES})(?![a-z0-9])".encode())
_BREAK: Final = re.compile(r"<(?:br|/p|/div|/tr|/h\d|/li|/table|/blockquote)\b[^<>]*>", re.IGNORECASE)
_CELL: Final = re.compile(r"</t[dh]\b[^<>]*>", re.IGNORECASE)
_ANY_TAG: Final = re.compile(r"<[!?/a-zA-Z][^<>]*>")
_ANY_TAG_OCTETS: Final = re.compile(_ANY_TAG.pattern.encode())
_FOREIGN_ROOT: Final = re.compile(r"<(?:math|svg)(?![a-z0-9\-])", re.IGNORECASE)
_FOREIGN: Final = re.compile(
    r"</?(?:math|svg|m[a-z]{1,14}|annotation(?:-xml)?|apply|c[ins]|circle|csymbol|defs|desc|discard|ellipse|filter"
    r"|animate|g|lambda|line|metadata|none|path|pattern|poly(?:gon|line)|rect|semantics|set|stop|switch|symbol|text"
    r"|tspan|use|view)(?![a-z0-9:\-])[^<>]*>",
    re.IGNORECASE,
)
_HTML_NAME: Final = re.compile(
    r"</?(?:main|map|mark|marquee|menu|menuitem|meta|meter)(?![a-z])", re.IGNORECASE
)
_EMPTY_LINES: Final = re.compile(r"\n[ \t\r]*(?:\n[ \t\r]*)+")


def without_foreign(text: str) -> str:
    """HTML without the tags of MathML and SVG: the sanitiser would drop their text with them, wherever they
    stand. What is left is ordinary text to it."""
    return _FOREIGN.sub(_unless_html, text) if _FOREIGN_ROOT.search(text) else text


def _unless_html(match: re.Match[str]) -> str:
    return match.group() if _HTML_NAME.match(match.group()) else ""


def visible_text(text: str) -> str:
    """What a reader sees of HTML, roughly: enough to notice that text is missing, and to send it alone."""
    text = _CELL.sub("\t", _BREAK.sub("\n", _without_unseen(_octets(text)).decode()))
    text = html.unescape(_ANY_TAG.sub("", text))
    return _EMPTY_LINES.sub("\n\n", text).strip()


def bare_octets(text: str) -> bytes:
    """All text that a reader of HTML sees, in UTF-8 and as it is written, with nothing in place of tags and
    blanks."""
    return _ANY_TAG_OCTETS.sub(b"", _without_unseen(_octets(text))).translate(None, b" \t\r\n\f")


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _without_unseen(octets: bytes) -> bytes:
    lower = octets.lower()
    pieces, done = [], 0
    missing: set[bytes] = set()
    for match in _UNSEEN.finditer(lower):
        name = match.group(1)
        if match.start() < done or name in missing:
            continue
        close = b"-->" if name == b"!--" else b"</" + name
        end = lower.find(close, match.end())
        if end < 0:
            missing.add(name)  # never searched for again: linear whatever the text
            continue
        pieces.append(octets[done : match.start()])
        done = end + len(close)
        if name != b"!--":
            done = lower.find(b">", done) + 1 or len(octets)
    return b"".join((*pieces, octets[done:]))
