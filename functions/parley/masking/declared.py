"""What a trader declared public: where it stands as such, it passes.

A declared URL makes its host known, so that host passes with whatever path and port; a declared host passes
with `www.` before it, too. Mailboxes pass as they were declared and in no other form: with a tag or with more
before it a mailbox is another one.
"""

from collections.abc import Iterable
from typing import Final

from parley.mail.address import Mailbox
from parley.masking.protected import MASKED_DOMAIN, domain_forms
from parley.masking.readings import plain_name
from parley.masking.tokens import Hit
from parley.masking.views import View

_QUOTE_MARKS: Final = "> \t\r\n"
_REACH: Final = 160

Span = tuple[int, int]


class Declared:
    """The declared mailboxes and hosts, as a plain view shows them. Numbers are left to `ContactSearch`."""

    def __init__(self, contacts: frozenset[str], registered: Iterable[Mailbox]) -> None:
        self._mailboxes: dict[str, tuple[str, ...]] = {}
        self._hosts: set[str] = set()
        known = tuple(registered)
        for contact in contacts:
            if "://" in contact:
                self._add_host(_host(contact.partition("://")[2]))
            elif "@" in contact:
                self._add_mailbox(contact, known)
            elif ":" not in contact:
                self._add_host(contact)

    def __bool__(self) -> bool:
        return bool(self._mailboxes or self._hosts)

    def _add_host(self, host: str) -> None:
        for form in map(plain_name, domain_forms(host)):
            self._hosts |= {form, f"www.{form.removeprefix('www.')}"}

    def _add_mailbox(self, contact: str, registered: tuple[Mailbox, ...]) -> None:
        local, _, domain = contact.rpartition("@")
        longer = tuple(
            other.local_part.lower().removesuffix(local)
            for other in registered
            if other.domain.lower() == domain
            and other.local_part.lower() != local
            and other.local_part.lower().endswith(local)
        )
        for form in domain_forms(domain):
            self._mailboxes[f"{plain_name(local)}@{plain_name(form)}"] = longer

    def span(self, view: View, hit: Hit) -> Span | None:
        """Where something declared stands in a hit, if that is all that is protected in it."""
        found = view.lower[hit.start : hit.end]
        if hit.replacement == MASKED_DOMAIN:
            return (hit.start, hit.end) if found in self._hosts else None
        if found in self._mailboxes:
            return None if self._ends_a_registered(view, hit.start, found) else (hit.start, hit.end)
        # Chinese and its like have no blanks between words.
        for contact in self._mailboxes:
            start = hit.end - len(contact)
            if found.endswith(contact) and start > hit.start and _is_a_word_for_itself(view.text[start - 1]):
                return start, hit.end
        return None

    def _ends_a_registered(self, view: View, start: int, contact: str) -> bool:
        """Whether only a blank or line end keeps the contact from being the end of a registered mailbox."""
        longer = self._mailboxes[contact]
        if not longer:
            return False
        before = "".join(view.lower[max(0, start - _REACH) : start].split()).rstrip(_QUOTE_MARKS)
        return before.endswith(longer)


def _host(rest: str) -> str:
    """The host of a URL without its scheme."""
    authority = rest.partition("/")[0].partition("?")[0].partition("#")[0]
    return authority.rpartition("@")[2].partition(":")[0]


def _is_a_word_for_itself(char: str) -> bool:
    return not char.isascii() and char.lower() == char.upper()
