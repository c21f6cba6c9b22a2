"""The spellings of a domain, for the leak gate: in letters (U-labels) and in ASCII (A-labels), as programs of
IDNA2003 (RFC 3490) and of IDNA2008 (RFC 5891) write them, which differ for ß, final sigma and joiners."""

import encodings.idna
import unicodedata
from collections.abc import Callable
from typing import Final

_PREFIX: Final = "xn--"


def spellings(domain: str) -> set[str]:
    """The domain in all its spellings, in lower case."""
    domain = domain.lower()
    if domain.isascii() and _PREFIX not in domain:
        return {domain}
    letters = _by_label(domain, _in_letters)
    known = {domain, letters, _by_label(letters, _in_ascii)}
    older = _by_label(letters, encodings.idna.nameprep)
    return {name for name in known | {older, _by_label(older, _in_ascii)} if name}


def _by_label(domain: str, spell: Callable[[str], str]) -> str:
    """The domain with each label spelled so; empty if one cannot be."""
    try:
        return ".".join(map(spell, domain.split(".")))
    except UnicodeError:
        return ""


def _in_letters(label: str) -> str:
    if not label.startswith(_PREFIX):
        return label
    letters = label.removeprefix(_PREFIX).encode("ascii").decode("punycode").lower()
    if max(letters, default="") < "\u00a1":
        raise UnicodeError
    return letters


def _in_ascii(label: str) -> str:
    if label.isascii():
        return label
    return _PREFIX + unicodedata.normalize("NFC", label).encode("punycode").decode("ascii")
