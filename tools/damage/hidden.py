"""Whose mailboxes a mail must not show, and whether a text shows one once it is decoded."""

import email
import email.policy
import email.utils
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.fuzz.decodings import forms

_ALIKE = str.maketrans("аеорсухіѕјԁкмт", "aeopcyxisjdkmt")
_ESCAPED_AT = re.compile(r"\+AEA-|[-=]40")
_MAILBOX = re.compile(r"[^\s<>()\[\]\"',;:|=/?&]+@[\w.\-]+|\"[^\"\n]+\"@[\w.\-]+")
_UNSEEN = re.compile("[\xad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_UNICODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_AT = r"(?:@|%40|[-=]40|\+aea-|=)"
_TAG = r"(?:\+[\w.\-]*)?"
_BREAK = r"(?:=?\s+(?:>\s*)*)?"
_LOCAL_PART = rf"(?:[\w.+\-']*{_AT}{_BREAK})?(?:[\w\-]+\.)*"
"""Before a private domain: any local-part, and names below the domain."""
_PROVIDERS = (("gmail.com", "googlemail.com"), ("icloud.com", "me.com", "mac.com"))


@dataclass(frozen=True, slots=True)
class Secrets:
    """mailboxes: lower-case, of both parties and of this mail's author. domains: lower-case, private."""

    mailboxes: frozenset[str]
    domains: frozenset[str]

    def shown(self, text: str) -> bool:
        """Whether any of them can be read in the text, however it is encoded."""
        return any(self._plainly(reading.lower()) for reading in readings(text))

    def taken_out(self, text: str) -> str:
        """The text as people read it, without those mailboxes and domains, also where a line end breaks
        them."""
        return self._anywhere().sub(" ", plain(text).lower())

    def _anywhere(self) -> re.Pattern[str]:
        mailboxes = (_broken(mailbox) for mailbox in _longest_first(self.mailboxes))
        domains = (_LOCAL_PART + _broken(domain) for domain in _longest_first(self.domains))
        return re.compile("|".join((*mailboxes, *domains)))

    def _plainly(self, text: str) -> bool:
        if any(mailbox in text or mailbox.replace("@", "=") in text for mailbox in self.mailboxes):
            return True
        if any(re.search(rf"(?<![a-z0-9\-]){re.escape(domain)}", text) for domain in self.domains):
            return True
        alike = {_comparable(mailbox) for mailbox in self.mailboxes}
        if any(_comparable(found) in alike for found in _MAILBOX.findall(text)):
            return True
        return any(digest in text for mailbox in self.mailboxes for digest in _digests(mailbox))


def secrets_of(mail: bytes, mailboxes: Iterable[str], domains: Iterable[str]) -> Secrets:
    """The parties' own, and the author's that the mail's header section names."""
    parsed = email.message_from_bytes(mail, policy=email.policy.compat32)
    fields = [str(value) for name in ("from", "sender", "reply-to") for value in parsed.get_all(name, [])]
    named = {mailbox.lower() for _, mailbox in email.utils.getaddresses(fields) if "@" in mailbox}
    return Secrets(
        frozenset({*named, *(mailbox.lower() for mailbox in mailboxes)}),
        frozenset(domain.lower() for domain in domains),
    )


def without_mailboxes(text: str) -> str:
    """The text as people read it, without anybody's mailboxes."""
    return _MAILBOX.sub(" ", plain(text).lower())


def plain(text: str) -> str:
    """The text without what cannot be seen, in letters of one kind."""
    text = _UNICODE.sub(lambda escaped: chr(int(escaped[1], 16)), _UNSEEN.sub("", text))
    return unicodedata.normalize("NFKC", text).translate(_ALIKE)


def shows_mailbox(text: str) -> bool:
    """Whether a mailbox of anybody can be read in the text."""
    return any(_MAILBOX.search(reading) for reading in readings(text))


def readings(text: str) -> Iterator[str]:
    """The text as programs and gateways decode it."""
    text = _UNICODE.sub(lambda escaped: chr(int(escaped[1], 16)), text)
    for start in dict.fromkeys((text, re.sub(r"[\s>=]+", "", text), _ESCAPED_AT.sub("@", text))):
        for form, _ in forms(start):
            yield form
            yield form.translate(_ALIKE)


def _comparable(mailbox: str) -> str:
    """Equal for mailboxes that are masked alike: tags, and dots where the provider ignores them."""
    local, _, domain = mailbox.rpartition("@")
    domain = next((group[0] for group in _PROVIDERS if domain in group), domain)
    local = local.strip("\"'").partition("+")[0]
    return f"{local.replace('.', '') if domain == 'gmail.com' else local}@{domain}"


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=len, reverse=True)


def _broken(word: str) -> str:
    """A pattern for a mailbox or domain which may be broken at a line end."""
    return _BREAK.join(_TAG + _AT if char == "@" else re.escape(char) for char in word)


def _digests(mailbox: str) -> Iterator[str]:
    for name in ("md5", "sha1", "sha256"):
        yield hashlib.new(name, mailbox.encode(), usedforsecurity=False).hexdigest()
