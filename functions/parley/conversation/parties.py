"""Who takes part: parties, their roles and mailboxes."""

from dataclasses import dataclass, field
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Mail does not arrive at the receiving mailbox. mailbox: its keyed hash. since: SES's time of what it
    told (UTC). is_suppressed: SES keeps it on its list and so did not try; whether the mailbox is dead nobody
    knows. request, asked_at: of the latest confirmation mail; "" and None without one. sendings: how often
    SES was asked to take it without an answer that it did not. is_sent: whether it is sent no more."""

    mailbox: str
    since: datetime
    request: str = ""
    asked_at: datetime | None = None
    is_sent: bool = False
    sendings: int = 0
    is_suppressed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A registered buyer or seller.

    mailboxes: those that may send, at least one, none at the relay domain; the first one receives.
    locale: language of notices, e.g. "de". public_contacts: mailboxes, hosts, URLs and tel: URIs
    that a trader declared public, lower-case. own_domains: domains declared to be the party's alone,
    lower-case. former_mailboxes: those that it had before; they only tell what is erased with it.
    unreachable, confirmed_at: whether mail reaches it, and when a mailbox of it was last found to (UTC).
    opted_out_at: when it complained of a mail, None as long as it is to be written to; opted_in_at: when the
    marketplace last said that it is (UTC). These four come of what SES told, so they are no part of what
    makes two registrations equal.
    """

    id: PartyId
    role: Role
    locale: str
    display_name: str
    mailboxes: tuple[Mailbox, ...]
    public_contacts: frozenset[str] = frozenset()
    own_domains: frozenset[str] = frozenset()
    former_mailboxes: tuple[Mailbox, ...] = ()
    unreachable: Unreachable | None = field(default=None, compare=False)
    confirmed_at: datetime | None = field(default=None, compare=False)
    opted_out_at: datetime | None = field(default=None, compare=False)
    opted_in_at: datetime | None = field(default=None, compare=False)

    @property
    def receiving_mailbox(self) -> Mailbox:
        return self.mailboxes[0]

    @property
    def is_dead(self) -> bool:
        """Whether its mailbox bounced for good, so that nothing is sent there."""
        return self.unreachable is not None and not self.unreachable.is_suppressed

    @property
    def private_domains(self) -> frozenset[str]:
        """The party's alone: declared domains, and those of its mailboxes that are not freemail."""
        return self.own_domains.union(m.domain for m in self.mailboxes if not is_freemail(m.domain))

    def may_send_from(self, mailbox: Mailbox) -> bool:
        return any(same_for_admission(mailbox, own) for own in self.mailboxes)
