"""Mailboxes of anybody else in a text: of neither party, not declared public, not a carrier's.

What only looks like one (`Ticket #4711@Q4`, `logo@2x.png`, `Kurs 3@4`) is none.
"""

import re
from collections.abc import Iterator
from typing import Final

from parley.masking.hosts import TOP_LEVEL, is_below
from parley.masking.matcher import Matcher
from parley.masking.tokens import local_starts
from parley.masking.views import View

Span = tuple[int, int]

_DOMAIN: Final = re.compile(r"[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,20}")
_NOT_TOP_LEVEL: Final = re.compile(
    r"(?:png|jpe?g|gif|webp|svg|bmp|ico|css|js|ts|py|php|html?|pdf|txt|json|xml|exe|zip|md)\Z"
)


def other_mailboxes(view: View, matcher: Matcher) -> Iterator[Span]:
    """The spans of the mailboxes in the view; aliases are none."""
    text, lower = view.text, view.lower
    at = text.find("@")
    while at >= 0:
        domain = _DOMAIN.match(lower, at + 1)
        end = _domain_end(text, at + 1, domain.end()) if domain else 0
        if end and not _is_ours(lower[at + 1 : end], matcher):
            starts = local_starts(view, at)
            is_other = starts and _is_other(lower, starts[0], end, matcher)
            if is_other and not _is_known(lower[at + 1 : end], matcher):
                yield starts[0], end
        at = text.find("@", max(at + 1, end))


def _is_ours(domain: str, matcher: Matcher) -> bool:
    ours = matcher.relay_domain
    return domain == ours or domain in matcher.alias_domains or domain.endswith(f".{ours}")


def _is_known(domain: str, matcher: Matcher) -> bool:
    """Whether a mailbox there is a carrier's or of the marketplace."""
    # Most mails name nobody else: what decides about those who are named is imported for the first of them.
    from parley.masking.survivors import CARRIERS

    return is_below(domain, CARRIERS) or is_below(domain, matcher.contacts.known_domains)


def _is_other(lower: str, start: int, end: int, matcher: Matcher) -> bool:
    mailbox = lower[start:end]
    if mailbox in matcher.public or any(alias in mailbox for alias in matcher.aliases):
        return False
    # The user information of a URL (RFC 3986 §3.2.1) is no mailbox.
    head = lower[max(0, start - 72) : start].rpartition("://")
    return not (head[1] and not any(char in head[2] for char in "/ \t\r\n?"))


def _domain_end(text: str, start: int, end: int) -> int:
    """Where a domain name ends that was read too greedily; 0 if there is none."""
    labels = text[start:end].split(".")
    for index in range(2, len(labels)):
        if _begins_sentence(labels, index):
            labels = labels[:index]
            break
    while len(labels) > 1:
        top = labels[-1].lower()
        if (
            2 <= len(top) <= 24
            and not _NOT_TOP_LEVEL.match(top)
            and (top.isalpha() or top.startswith("xn--"))
        ):
            return start + len(".".join(labels))
        labels.pop()
    return 0


def _begins_sentence(labels: list[str], index: int) -> bool:
    """Whether a domain ends before that label: `…@shop.example.Danke`, but not `…@rz.RWTH-Aachen.DE`."""
    if not (labels[index][:1].isupper() and labels[index - 1][-1:].islower()):
        return False
    ends_well = labels[-1].lower() in TOP_LEVEL
    is_last = index == len(labels) - 1
    if labels[index - 1] in TOP_LEVEL:
        return is_last or not ends_well
    return is_last and not ends_well
