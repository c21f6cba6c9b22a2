"""The rules for other contact data, compiled for one mail: what is looked for, and what of it passes."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from parley.masking.contact_rules import ContactKind, ContactRules, Treatment

_NOT_DIGIT: Final = re.compile(r"\D+")
_NUMBER: Final = re.compile(r"(?:tel:)?[+(]?\d[\d ()/.\-]{5,24}")
_SIGNIFICANT: Final = 8
"""Digits without country code and trunk zero that make two telephone numbers the same."""


@dataclass(frozen=True, slots=True)
class ContactSearch:
    """masked, flagged: the kinds that are. domains: hosts that are nobody's contact, with all below them.
    known_domains: as in `ContactRules`; mailboxes there are nobody's contact, either.
    public_links, public_numbers: what a trader declared public; numbers as digits without leading zeros."""

    masked: frozenset[ContactKind]
    flagged: frozenset[ContactKind]
    domains: frozenset[str]
    known_domains: frozenset[str]
    public_links: tuple[str, ...]
    public_numbers: frozenset[str]

    def is_public_link(self, link: str) -> bool:
        """Whether a lower-case link is one that was declared public, or one below it."""
        return any(
            link.startswith(public) and (link == public or public[-1] in "/?#" or link[len(public)] in "/?#&")
            for public in self.public_links
        )

    def is_public_number(self, written: str) -> bool:
        """Whether a telephone number is one that was declared public, with or without its country code."""
        if not self.public_numbers:
            return False
        number = _digits(written)
        return number in self.public_numbers or (
            len(number) >= _SIGNIFICANT and any(public.endswith(number) for public in self.public_numbers)
        )


@lru_cache(maxsize=64)
def contact_search(rules: ContactRules, public: frozenset[str], ours: frozenset[str]) -> ContactSearch:
    """public: lower-case mailboxes, hosts, URLs and telephone numbers declared public. ours: our own
    domains."""
    hosts = {contact for contact in public if not set("@/:") & set(contact)}
    return ContactSearch(
        masked=rules.kinds(Treatment.MASK),
        flagged=rules.kinds(Treatment.FLAG),
        domains=rules.known_domains | hosts | ours,
        known_domains=rules.known_domains,
        public_links=tuple(contact for contact in public if "://" in contact),
        public_numbers=frozenset(_digits(contact) for contact in public if _NUMBER.fullmatch(contact)),
    )


def _digits(written: str) -> str:
    return _NOT_DIGIT.sub("", written.replace("(0)", "")).lstrip("0")
