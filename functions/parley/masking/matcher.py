"""Finds protected mailboxes and domains, and other mailboxes, in a view of a text: in one pass, on token
boundaries.

A domain is the anchor; what stands before it decides. `joanna.schmidt@` is not `anna.schmidt@`, and
`x.com.evil.org` is not `x.com`. Where a boundary is doubtful (a sentence that goes on without a blank, a
file extension, a broken line) the string is taken as protected.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from parley.mail.address import Mailbox
from parley.masking.protected import (
    MASKED_DOMAIN,
    MASKED_MAILBOX,
    Identity,
    Protected,
    domain_forms,
    masking_key,
    same_domains,
)
from parley.masking.readings import plain
from parley.masking.views import View

_MAX_LOCAL: Final = 256
_LOCAL_BACKWARDS: Final = re.compile(r"[\w.%+\-]{0,256}")
_HOST_BACKWARDS: Final = re.compile(r"(?:\.[\w\-]{1,63}){0,30}")
_QUOTED_BACKWARDS: Final = re.compile(r'"[^"\r\n]{1,64}"')
_SEPARATOR_BACKWARDS: Final = re.compile(
    r"[ \t]{0,3}(?:@|=|04[=%\-]|%|[)\]}]ta[(\[{])[ \t]{0,3}|[ \t]{1,3}ta[ \t]{1,3}"
)
_AFTER: Final = re.compile(r"[a-z0-9]|-[a-z0-9\-]{0,63}\.[a-z0-9]|\.[a-z0-9]")
_EXTENSION: Final = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|html?|txt|eml|msg|vcf|ics|csv|json|xml|zip|jpe?g|png|gif|webp|heic|svg)"
    r"(?![a-z0-9])"
)
_VERP_TAIL: Final = re.compile(r"@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,10}")
_OTHER_DOMAIN: Final = re.compile(r"[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,20}")
_NOT_TOP_LEVEL: Final = frozenset(
    "png jpg jpeg gif webp svg bmp ico css js ts py php html htm pdf txt json xml exe zip md".split()
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A span of a view and what stands there instead. contact: a mailbox of neither party."""

    start: int
    end: int
    replacement: str
    contact: bool = False


class Matcher:
    """`Protected`, compiled for searching."""

    def __init__(self, protected: Protected, relay_domain: str = "") -> None:
        self.public = protected.public_contacts
        self.relay_domain = relay_domain.lower()
        self._mailboxes: dict[tuple[str, str], str] = {}
        self._private: dict[str, str] = {}
        self._locals: dict[str, set[str]] = {}
        self.hashes: set[str] = set()
        for identity in (protected.author, protected.recipient):
            self._add(identity)
        self._anchors = sorted(self._private.keys() | self._locals.keys())
        self._automaton = AhoCorasick(self._anchors, matchkind=MatchKind.Standard) if self._anchors else None
        self._aliases = {identity.alias.domain for identity in (protected.author, protected.recipient)}

    def _add(self, identity: Identity) -> None:
        alias = str(identity.alias)
        for domain in identity.private_domains:
            for form in domain_forms(domain.lower()):
                self._private.setdefault(plain(View(form)).lower, alias)
        for mailbox in identity.mailboxes:
            self._add_mailbox(mailbox, alias)

    def _add_mailbox(self, mailbox: Mailbox, alias: str) -> None:
        local, domain = mailbox.local_part.lower(), mailbox.domain.lower()
        for other in same_domains(domain):
            for form in domain_forms(other):
                form = plain(View(form)).lower
                self._mailboxes.setdefault(masking_key(plain(View(local)).lower, form), alias)
                self._locals.setdefault(form, set()).add(plain(View(local)).lower)
        whole = f"{local}@{domain}".encode("utf-8", "replace")
        # Senders put digests of the address into links and picture names (Gravatar, list software).
        for name in ("md5", "sha1", "sha256"):
            self.hashes.add(hashlib.new(name, whole, usedforsecurity=False).hexdigest())

    def anchored(self, lower: str) -> bool:
        """Whether any protected domain occurs at all: a fast first test of lower-case text."""
        for anchor in self._anchors:  # noqa: SIM110  # a generator costs more than the search
            if anchor in lower:
                return True
        return False

    def anchored_octets(self, lower: bytes) -> bool:
        """`anchored` for lower-case octets."""
        return any(anchor.encode() in lower for anchor in self._anchors)

    def hits(self, view: View, *, joined: bool = False) -> Iterator[Hit]:
        """Protected strings of the view.

        joined: the view has blanks or line ends left out; these count as boundaries for mailboxes, and only
        hits across such a gap are of interest.
        """
        if self._automaton is None or not self.anchored(view.lower):
            return
        for index, start, end in self._automaton.find_matches_as_indexes(view.lower, overlapping=True):
            hit = self._hit(view, self._anchors[index], start, end, joined)
            if hit and not self._is_public(view, hit):
                yield hit

    def _hit(self, view: View, anchor: str, start: int, end: int, joined: bool) -> Hit | None:
        lower = view.lower
        if self._goes_on(view, end, joined):
            return None
        private = self._private.get(anchor)
        if start and private is not None and lower[start - 1] in "abcdefghijklmnopqrstuvwxyz0123456789-":
            escaped = lower[max(0, start - 3) : start] in ("-40", "%40", "=40")
            if not escaped and view.is_ascii_at(start - 1) and not (joined and view.gap_before(start)):
                return None
        host = start
        if private is not None and start and lower[start - 1] == ".":
            before = _HOST_BACKWARDS.match(lower[max(0, start - _MAX_LOCAL) : start][::-1])
            host = start - (before.end() if before else 0)
        if lower[host:end] in self._aliases or f"{anchor}" in self._aliases:
            return None
        hit = self._mailbox_hit(view, anchor, host, end, private, joined)
        if hit is None and private is not None:
            hit = Hit(host, end, MASKED_DOMAIN)
        return hit

    def _goes_on(self, view: View, end: int, joined: bool) -> bool:
        """Whether the domain is only the beginning of a longer one."""
        after = _AFTER.match(view.lower, end)
        if after is None or not view.is_ascii_at(end) or (joined and view.gap_before(end)):
            return False
        if view.lower[end] != ".":
            return True
        if _EXTENSION.match(view.lower, end):
            return False
        # "…@shop.example.Danke": a sentence that goes on without a blank.
        return not (view.text[end + 1].isupper() and view.text[end - 1].islower()) and not (
            joined and view.gap_before(end + 1)
        )

    def _mailbox_hit(
        self, view: View, anchor: str, host: int, end: int, private: str | None, joined: bool
    ) -> Hit | None:
        lower = view.lower
        separator = _SEPARATOR_BACKWARDS.match(lower[max(0, host - 12) : host][::-1])
        if separator is None:
            return None
        at = host - separator.end()
        is_at = separator.group().strip() == "@"
        tail = None if is_at else _VERP_TAIL.match(lower, end)
        stop = tail.end() if tail else end
        for begin in self._local_starts(view, at, joined):
            alias = self._mailboxes.get(masking_key(lower[begin:at], anchor)) if host == end - len(anchor) else None
            if alias is not None:
                return Hit(begin, stop, alias)
        first = self._local_starts(view, at, joined)[:1]
        for local in self._locals.get(anchor, ()):
            begin = at - len(local)
            if begin >= 0 and lower.startswith(local, begin) and not (begin and lower[begin - 1].isalnum()):
                begin = first[0] if tail and first else begin
                return Hit(begin, stop, self._mailboxes[masking_key(local, anchor)])
        if private is None or not (is_at or tail):
            return None
        starts = self._local_starts(view, at, joined)
        if not starts:
            return None
        # Across a broken line the nearest break is the likeliest beginning of an unknown local-part.
        return Hit(max(starts) if joined else starts[0], stop, private)

    def _local_starts(self, view: View, at: int, joined: bool) -> list[int]:
        """Where the local-part before `at` may begin, the most likely place first."""
        lower = view.lower
        window = lower[max(0, at - _MAX_LOCAL) : at][::-1]
        if window.startswith('"') and (quoted := _QUOTED_BACKWARDS.match(window)):
            return [at - quoted.end()]
        token = _LOCAL_BACKWARDS.match(window)
        first = at - (token.end() if token else 0)
        starts = [first]
        while first < at and lower[first] in ".-_%+":
            first += 1
            starts = [first]
        starts += [
            position
            for position in range(first + 1, at)
            if (joined and view.gap_before(position)) or not view.is_ascii_at(position - 1)
        ][:64]
        return [start for start in starts if start < at]

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

    def contacts(self, view: View) -> Iterator[Hit]:
        """Mailboxes of anybody else: neither aliases nor declared public."""
        text, lower = view.text, view.lower
        at = text.find("@")
        while at >= 0:
            domain = _OTHER_DOMAIN.match(lower, at + 1)
            end = _domain_end(text, at + 1, domain.end()) if domain else 0
            if end:
                starts = self._local_starts(view, at, joined=False)
                if starts and self._is_other(lower, starts[0], at, end):
                    yield Hit(starts[0], end, MASKED_MAILBOX, contact=True)
            at = text.find("@", max(at + 1, end))

    def _is_other(self, lower: str, start: int, at: int, end: int) -> bool:
        domain = lower[at + 1 : end]
        if domain == self.relay_domain or domain in self._aliases or domain.endswith(f".{self.relay_domain}"):
            return False
        if lower[start:end] in self.public:
            return False
        # The user information of a URL (RFC 3986 §3.2.1) is no mailbox.
        head = lower[max(0, start - 72) : start].rpartition("://")
        return not (head[1] and not any(char in head[2] for char in "/ \t\r\n?"))


def _domain_end(text: str, start: int, end: int) -> int:
    """Where a domain name ends that was read too greedily; 0 if there is none."""
    labels = text[start:end].split(".")
    for index in range(1, len(labels)):
        if labels[index][:1].isupper() and labels[index - 1][-1:].islower():
            labels = labels[:index]
            break
    while len(labels) > 1:
        top = labels[-1].lower()
        if 2 <= len(top) <= 24 and top not in _NOT_TOP_LEVEL and (top.isalpha() or top.startswith("xn--")):
            return start + len(".".join(labels))
        labels.pop()
    return 0
