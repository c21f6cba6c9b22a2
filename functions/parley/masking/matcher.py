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
from parley.masking.declared import Declared, Span
from parley.masking.protected import (
    MASKED_DOMAIN,
    Identity,
    Protected,
    domain_forms,
    masking_key,
    same_domains,
)
from parley.masking.readings import plain_name
from parley.masking.separators import LOCAL_AFTER, VERP_TAIL, breaks_tag, host_before, separator_before
from parley.masking.tokens import LETTERS_AND_DIGITS, Hit, after_gaps, goes_on, local_starts
from parley.masking.views import TooComplexError, View

_OCTET_LOCAL_BACKWARDS: Final = re.compile(rb"@[a-z0-9._%+\-]{1,64}")
_IN_LOCAL: Final = re.compile(r"[a-z0-9.%+\-]")
_IN_WORD: Final = re.compile(r"[a-z0-9]")

_MAX_OTHERS: Final = 20_000
"""Places where a domain stands that are none of a protected string: in a mail that people write, a few."""

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
        self.declared = Declared(self.public, self._registered)
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
        for hit in self._hits(view, joined):
            if not self.declared or self.declared.span(view, hit) is None:
                yield hit

    def declared_spans(self, view: View, *, joined: bool = False) -> Iterator[Span]:
        """Where contacts that were declared public stand in the view, as far as they would be protected."""
        for hit in self._hits(view, joined):
            if span := self.declared.span(view, hit):
                yield span

    def _hits(self, view: View, joined: bool) -> Iterator[Hit]:
        if not self.anchored(view.lower):
            return
        others = 0
        for start, end in self.anchors.occurrences(view.lower):
            hit = self._hit(view, view.lower[start:end], start, end, joined)
            if hit:
                yield hit
            else:
                others += 1
                if others > _MAX_OTHERS:
                    raise TooComplexError

    def _hit(self, view: View, anchor: str, start: int, end: int, joined: bool) -> Hit | None:
        lower = view.lower
        if goes_on(view, end, joined=joined):
            return None
        private = self._private.get(anchor)
        if private is not None and start and not self._begins(view, start, joined):
            return self._reversed_hit(lower, anchor, start, end, None) if lower[start - 1] == "-" else None
        host = start
        if private is not None and start and lower[start - 1] == ".":
            host = after_gaps(view, host_before(lower, start), start)
        if lower[host:end] in self.alias_domains:
            return None
        hit = self._mailbox_hit(view, anchor, host, end, private, joined)
        hit = hit or self._reversed_hit(lower, anchor, host, end, private)
        if hit is None and private is not None:
            hit = Hit(host, end, MASKED_DOMAIN)
        return hit

    def _reversed_hit(self, lower: str, anchor: str, host: int, end: int, private: str | None) -> Hit | None:
        """A mailbox inside that of a gateway, with its domain first."""
        after = LOCAL_AFTER.match(lower, end)
        alias = after and self._mailboxes.get(masking_key(after.group(1), anchor), private)
        return Hit(host, after.end(), alias) if after and alias else None

    def _begins(self, view: View, start: int, joined: bool) -> bool:
        """Whether a private domain may begin there."""
        before = view.lower[start - 1]
        if before not in LETTERS_AND_DIGITS and before != "-":
            return True
        escaped = view.lower[max(0, start - 3) : start] in ("-40", "%40", "=40", "_40")
        return escaped or not view.is_ascii_at(start - 1) or (joined and view.gap_before(start))

    def _mailbox_hit(
        self, view: View, anchor: str, host: int, end: int, private: str | None, joined: bool
    ) -> Hit | None:
        lower = view.lower
        separator = separator_before(lower, host)
        if separator is None:
            return None
        at, is_at = separator.start, separator.is_at
        tail = None if is_at or joined else VERP_TAIL.match(lower, end)
        stop = tail.end() if tail else end
        starts = local_starts(view, at, joined=joined)
        for begin in starts:
            alias = self._mailboxes.get(masking_key(lower[begin:at], anchor))
            if (
                alias is not None
                and host == end - len(anchor)
                and not (joined and breaks_tag(view, begin, at))
            ):
                return Hit(begin, stop, alias, registered=True)
        for local in self._locals.get(anchor, ()):
            begin = at - len(local)
            # "Rechnung_anna@…" names her; "jo.anna@…" is somebody else.
            # A list's or gateway's own mailbox may have anything before hers: "bounce-81-anna=gmail.com@…".
            inside = _IN_WORD if tail or separator.is_listed else _IN_LOCAL
            before = lower[begin - 1 : begin] if begin > 0 else ""
            if begin >= 0 and lower.startswith(local, begin) and not inside.match(before):
                begin = starts[0] if tail and starts else begin
                return Hit(begin, stop, self._mailboxes[masking_key(local, anchor)], registered=True)
        if private is None or not starts or not (is_at or tail):
            return None
        if not joined:
            return Hit(starts[0], stop, private)
        # Across a broken line the nearest break is the likeliest beginning of an unknown local-part; a word
        # that ends its line is none.
        return Hit(at if view.gap_before(at) else max(starts), stop, private)
