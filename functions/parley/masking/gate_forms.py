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

from parley.masking.gate_needles import ALIKE, Needles
from parley.masking.gate_runs import LATIN_LOWER, PERCENT, some_run_reveals

_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
_INVISIBLE_OCTETS: Final = bytes((*range(9), 11, 12, *range(14, 32), 0x7F, 0xAD))
_TAG: Final = re.compile(r"<[^<>]*>")
_TAG_OCTETS: Final = re.compile(rb"<[^<>]*>")
_COMMENT: Final = re.compile(r"<!--|-->")
_COMMENT_OCTETS: Final = re.compile(rb"<!--|-->")
_LINE_END: Final = r"(?:(?:\r\r+\n)+|\r?\n)"
"""Also one that became two on its way, as CR CR LF does."""
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
    # Entities and accents may hide what stands in the text itself.
    is_changed = seen is not text or codec != "latin-1"
    if _may_show(lower, codec, needles) or (is_changed and needles.hinted(text.lower())):
        if needles.found(text.lower()):
            return True
        if any(needles.found(form) for form in _forms(_normal(seen).lower(), needles)):
            return True
    return some_run_reveals(octets, needles)


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


def _normal(seen: str) -> str:
    seen = _INVISIBLE.sub("", seen)
    return seen if seen.isascii() else _INVISIBLE.sub("", unicodedata.normalize("NFKC", seen))


def _may_show(lower: bytes, codec: str, needles: Needles) -> bool:
    """Whether some form of the text may show a protected string: the first test."""
    forms = [lower]
    if b"<" in lower or b"-->" in lower:
        if b"<!--" in lower or b"-->" in lower:
            lower = _COMMENT_OCTETS.sub(b"", lower)
            forms.append(lower)
        forms.append(_TAG_OCTETS.sub(b"", lower))
    if PERCENT.search(forms[0]):
        once = forms[0].decode(codec)
        for _ in range(_ROUNDS):
            once = urllib.parse.unquote(once).lower()
            forms.append(once.encode("utf-8", "replace"))
    return any(needles.hinted_octets(form.translate(None, _BLANKS)) for form in forms)


def _forms(seen: str, needles: Needles) -> Iterator[str]:
    yield seen
    bare = seen
    if "<" in seen or "-->" in seen:
        if "<!--" in seen or "-->" in seen:
            bare = _COMMENT.sub("", seen)
            yield bare
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
    for text in dict.fromkeys((seen, bare)):
        squeezed = "".join(text.split())
        if needles.hinted(squeezed.replace(">", "")):
            yield _FOLD.sub("", text)
            yield _FLOWED.sub("", text)
            yield _SOFT_BREAK.sub("", text)
            yield squeezed
