"""Recording an event: its content into the archive, then its place in the conversation's chain."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol

from parley.archive.chain import SALT_BITS, Committed, Link, commitments, link_hash
from parley.archive.keys import event_folder
from parley.archive.records import EventKind, EventRecord
from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Head
from parley.conversation.events import Event, EventId
from parley.conversation.messages import Message, MessageId
from parley.relaying.filing import keep
from parley.relaying.ports import (
    AlreadyExistsError,
    Archive,
    BusyError,
    Clock,
    Entropy,
    HeadMovedError,
)

MAX_TRIES = 20
"""How often an event tries for the next place of a conversation that others write to at the same moment."""


class Chain(Protocol):
    """Of the port `History`: where the chain stands, and appending to it."""

    def head(self, conversation: ConversationId) -> Head: ...
    def append(
        self, event: Event, *, before: Head, after: Head, message: tuple[Message, Message] | None = None
    ) -> None: ...


class Recorder(Protocol):
    """What recording needs; every use case that records is given it with its own ports."""

    @property
    def history(self) -> Chain: ...
    @property
    def archive(self) -> Archive: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def entropy(self) -> Entropy: ...


def record_event(
    conversation: ConversationId,
    kind: EventKind,
    outside: Recorder,
    *,
    message: MessageId | None = None,
    facts: Mapping[str, str | int] | None = None,
    contents: Mapping[Committed, bytes] | None = None,
    folder: str | None = None,
    event_id: str | None = None,
    at: datetime | None = None,
    step: tuple[Message, Message] | None = None,
) -> Event | None:
    """Chains an event and returns it; None if one of this id was recorded before.

    contents: what may be erased, such as a note's text; kept in the archive first, so that no link commits to
    what is not there. folder: where they are kept, the event's own if not given; another for each attempt.
    at: the time in its name, the present if not given. event_id: the same for each attempt at the same event;
    random if not given. step: a message before and after, changed in the same transaction.

    Raises `ConversationGoneError`, `LeaseLostError`, or `BusyError` ("conversation-busy").
    """
    now = (at or outside.clock.now()).astimezone(UTC)
    identity = EventId(event_id or f"{outside.entropy.bits(128):032x}")
    record = EventRecord(kind=kind, message=message, facts=facts or {}).to_json()
    contents = contents or {}
    committed = {Committed.RECORD: record.encode("ascii"), **contents}
    salts = {kind: f"{outside.entropy.bits(SALT_BITS):032x}" for kind in committed}
    where = ""
    if contents:
        # Each attempt has a folder of its own: what an earlier one kept has other salts, and stays as it is.
        attempt = identity if event_id is None else f"{identity}_{outside.entropy.bits(32):08x}"
        where = folder or event_folder(conversation, now, kind, attempt)
    for each, octets in contents.items():
        keep(where, each, octets, salts[each], outside.archive)
    for _ in range(MAX_TRIES):
        head = outside.history.head(conversation)
        link = Link(
            conversation=conversation,
            seq=head.seq + 1,
            previous=head.tip,
            id=identity,
            at=now.isoformat(),
            commitments=commitments(salts, committed),
        )
        event = Event(
            id=identity,
            conversation=conversation,
            seq=link.seq,
            at=now,
            kind=kind,
            link=link.to_json(),
            record=record,
            salts=tuple((str(each), salt) for each, salt in salts.items()),
            message=message,
            folder=where,
        )
        after = Head(link.seq, link_hash(event.link))
        try:
            outside.history.append(event, before=head, after=after, message=step)
        except HeadMovedError:
            continue
        except AlreadyExistsError:
            return None
        return event
    raise BusyError("conversation-busy")
