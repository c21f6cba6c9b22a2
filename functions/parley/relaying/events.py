"""Recording an event: its content into the archive, then its place in the conversation's chain."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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


class Chance(Protocol):
    """What a draft takes from outside."""

    @property
    def clock(self) -> Clock: ...
    @property
    def entropy(self) -> Entropy: ...


class Recorder(Chance, Protocol):
    """What recording needs; every use case that records is given it with its own ports."""

    @property
    def history(self) -> Chain: ...
    @property
    def archive(self) -> Archive: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event that has no place in the chain yet. salts: one for each of what it commits to. commitments: as
    `parley.archive.chain.commitments` makes them."""

    id: EventId
    conversation: ConversationId
    kind: EventKind
    at: datetime
    record: str
    salts: Mapping[Committed, str]
    commitments: Mapping[str, str]
    message: MessageId | None
    folder: str = ""

    def behind(self, head: Head) -> tuple[Event, Head]:
        """The event as the next link, and where the chain stands with it."""
        link = Link(
            conversation=self.conversation,
            seq=head.seq + 1,
            previous=head.tip,
            id=self.id,
            at=self.at.isoformat(),
            commitments=self.commitments,
        )
        event = Event(
            id=self.id,
            conversation=self.conversation,
            seq=link.seq,
            at=self.at,
            kind=self.kind,
            link=link.to_json(),
            record=self.record,
            salts=tuple((str(each), salt) for each, salt in self.salts.items()),
            message=self.message,
            folder=self.folder,
        )
        return event, replace(head, seq=link.seq, tip=link_hash(event.link))


def draft_event(
    conversation: ConversationId,
    kind: EventKind,
    outside: Chance,
    *,
    message: MessageId | None = None,
    facts: Mapping[str, str | int] | None = None,
    contents: Mapping[Committed, bytes] | None = None,
    event_id: str | None = None,
    at: datetime | None = None,
) -> Draft:
    """Arguments as `record_event` takes them; nothing is kept or written."""
    record = EventRecord(kind=kind, message=message, facts=facts or {}).to_json()
    committed = {Committed.RECORD: record.encode("ascii"), **(contents or {})}
    salts = {each: f"{outside.entropy.bits(SALT_BITS):032x}" for each in committed}
    return Draft(
        id=EventId(event_id or f"{outside.entropy.bits(128):032x}"),
        conversation=conversation,
        kind=kind,
        at=(at or outside.clock.now()).astimezone(UTC),
        record=record,
        salts=salts,
        commitments=commitments(salts, committed),
        message=message,
    )


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
    contents = contents or {}
    drafted = draft_event(
        conversation, kind, outside, message=message, facts=facts, contents=contents, event_id=event_id, at=at
    )
    if contents:
        # Each attempt has a folder of its own: what an earlier one kept has other salts, and stays as it is.
        attempt = drafted.id if event_id is None else f"{drafted.id}_{outside.entropy.bits(32):08x}"
        drafted = replace(drafted, folder=folder or event_folder(conversation, drafted.at, kind, attempt))
    for each, octets in contents.items():
        keep(drafted.folder, each, octets, drafted.salts[each], outside.archive)
    for _ in range(MAX_TRIES):
        head = outside.history.head(conversation)
        event, after = drafted.behind(head)
        try:
            outside.history.append(event, before=head, after=after, message=step)
        except HeadMovedError:
            continue
        except AlreadyExistsError:
            return None
        return event
    raise BusyError("conversation-busy")
