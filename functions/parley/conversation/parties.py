"""Who takes part: parties, their roles and mailboxes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from parley.conversation.mailboxes import is_freemail, same_for_admission
from parley.mail.address import Mailbox

PartyId = NewType("PartyId", str)


class Role(StrEnum):
    BUYER = "buyer"
    SELLER = "seller"

    @property
    def other(self) -> "Role":
        return Role.SELLER if self is Role.BUYER else Role.BUYER


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A registered buyer or seller.

    mailboxes: those that may send, at least one, none at the relay domain; the first one receives.
    locale: language of notices, e.g. "de". public_contacts: mailboxes, hosts, URLs and tel: URIs
    that a trader declared public, lower-case. own_domains: domains declared to be the party's alone,
    lower-case. former_mailboxes: those that it had before; they only tell what is erased with it.
    """

    id: PartyId
    role: Role
    locale: str
    display_name: str
    mailboxes: tuple[Mailbox, ...]
    public_contacts: frozenset[str] = frozenset()
    own_domains: frozenset[str] = frozenset()
    former_mailboxes: tuple[Mailbox, ...] = ()

    @property
    def receiving_mailbox(self) -> Mailbox:
        return self.mailboxes[0]

    @property
    def private_domains(self) -> frozenset[str]:
        """The party's alone: declared domains, and those of its mailboxes that are not freemail."""
        return self.own_domains.union(m.domain for m in self.mailboxes if not is_freemail(m.domain))

    def may_send_from(self, mailbox: Mailbox) -> bool:
        return any(same_for_admission(mailbox, own) for own in self.mailboxes)
