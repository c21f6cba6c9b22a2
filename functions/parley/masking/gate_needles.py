"""What the leak gate searches for: the protected strings, as patterns over lower-case text."""

import hashlib
import re
from collections.abc import Iterator
from functools import cached_property
from typing import AnyStr, Final

from parley.mail.address import Mailbox
from parley.masking.gate_declared import GateDeclared
from parley.masking.gate_spellings import spellings
from parley.masking.protected import Identity, Protected

_TAG_CHARACTERS: Final = r"(?:\+[a-z0-9._%+\-]{0,64})?"
_AFTER: Final = r"(?![a-z0-9\-]|\.[a-z0-9])"
_LONGEST_TAG: Final = 65
_COMMENT: Final = r"(?:\([^()@\r\n]{0,64}\))?"
_BETWEEN: Final = (
    rf"(?:{_COMMENT}@{_COMMENT}|==?|-40|%40|=40|_40|[ \t]?[\[({{][ \t]?(?:@|at)[ \t]?[\])}}][ \t]?)"
)
_LISTED: Final = r"(?:==?(?:40)?|[\-%_]40|[%_#])"
"""What a list or gateway writes for an at sign, whose own mailbox may have anything before it."""
_GATEWAY: Final = r"(?:#ext#)?@[a-z0-9]"
_LONGEST_BETWEEN: Final = 140
_MARGIN: Final = 4_096
"""Octets; more than a mailbox has, also percent-encoded."""
_SAME: Final = (("gmail.com", "googlemail.com"), ("icloud.com", "me.com", "mac.com"))
_DIGESTS: Final = ("md5", "sha1", "sha256")
ALIKE: Final = str.maketrans("аеорсухіѕјԁкмтһԛοα·∙⋅۔‧・", "aeopcyxisjdkmthqoa......")
"""Cyrillic and Greek letters that look like Latin ones, and what looks like a dot."""


class Needles:
    """The protected strings of one mail.

    hints: the domains that occur wherever a protected string stands, lower-case, as A-labels and U-labels.
    octets: the same as octets, also in letters that look alike (`ALIKE`).
    """

    def __init__(self, protected: Protected) -> None:
        self._identities = (protected.author, protected.recipient)
        self.declared = GateDeclared(protected.public_contacts, self._mailboxes())
        self._own = {identity.alias.domain.lower() for identity in self._identities}
        domains = {domain.lower() for identity in self._identities for domain in identity.private_domains}
        domains |= {same for mailbox in self._mailboxes() for same in _same_domains(mailbox.domain.lower())}
        self.hints = tuple({form for domain in domains for form in spellings(domain)})
        forms = {form for hint in self.hints for form in (hint, hint.translate(ALIKE))}
        self.octets = tuple({octets for form in forms for octets in _encoded(form)})
        self.is_ascii = all(map(str.isascii, self.hints))
        self.is_latin = all(max(hint, default="") < "\u0100" for hint in self.hints)

    def _mailboxes(self) -> Iterator[Mailbox]:
        for identity in self._identities:
            yield from identity.mailboxes

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # Compiling takes longer than searching a small mail, and a clean one never needs it.
        patterns = (pattern for identity in self._identities for pattern in _patterns_of(identity))
        return re.compile("|".join(dict.fromkeys(patterns)))

    @cached_property
    def digests(self) -> frozenset[str]:
        """What trackers write in place of a mailbox, in hexadecimal digits."""
        return frozenset(
            hashlib.new(name, str(mailbox).lower().encode(), usedforsecurity=False).hexdigest()
            for mailbox in self._mailboxes()
            for name in _DIGESTS
        )

    def hinted(self, lower: str) -> bool:
        """Whether a search is worth while: some protected domain occurs."""
        for hint in self.hints:  # noqa: SIM110  # a generator costs more than the search
            if hint in lower:
                return True
        return False

    def hinted_octets(self, lower: bytes) -> bool:
        """The same for octets of UTF-8 or ISO-8859-1."""
        for hint in self.octets:  # noqa: SIM110
            if hint in lower:
                return True
        return False

    def found(self, lower: str) -> bool:
        """Whether a protected string stands in lower-case text, declared public contacts aside."""
        lower = self.declared.taken_out(lower)
        # Every pattern has a domain: what is not near one need not be searched, which is slow.
        done = 0
        for start, end in _around(lower, self.hints, self._reach, self._reach):
            for match in self._pattern.finditer(lower, max(start, done), end):
                if not self._passes(lower, *match.span()):
                    return True
                done = match.end()
        return False

    @cached_property
    def _reach(self) -> int:
        """Characters before its domain that a pattern takes at most."""
        longest = max((len(mailbox.local_part) for mailbox in self._mailboxes()), default=0)
        return 2 * longest + _LONGEST_TAG + _LONGEST_BETWEEN

    def near_hints(self, lower: bytes) -> list[tuple[int, int]]:
        """The spans of octets, in lower case, in which a domain stands with all that can belong to it."""
        return _around(lower, self.octets, _MARGIN, _MARGIN)

    def _passes(self, lower: str, start: int, end: int) -> bool:
        """Whether what was found is of our own domain."""
        head = re.search(r"[a-z0-9.\-]*\Z", lower[max(0, start - 255) : start])
        return lower[start - len(head.group()) if head else start : end] in self._own


def _around(text: AnyStr, hints: tuple[AnyStr, ...], before: int, behind: int) -> list[tuple[int, int]]:
    """The spans of the text so far before and behind the hints in it, in order and without overlap."""
    places: list[tuple[int, int]] = []
    for hint in hints:
        at = text.find(hint)
        while at >= 0:
            places.append((max(0, at - before), at + len(hint) + behind))
            at = text.find(hint, at + 1)
    spans: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _patterns_of(identity: Identity) -> Iterator[str]:
    for domain in sorted(identity.private_domains):
        for form in spellings(domain.lower()):
            yield rf"(?<![a-z0-9\-]){re.escape(form)}{_AFTER}"
    for mailbox in sorted(identity.mailboxes, key=str):
        yield from _patterns_of_mailbox(mailbox)


def _patterns_of_mailbox(mailbox: Mailbox) -> Iterator[str]:
    local, domain = mailbox.local_part.strip('"').lower(), mailbox.domain.lower()
    local = local.split("+", 1)[0] or local
    pattern = re.escape(local)
    if domain in _SAME[0]:
        pattern = r"\.?".join(re.escape(char) for char in local.replace(".", ""))
    for same in _same_domains(domain):
        for form in spellings(same):
            name, host = f"{pattern}{_TAG_CHARACTERS}", re.escape(form)
            yield rf"(?<![a-z0-9._%+\-]){name}{_BETWEEN}{host}{_AFTER}"
            yield rf"(?<![a-z0-9]){name}{_LISTED}{host}(?:{_GATEWAY}|{_AFTER})"
            yield rf"(?<![a-z0-9]){host}[=!]{name}{_GATEWAY}"


def _same_domains(domain: str) -> tuple[str, ...]:
    return next((group for group in _SAME if domain in group), (domain,))


def _encoded(hint: str) -> Iterator[bytes]:
    yield hint.encode("utf-8")
    if not hint.isascii() and max(hint) < "\u0100":
        yield hint.encode("latin-1")
