"""What the leak gate searches for, and the forms of a text in which it searches.

Written apart from the masker on purpose: it shares neither its decoders nor its matcher, so that a mistake
there does not hide itself here. Everything is a pass over the whole text; nothing is mapped back.
"""

import base64
import binascii
import html
import re
import unicodedata
import urllib.parse
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from parley.mail.address import Mailbox
from parley.masking.protected import Identity, Protected

_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
_TAG: Final = re.compile(r"<[^<>]*>")
_COMMENT: Final = re.compile(r"<!--|-->")
_FOLD: Final = re.compile(r"\r?\n[ \t]?")
_FLOWED: Final = re.compile(r" ?\r?\n(?:>+ ?)?")
_SOFT_BREAK: Final = re.compile(r" \r?\n(?:>+ ?)?")
_IN_A_RUN: Final = bytes(
    ord("x") if chr(octet).isascii() and (chr(octet).isalnum() or chr(octet) in "_-+/") else ord(" ")
    for octet in range(256)
)
_LONG_RUN: Final = b"x" * 16
_DISGUISE: Final = re.compile(r"[%&<\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[A-Za-z0-9_\-+/]{16}")
_HEXADECIMAL: Final = re.compile(r"(?:[0-9a-f]{2}){12,}")
_TAG_CHARACTERS: Final = r"(?:\+[a-z0-9._%+\-]{0,64})?"
_AFTER: Final = r"(?![a-z0-9\-]|\.[a-z0-9])"
_SAME: Final = (("gmail.com", "googlemail.com"), ("icloud.com", "me.com", "mac.com"))


class Needles:
    """The protected strings, as patterns over lower-case text."""

    def __init__(self, protected: Protected) -> None:
        self._public = protected.public_contacts
        self._own = {protected.author.alias.domain.lower(), protected.recipient.alias.domain.lower()}
        self._hints: set[str] = set()
        patterns: list[str] = []
        for identity in (protected.author, protected.recipient):
            patterns += self._patterns_of(identity)
        self._patterns = "|".join(dict.fromkeys(patterns))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # Compiling takes longer than searching a small mail, and a clean one never needs it.
        return re.compile(self._patterns)

    def _patterns_of(self, identity: Identity) -> Iterator[str]:
        for domain in sorted(identity.private_domains):
            for form in _spellings(domain.lower()):
                self._hints.add(form)
                yield rf"(?<![a-z0-9\-]){re.escape(form)}{_AFTER}"
        for mailbox in sorted(identity.mailboxes, key=str):
            yield from self._mailbox(mailbox)

    def _mailbox(self, mailbox: Mailbox) -> Iterator[str]:
        local, domain = mailbox.local_part.strip('"').lower(), mailbox.domain.lower()
        local = local.split("+", 1)[0] or local
        pattern = re.escape(local)
        if domain in _SAME[0]:
            pattern = r"\.?".join(re.escape(char) for char in local.replace(".", ""))
        for same in next((group for group in _SAME if domain in group), (domain,)):
            for form in _spellings(same):
                self._hints.add(form)
                between = r"(?:@|=|-40|%40|=40)"
                yield rf"(?<![a-z0-9._%+\-]){pattern}{_TAG_CHARACTERS}{between}{re.escape(form)}{_AFTER}"

    def hinted(self, lower: str) -> bool:
        """Whether a search is worth while: some protected domain occurs."""
        for hint in self._hints:  # noqa: SIM110  # a generator costs more than the search
            if hint in lower:
                return True
        return False

    def found(self, lower: str) -> bool:
        """Whether a protected string stands in lower-case text, declared public contacts aside."""
        if not self.hinted(lower):
            return False
        return any(not self._passes(lower, *match.span()) for match in self._pattern.finditer(lower))

    def _passes(self, lower: str, start: int, end: int) -> bool:
        head = re.search(r"[a-z0-9.\-]*\Z", lower[max(0, start - 255) : start])
        host = lower[start - len(head.group()) : end] if head else lower[start:end]
        if host in self._own:
            return True
        if not self._public:
            return False
        if lower[start:end] in self._public or host in self._public:
            return True
        before = start - (len(head.group()) if head else 0)
        if before and lower[before - 1] == "@":
            local = re.search(r"[a-z0-9._%+\-]*\Z", lower[max(0, before - 65) : before - 1])
            return local is not None and f"{local.group()}@{host}" in self._public
        if not lower.endswith("://", 0, before):
            return False
        return any(lower.startswith(contact.partition("://")[2] or "\0", before) for contact in self._public)


def _spellings(domain: str) -> set[str]:
    if domain.isascii() and "xn--" not in domain:
        return {domain}
    spellings = {domain}
    try:
        spellings.add(domain.encode("ascii").decode("idna").lower())
    except UnicodeError:
        try:
            spellings.add(domain.encode("idna").decode("ascii"))
        except UnicodeError:
            return spellings
    return spellings


def reveals(text: str, needles: Needles) -> bool:
    """Whether any form of the text shows a protected string. Linear in the text."""
    lower = text.lower()
    if text.isascii() and not _DISGUISE.search(text) and not needles.hinted("".join(lower.split())):
        return False
    seen = html.unescape(text)
    if not seen.isascii():
        seen = unicodedata.normalize("NFKC", _INVISIBLE.sub("", seen))
    seen = _INVISIBLE.sub("", seen)
    if needles.found(lower):
        return True
    if any(needles.found(form) for form in _forms(seen.lower(), needles)):
        return True
    return any(needles.found(form) for form in _encoded(seen))


def _forms(seen: str, needles: Needles) -> Iterator[str]:
    yield seen
    bare = seen
    if "<" in seen or "-->" in seen:
        if "<!--" in seen or "-->" in seen:
            bare = _COMMENT.sub("", seen)
            yield bare
        bare = _TAG.sub("", bare)
        yield bare
    once = seen
    for _ in range(3):
        decoded = urllib.parse.unquote(once).lower() if "%" in once else once
        if decoded == once:
            break
        yield decoded
        once = decoded
    # What looks like a tag may be none: "<anna@", then a line end, then "shop.example>".
    for text in dict.fromkeys((seen, bare)):
        squeezed = "".join(text.split())
        # A domain has neither blanks nor ">", so it stands here too if it stands in any of the three.
        if needles.hinted(squeezed.replace(">", "")):
            yield _FOLD.sub("", text)
            yield _FLOWED.sub("", text)
            yield _SOFT_BREAK.sub("", text)
            yield squeezed


def _encoded(seen: str) -> Iterator[str]:
    """Base64 (both alphabets, at every phase) and hexadecimal runs, decoded, in lower case."""
    if "%" in seen:
        seen += "\n" + urllib.parse.unquote(urllib.parse.unquote(seen))
    runs = "////".join(_runs(seen)).replace("-", "+").replace("_", "/")
    if not runs:
        return
    digits = _HEXADECIMAL.findall(runs.lower())
    # Slashes decode to octets of ones: they end a run, also one without its padding, and belong to nothing.
    runs += "//////"
    for phase in range(4):
        piece = runs[phase:]
        piece = piece[: len(piece) // 4 * 4]
        try:
            decoded = base64.b64decode(piece).decode("latin-1")
        except (binascii.Error, ValueError):
            continue
        yield unicodedata.normalize("NFKC", decoded).lower()
    for found in digits:
        yield unicodedata.normalize("NFKC", bytes.fromhex(found).decode("latin-1")).lower()


def _runs(seen: str) -> Iterator[str]:
    """The runs of at least 16 characters of base64 or of hexadecimal digits."""
    # Octets that only say whether they may stand in a run are searched ten times as fast as the text.
    octets = seen.encode("ascii", "replace").translate(_IN_A_RUN) + b" "
    start = octets.find(_LONG_RUN)
    while start >= 0:
        end = octets.find(b" ", start)
        yield seen[start:end]
        start = octets.find(_LONG_RUN, end)
