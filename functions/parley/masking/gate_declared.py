"""What a trader declared public, for the leak gate: it is taken out of a text before anything is searched, so
that words beside it do not seem to belong to it once blanks, line ends and tags are gone."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from parley.mail.address import Mailbox
from parley.masking.gate_spellings import spellings

_ESCAPES: Final = r"(?<=%2[0269acf])|(?<=%3[a-f])|(?<=%0[ad])|(?<=%7c)|(?<=%252[0269acf])|(?<=%253[a-f])"
_BEFORE: Final = rf"(?:(?<![a-z0-9._%+\-])|{_ESCAPES})"
_BEFORE_HOST: Final = rf"(?:(?<![a-z0-9._%@\-])(?<![=\-_]40)|{_ESCAPES})"
_AFTER: Final = r"(?![a-z0-9\-]|\.[a-z0-9])"
# A list or gateway writes somebody's mailbox into its own with the domain last, or first.
_AFTER_HOST: Final = r"(?!(?:#ext#)?@|[=!][^\s@]{1,64}@)"
_AT: Final = r"(?:@(?:[ \t]*(?:<br[^<>]{0,20}>|\r?\n)[> \t\r\n]*)?|%(?:25)?40)"
_INSTEAD: Final = "|"
_REACH: Final = 160


class GateDeclared:
    """The declared mailboxes and hosts; a declared URL declares its host."""

    def __init__(self, contacts: frozenset[str], registered: Iterable[Mailbox]) -> None:
        self._pattern = re.compile("|".join(_patterns(contacts)) or r"(?!)")
        self._locals = tuple(str(mailbox.local_part).lower() for mailbox in registered)
        self.is_empty = not contacts

    def taken_out(self, lower: str) -> str:
        """The lower-case text without declared contacts."""
        return lower if self.is_empty else self._pattern.sub(self._instead, lower)

    def _instead(self, match: re.Match[str]) -> str:
        """A contact stays where it may be the end of a registered mailbox that a line end breaks."""
        found = match.group()
        local = re.split("@|%", found, maxsplit=1)[0]
        longer = tuple(
            known.removesuffix(local) for known in self._locals if known.endswith(local) and known != local
        )
        if "@" in found and longer:
            before = match.string[max(0, match.start() - _REACH) : match.start()]
            if "".join(before.split()).rstrip(">").endswith(longer):
                return found
        return _INSTEAD


def _patterns(contacts: frozenset[str]) -> Iterator[str]:
    for contact in sorted(contacts):
        scheme, is_url, rest = contact.lower().partition("://")
        if is_url:
            host = re.split(r"[/?#]", rest)[0]
            yield _host(re.sub(r".*@|:\d*\Z", "", host))
        elif "@" in scheme:
            local, domain = scheme.rsplit("@", 1)
            yield f"{_BEFORE}{re.escape(local)}{_AT}{_any_of(domain)}{_AFTER}"
        elif ":" not in scheme:
            yield _host(scheme)


def _host(host: str) -> str:
    bare = host.removeprefix("www.")
    www = r"www\." if bare != host else r"(?:www\.)?"
    return f"{_BEFORE_HOST}{www}{_any_of(bare)}{_AFTER}{_AFTER_HOST}"


def _any_of(domain: str) -> str:
    return f"(?:{'|'.join(map(re.escape, sorted(spellings(domain))))})"
