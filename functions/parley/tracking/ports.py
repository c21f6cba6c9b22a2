"""What tracking needs from outside. `parley.stores` implements it on AWS; tests have fakes.

Every call is one AWS call unless it says otherwise. An error that is not named here means "not now": the
event comes again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Conversation, Head
from parley.conversation.delivery import Delivery
from parley.conversation.events import Event
from parley.conversation.messages import Message, MessageId
from parley.conversation.parties import Party, PartyId
from parley.mail.address import Mailbox
from parley.relaying.ports import Clock, Entropy, Mailer, NoticeClaim


@dataclass(frozen=True, slots=True)
class Known:
    """A message, its conversation, and where that one's chain stands, as they were read."""

    conversation: Conversation
    head: Head
    message: Message


class Deliveries(Protocol):
    """What SES told of messages."""

    def find(self, conversation: ConversationId, message: MessageId) -> Known | None:
        """Consistently read; None if there is no such conversation or message. One call if it is among the
        latest eight, otherwise one more for each page of 1 MB."""
        ...

    def append(self, event: Event, *, known: Known, after: Head, delivery: Delivery) -> None:
        """Puts the event, moves the head from `known.head` to `after`, and writes what became of the message,
        if that is still as known, in one transaction.

        Raises `AlreadyExistsError` if there is an event of that id, or `HeadMovedError`.
        """
        ...

    def note(self, message: Message, delivery: Delivery) -> bool:
        """Writes what became of the message; False if that is no longer as in `message`."""
        ...


class Reachability(Protocol):
    """Whether mail reaches a party, and shall."""

    def party(self, party: PartyId) -> Party | None:
        """Consistently read."""
        ...

    def write(self, old: Party, new: Party) -> bool:
        """Writes what `new` says of reachability and of being opted out; False if that, or the mailboxes, are
        no longer `old`'s."""
        ...


class Notices(Protocol):
    """As in `parley.relaying.ports.Messages`."""

    def claim_notice(self, subject: str, message: MessageId, now: datetime) -> NoticeClaim | None: ...

    def give_back(self, claim: NoticeClaim) -> None: ...


class Index(Protocol):
    def keyed_hash(self, mailbox: Mailbox) -> str:
        """The hash under which the table knows a mailbox. No call, but one in a cold process."""
        ...


class Suppressions(Protocol):
    def remove(self, mailbox: str) -> None:
        """Takes a mailbox off SES's suppression list of the account, if it is there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    deliveries: Deliveries
    reachability: Reachability
    notices: Notices
    index: Index
    suppressions: Suppressions
    mailer: Mailer
    clock: Clock
    entropy: Entropy


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What tracking must know of its deployment. complaints_opt_out: whether a party that complains of a mail
    is sent no more. event_time: how long one event may take at most."""

    relay_domain: str
    marketplace_name: str
    complaints_opt_out: bool = False
    event_time: timedelta = timedelta()
