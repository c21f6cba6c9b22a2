"""RTF files (Rich Text Format 1.9): masked in what a reader sees and in everything else that is there.

Characters may be written as octets (`\\'40`) or numbers (`\\u64?`), with control words, groups and hidden
text between them. Names of people leave the properties; who commented or changed the text is reported.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from parley.mail.charset_labels import codec_for
from parley.masking.budget import UNREADABLE, MaskedFile
from parley.masking.edits import Edit, FormatError, edited
from parley.masking.matcher import Matcher
from parley.masking.properties import names_somebody
from parley.masking.rtf import TOKEN, pieces, plain_text
from parley.masking.text import MaskedText, Medium, mask_view
from parley.masking.views import TooComplexError, View

MAX_RTF: Final = 4 * 1024 * 1024
MAX_CONTROLS: Final = 250_000
"""Groups, control words and characters written as octets: five times as many as in a long contract."""
_BINARY: Final = re.compile(rb"\\bin ?[1-9]")
_CODE_PAGE: Final = re.compile(r"\\ansicpg(\d{1,5})")
_HEAD: Final = 1_000
_PROPERTY: Final = re.compile(
    rb"\{\s{0,5}(?:\\\*\s{0,5})?\\(?:author|operator|manager|company)(?![A-Za-z])\s?((?:[^{}\\]|\\[^{}]){1,500})\}"
)
_CHANGES: Final = re.compile(
    rb"\\\*\\atnauthor\s{0,5}(?P<comment>[^{}\\]{1,200})|\\\*\\revtbl(?P<authors>(?:\s{0,5}\{[^{}]{0,200}\}){1,200})"
)
_IN_TABLE: Final = re.compile(rb"\{([^{}]*?);?\}")


def mask_rtf(data: bytes, matcher: Matcher) -> MaskedFile:
    """The file, masked. Raises `text.UnsettledError`."""
    controls = data.count(b"{") + data.count(b"\\")
    if len(data) > MAX_RTF or controls > MAX_CONTROLS or _BINARY.search(data):
        return UNREADABLE
    codes = ["document-names-author"] if _names_in_changes(data) else []
    # The format is ASCII; what is not belongs to the code page and stays as it is.
    head = data[:_HEAD].decode("latin-1")
    page = _CODE_PAGE.search(head)
    codec = (codec_for(f"cp{page[1]}") if page else None) or "cp1252"
    names = [
        Edit(*match.span(1))
        for match in _PROPERTY.finditer(data)
        if names_somebody(plain_text(match[1].decode("latin-1"), codec))
    ]
    try:
        clean = edited(data, names)
        text, protected = _masked(clean.decode("latin-1"), codec, matcher)
    except (FormatError, TooComplexError):
        return UNREADABLE
    if names:
        codes.append("document-author-removed")
    if protected:
        codes.append("attachment-masked")
    fresh = text.encode("latin-1", "replace")
    return MaskedFile(fresh if fresh != data else None, protected, tuple(codes))


def _masked(text: str, codec: str, matcher: Matcher) -> tuple[str, int]:
    """As a reader sees it, and then with what no reader sees."""
    seen = _masked_as(text, matcher, lambda source: pieces(source, codec))
    whole = _masked_as(seen.text, matcher, lambda source: pieces(source, codec, with_unseen=True))
    return whole.text, seen.protected + whole.protected


def _masked_as(
    text: str, matcher: Matcher, read: Callable[[str], Iterator[tuple[int, int, str]]]
) -> MaskedText:
    @lru_cache(maxsize=1)
    def view(source: str) -> View:
        return View(source).made_of(read(source))

    medium = Medium(read=view, show=lambda source: view(source).text, replace=_replaced)
    return mask_view(text, matcher, medium, mask_contacts=False)


def _replaced(text: str, start: int, end: int, replacement: str) -> str:
    """The replacement, and the groups and control words that stood between the characters."""
    kept = [
        token[0]
        for token in TOKEN.finditer(text, start, end)
        if token["brace"] or token["symbol"] == "*" or (token["word"] and token["word"] != "u")
    ]
    return re.sub(r"[\\{}]", r"\\\g<0>", replacement) + "".join(kept)


def _names_in_changes(data: bytes) -> bool:
    """Whether it tells who commented or changed the text."""
    found = (
        name
        for match in _CHANGES.finditer(data)
        for name in ([match["comment"]] if match["comment"] else _IN_TABLE.findall(match["authors"]))
    )
    return any(names_somebody(name.decode("latin-1")) for name in found)
