"""The protected strings of one mail (invariant I1) and their replacements."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from parley.mail.address import Mailbox

MASKED_DOMAIN: Final = "masked.invalid"
"""Stands for a private domain (RFC 2606 §2 reserves .invalid)."""
MASKED_MAILBOX: Final = "***@***"
"""Stands for a mailbox of nobody in the conversation."""
MASKED_CONTACT: Final = "***"
"""Stands for a telephone number, an IBAN or a handle."""
MASKED_TOKEN: Final = "masked"  # noqa: S105  # no password
"""Stands for an encoded run of characters that held a protected string."""

_JOINERS: Final = {0x200C: None, 0x200D: None}
_ONE_PROVIDER: Final = (
    frozenset({"gmail.com", "googlemail.com"}),
    frozenset({"icloud.com", "me.com", "mac.com"}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One side of the conversation as this mail must not show it.

    mailboxes: registered ones, and for the author also this mail's From, Sender, Reply-To and reverse-path.
    private_domains: lower-case domains that are the party's own (never freemail); every mailbox at them or
    below them, and the domains themselves, are protected.
    alias: the mailbox that stands for the party in the outgoing mail; written exactly so.
    """

    mailboxes: frozenset[Mailbox]
    private_domains: frozenset[str]
    alias: Mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """What must not be readable in the outgoing mail.

    public_contacts: mailboxes, hosts, URLs and tel: URIs that a trader declared public (lower-case); they
    pass. A string protected on both sides belongs to the author's.
    """

    author: Identity
    recipient: Identity
    public_contacts: frozenset[str] = frozenset()


def same_domains(domain: str) -> frozenset[str]:
    """The domain and those that deliver to the same mailboxes."""
    return next((group for group in _ONE_PROVIDER if domain in group), frozenset({domain}))


def masking_key(local_part: str, domain: str) -> tuple[str, str]:
    """Equal for mailboxes that masking treats as one: case, tags, and what the provider ignores."""
    local_part = local_part.strip('"').lower()
    if "+" in local_part[1:]:
        local_part = local_part[0] + local_part[1:].split("+", 1)[0]
    domain = min(same_domains(domain))
    if domain == "gmail.com":
        local_part = local_part.replace(".", "")
    return local_part, domain


def domain_forms(domain: str) -> frozenset[str]:
    """A domain as A-labels and as U-labels (RFC 5890 §2.3.2.1), as IDNA2008 and as IDNA2003 write them: these
    differ in ß, the final sigma and joiners (RFC 5894 §7.2)."""
    if domain.isascii() and "xn--" not in domain.lower():
        return frozenset({domain.lower()} if domain else ())
    forms = {domain.lower()}
    with suppress(UnicodeError):
        forms.add(".".join(map(_u_label, domain.lower().split("."))))
    for form in tuple(forms):
        with suppress(UnicodeError):
            forms.add(".".join(map(_a_label, form.split("."))))
        with suppress(UnicodeError):
            older = form.encode("idna").decode("ascii")
            forms |= {older, older.encode("ascii").decode("idna")}
    return frozenset(form.lower() for form in forms if form)


def _u_label(label: str) -> str:
    """Raises `UnicodeError` for what only begins like an A-label: as a domain it would stand anywhere."""
    if not label.startswith("xn--"):
        return label
    letters = label[4:].encode("ascii").decode("punycode")
    if letters.isascii() or not letters.translate(_JOINERS).isprintable():
        raise UnicodeError
    return letters


def _a_label(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
