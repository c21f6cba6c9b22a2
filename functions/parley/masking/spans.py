"""Where something is to be replaced in a text, in every reading of it.

What is read without leaving out blanks speaks first; what a line end or a blank breaks is joined only where
that takes no other words along.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

from parley.masking.contacts import NO_KINDS, contact_hits
from parley.masking.decodings import (
    other_decodings,
    percent_decodings,
    squeezed,
    unfolded,
    without_tags,
)
from parley.masking.encoded import broken_hits, encoded_hits
from parley.masking.matcher import Matcher
from parley.masking.protected import MASKED_DOMAIN
from parley.masking.readings import plain
from parley.masking.tokens import Hit
from parley.masking.views import TooComplexError, View

_MAX_BROKEN: Final = 2_000


def spans_of(base: View, matcher: Matcher, mask_contacts: bool) -> Iterator[Hit]:
    """Everything to replace, as spans of the text below the view."""
    seen = plain(base)
    kinds = matcher.contacts.masked if mask_contacts else NO_KINDS
    percent = list(percent_decodings(seen))
    for view in (seen, *percent, *other_decodings(seen)):
        yield from _on_base(view, matcher.hits(view))
    for view in (seen, *percent[-1:]):
        yield from _on_base(view, encoded_hits(view, matcher))
        if kinds:
            yield from _on_base(view, contact_hits(view, matcher, kinds))


def broken_spans(seen: View, matcher: Matcher) -> Iterator[Hit]:
    """What is only readable once blanks, line ends and tags are gone."""
    yield from _on_base(seen, _capped(broken_hits(seen, matcher)))
    for whole in dict.fromkeys((seen, without_tags(seen))):
        if matcher.anchored("".join(whole.lower.split()).replace(">", "")):
            yield from _joined(whole, matcher)


def _joined(whole: View, matcher: Matcher) -> Iterator[Hit]:
    if (view := unfolded(whole)) is not whole:
        yield from _on_base(view, _across(view, matcher.hits(view, joined=True)))
    if (view := squeezed(whole)) is not whole:
        # A domain that appears between words by leaving out their blanks was not written by anybody, unless
        # it stands alone even then.
        mailboxes = (hit for hit in matcher.hits(view, joined=True) if hit.replacement != MASKED_DOMAIN)
        domains = (hit for hit in matcher.hits(view) if hit.replacement == MASKED_DOMAIN)
        yield from _on_base(view, _across(view, (*mailboxes, *domains)))


def _across(view: View, hits: Iterable[Hit]) -> Iterator[Hit]:
    return _capped(hit for hit in hits if view.gaps(hit.start, hit.end))


def _capped(hits: Iterable[Hit]) -> Iterator[Hit]:
    for count, hit in enumerate(hits):
        if count > _MAX_BROKEN:
            raise TooComplexError
        yield hit


def _on_base(view: View, hits: Iterable[Hit]) -> Iterator[Hit]:
    for hit in hits:
        start, end = view.base_span(hit.start, hit.end)
        yield Hit(start, end, hit.replacement, hit.contact, hit.registered)


def swallows(joined: Hit, found: list[Hit]) -> bool:
    """Whether a hit across blanks would take words along that only stand before a hit of its own right.

    A registered mailbox is whole only with its broken beginning, and a line that ends in "@" goes on with the
    domain on the next. Everything else was found with its blanks, or will be when the text is read again.
    """
    if joined.registered:
        return False
    at = bisect_right(found, joined.start, key=lambda hit: hit.end)
    while at < len(found) and found[at].contact:
        at += 1
    if at == len(found) or found[at].start >= joined.end:
        return False
    return not ("@" in joined.replacement and found[at].replacement == MASKED_DOMAIN)


def merged(hits: Iterable[Hit]) -> list[Hit]:
    """Hits without overlap, in order. The widest speaks for those that it touches; a protected string is
    never widened by somebody else's contact data."""
    result: list[Hit] = []
    found = sorted(hits, key=lambda hit: (hit.contact is not None, hit.start, -hit.end))
    for hit in found:
        if not hit.contact and result and hit.start < result[-1].end:
            last = result[-1]
            speaks = max(last, hit, key=lambda h: ("@" in h.replacement, h.end - h.start))
            registered = last.registered or hit.registered
            result[-1] = Hit(last.start, max(last.end, hit.end), speaks.replacement, registered=registered)
        elif not hit.contact:
            result.append(hit)
    ends = [hit.end for hit in result]
    starts = [hit.start for hit in result]
    last_end = 0
    for hit in found:
        # Contacts come in order; one stays if it neither meets a protected string nor the contact before it.
        alone = bisect_right(ends, hit.start) == bisect_left(starts, hit.end)
        if hit.contact and alone and hit.start >= last_end:
            result.append(hit)
            last_end = hit.end
    return sorted(result, key=lambda hit: hit.start)
