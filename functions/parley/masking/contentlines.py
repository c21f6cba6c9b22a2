"""Calendars and vCards: content lines, folded at 75 octets (RFC 5545 §3.1, RFC 6350 §3.2).

Lines are unfolded, masked and folded again; a text with nothing to mask comes back as it was. Files in it
(photographs, attachments) are masked as attachments are, and keys, which name their owner, go.
"""

import hashlib
import re
from typing import Final

from parley.masking.matcher import Matcher
from parley.masking.text import MaskedText, mask_text

_FOLD: Final = re.compile(r"\r?\n[ \t]")
_SOFT_BREAK: Final = re.compile(r"=\r?\n")
_IDENTIFIER: Final = re.compile(r"(?:UID|RELATED-TO|RECURRENCE-ID)[;:]", re.IGNORECASE)
_PROPERTY: Final = re.compile(r"((?:[^\":]|\"[^\"]*+\")*+):")
_BASE64: Final = re.compile(r";(?:ENCODING=)?(?:B|BASE64)(?=;|\Z)", re.IGNORECASE)
_DATA: Final = re.compile(r"data:[^,]{0,1000};base64,", re.IGNORECASE)
_KEY: Final = re.compile(r"(?:[\w\-]+\.)?KEY(?=;|\Z)", re.IGNORECASE)
_MAX_OCTETS: Final = 75


def mask_content_lines(text: str, matcher: Matcher, *, mask_contacts: bool = True) -> MaskedText:
    """The text, masked; identifiers stay unique and are changed only where they reveal something. Among the
    codes of other contact data are those of what was done to files in the text."""
    line_end = "\r\n" if "\r\n" in text else "\n"
    unfolded = _FOLD.sub("", text)
    if "QUOTED-PRINTABLE" in unfolded.upper():
        unfolded = _SOFT_BREAK.sub("", unfolded)
    before = unfolded.split(line_end)
    after = list(before)
    protected = 0
    contacts: list[str] = []
    for index, written in enumerate(before):
        line, in_file, codes = _with_clean_file(written, matcher)
        protected += in_file
        contacts += codes
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


def _with_clean_file(line: str, matcher: Matcher) -> tuple[str, int, tuple[str, ...]]:
    """The line with the file in it masked, if it holds one; how much was found there, and codes."""
    found = _PROPERTY.match(line)
    if found is None:
        return line, 0, ()
    data = _DATA.match(line, found.end())
    if data is None and not _BASE64.search(found[1]):
        return line, 0, ()
    if _KEY.match(found[1]):
        return found[0], 0, ("certificate-removed",)
    # Most calendars have no file, and everything that reads files takes long to import.
    from parley.masking.inline import encoded, mask_inline

    start = data.end() if data else found.end()
    masked = mask_inline(line[start:], matcher)
    if masked.content is None:
        return line, masked.protected, masked.codes
    return line[:start] + encoded(masked.content), masked.protected, masked.codes


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
