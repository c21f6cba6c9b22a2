"""What the leak gate searches for: the protected strings, as patterns over lower-case text."""

import hashlib
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from parley.mail.address import Mailbox
from parley.masking.protected import Identity, Protected

_TAG_CHARACTERS: Final = r"(?:\+[a-z0-9._%+\-]{0,64})?"
_AFTER: Final = r"(?![a-z0-9\-]|\.[a-z0-9])"
_BETWEEN: Final = r"(?:@|=|-40|%40|=40)"
_SAME: Final = (("gmail.com", "googlemail.com"), ("icloud.com", "me.com", "mac.com"))
_DIGESTS: Final = ("md5", "sha1", "sha256")
ALIKE: Final = str.maketrans("аеорсухіѕјԁкмтһԛοα", "aeopcyxisjdkmthqoa")
"""Cyrillic and Greek letters that look like Latin ones."""


class Needles:
    """The protected strings of one mail.

    hints: the domains that occur wherever a protected string stands, lower-case, as A-labels and U-labels.
    octets: the same as octets, also in letters that look alike (`ALIKE`).
    """

    def __init__(self, protected: Protected) -> None:
        self._identities = (protected.author, protected.recipient)
        self._public = protected.public_contacts
        self._own = {identity.alias.domain.lower() for identity in self._identities}
        domains = {domain.lower() for identity in self._identities for domain in identity.private_domains}
        domains |= {same for mailbox in self._mailboxes() for same in _same_domains(mailbox.domain.lower())}
        self.hints = tuple({form for domain in domains for form in _spellings(domain)})
        forms = {form for hint in self.hints for form in (hint, hint.translate(ALIKE))}
        self.octets = tuple({octets for form in forms for octets in _encoded(form)})
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


def _patterns_of(identity: Identity) -> Iterator[str]:
    for domain in sorted(identity.private_domains):
        for form in _spellings(domain.lower()):
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
        for form in _spellings(same):
            yield rf"(?<![a-z0-9._%+\-]){pattern}{_TAG_CHARACTERS}{_BETWEEN}{re.escape(form)}{_AFTER}"


def _same_domains(domain: str) -> tuple[str, ...]:
    return next((group for group in _SAME if domain in group), (domain,))


def _spellings(domain: str) -> set[str]:
    """A domain as A-labels and as U-labels."""
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


def _encoded(hint: str) -> Iterator[bytes]:
    yield hint.encode("utf-8")
    if not hint.isascii() and max(hint) < "\u0100":
        yield hint.encode("latin-1")
