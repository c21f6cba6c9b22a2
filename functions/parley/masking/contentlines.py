"""Calendars and vCards: content lines, folded at 75 octets (RFC 5545 §3.1, RFC 6350 §3.2).

Lines are unfolded, masked and folded again; a text with nothing to mask comes back as it was.
"""

import hashlib
import re
from typing import Final

from parley.masking.matcher import Matcher
from parley.masking.text import MaskedText, mask_text

_FOLD: Final = re.compile(r"\r?\n[ \t]")
_SOFT_BREAK: Final = re.compile(r"=\r?\n")
_IDENTIFIER: Final = re.compile(r"(?:UID|RELATED-TO|RECURRENCE-ID)[;:]", re.IGNORECASE)
_MAX_OCTETS: Final = 75


def mask_content_lines(text: str, matcher: Matcher, *, mask_contacts: bool = True) -> MaskedText:
    """The text, masked; identifiers stay unique and are changed only where they reveal something."""
    line_end = "\r\n" if "\r\n" in text else "\n"
    unfolded = _FOLD.sub("", text)
    if "QUOTED-PRINTABLE" in unfolded.upper():
        unfolded = _SOFT_BREAK.sub("", unfolded)
    before = unfolded.split(line_end)
    after = list(before)
    protected = 0
    contacts: list[str] = []
    for index, line in enumerate(before):
        identifier = _IDENTIFIER.match(line)
        masked = mask_text(line, matcher, mask_contacts=mask_contacts and not identifier)
        protected += masked.protected
        contacts += masked.contacts
        if masked.text != line and identifier:
            digest = hashlib.sha256(line.encode("utf-8", "replace")).hexdigest()[:20]
            after[index] = f"{identifier.group()}{digest}@{matcher.relay_domain}"
        else:
            after[index] = masked.text
    joined = line_end.join(after)
    across = mask_text(joined, matcher, mask_contacts=False)
    if across.protected:
        return MaskedText(across.text, protected + across.protected, tuple(contacts))
    if after == before:
        return MaskedText(text, contacts=tuple(contacts))
    folded = line_end.join(_fold(line, line_end) for line in after)
    return MaskedText(folded, protected, tuple(contacts))


def _fold(line: str, line_end: str) -> str:
    if len(line.encode("utf-8", "replace")) <= _MAX_OCTETS:
        return line
    pieces: list[str] = []
    start = size = 0
    for index, char in enumerate(line):
        octets = len(char.encode("utf-8", "replace"))
        if size + octets > _MAX_OCTETS:
            pieces.append(line[start:index])
            start, size = index, 1  # the blank that marks the continuation counts
        size += octets
    return f"{line_end} ".join((*pieces, line[start:]))
