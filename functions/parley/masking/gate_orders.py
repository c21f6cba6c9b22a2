"""A text as its reader sees it where that is not how it stands, for the leak gate: without hidden elements of
HTML, and with overridden directions (UAX #9 §2.2) undone."""

import re
from collections.abc import Iterator
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

_HIDES: Final = (
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?![.\d]*[1-9])"
    r"|font(?:-size)?\s*:[^;\"{}]{0,40}?(?<![\d.])0(?![.\d]*[1-9])|(?:max-)?(?:width|height)\s*:\s*0(?![.\d]*[1-9])"
)
_HIDING: Final = (
    *(
        b"display:none",
        b"visibility:hid",
        b"visibility:coll",
        b"opacity:0",
        b"opacity:.",
        b"hidden=",
        b"hidden>",
    ),
    *(b"font-size:0", b"font-size:.", b"font:0", b"width:0", b"height:0"),
)
_SIGNS: Final = BytesAhoCorasick(
    (b"<bd", *_HIDING),
    # Which match is found first does not matter, and this kind is found many octets at a time.
    matchkind=MatchKind.LeftmostFirst,
    implementation=Implementation.DFA,
)
"""What is in every text without blanks that `bdo` overrides, or that hides something."""
_RULE: Final = re.compile(rf"\{{[^{{}}]{{0,2000}}?(?:{_HIDES})", re.IGNORECASE)
_MAX_SELECTOR: Final = 400
_NAME: Final = re.compile(r"[.#]([\w\-]{1,80})")
_MAX_NAMES: Final = 100
_CONTENT: Final = r"(?:[^<]++|<(?!/?\1[\s>])){0,60}+"
_TAG: Final = re.compile(r"<[^<>]*>")
_OVERRIDDEN: Final = re.compile(
    "\u202e([^\u202c\n]{1,4000})|<bdo(?=[^<>]*rtl)[^<>]*>((?:[^<]++|<(?!/?bdo)){1,200}+)</bdo>"
)
_ROUNDS: Final = 3


def orders(text: str, lower: bytes) -> Iterator[str]:
    """The text as it may be seen besides how it stands. lower: its octets in lower case."""
    bare = lower.translate(None, b" \t\r\n") if b"<" in lower else b""
    has_signs = bool(bare and _SIGNS.find_matches_as_indexes(bare))
    if "\u202e" in text or (has_signs and "<bdo" in text):
        text = _OVERRIDDEN.sub(_backwards, text)
        yield text
    if has_signs and _may_hide(lower, bare):
        seen = _without_hidden(text)
        if seen != text:
            yield seen


def _may_hide(lower: bytes, bare: bytes) -> bool:
    """Whether something may be hidden: a first test. bare: the text without blanks."""
    return (b"style" in lower or b"hidden" in lower) and any(sign in bare for sign in _HIDING)


def _backwards(run: re.Match[str]) -> str:
    return _TAG.sub("", run[1] or run[2])[::-1]


def _without_hidden(text: str) -> str:
    names: set[str] = set()
    for rule in _RULE.finditer(text):
        selector = text[max(0, rule.start() - _MAX_SELECTOR) : rule.start()]
        names.update(_NAME.findall(selector.rpartition("}")[2]))
    named = "|".join(map(re.escape, sorted(names)[:_MAX_NAMES]))
    by_name = rf"|(?:class|id)=\"[^\"]*(?<![\w\-])(?:{named})(?![\w\-])" if named else ""
    hidden = re.compile(
        rf"<([a-z][a-z0-9]*)(?=[\s>])(?=[^<>]*(?:{_HIDES}|\shidden{by_name}))[^<>]*>{_CONTENT}</\1\s*>",
        re.IGNORECASE,
    )
    for _ in range(_ROUNDS):
        text, found = hidden.subn("", text)
        if not found:
            break
    return text
