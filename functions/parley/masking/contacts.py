"""Contact data of anybody that is not protected, in a view of a text: mailboxes, telephone numbers, IBANs,
handles, links, and forms of them that hide from programs.

Cheap tests come first, so that a text without any of it costs microseconds. The marketplace's domains,
carriers and what a trader declared public are none.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from parley.masking.contact_rules import ContactKind, Treatment, contact_code
from parley.masking.digits import Digits, breaks_digits, digits_in
from parley.masking.hosts import is_below, links
from parley.masking.mailboxes import other_mailboxes
from parley.masking.matcher import Matcher
from parley.masking.protected import MASKED_CONTACT, MASKED_DOMAIN, MASKED_MAILBOX
from parley.masking.tokens import Hit
from parley.masking.triggers import triggers
from parley.masking.views import View

Kinds = frozenset[ContactKind]
Span = tuple[int, int]
NO_KINDS: Final[Kinds] = frozenset()
MASKED_LINK: Final = f"https://{MASKED_DOMAIN}/"
_SHORTEST: Final = 7
"""Characters of the shortest contact data."""
_OF_DIGITS: Final = frozenset({ContactKind.PHONE, ContactKind.IBAN, ContactKind.OBFUSCATED})
_OF_WORDS: Final = frozenset({ContactKind.HANDLE, ContactKind.OBFUSCATED})


def contact_hits(view: View, matcher: Matcher, kinds: Kinds, *, every: bool = True) -> Iterator[Hit]:
    """Contact data of these kinds in the view.

    every: raise `TooComplexError` where a text holds too many numbers to look at all, instead of stopping.
    """
    if ContactKind.MAILBOX in kinds and "@" in view.text:
        yield from _hits(ContactKind.MAILBOX, other_mailboxes(view, matcher), MASKED_MAILBOX)
    digits = Digits.FEW
    if not kinds.isdisjoint(_OF_DIGITS):
        view, digits = digits_in(view)
        yield from _of_digits(view, matcher, kinds, digits, every)
    if not kinds.isdisjoint(_OF_WORDS):
        yield from _of_words(view, matcher, kinds, digits)
    if ContactKind.LINK in kinds:
        yield from _links(view, matcher)


def noticed(seen: View, matcher: Matcher) -> tuple[str, ...]:
    """The codes of what is flagged and not masked in the view, one for each."""
    if len(seen.text) < _SHORTEST or not matcher.contacts.flagged:
        return ()
    hits = contact_hits(seen, matcher, matcher.contacts.flagged, every=False)
    return tuple(contact_code(hit.contact, Treatment.FLAG) for hit in hits if hit.contact)


def _hits(kind: ContactKind, spans: Iterable[tuple[int, int]], replacement: str) -> Iterator[Hit]:
    for start, end in spans:
        yield Hit(start, end, replacement, contact=kind)


def _of_digits(view: View, matcher: Matcher, kinds: Kinds, digits: Digits, every: bool) -> Iterator[Hit]:
    is_broken = breaks_digits(view)
    if digits is Digits.FEW and not is_broken:
        return
    # Mails without numbers, handles and the like are many: what looks for them is imported when needed.
    from parley.masking.ibans import ibans
    from parley.masking.phones import phones
    from parley.masking.wrapped import wrapped_phones

    accounts: list[Span] = []
    if ContactKind.IBAN in kinds:
        accounts = list(ibans(view.text))
        yield from _hits(ContactKind.IBAN, accounts, MASKED_CONTACT)
    if ContactKind.PHONE not in kinds:
        return
    found: list[Span] = []
    if digits is not Digits.FEW:
        found += phones(view.text, view.lower, every=every)
    if is_broken:
        found += wrapped_phones(view.text, view.lower, every=every)
    for start, end in found:
        is_account = any(first <= start < last for first, last in accounts)
        if not is_account and not matcher.contacts.is_public_number(view.text[start:end]):
            yield Hit(start, end, MASKED_CONTACT, contact=ContactKind.PHONE)


def _of_words(view: View, matcher: Matcher, kinds: Kinds, digits: Digits) -> Iterator[Hit]:
    found = triggers(view)
    if not found and digits is Digits.FEW:
        return
    if found and ContactKind.HANDLE in kinds:
        from parley.masking.handles import handles

        spans = (
            span
            for span in handles(view.lower, found)
            if not matcher.contacts.is_public_link(view.lower[slice(*span)])
        )
        yield from _hits(ContactKind.HANDLE, spans, MASKED_CONTACT)
    if ContactKind.OBFUSCATED in kinds:
        from parley.masking.obfuscated import obfuscated

        hidden = obfuscated(view.lower, found, digits)
        yield from _hits(ContactKind.OBFUSCATED, hidden, MASKED_CONTACT)


def _links(view: View, matcher: Matcher) -> Iterator[Hit]:
    for (start, end), host in links(view.text, view.lower):
        if not is_known(host, matcher) and not matcher.contacts.is_public_link(view.lower[start:end]):
            with_scheme = "://" in view.lower[start:end]
            yield Hit(start, end, MASKED_LINK if with_scheme else MASKED_DOMAIN, contact=ContactKind.LINK)


def is_known(host: str, matcher: Matcher) -> bool:
    """Whether a host is a carrier's, the marketplace's or ours, or declared public."""
    from parley.masking.survivors import CARRIERS

    return is_below(host, CARRIERS) or is_below(host, matcher.contacts.domains)
