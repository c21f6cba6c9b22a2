"""Masks a text: plain text, a header field's value, a parameter, an attribute of HTML.

Only what stands for a protected string (or other contact data, by rule) is replaced; every other character
stays as it is, except overrides of its direction (`bidi`). What was masked is read again until nothing is
found, so that a replacement cannot uncover something new.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from parley.masking.contact_rules import Treatment, contact_code
from parley.masking.contacts import contact_hits, noticed
from parley.masking.encoded import some_broken_run_reveals, some_run_reveals
from parley.masking.links import unwrapped
from parley.masking.matcher import Matcher
from parley.masking.octets import without_blanks
from parley.masking.readings import glance, plain
from parley.masking.spans import broken_spans, merged, spans_of, swallows
from parley.masking.tokens import Hit
from parley.masking.views import View

ROUNDS: Final = 6
_MANY: Final = 3_000
_PERCENT: Final = re.compile(r"%(?:u00)?[0-9a-f]{2}", re.IGNORECASE)
_QUOTED_PRINTABLE: Final = re.compile(r"=(?:\r?\n|[2-7][0-9a-f])", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]*>")
_ESCAPE: Final = re.compile(r"[@%\\\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|&#|&\w+;|\+A")


class UnsettledError(ValueError):
    """Masking the text again and again always finds something: it must not go out."""


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A masked text, how many protected strings were found in it, and for all other contact data in it that
    was masked or is to be flagged the code of a finding, once for each."""

    text: str
    protected: int = 0
    contacts: tuple[str, ...] = ()


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
    if "\u202e" in text or "\u202d" in text:
        from parley.masking.bidi import text_as_shown

        text = text_as_shown(text)
    if "://" in text:
        return _mask_with_links(text, matcher, mask_contacts)
    return _mask_words(text, matcher, mask_contacts)


def _mask_words(text: str, matcher: Matcher, mask_contacts: bool) -> MaskedText:
    if not matcher.declared:
        return mask_view(text, matcher, PLAIN, mask_contacts=mask_contacts)
    from parley.masking.aside import set_aside

    aside = set_aside(text, matcher)
    masked = mask_view(aside.text, matcher, PLAIN, mask_contacts=mask_contacts)
    return replace(masked, text=aside.restored(masked.text))


def _mask_with_links(text: str, matcher: Matcher, mask_contacts: bool) -> MaskedText:
    """The text, masked; rewritten links that reveal something are unwrapped first, and count as found."""
    revealing: list[str] = []

    def reveals(url: str) -> bool:
        if not mask_view(url, matcher, PLAIN, mask_contacts=False).protected:
            return False
        revealing.append(url)
        return True

    masked = _mask_words(unwrapped(text, reveals), matcher, mask_contacts)
    return replace(masked, protected=masked.protected + len(revealing))


def _is_clean(seen: View, matcher: Matcher, *, mask_contacts: bool) -> bool:
    """Whether a text certainly holds nothing to mask: a fast first test of a whole text, in plain view."""
    text = seen.text
    if ("%" in text and _PERCENT.search(text)) or "+A" in text or "+a" in text:
        return False
    if "=" in text and _QUOTED_PRINTABLE.search(text):
        return False
    # What looks like a tag may be none: "<anna@", then a line end, then "shop.example>".
    if _is_anchored(seen, matcher) or ("<" in text and _is_anchored(View(_TAG.sub("", text)), matcher)):
        return False
    if mask_contacts and next(contact_hits(seen, matcher, matcher.contacts.masked), None):
        return False
    if not matcher.anchors.may_have_runs(seen.octets or text.encode("ascii", "replace")):
        return True
    return not some_run_reveals(text, matcher) and not some_broken_run_reveals(seen, matcher)


def _is_anchored(seen: View, matcher: Matcher, also: str = ">") -> bool:
    """Whether a protected domain stands in the text once blanks are left out, and those other characters: it
    has none, so it stands there if it stands in the text."""
    if seen.octets is not None:
        return matcher.anchors.place_in(without_blanks(seen.octets, also.encode("ascii"))) >= 0
    bare = "".join(seen.lower.split())
    return matcher.anchored(bare.replace(also, "") if also else bare)


def may_hide(text: str, matcher: Matcher) -> bool:
    """Whether a text in which everything was masked once may hold something when it is read otherwise."""
    seen = glance(text)
    return ("%" in seen.text and _PERCENT.search(seen.text) is not None) or _is_anchored(seen, matcher, "")


def is_plain(text: str, matcher: Matcher) -> bool:
    """Whether a short text certainly holds nothing to mask, encoded runs aside: a fast first test."""
    return (
        text.isascii()
        and _ESCAPE.search(text) is None
        and not matcher.anchored("".join(text.lower().split()))
    )


def mask_view(text: str, matcher: Matcher, medium: Medium, *, mask_contacts: bool) -> MaskedText:
    """Masks what is read of a text in its medium. Raises `UnsettledError`."""
    protected = 0
    masked: list[str] = []
    for _ in range(ROUNDS):
        shown = medium.show(text)
        seen = glance(shown)
        is_clean = _is_clean(seen, matcher, mask_contacts=mask_contacts)
        # A text that is read as it is written has been read already.
        view = seen if seen.text is text and medium is PLAIN else None
        spans = [] if is_clean else _found(text, view or medium.read(text), matcher, medium, mask_contacts)
        if not spans:
            flagged = noticed(seen, matcher) if mask_contacts else ()
            return MaskedText(text, protected, (*masked, *flagged))
        protected += sum(not hit.contact for hit in spans)
        masked += [contact_code(hit.contact, Treatment.MASK) for hit in spans if hit.contact]
        text = replaced(text, spans, medium)
    raise UnsettledError


def _found(text: str, view: View, matcher: Matcher, medium: Medium, mask_contacts: bool) -> list[Hit]:
    """What is to be replaced in the text, in order."""
    spans = merged(spans_of(view, matcher, mask_contacts))
    ours = [hit for hit in spans if not hit.contact]
    # A registered mailbox is whole; anything else may be the end of something that a line end breaks. If
    # there is very much of it, that is looked for in the next turn, when it is gone.
    if len(ours) >= _MANY or (ours and all(hit.registered for hit in ours)):
        # Other contact data waits as well: what a line end breaks may overlap it, and then it has no say.
        spans = ours
    else:
        broken = [hit for hit in broken_spans(plain(view), matcher) if not swallows(hit, spans)]
        spans = merged((*spans, *broken))
    return [fine for hit in spans for fine in medium.refine(text, hit)]


def replaced(text: str, hits: list[Hit], medium: Medium) -> str:
    """The text with each hit's span replaced."""
    pieces: list[str] = []
    done = 0
    for hit in hits:
        pieces += (text[done : hit.start], medium.replace(text, hit.start, hit.end, hit.replacement))
        done = hit.end
    return "".join((*pieces, text[done:]))
