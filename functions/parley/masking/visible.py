"""What a reader sees of HTML, roughly and in linear time: to notice text that a sanitiser swallowed."""

import html
import re
from typing import Final

GONE_NAMES: Final = "script|style|title|iframe|noembed|noframes|template"
GONE: Final = set(GONE_NAMES.split("|"))
_UNSEEN: Final = re.compile(rf"<(!--|xml|{GONE_NAMES})(?![a-z0-9])".encode())
_BREAK: Final = re.compile(
    r"<(?:br|/p|/div|/tr|/h\d|/li|/table|/blockquote|/form|/option|/legend)\b", re.IGNORECASE
)
_CELL: Final = re.compile(r"</t[dh]\b", re.IGNORECASE)
_ANY_TAG_OCTETS: Final = re.compile(rb"<[!?/a-zA-Z][^<>]*>")
_PLAIN_TAG_OCTETS: Final = re.compile(rb"<[!?/a-zA-Z][^>]*>")
"""Nearly twice as fast, and the same where it takes every `<` for the beginning of another tag."""
_WHOLE_TAG: Final = re.compile(
    r"<(?:[!?/][^>]*+|[a-zA-Z][^>=]*+(?:=\s*+(?:\"[^\"]*+\"|'[^']*+')?+[^>=]*+)*+)(?:>|\Z)"
)
"""A tag as a browser reads it: `<` and `>` may stand in values. Slower than the other one."""
FOREIGN_ROOTS: Final = frozenset({"math", "svg"})
_FOREIGN: Final = re.compile(
    r"</?(?:math|svg|m[a-z]{1,14}|annotation(?:-xml)?|apply|c[ins]|circle|csymbol|defs|desc|discard|ellipse|filter"
    r"|animate|g|lambda|line|metadata|none|path|pattern|poly(?:gon|line)|rect|semantics|set|stop|switch|symbol|text"
    r"|tspan|use|view)(?![a-z0-9:\-])[^<>]*>",
    re.IGNORECASE,
)
_HTML_NAME: Final = re.compile(
    r"</?(?:main|map|mark|marquee|menu|menuitem|meta|meter)(?![a-z])", re.IGNORECASE
)
_PLACED: Final = re.compile(
    r"</?(?:svg|text|desc|switch)(?![a-z0-9:\-])|<tspan\s[^<>]*?(?<=\s)(?:x|y|dx|dy)\s*+=", re.IGNORECASE
)
"""Text of a drawing that stands in a place of its own, and may be put there between any two words."""
_NOT_WORD: Final = re.compile(r"\W+")
_EMPTY_LINES: Final = re.compile(r"\n[ \t\r]*(?:\n[ \t\r]*)+")


def without_foreign(text: str) -> str:
    """HTML in which there are `FOREIGN_ROOTS` without the tags of MathML and SVG: the sanitiser would drop
    their text with them, wherever they stand. What is left is ordinary text to it."""
    return _FOREIGN.sub(_unless_html, text)


def _unless_html(match: re.Match[str]) -> str:
    if _HTML_NAME.match(match.group()):
        return match.group()
    return " " if _PLACED.match(match.group()) else ""


def visible_text(text: str) -> str:
    """What a reader sees of HTML, roughly: enough to notice that text is missing, and to send it alone."""
    text = _WHOLE_TAG.sub(_white_space, _without_unseen(_octets(text)).decode())
    return _EMPTY_LINES.sub("\n\n", html.unescape(text)).strip()


def _white_space(tag: re.Match[str]) -> str:
    if _BREAK.match(tag.group()):
        return "\n"
    return "\t" if _CELL.match(tag.group()) else ""


def swallowed(text: str, cleaned: str) -> bool:
    """Whether the sanitiser left out text that a reader sees."""
    # The sanitiser leaves neither comments nor elements that nobody sees.
    before, after, charset = _octets_of_both(text, cleaned)
    before, after = _bare(_without_unseen(before)), _bare(after)
    if before == after or not _is_less(before.decode(charset, "replace"), after.decode(charset, "replace")):
        return False
    return _is_less(visible_text(text), visible_text(cleaned))


def _is_less(before: str, after: str) -> bool:
    # The sanitiser writes characters in place of most entities.
    before, after = html.unescape(before), html.unescape(after)
    if before == after:
        return False
    letters, left = (len(_NOT_WORD.sub("", shown)) for shown in (before, after))
    return letters - left > max(3, letters // 50)


def _bare(octets: bytes) -> bytes:
    """The text of HTML as it is written, with nothing in place of tags and blanks. A tag with `<` or `>` in a
    value is taken for text."""
    bare, tags = _PLAIN_TAG_OCTETS.subn(b"", octets)
    if tags != octets.count(b"<"):
        bare = _ANY_TAG_OCTETS.sub(b"", octets)
    return bare.translate(None, b" \t\r\n\f")


def _octets_of_both(text: str, cleaned: str) -> tuple[bytes, bytes, str]:
    """Both in one charset, and that: Latin-1 costs next to nothing where it has all their characters."""
    try:
        return text.encode("latin-1"), cleaned.encode("latin-1"), "latin-1"
    except UnicodeEncodeError:
        return _octets(text), _octets(cleaned), "utf-8"


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
