"""Recording what a reviewer does, once however often the request comes."""

import hashlib
import json
from base64 import b32encode
from collections.abc import Callable
from dataclasses import dataclass

from parley.archive.chain import Committed, commitment, digest
from parley.archive.content import note_content
from parley.archive.records import EventKind, EventRecord
from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Conversation, Head, Hold
from parley.conversation.events import Event, EventId
from parley.conversation.messages import Message
from parley.registering.refusals import RefusedError
from parley.relaying.events import Chain, record_event
from parley.relaying.ports import Archive, Clock, ConversationGoneError, Entropy
from parley.reviewing.ports import Desk

ID_BITS = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What somebody of the marketplace does and says. case: the id of the dispute or the like, never a name.
    text: a note, or the reason. actor: who, as IAM names them: personal data, which only the event's content
    holds."""

    conversation: ConversationId
    case: str
    text: str
    actor: str

    @property
    def contents(self) -> dict[Committed, bytes]:
        return {Committed.CONTENT: note_content(self.text, self.actor)}


def fresh_id(desk: Desk) -> str:
    return f"{desk.entropy.bits(ID_BITS):032x}"


def event_id_of(kind: EventKind, name: str) -> str:
    """The id of an event that a caller named, the same for each repetition. It stands in bare links that a
    party may get, and says neither what happened nor how it was named."""
    hashed = hashlib.sha256(f"{kind}\n{name}".encode()).digest()
    return b32encode(hashed[:16]).decode("ascii").rstrip("=").lower()


def existing(conversation: ConversationId, desk: Desk) -> Conversation:
    """Raises `RefusedError`."""
    found = desk.reviews.conversation(conversation)
    if found is None:
        raise RefusedError("unknown-conversation", "conversation")
    return found


def check_writable(conversation: Conversation) -> None:
    """Raises `RefusedError` where whatever is written down would stay behind an erasure."""
    if conversation.erasing:
        raise RefusedError("contents-erased", "conversation")


@dataclass(frozen=True, slots=True)
class Pen:
    """A `Recorder` that appends to `history`."""

    history: Chain
    archive: Archive
    clock: Clock
    entropy: Entropy


def pen(desk: Desk, history: Chain) -> Pen:
    return Pen(history, desk.archive, desk.clock, desk.entropy)


def record_once(
    kind: EventKind,
    event_id: str,
    statement: Statement,
    desk: Desk,
    *,
    facts: dict[str, str],
    holding: "HoldingHistory | None" = None,
) -> tuple[Event, bool]:
    """The event of that id, and whether it is new. holding: what it does to the holds, if anything. Raises
    `RefusedError` if there is one that differs."""
    conversation = statement.conversation
    known = desk.reviews.event(conversation, EventId(event_id))
    if known is None:
        recorded = record_event(
            conversation,
            kind,
            pen(desk, holding or desk.history),
            facts=facts,
            contents=statement.contents,
            event_id=event_id,
        )
        if recorded is not None:
            return recorded, True
        known = desk.reviews.event(conversation, EventId(event_id))
    if known is None or not _tells(known, kind, statement, facts):
        raise RefusedError("event-exists", "id")
    return known, False


def _tells(event: Event, kind: EventKind, statement: Statement, facts: dict[str, str]) -> bool:
    """Whether an event records just this. Its content is known by its commitment alone."""
    committed = json.loads(event.link)["commitments"].get(Committed.CONTENT)
    salt = dict(event.salts).get(Committed.CONTENT)
    content = statement.contents[Committed.CONTENT]
    return (
        event.record == EventRecord(kind=kind, facts=facts).to_json()
        and salt is not None
        and committed == commitment(salt, digest(content))
    )


class HoldingHistory:
    """A conversation's chain, whose next event changes the holds with it. Implements `Chain`.

    change: the holds in force and the event → the holds in force from then on. Whoever places or lifts a hold
    moves the head, so holds that were read after a head are those in force where it stands. Raises
    `RefusedError` where contents are being erased; whoever begins to erase and whoever places a hold at the
    same moment meet at the head, and one of them finds what the other one wrote.
    """

    def __init__(self, desk: Desk, change: Callable[[tuple[Hold, ...], Event], tuple[Hold, ...]]) -> None:
        self._desk = desk
        self._change = change
        self._holds: tuple[Hold, ...] = ()

    def head(self, conversation: ConversationId) -> Head:
        head = self._desk.history.head(conversation)
        found = self._desk.reviews.conversation(conversation)
        if found is None:
            raise ConversationGoneError(conversation)
        check_writable(found)
        self._holds = found.holds
        return head

    def append(
        self, event: Event, *, before: Head, after: Head, message: tuple[Message, Message] | None = None
    ) -> None:
        holds = self._change(self._holds, event)
        self._desk.history.append(event, before=before, after=after, message=message, holds=holds)
