"""The forms of a text in which the leak gate searches: as written, as shown, as encoded.

Written apart from the masker on purpose: it shares neither its decoders nor its matcher, so that a mistake
there does not hide itself here. A first test squeezes a text until a protected domain stands in it whole
if it stands in any of its forms; that is a few passes at memory speed, and only a text that does not pass
is read form by form. Everything is a pass over the whole text; nothing is mapped back.
"""

import html
import re
import unicodedata
import urllib.parse
from collections.abc import Iterator
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, Implementation

from parley.masking.gate_needles import ALIKE, Needles
from parley.masking.gate_orders import orders
from parley.masking.gate_runs import LATIN_LOWER, PERCENT, some_run_reveals

_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffc\U0001bca0-\U0001bca3\U000e0000-\U000e01ef]"
)
_INVISIBLE_OCTETS: Final = bytes((*range(9), 11, 12, *range(14, 32), 0x7F, 0xAD))
_TAG: Final = re.compile(r"<[^<>]*>")
_INLINE_TAG: Final = re.compile(
    r"</?(?:a|abbr|b|big|bdi|bdo|cite|code|em|font|i|ins|kbd|mark|nobr|q|s|samp|small|span|strong|sub|sup|tt|u|var"
    r"|wbr)(?:\s[^<>]*)?>"
)
_TAG_OCTETS: Final = re.compile(rb"<[^<>]*>")
_SIMPLE_TAG_OCTETS: Final = re.compile(rb"<[^>]*>")
_COMMENT: Final = re.compile(r"<!--|-->")
_COMMENT_OCTETS: Final = re.compile(rb"<!--|-->")
_COMMENT_SIGNS: Final = BytesAhoCorasick((b"<!--", b"-->"), implementation=Implementation.DFA)
"""Five times as fast as two searches."""
_LINE_END: Final = r"(?:(?:\r\r+\n)+|\r?\n)"
"""Also one that became two on its way, as CR CR LF does."""
BETWEEN_TEXTS: Final = "\n|<>|\n"
"""Ends every token, tag, entity, escape and encoded run."""
_BETWEEN_OCTETS: Final = BETWEEN_TEXTS.encode()
_FOLD: Final = re.compile(rf"{_LINE_END}[ \t]?")
_FLOWED: Final = re.compile(rf" ?{_LINE_END}(?:>+ ?)?")
_SOFT_BREAK: Final = re.compile(rf" {_LINE_END}(?:>+ ?)?")
_ODD_BLANK: Final = re.compile("[\x85\u1680\u2028\u2029]")
_BLANKS: Final = b"\t\n\r >"
"""A domain has neither blanks nor ">", so it stands in a text without them if it stands in the text."""
_ROUNDS: Final = 3


def reveals(text: str, needles: Needles) -> bool:
    """Whether any form of the text shows a protected string. Linear in the text."""
    seen = html.unescape(text) if "&" in text else text
    octets, lower, codec = _octets(seen, needles)
    bare = _bare(octets)
    # Tags break a run in HTML only, where some tag is closed or a line is.
    unbroken = bare if b"</" in octets or b"<br" in lower else octets
    return (
        _shows(text, seen, (lower, bare), codec, needles)
        or some_run_reveals(octets, unbroken, needles)
        or any(_shows_itself(order, needles) for order in orders(seen, lower))
    )


def _shows_itself(seen: str, needles: Needles) -> bool:
    octets, lower, codec = _octets(seen, needles)
    return _shows(seen, seen, (lower, _bare(octets)), codec, needles)


def _shows(text: str, seen: str, forms: tuple[bytes, bytes], codec: str, needles: Needles) -> bool:
    """seen: the text without its entities. forms: of that, as `_may_show`."""
    if not _may_show(*forms, codec, needles) and not (
        (seen is not text or codec != "latin-1") and _is_hinted(text, codec, needles)
    ):
        return False
    if needles.found(text.lower()):
        return True
    return any(needles.found(form) for form in _forms(_normal(seen).lower(), needles))


def _bare(octets: bytes) -> bytes:
    """The octets without comments and tags; empty if they have none."""
    if _has_comments(octets):
        return _without_tags(_COMMENT_OCTETS.sub(b"", octets))
    if b"</" not in octets and octets.count(b"<") == octets.count(_BETWEEN_OCTETS):
        return b""
    return _without_tags(octets)


def _has_comments(octets: bytes) -> bool:
    return bool(_COMMENT_SIGNS.find_matches_as_indexes(octets))


def _octets(seen: str, needles: Needles) -> tuple[bytes, bytes, str]:
    """A text without what is invisible, as octets: as it stands, and in lower case; and their codec. Mostly
    ISO-8859-1, which one table folds; UTF-8 where that does not do."""
    try:
        if needles.is_latin:
            octets = seen.encode("latin-1").translate(None, _INVISIBLE_OCTETS)
            return octets, octets.translate(LATIN_LOWER), "latin-1"
    except UnicodeEncodeError:
        pass
    normal = _ODD_BLANK.sub(" ", _normal(seen))
    lower = normal.lower().translate(ALIKE)
    return normal.encode("utf-8", "replace"), lower.encode("utf-8", "replace"), "utf-8"


def _is_hinted(text: str, codec: str, needles: Needles) -> bool:
    """Whether a domain stands in the text itself: entities and accents may hide it."""
    if codec == "latin-1":
        return needles.hinted_octets(text.encode(codec, "replace").translate(LATIN_LOWER))
    return needles.hinted(text.lower())


def _normal(seen: str) -> str:
    seen = _INVISIBLE.sub("", seen)
    return seen if seen.isascii() else _INVISIBLE.sub("", unicodedata.normalize("NFKC", seen))


def _may_show(lower: bytes, bare: bytes, codec: str, needles: Needles) -> bool:
    """Whether some form of the text may show a protected string: the first test. bare: as `_bare`."""
    forms = [lower]
    if bare:
        if _has_comments(lower):
            forms.append(_COMMENT_OCTETS.sub(b"", lower))
        is_latin = codec == "latin-1"
        forms.append(bare.translate(LATIN_LOWER) if is_latin else _without_tags(forms[-1]))
    if PERCENT.search(lower):
        once = lower.decode(codec)
        for _ in range(_ROUNDS):
            once = urllib.parse.unquote(once).lower()
            forms.append(once.encode("utf-8", "replace"))
    return any(needles.hinted_octets(form.translate(None, _BLANKS)) for form in forms)


def _without_tags(octets: bytes) -> bytes:
    # Where every "<" begins a tag of its own the simple pattern finds the same, in half the time.
    bare, tags = _SIMPLE_TAG_OCTETS.subn(b"", octets)
    return bare if tags == octets.count(b"<") else _TAG_OCTETS.sub(b"", octets)


def _forms(seen: str, needles: Needles) -> Iterator[str]:
    yield seen
    bare = seen
    if "<" in seen or "-->" in seen:
        if "<!--" in seen or "-->" in seen:
            bare = _COMMENT.sub("", seen)
            yield bare
        # Words of two cells are apart: what is declared public goes while that shows.
        bare = needles.declared.taken_out(_INLINE_TAG.sub("", bare))
        bare = _TAG.sub("", bare)
        yield bare
    if not seen.isascii():
        yield bare.translate(ALIKE)
    once = seen
    for _ in range(_ROUNDS):
        decoded = urllib.parse.unquote(once).lower() if "%" in once else once
        if decoded == once:
            break
        yield decoded
        once = decoded
    # What looks like a tag may be none: "<anna@", then a line end, then "shop.example>".
    for text in map(needles.declared.taken_out, dict.fromkeys((seen, bare))):
        squeezed = "".join(text.split())
        if needles.hinted(squeezed.replace(">", "")):
            yield _FOLD.sub("", text)
            yield _FLOWED.sub("", text)
            yield _SOFT_BREAK.sub("", text)
            yield squeezed
