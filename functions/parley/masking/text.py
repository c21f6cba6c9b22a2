"""Masks a text: plain text, a header field's value, a parameter, an attribute of HTML.

Only what stands for a protected string (or a mailbox of somebody else, by rule) is replaced; every other
character stays as it is. What was masked is read again until nothing is found, so that a replacement cannot
uncover something new.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from parley.masking.encoded import encoded_hits
from parley.masking.links import unwrapped
from parley.masking.matcher import Hit, Matcher
from parley.masking.protected import MASKED_DOMAIN
from parley.masking.readings import other_decodings, percent_decodings, plain, squeezed, unfolded
from parley.masking.views import View

ROUNDS: Final = 6
_ESCAPE: Final = re.compile(r"[@%\\\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|&#|&\w+;|\+A")
_BROKEN_RUN: Final = re.compile(r"[A-Za-z0-9+/]{40,}\r?\n[> \t]*[A-Za-z0-9+/]{4}")


class Unsettled(ValueError):
    """Masking the text again and again always finds something: it must not go out."""


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A masked text, and how many protected strings and other mailboxes were found in it."""

    text: str
    protected: int = 0
    contacts: int = 0


Replace = Callable[[str, int, int, str], str]
"""What text[start:end] becomes if the replacement is to be read there."""


def _plainly(text: str, start: int, end: int, replacement: str) -> str:
    return replacement


def mask_text(text: str, matcher: Matcher, *, mask_contacts: bool = True) -> MaskedText:
    """The text, masked. Raises `Unsettled`."""
    if not text or text.isspace():
        return MaskedText(text)
    masked = mask_view(View, text, matcher, _plainly, mask_contacts=mask_contacts)
    if not masked.protected or "://" not in text:
        return masked
    target = unwrapped(text, lambda url: bool(mask_view(View, url, matcher, _plainly, mask_contacts=False).protected))
    if target == text:
        return masked
    again = mask_view(View, target, matcher, _plainly, mask_contacts=mask_contacts)
    return MaskedText(again.text, masked.protected, again.contacts)


def is_plain(text: str, matcher: Matcher) -> bool:
    """Whether a short text certainly holds nothing to mask, encoded runs aside: a fast first test."""
    return (
        text.isascii()
        and _ESCAPE.search(text) is None
        and not matcher.anchored("".join(text.lower().split()))
    )


def mask_view(
    read: Callable[[str], View], text: str, matcher: Matcher, replace: Replace, *, mask_contacts: bool
) -> MaskedText:
    """Masks what `read` shows of a text. Raises `Unsettled`."""
    protected = contacts = 0
    for _ in range(ROUNDS):
        view = read(text)
        spans = merged(_spans(view, matcher, mask_contacts))
        if all(hit.contact for hit in spans) or any(hit.replacement == MASKED_DOMAIN for hit in spans):
            spans = merged((*spans, *_broken(plain(view), matcher)))
        if not spans:
            return MaskedText(text, protected, contacts)
        protected += sum(not hit.contact for hit in spans)
        contacts += sum(hit.contact for hit in spans)
        text = replaced(text, spans, replace)
    raise Unsettled


def _spans(base: View, matcher: Matcher, mask_contacts: bool) -> Iterator[Hit]:
    """Everything to replace, as spans of the text below the view."""
    seen = plain(base)
    percent = list(percent_decodings(seen))
    for view in (seen, *percent, *other_decodings(seen)):
        yield from _on_base(view, matcher.hits(view))
    for view in (seen, *percent[-1:]):
        yield from _on_base(view, encoded_hits(view, matcher))
        if mask_contacts and "@" in view.text:
            yield from _on_base(view, matcher.contacts(view))


def _broken(seen: View, matcher: Matcher) -> Iterator[Hit]:
    """What is only readable once blanks, line ends or tags are gone."""
    if _BROKEN_RUN.search(seen.text):
        view = unfolded(seen)
        yield from _on_base(view, encoded_hits(view, matcher))
    if not matcher.anchored("".join(seen.lower.split()).replace(">", "")):
        return
    view = unfolded(seen)
    yield from _on_base(view, _across(view, matcher.hits(view, joined=True)))
    view = squeezed(seen)
    # A domain that appears between words by leaving out their blanks was not written by anybody, unless it
    # stands alone even then.
    mailboxes = (hit for hit in matcher.hits(view, joined=True) if hit.replacement != MASKED_DOMAIN)
    domains = (hit for hit in matcher.hits(view) if hit.replacement == MASKED_DOMAIN)
    yield from _on_base(view, _across(view, (*mailboxes, *domains)))


def _across(view: View, hits: Iterable[Hit]) -> Iterator[Hit]:
    return (hit for hit in hits if any(view.gap_before(at) for at in range(hit.start + 1, hit.end)))


def _on_base(view: View, hits: Iterable[Hit]) -> Iterator[Hit]:
    for hit in hits:
        start, end = view.base_span(hit.start, hit.end)
        yield Hit(start, end, hit.replacement, hit.contact)


def merged(hits: Iterable[Hit]) -> list[Hit]:
    """Hits without overlap, in order. The widest speaks for those that it touches; a protected string is
    never widened by somebody else's mailbox."""
    result: list[Hit] = []
    found = sorted(hits, key=lambda hit: (hit.contact, hit.start, -hit.end))
    for hit in found:
        if not hit.contact and result and hit.start < result[-1].end:
            last = result[-1]
            speaks = max(last, hit, key=lambda h: ("@" in h.replacement, h.end - h.start))
            result[-1] = Hit(last.start, max(last.end, hit.end), speaks.replacement)
        elif not hit.contact:
            result.append(hit)
    ends = [hit.end for hit in result]
    starts = [hit.start for hit in result]
    last_end = 0
    for hit in found:
        # Contacts come in order; one stays if it neither meets a protected string nor the contact before it.
        if hit.contact and hit.start >= last_end and bisect_right(ends, hit.start) == bisect_left(starts, hit.end):
            result.append(hit)
            last_end = hit.end
    return sorted(result, key=lambda hit: hit.start)


def replaced(text: str, hits: list[Hit], replace: Replace) -> str:
    """The text with each hit's span replaced."""
    pieces, done = [], 0
    for hit in hits:
        pieces += (text[done : hit.start], replace(text, hit.start, hit.end, hit.replacement))
        done = hit.end
    return "".join((*pieces, text[done:]))
