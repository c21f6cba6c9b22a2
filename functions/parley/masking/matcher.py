"""Finds protected mailboxes and domains in a view of a text: in one pass, on token boundaries.

A domain is the anchor; what stands before it decides. `joanna.schmidt@` is not `anna.schmidt@`, and
`x.com.evil.org` is not `x.com`. Where a boundary is doubtful (a sentence that goes on without a blank, a
file extension, a broken line) the string is taken as protected.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Final

from parley.mail.address import Mailbox
from parley.masking.anchors import Anchors
from parley.masking.contact_rules import ContactRules
from parley.masking.contact_search import contact_search
from parley.masking.protected import (
    MASKED_DOMAIN,
    Identity,
    Protected,
    domain_forms,
    masking_key,
    same_domains,
)
from parley.masking.readings import plain_name
from parley.masking.tokens import LETTERS_AND_DIGITS, MAX_LOCAL, Hit, after_gaps, goes_on, local_starts
from parley.masking.views import View

_OCTET_LOCAL_BACKWARDS: Final = re.compile(rb"@[a-z0-9._%+\-]{1,64}")
_HOST_BACKWARDS: Final = re.compile(r"(?:\.[\w\-]{1,63}){0,30}")
_LOCAL_CHARACTER: Final = re.compile(r"[a-z0-9.%+\-]")
_SEPARATOR_BACKWARDS: Final = re.compile(
    r"[ \t]{0,3}(?:@|=|04[=%\-]|%|[)\]}]ta[(\[{])[ \t]{0,3}|[ \t]{1,3}ta[ \t]{1,3}"
)
# "+AEA-" is an at sign in UTF-7.
_BROKEN_TAG: Final = re.compile(r"\+(?!aea-)[a-z0-9_\-]{1,24}")
_VERP_TAIL: Final = re.compile(r"@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,10}")


_DEFAULT_RULES: Final = ContactRules()


def matcher_for(protected: Protected, relay_domain: str, rules: ContactRules = _DEFAULT_RULES) -> "Matcher":
    """The matcher of a mail, which is asked for several times."""
    return _matcher(protected, relay_domain, rules)


@lru_cache(maxsize=8)
def _matcher(protected: Protected, relay_domain: str, rules: ContactRules) -> "Matcher":
    return Matcher(protected, relay_domain, rules)


class Matcher:
    """`Protected` and the rules for other contact data (`contacts`), compiled for searching."""

    def __init__(
        self, protected: Protected, relay_domain: str = "", rules: ContactRules = _DEFAULT_RULES
    ) -> None:
        self.public = protected.public_contacts
        self.relay_domain = relay_domain.lower()
        self._mailboxes: dict[tuple[str, str], str] = {}
        self._private: dict[str, str] = {}
        self._locals: dict[str, set[str]] = {}
        self._registered: list[Mailbox] = []
        self.known_runs: dict[bytes, bool] = {}
        """Encoded runs of the text in work and whether they hold anything: it is read several times."""
        for identity in (protected.author, protected.recipient):
            self._add(identity)
        self.anchors = Anchors(self._private.keys() | self._locals.keys())
        self.alias_domains = {identity.alias.domain for identity in (protected.author, protected.recipient)}
        self.aliases = {str(identity.alias).lower() for identity in (protected.author, protected.recipient)}
        ours = {self.relay_domain, *self.alias_domains, MASKED_DOMAIN}
        self.contacts = contact_search(rules, self.public, frozenset(ours))

    def _add(self, identity: Identity) -> None:
        alias = str(identity.alias)
        for domain in identity.private_domains:
            for form in domain_forms(domain.lower()):
                self._private.setdefault(plain_name(form), alias)
        for mailbox in identity.mailboxes:
            self._add_mailbox(mailbox, alias)

    def _add_mailbox(self, mailbox: Mailbox, alias: str) -> None:
        local, domain = mailbox.local_part.lower(), mailbox.domain.lower()
        seen_local = plain_name(local)
        for other in same_domains(domain):
            for form in domain_forms(other):
                seen_form = plain_name(form)
                self._mailboxes.setdefault(masking_key(seen_local, seen_form), alias)
                self._locals.setdefault(seen_form, set()).add(seen_local)
        self._registered.append(mailbox)

    @cached_property
    def hashes(self) -> frozenset[str]:
        """Digests of the mailboxes, which senders put into links and picture names (Gravatar, lists)."""
        return frozenset(
            hashlib.new(
                name, str(mailbox).lower().encode("utf-8", "replace"), usedforsecurity=False
            ).hexdigest()
            for mailbox in self._registered
            for name in ("md5", "sha1", "sha256")
        )

    def anchored(self, lower: str) -> bool:
        """Whether any protected domain occurs at all: a fast first test of lower-case text."""
        return self.anchors.stand_in(lower)

    def octet_spans(self, lower: bytes) -> Iterator[tuple[int, int]]:
        """Where protected strings stand in lower-case octets of a file, whatever stands beside them."""
        for anchor, at, end in self.anchors.octet_places(lower):
            local = _OCTET_LOCAL_BACKWARDS.match(lower[max(0, at - 65) : at][::-1])
            names = (f"{name}@".encode() for name in self._locals.get(anchor, ()))
            if anchor in self._private:
                yield at - (local.end() if local else 0), end
            elif length := max((len(name) for name in names if lower.endswith(name, 0, at)), default=0):
                yield at - length, end

    def hits(self, view: View, *, joined: bool = False) -> Iterator[Hit]:
        """Protected strings of the view.

        joined: the view has blanks or line ends left out; these count as boundaries for mailboxes, and only
        hits across such a gap are of interest.
        """
        if not self.anchored(view.lower):
            return
        for start, end in self.anchors.occurrences(view.lower):
            hit = self._hit(view, view.lower[start:end], start, end, joined)
            if hit and not self._is_public(view, hit):
                yield hit

    def _hit(self, view: View, anchor: str, start: int, end: int, joined: bool) -> Hit | None:
        lower = view.lower
        if goes_on(view, end, joined=joined):
            return None
        private = self._private.get(anchor)
        if private is not None and start and not self._begins(view, start, joined):
            return None
        host = start
        if private is not None and start and lower[start - 1] == ".":
            before = _HOST_BACKWARDS.match(lower[max(0, start - MAX_LOCAL) : start][::-1])
            host = after_gaps(view, start - (before.end() if before else 0), start)
        if lower[host:end] in self.alias_domains:
            return None
        hit = self._mailbox_hit(view, anchor, host, end, private, joined)
        if hit is None and private is not None:
            hit = Hit(host, end, MASKED_DOMAIN)
        return hit

    def _begins(self, view: View, start: int, joined: bool) -> bool:
        """Whether a private domain may begin there."""
        before = view.lower[start - 1]
        if before not in LETTERS_AND_DIGITS and before != "-":
            return True
        escaped = view.lower[max(0, start - 3) : start] in ("-40", "%40", "=40")
        return escaped or not view.is_ascii_at(start - 1) or (joined and view.gap_before(start))

    def _mailbox_hit(
        self, view: View, anchor: str, host: int, end: int, private: str | None, joined: bool
    ) -> Hit | None:
        lower = view.lower
        separator = _SEPARATOR_BACKWARDS.match(lower[max(0, host - 12) : host][::-1])
        if separator is None:
            return None
        at = host - separator.end()
        is_at = separator.group().strip() == "@"
        tail = None if is_at or joined else _VERP_TAIL.match(lower, end)
        stop = tail.end() if tail else end
        starts = local_starts(view, at, joined=joined)
        for begin in starts:
            alias = self._mailboxes.get(masking_key(lower[begin:at], anchor))
            if (
                alias is not None
                and host == end - len(anchor)
                and not (joined and _breaks_tag(view, begin, at))
            ):
                return Hit(begin, stop, alias, registered=True)
        for local in self._locals.get(anchor, ()):
            begin = at - len(local)
            # "Rechnung_anna@…" names her; "jo.anna@…" is somebody else.
            if (
                begin > 0
                and lower.startswith(local, begin)
                and _LOCAL_CHARACTER.match(lower, begin - 1) is None
            ):
                begin = starts[0] if tail and starts else begin
                return Hit(begin, stop, self._mailboxes[masking_key(local, anchor)], registered=True)
        if private is None or not starts or not (is_at or tail):
            return None
        if not joined:
            return Hit(starts[0], stop, private)
        # Across a broken line the nearest break is the likeliest beginning of an unknown local-part; a word
        # that ends its line is none.
        return Hit(at if view.gap_before(at) else max(starts), stop, private)

    def _is_public(self, view: View, hit: Hit) -> bool:
        found = view.lower[hit.start : hit.end]
        if not self.public:
            return False
        if found in self.public:
            return True
        before = view.lower[max(0, hit.start - 8) : hit.start]
        return any(
            "://" in contact
            and view.lower.startswith(contact.split("://", 1)[1], hit.start)
            and before.endswith("://")
            for contact in self.public
        )


def _breaks_tag(view: View, start: int, at: int) -> bool:
    """Whether what looks like a local-part with a tag rather is the end of one line and words of the next."""
    plus = view.lower.find("+", start + 1, at)
    gaps = view.gaps(plus, at) if plus >= 0 else []
    return len(gaps) > 1 or (len(gaps) == 1 and not _BROKEN_TAG.fullmatch(view.lower, plus, at))
