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

from parley.masking.contacts import contact_hits
from parley.masking.encoded import encoded_hits, some_run_reveals
from parley.masking.links import unwrapped
from parley.masking.matcher import Matcher
from parley.masking.protected import MASKED_DOMAIN
from parley.masking.readings import (
    other_decodings,
    percent_decodings,
    plain,
    plain_text,
    squeezed,
    unfolded,
    without_tags,
)
from parley.masking.tokens import Hit
from parley.masking.views import TooComplexError, View

ROUNDS: Final = 6
_PERCENT: Final = re.compile(r"%[0-9a-f]{2}")
_QUOTED_PRINTABLE: Final = re.compile(r"=(?:\r?\n|[2-7][0-9a-f])")
_TAG: Final = re.compile(r"<[^<>]*>")
_ESCAPE: Final = re.compile(r"[@%\\\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|&#|&\w+;|\+A")
_BROKEN_RUN: Final = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,}+\r?\n[> \t]{0,40}[A-Za-z0-9+/]{4}")
_MAX_BROKEN: Final = 2_000


class UnsettledError(ValueError):
    """Masking the text again and again always finds something: it must not go out."""


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A masked text, and how many protected strings and other mailboxes were found in it."""

    text: str
    protected: int = 0
    contacts: int = 0


def _just_that(_text: str, _start: int, _end: int, replacement: str) -> str:
    return replacement


def _as_found(_text: str, hit: Hit) -> Iterable[Hit]:
    return (hit,)


@dataclass(frozen=True, slots=True)
class Medium:
    """How a text is read and written.

    read: what its reader sees, as a view. show: the same as a string. replace: what text[start:end] becomes
    when a replacement is to be read there. refine: a hit's span, or the spans in it that are enough.
    """

    read: Callable[[str], View] = View
    show: Callable[[str], str] = str
    replace: Callable[[str, int, int, str], str] = _just_that
    refine: Callable[[str, Hit], Iterable[Hit]] = _as_found


PLAIN: Final = Medium()


def mask_text(text: str, matcher: Matcher, *, mask_contacts: bool = True) -> MaskedText:
    """The text, masked. Raises `UnsettledError`."""
    if not text or text.isspace():
        return MaskedText(text)
    masked = mask_view(text, matcher, PLAIN, mask_contacts=mask_contacts)
    if not masked.protected or "://" not in text:
        return masked

    def reveals(url: str) -> bool:
        return mask_view(url, matcher, PLAIN, mask_contacts=False).protected > 0

    target = unwrapped(text, reveals)
    if target == text:
        return masked
    again = mask_view(target, matcher, PLAIN, mask_contacts=mask_contacts)
    return MaskedText(again.text, masked.protected, again.contacts)


def is_clean(text: str, matcher: Matcher, *, mask_contacts: bool) -> bool:
    """Whether a text certainly holds nothing to mask: a fast first test of a whole text."""
    shown = plain_text(text)
    seen = shown.lower()
    if ("%" in seen and _PERCENT.search(seen)) or "+a" in seen or _QUOTED_PRINTABLE.search(seen):
        return False
    if mask_contacts and "@" in seen and next(contact_hits(View(seen), matcher), None):
        return False
    # What looks like a tag may be none: "<anna@", then a line end, then "shop.example>".
    for bare in (seen, _TAG.sub("", seen)) if "<" in seen else (seen,):
        if matcher.anchored(bare) or matcher.anchored("".join(bare.split()).replace(">", "")):
            return False
    return not some_run_reveals(shown, matcher) and _BROKEN_RUN.search(text) is None


def may_hide(text: str, matcher: Matcher) -> bool:
    """Whether a text in which everything was masked once may hold something when it is read otherwise."""
    seen = plain_text(text).lower()
    return "%" in seen or matcher.anchored(seen) or matcher.anchored("".join(seen.split()))


def is_plain(text: str, matcher: Matcher) -> bool:
    """Whether a short text certainly holds nothing to mask, encoded runs aside: a fast first test."""
    return (
        text.isascii()
        and _ESCAPE.search(text) is None
        and not matcher.anchored("".join(text.lower().split()))
    )


def mask_view(text: str, matcher: Matcher, medium: Medium, *, mask_contacts: bool) -> MaskedText:
    """Masks what is read of a text in its medium. Raises `UnsettledError`."""
    protected = contacts = 0
    for turn in range(ROUNDS):
        if is_clean(medium.show(text), matcher, mask_contacts=mask_contacts and not turn):
            return MaskedText(text, protected, contacts)
        view = medium.read(text)
        spans = merged(spans_of(view, matcher, mask_contacts))
        if all(hit.contact for hit in spans) or any(hit.replacement == MASKED_DOMAIN for hit in spans):
            spans = merged((*spans, *_broken(plain(view), matcher)))
        if not spans:
            return MaskedText(text, protected, contacts)
        spans = [fine for hit in spans for fine in medium.refine(text, hit)]
        protected += sum(not hit.contact for hit in spans)
        contacts += sum(hit.contact for hit in spans)
        text = replaced(text, spans, medium)
    raise UnsettledError


def spans_of(base: View, matcher: Matcher, mask_contacts: bool) -> Iterator[Hit]:
    """Everything to replace, as spans of the text below the view."""
    seen = plain(base)
    percent = list(percent_decodings(seen))
    for view in (seen, *percent, *other_decodings(seen)):
        yield from _on_base(view, matcher.hits(view))
    for view in (seen, *percent[-1:]):
        yield from _on_base(view, encoded_hits(view, matcher))
        if mask_contacts and "@" in view.text:
            yield from _on_base(view, contact_hits(view, matcher))


def _broken(seen: View, matcher: Matcher) -> Iterator[Hit]:
    """What is only readable once blanks, line ends and tags are gone."""
    if _BROKEN_RUN.search(seen.text):
        view = unfolded(seen)
        yield from _on_base(view, encoded_hits(view, matcher))
    for whole in (seen, without_tags(seen)):
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
    for count, hit in enumerate(hits):
        if count > _MAX_BROKEN:
            raise TooComplexError
        if any(view.gap_before(at) for at in range(hit.start + 1, hit.end)):
            yield hit


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
        alone = bisect_right(ends, hit.start) == bisect_left(starts, hit.end)
        if hit.contact and alone and hit.start >= last_end:
            result.append(hit)
            last_end = hit.end
    return sorted(result, key=lambda hit: hit.start)


def replaced(text: str, hits: list[Hit], medium: Medium) -> str:
    """The text with each hit's span replaced."""
    pieces: list[str] = []
    done = 0
    for hit in hits:
        pieces += (text[done : hit.start], medium.replace(text, hit.start, hit.end, hit.replacement))
        done = hit.end
    return "".join((*pieces, text[done:]))
