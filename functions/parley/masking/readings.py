"""A text as the eye sees it, as a view of it, linear in the text.

`plain` undoes entities, escapes, invisible characters, compatibility forms (NFKC) and letters that look
alike; `parley.masking.decodings` has what else programs decode.
"""

import html
import re
import unicodedata
from functools import lru_cache

from parley.masking.octets import lowered, octets_of
from parley.masking.views import View

_UNSEEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffc\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e01ef"
)
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
# Everything outside these ranges may change under NFKC, is invisible, or starts an escape.
_STABLE = (
    "\t\n\r -%'-\\[\\]-~¡-§«®±¶»À-ıĴ-ľŁ-ňŊ-žƀ-ǃΑ-Ρά-ώЀ-ӿԱ-Ֆա-ֆא-תء-غف-ي\u0e01-\u0e30\u1e00-\u1e99"
    "–—‘’“”„†•‹›€→"
    "\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3\U0001f300-\U0001faff"
)
# A pattern that begins with one set of characters is searched for six times as fast as one with a choice.
_SPECIAL = re.compile(
    rf"[^{_STABLE}](?:(?<=&)(?:#\d{{1,8}};?|#[xX][0-9a-fA-F]{{1,7}};?|[A-Za-z][A-Za-z0-9]{{1,31}};?)"
    r"|(?<=\\)(?:u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|x[0-9a-fA-F]{2}|[nrt])"
    rf"|(?<=[{_UNSEEN}])[{_UNSEEN}]*|(?<![&\\]))"
)
_LONGEST_ENTITY = 34
_MARK = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_MARKS = re.compile(f"[{_MARK}]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_COMBINED = re.compile(f"[^{_MARK}][{_MARK}]{{1,64}}")
_ALIKE = str.maketrans(
    "авсԁеһіјӏкморԛѕтухАВСЕНІЈКМОРЅТХУαβεικνορτυχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧİıɑɡ‐−。∙·⋅۔‧・",
    "abcdehijlkmopqstyxABCEHIJKMOPSTXYabeiknoptuxwABEZHIKMNOPTYXiiag--.......",
)
_SOME_ALIKE = re.compile("[" + "".join(map(chr, _ALIKE)).replace("-", "\\-") + "]")
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|x[0-9a-fA-F]{2}|[nrt])")
_PLAIN_NAME = re.compile(r"[a-z0-9.@_+-]*+")


def _character(match: re.Match[str]) -> str:
    found = match.group()
    # What is longer than any entity can only be a run of invisible characters.
    return _as_seen(found) if len(found) <= _LONGEST_ENTITY else ""


@lru_cache(maxsize=4_096)
def _as_seen(found: str) -> str:
    if found[0] == "&":
        found = html.unescape(found)
    elif found[0] == "\\":
        if found[1] in "nrt":
            return " "
        number = int(found[2:].strip("{}"), 16)
        found = chr(number) if number < 0x110000 else found
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", _INVISIBLE.sub("", found)))


def _changing(charset: str) -> bytes:
    """The octets of characters that read otherwise, or may."""
    octets = [bytes((octet,)) for octet in range(256)]
    return b"".join(octet for octet in octets if _may_change(octet.decode(charset, "replace")))


def _may_change(char: str) -> bool:
    return char in "&\\" or ord(char) in _ALIKE or _SPECIAL.sub(_character, char) != char


_CHANGING = {charset: _changing(charset) for charset in ("latin-1", "cp1252")}


def _reads_as_written(text: str) -> bool:
    """Whether the text has nothing in it that `plain` changes: a fast first test for Western texts."""
    for charset, changing in _CHANGING.items():
        try:
            octets = text.encode(charset)
        except UnicodeEncodeError:
            continue
        return len(octets.translate(None, changing)) == len(octets)
    return False


def _composed(match: re.Match[str]) -> str:
    composed = unicodedata.normalize("NFKC", match.group())
    return "".join(char for char in _MARKS.sub("", composed) if not unicodedata.combining(char))


def plain(view: View) -> View:
    """The text as the eye sees it."""
    if _reads_as_written(view.text):
        return view
    # Marks first: an accent may stand on a letter that is written as an entity only in hostile text.
    if view.octets is None and _MARKS.search(view.text):
        view = view.rewritten(_COMBINED, _composed)
    return _with_letters_alike(view.rewritten(_SPECIAL, _character))


def plain_name(name: str) -> str:
    """A short string as `plain` shows it, in lower case."""
    if _PLAIN_NAME.fullmatch(name):
        return name
    return lowered(name) if _reads_as_written(name) else plain(View(name)).lower


def _with_letters_alike(view: View) -> View:
    if view.octets is not None:
        # Of the letters that look alike, Windows-1252 has this one.
        return view.read_as(view.text.replace("·", "."))
    return view.read_as(_SOME_ALIKE.sub(_alike, view.text))


def _alike(match: re.Match[str]) -> str:
    return chr(_ALIKE[ord(match.group())])


def glance(text: str) -> View:
    """What `plain` shows, without the way back: the fast first test."""
    if _reads_as_written(text):
        return View(text)
    if "\\" in text:
        text = _ESCAPE.sub(_character, text)
    if "&" in text:
        text = html.unescape(text)
    if text.isascii():
        return View(_INVISIBLE.sub("", text) if _CONTROL.search(text) else text)
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text.replace("\xa0", " ")))
    if octets_of(text) is None:
        text = _MARKS.sub("", text)
    return _with_letters_alike(View(text))
