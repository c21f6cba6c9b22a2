"""The chain of a conversation as erasing may move it: only where no hold is in force.

Whoever places a hold moves the head in the same transaction, so a hold that is placed at the moment of an
erasure comes either before the event that begins it, and nothing is erased, or after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from parley.archive.records import EventKind
from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Head
from parley.conversation.events import Event
from parley.conversation.messages import Message
from parley.erasing.matters import Subject
from parley.erasing.ports import HeldError, Outside
from parley.relaying.events import Chain, record_event
from parley.relaying.ports import Archive, Clock, Entropy

Facts = Mapping[str, str | int]


def check_hold(subject: Subject) -> None:
    """Raises `HeldError`."""
    if subject.conversation.holds:
        raise HeldError(tuple(hold.case for hold in subject.conversation.holds))


def record_unheld(
    conversation: ConversationId,
    kind: EventKind,
    outside: Outside,
    *,
    message: Message | None = None,
    facts: Facts | None = None,
    event_id: str | None = None,
    step: tuple[Message, Message] | None = None,
) -> Event | None:
    """Chains an event without content, about a message or the whole conversation; None if one of this id is
    there. Raises `HeldError`, besides what `record_event` raises."""
    return record_event(
        conversation,
        kind,
        _Pen(_UnheldChain(outside), outside.archived, outside.clock, outside.entropy),
        message=None if message is None else message.id,
        facts=facts,
        event_id=event_id,
        step=step,
    )


@dataclass(frozen=True, slots=True)
class _UnheldChain:
    """Implements `Chain`."""

    outside: Outside

    def head(self, conversation: ConversationId) -> Head:
        """Raises `HeldError`, besides what the port raises."""
        subject = self.outside.records.read(conversation)
        check_hold(subject)
        return subject.head

    def append(
        self, event: Event, *, before: Head, after: Head, message: tuple[Message, Message] | None = None
    ) -> None:
        self.outside.history.append(event, before=before, after=after, message=message)


@dataclass(frozen=True, slots=True)
class _Pen:
    """A `Recorder`."""

    history: Chain
    archive: Archive
    clock: Clock
    entropy: Entropy
