"""The life of a message: its states, who may work on it, and what is remembered of it."""

import hashlib
from base64 import b32encode
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from parley.conversation.aliases import AliasId, ConversationId
from parley.conversation.delivery import Delivery
from parley.conversation.parties import Role

MessageId = NewType("MessageId", str)


class State(StrEnum):
    """received: claimed, nothing kept yet. archived: original and outgoing mail are in the archive and
    nothing has been handed to SES. sending: handed to SES, answer not yet recorded. releasing: a reviewer
    wants the held mail to go, and it is composed and sent now."""

    RECEIVED = "received"
    ARCHIVED = "archived"
    SENDING = "sending"
    RELAYED = "relayed"
    HELD = "held"
    RELEASING = "releasing"
    RELEASED = "released"
    REFUSED = "refused"
    EXPIRED = "expired"
    DISCARDED = "discarded"


NEXT_STATES: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.ARCHIVED, State.SENDING, State.HELD, State.REFUSED, State.DISCARDED}),
    State.ARCHIVED: frozenset({State.SENDING, State.HELD}),
    # Back to archived when SES certainly did not take the mail (throttled, paused): it may be sent later.
    State.SENDING: frozenset({State.SENDING, State.ARCHIVED, State.RELAYED, State.HELD}),
    State.HELD: frozenset({State.RELEASING, State.REFUSED, State.EXPIRED}),
    # Back to held where it cannot be composed safely, or SES refuses it.
    State.RELEASING: frozenset({State.RELEASING, State.RELEASED, State.HELD}),
    State.RELAYED: frozenset(),
    State.RELEASED: frozenset(),
    State.REFUSED: frozenset(),
    State.EXPIRED: frozenset(),
    State.DISCARDED: frozenset(),
}
"""The legal transitions. Straight delivery goes from received to sending in one write: by then the archive
is complete."""

OUTCOMES = frozenset({State.RELAYED, State.HELD, State.REFUSED, State.DISCARDED})
"""States that end the work on a receipt."""

IN_WORK = frozenset({State.RECEIVED, State.ARCHIVED, State.SENDING})
"""States from which the work goes on when the receipt comes again. In every other state that changes nothing:
the mail has its outcome, or what a reviewer decided on it is carried out by the reviewer's own text."""

UNDECIDED = frozenset({State.HELD, State.RELEASING})
"""States of a mail that waits for a reviewer, or for what a reviewer decided."""


class IllegalTransitionError(ValueError):
    """A message cannot go from one state to the other."""


def check_transition(old: State, new: State) -> None:
    """Raises `IllegalTransitionError` unless `NEXT_STATES` allows the step."""
    if new not in NEXT_STATES[old]:
        raise IllegalTransitionError(f"{old} → {new}")


def check_kept_or_next(old: State, new: State) -> None:
    """As `check_transition`, for a write that may leave the state as it is. Every write of a message comes by
    here, whoever makes it."""
    if new is not old:
        check_transition(old, new)


@dataclass(frozen=True, slots=True)
class Lease:
    """Who works on a message, and until when (UTC)."""

    owner: str
    until: datetime

    def holds(self, now: datetime) -> bool:
        return now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One receipt for one alias, as the table keeps it. No subject, no body, no mailbox.

    received_at: SES's time of the receipt (UTC). author_role: who wrote it, None where that is not proved.
    author_message_id, outgoing_message_id: the Message-ID as its author knows it and as its recipient knows
    it, without angle brackets. fingerprint: recognises a resubmission. automatic: the kind of automatic mail
    (a value of `parley.mail.reports.Automatic`), None for what a person wrote. author_domain: of a proved
    author's mailbox, None at a freemail provider, and in older items. link, record: canonical JSON
    of the message's link of the chain and of what it tells of, the outbox of the archive. salts: a value of
    `parley.archive.chain.Committed` → hex, for the commitments. folder: where the mails lie in the archive.
    sendings: how often SES was called without a certain answer. released: the folder of what was composed
    for a release, "" if there is none. told: whether the author was told that a reviewer refused it.
    author_hash: of a mail at a contact alias that opened no conversation, the keyed hash of who wrote it by
    its own account: by it the mail is found when that person is erased. named_hashes: of such a mail, the
    keyed hashes of further mailboxes in From, Sender, Reply-To and reverse-path, for the same reason.
    delivery: what SES told of it since, None as long as it told nothing; another function writes that, so it
    is no part of what makes two readings of a message equal.
    """

    id: MessageId
    receipt_id: str
    alias: AliasId
    received_at: datetime
    state: State
    codes: tuple[str, ...] = ()
    conversation: ConversationId | None = None
    seq: int = 0
    author_role: Role | None = None
    lease: Lease | None = None
    author_message_id: str | None = None
    outgoing_message_id: str | None = None
    fingerprint: str | None = None
    automatic: str | None = None
    author_domain: str | None = None
    link: str | None = None
    record: str | None = None
    folder: str = ""
    salts: tuple[tuple[str, str], ...] = ()
    sendings: int = 0
    released: str = ""
    told: bool = False
    author_hash: str | None = None
    named_hashes: tuple[str, ...] = ()
    delivery: Delivery | None = field(default=None, compare=False)


def message_id(receipt_id: str, alias: AliasId) -> MessageId:
    """The id of the message that a receipt makes for an alias: 26 lower-case letters and digits, the same
    for every delivery of the receipt."""
    digest = hashlib.sha256(f"{receipt_id}\n{alias}".encode("utf-8", "surrogatepass")).digest()
    return MessageId(b32encode(digest[:16]).decode("ascii").rstrip("=").lower())
