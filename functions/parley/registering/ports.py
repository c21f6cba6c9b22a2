"""What registering needs from outside. `parley.stores` implements it on AWS; tests have fakes.

Every call is one AWS call unless it says otherwise. An error that is not named here means "not now".
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from parley.conversation.aliases import Alias, ConversationId
from parley.conversation.conversations import Conversation, Status
from parley.conversation.parties import Party, PartyId, Role


class PartyExistsError(Exception):
    """A party of that id is registered; `party` is it as stored. Nothing was written."""

    def __init__(self, party: Party) -> None:
        super().__init__(party.id)
        self.party = party


class MailboxTakenError(Exception):
    """Another party has one of the mailboxes. Nothing was written. position: of the first such mailbox in
    the party's list; owner: who has it."""

    def __init__(self, position: int, owner: PartyId) -> None:
        super().__init__(f"{position}: {owner}")
        self.position = position
        self.owner = owner


class ChangedMeanwhileError(Exception):
    """The party is no longer as it was read. Nothing was written."""


class AlreadyOpenError(Exception):
    """There is a conversation of that id, or one of the aliases is in use. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the conversations asked for, by id in rising order. more_after: the id after which the next
    page begins, None if there is none."""

    conversations: tuple[Conversation, ...]
    more_after: ConversationId | None


class Registry(Protocol):
    """Parties and conversations."""

    def parties(self, ids: Collection[PartyId]) -> Mapping[PartyId, Party]:
        """Those of the parties that exist, consistently read."""
        ...

    def add(self, party: Party) -> None:
        """Puts the party and the entries of its mailboxes in one transaction; replaces nothing.

        Raises `PartyExistsError` or else `MailboxTakenError`.
        """
        ...

    def replace(self, old: Party, new: Party) -> None:
        """Changes what differs between the two, the entries of the mailboxes with it, in one transaction, if
        the stored party still is `old`. Id and role stay. With another receiving mailbox it is reachable.

        Raises `ChangedMeanwhileError` or `MailboxTakenError`.
        """
        ...

    def conversation(self, conversation: ConversationId) -> Conversation | None:
        """Consistently read."""
        ...

    def open(self, conversation: Conversation, aliases: Collection[Alias]) -> None:
        """Puts the conversation and its aliases in one transaction. Raises `AlreadyOpenError`."""
        ...

    def set_status(self, conversation: ConversationId, status: Status) -> bool:
        """Whether there is such a conversation; its status is then this one. More calls while mail is being
        claimed in it."""
        ...

    def of_order(self, order: str, *, after: ConversationId | None, limit: int) -> Page:
        """The order's conversations. Two calls. Finds what was opened a second ago or earlier; shows each as
        it is now. limit: 1 to 100."""
        ...

    def of_party(self, party: PartyId, role: Role, *, after: ConversationId | None, limit: int) -> Page:
        """The conversations in which the party has that role. As `of_order`."""
        ...


class Ids(Protocol):
    """Ids that the same request makes again."""

    def derived(self, *parts: str) -> str:
        """26 lower-case letters and digits, the same for the same parts, which hold no NUL. Whoever lacks
        the deployment's key cannot find the parts by trying. One call in a cold process."""
        ...


class Requests(Protocol):
    def send(self, body: str) -> None:
        """Puts a text into the queue that feeds track_delivery."""
        ...


class Clock(Protocol):
    def now(self) -> datetime:
        """The present (UTC)."""
        ...


class Entropy(Protocol):
    def bits(self, count: int) -> int:
        """That many unpredictable bits."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What a use case of this package is given."""

    registry: Registry
    ids: Ids
    requests: Requests
    clock: Clock
    entropy: Entropy
    relay_domain: str
