"""What erasing deals with: a conversation as it sees it, a party's erasure, and how long things are kept."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Conversation, Head
from parley.conversation.parties import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A conversation as erasing sees it: its head.

    closed_at: when its aliases were taken away for good. erased_at: when its contents were erased for the
    last time; None before, and once all of it is finished. finished_at_seq: where the chain stood then, None
    before. kept_until: the latest end of the claim window for which a request had to wait, None if it had
    not. due: before this moment retention has nothing to do here, None if that is not known.
    """

    conversation: Conversation
    head: Head
    closed_at: datetime | None = None
    erased_at: datetime | None = None
    finished_at_seq: int | None = None
    kept_until: datetime | None = None
    due: datetime | None = None

    @property
    def id(self) -> ConversationId:
        return self.conversation.id

    @property
    def is_finished(self) -> bool:
        """Whether nothing came since all of it was erased."""
        return self.finished_at_seq == self.head.seq

    @property
    def is_intake(self) -> bool:
        """Of a contact alias: it never ends, and its mails have nothing to do with each other."""
        return self.conversation.order is None and len(self.conversation.parties) < 2 and not self.closed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A party's erasure as it stands. case: the id of the request, never a name. for_claims: whether mail
    stays until the claim window of its conversation ends. salt: 32 hex digits, for the certificate; it goes
    with the plan. next_at: when there is something to do again. The numbers count what is finished."""

    id: str
    party: PartyId
    case: str
    for_claims: bool
    requested_at: datetime
    salt: str
    next_at: datetime
    conversations: int = 0
    kept_for_claims: int = 0
    links: int = 0
    mailboxes: int = 0
    first_contacts: int = 0

    def due_at(self, moment: datetime) -> "Plan":
        return replace(self, next_at=moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """retention: how long contents stay after a conversation's latest mail. claim_window: how long after it
    somebody may need them for a claim. The rest is told in certificates: for how many days other copies
    live on."""

    retention: timedelta
    claim_window: timedelta
    inbox_days: int
    access_log_days: int
    log_days: int
