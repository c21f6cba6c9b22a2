"""Where a forward-path leads. Decided on the envelope, never on the `To` field."""

from dataclasses import dataclass

from parley.conversation.aliases import ROLE_MAILBOXES, AliasId, alias_id
from parley.mail.address import AddressError, Mailbox, parse_mailbox


@dataclass(frozen=True, slots=True)
class AliasRoute:
    """A mailbox at the relay domain: an alias, if it is known."""

    alias: AliasId


@dataclass(frozen=True, slots=True)
class RoleRoute:
    """postmaster@ or abuse@ (RFC 2142, RFC 5321 §4.5.1): the operator's."""

    mailbox: Mailbox


@dataclass(frozen=True, slots=True)
class ForeignRoute:
    """No mailbox of the relay domain. SES would not deliver it here; never routed by resemblance."""


Route = AliasRoute | RoleRoute | ForeignRoute


def route(forward_path: str, relay_domain: str) -> Route:
    """Reads a forward-path as SES reports it. The domain must equal the relay domain, case aside."""
    try:
        mailbox = parse_mailbox(forward_path)
    except AddressError:
        return ForeignRoute()
    if mailbox.domain != relay_domain:
        return ForeignRoute()
    local_part = alias_id(mailbox.local_part)
    if local_part in ROLE_MAILBOXES:
        return RoleRoute(Mailbox(local_part, relay_domain))
    return AliasRoute(local_part)
