"""What a party may have: texts of a request become the product's types, or are refused by field and code.

Shape (types, lengths, unknown members) is checked before, where the request enters.
"""

import re
from collections.abc import Sequence

from parley.conversation.mailboxes import is_freemail, may_be_registered, same_for_admission
from parley.conversation.parties import Party, Role
from parley.mail.mailbox import AddressError, Mailbox, parse_mailbox
from parley.registering.refusals import RefusedError

MAX_LOCAL_PART_OCTETS = 64
"""RFC 5321 §4.5.3.1.1. Reading mail is lenient here; a mailbox that is to receive should not need that."""


def read_mailboxes(texts: Sequence[str], relay_domain: str) -> tuple[Mailbox, ...]:
    return tuple(_read_mailbox(text, f"mailboxes[{place}]", relay_domain) for place, text in enumerate(texts))


def read_display_name(text: str) -> str:
    """A name that is an address would be one in `From`; what does not print can feign another name."""
    if not text.isprintable() or "@" in text:
        raise RefusedError("invalid-display-name", "display_name")
    return text.strip()


def read_own_domains(texts: Sequence[str], relay_domain: str) -> frozenset[str]:
    """Every mailbox at such a domain is masked: a shared one, or ours, would take strangers' along."""
    domains = set()
    for place, text in enumerate(texts):
        domain = _read_domain(text, f"own_domains[{place}]")
        if is_freemail(domain):
            raise RefusedError("shared-domain", f"own_domains[{place}]")
        if f".{relay_domain}".endswith(f".{domain}") or domain.endswith(f".{relay_domain}"):
            raise RefusedError("relay-domain", f"own_domains[{place}]")
        domains.add(domain)
    return frozenset(domains)


def read_public_contacts(texts: Sequence[str], relay_domain: str) -> frozenset[str]:
    """Mailboxes, hosts, http(s) URLs and tel: URIs, lower-case as masking compares them."""
    return frozenset(
        _read_contact(text, f"public_contacts[{place}]", relay_domain) for place, text in enumerate(texts)
    )


def check_party(party: Party, *, contact_alias: bool) -> None:
    """What only the whole party shows."""
    if party.role is not Role.SELLER:
        if party.public_contacts:
            raise RefusedError("seller-only", "public_contacts")
        if contact_alias:
            raise RefusedError("seller-only", "contact_alias")
    for contact in party.public_contacts:
        # I1: what is declared public passes, so a registered mailbox must not be.
        if "/" not in contact and "@" in contact and party.may_send_from(parse_mailbox(contact)):
            raise RefusedError("public-contact-is-registered", "public_contacts")
    for place, mailbox in enumerate(party.mailboxes):
        if any(same_for_admission(mailbox, other) for other in party.mailboxes[:place]):
            raise RefusedError("duplicate-mailbox", f"mailboxes[{place}]")


def _read_mailbox(text: str, field: str, relay_domain: str) -> Mailbox:
    try:
        mailbox = parse_mailbox(text)
    except AddressError:
        raise RefusedError("invalid-mailbox", field) from None
    if mailbox.domain == relay_domain or mailbox.domain.endswith(f".{relay_domain}"):
        raise RefusedError("relay-domain", field)
    local_part = mailbox.local_part
    if not may_be_registered(mailbox, relay_domain):
        raise RefusedError("unsupported-mailbox", field)
    if len(local_part) > MAX_LOCAL_PART_OCTETS or "." not in mailbox.domain:
        raise RefusedError("invalid-mailbox", field)
    return mailbox


def _read_domain(text: str, field: str) -> str:
    try:
        domain = parse_mailbox(f"x@{text}").domain
    except AddressError:
        raise RefusedError("invalid-domain", field) from None
    if "@" in text or "." not in domain or domain.startswith("[") or not domain.isascii():
        raise RefusedError("invalid-domain", field)
    return domain


# E.164: at most 15 digits with the country code. RFC 3966 §3: the separators.
_PHONE_NUMBER = re.compile(r"(?:tel:)?(\+[\d ()./-]{7,30})", re.IGNORECASE)


def _read_contact(text: str, field: str, relay_domain: str) -> str:
    if number := _PHONE_NUMBER.fullmatch(text.strip()):
        digits = re.sub(r"\D", "", number[1].replace("(0)", ""))
        if not 7 <= len(digits) <= 15:
            raise RefusedError("invalid-public-contact", field)
        return f"tel:+{digits}"
    scheme, found, rest = text.strip().partition("://")
    if found:
        host = rest.partition("/")[0].partition("?")[0].partition("#")[0].partition(":")[0]
        if scheme.lower() not in ("http", "https") or not text.isprintable() or " " in text or "@" in host:
            raise RefusedError("invalid-public-contact", field)
        domain, contact = _read_domain(host, field), text.strip()
    elif "@" in text:
        mailbox = _read_mailbox(text, field, relay_domain)
        domain, contact = mailbox.domain, str(mailbox)
    else:
        domain = contact = _read_domain(text.strip(), field)
    if domain == relay_domain or domain.endswith(f".{relay_domain}"):
        raise RefusedError("relay-domain", field)
    return contact.lower()
