"""Erasing what was written in a conversation: the event first, then every version of every object, then
what the table's items tell of them.

The event is the point of no return: from then on verification knows that what is missing was erased. It is
appended only where no hold is in force, in the same transaction that moves the head, so a hold that is placed
at the same moment comes either before it, and nothing is erased, or after it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from parley.archive import keys
from parley.archive.records import EventKind
from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Head
from parley.conversation.events import Event
from parley.conversation.messages import Message, State
from parley.erasing.ports import HeldError, Outside, Records, Subject
from parley.relaying.events import Chain, record_event
from parley.relaying.outcomes import intended_outcome, receipt_outcome
from parley.relaying.ports import Archive, BusyError, Clock, Entropy

UNFINISHED = frozenset({State.RECEIVED, State.ARCHIVED, State.SENDING, State.RELEASING})
"""Somebody works on the mail, or will."""
INBOX_AT_MOST = timedelta(days=400)
"""Longer than any mail may be configured to stay in the inbox (365 days)."""
EXPORTS = "exports/"
"""In the review bucket: what was exported. Keys hold the conversation's id."""

Facts = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class _UnheldChain:
    """Implements `Chain`. Whoever places a hold moves the head: what was read with it is in force there."""

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


def check_hold(subject: Subject) -> None:
    """Raises `HeldError`."""
    if subject.conversation.holds:
        raise HeldError(tuple(hold.case for hold in subject.conversation.holds))


def erase_contents(conversation: ConversationId, facts: Facts, outside: Outside) -> bool:
    """Erases all that was written in a conversation that is closed; whether there was anything new since the
    last time. facts: why, for the event. Raises `HeldError`, or `BusyError` while a mail is worked on."""
    for message in list(_undecided(conversation, outside)):
        end_work(message, outside)
    happened = list(outside.history.of(conversation))
    told = any(_has_content(each) and each.seq > _erased_until(happened) for each in happened)
    if told:
        record_event(conversation, EventKind.ERASED, _pen(outside), facts=facts)
    _erase_objects(conversation, outside)
    _erase_receipts((each for each in happened if isinstance(each, Message)), outside)
    for each in happened:
        strip(each, outside.records)
    return told


def erase_message(message: Message, about: Iterable[Event], facts: Facts, outside: Outside) -> None:
    """Erases one mail of a conversation that goes on, and what was written in events about it. Raises
    `HeldError` or `BusyError`."""
    message, about = end_work(message, outside), tuple(about)
    _record_about(message, EventKind.ERASED, outside, facts=facts, event_id=f"{message.id}-erased")
    for folder in {message.folder, message.released, *(event.folder for event in about)} - {""}:
        outside.archive.erase(folder)
    _erase_receipts((message,), outside)
    for event in about:
        strip(event, outside.records)
    # The last, because it tells whether all this was done.
    strip(message, outside.records)


def end_work(message: Message, outside: Outside) -> Message:
    """A message without a decision ends as expired: there will be nothing left to decide on. Nobody can take
    up the work on one whose alias is gone. Raises `BusyError`."""
    now = outside.clock.now()
    if message.state in UNFINISHED:
        if message.lease is not None and message.lease.holds(now):
            raise BusyError("mail-in-work")
        # What was handed to SES may have gone out.
        code = "ses-uncertain" if message.state is State.SENDING else "conversation-closed"
        codes = message.codes if message.state is State.RELEASING else (code,)
        message = outside.messages.finish(message, State.HELD, codes=codes, finished_at=now)
    if message.state is not State.HELD:
        return message
    _tell_change(message, outside)
    expired = replace(message, state=State.EXPIRED)
    _record_about(message, EventKind.EXPIRED, outside, step=(message, expired))
    return expired


def strip(happening: Message | Event, records: Records) -> None:
    if _tells_of_contents(happening):
        records.strip(happening)


def is_stripped(message: Message) -> bool:
    return not _tells_of_contents(message)


def _tells_of_contents(happening: Message | Event) -> bool:
    if any(kind != "record" for kind, _ in happening.salts):
        return True
    return isinstance(happening, Message) and bool(happening.author_message_id or happening.fingerprint)


def _undecided(conversation: ConversationId, outside: Outside) -> Iterable[Message]:
    undecided = UNFINISHED | {State.HELD}
    for each in outside.history.of(conversation):
        if isinstance(each, Message) and each.state in undecided:
            yield each


def _has_content(happening: Message | Event) -> bool:
    return isinstance(happening, Message) or bool(happening.folder)


def _erased_until(happened: Iterable[Message | Event]) -> int:
    """Up to which place an event tells that everything was erased."""
    return max(
        (
            each.seq
            for each in happened
            if isinstance(each, Event) and each.kind == EventKind.ERASED and each.message is None
        ),
        default=0,
    )


def _tell_change(message: Message, outside: Outside) -> None:
    """As `relaying.relay` does, should the process have ended before it came to that."""
    intended = set(json.loads(message.record or "{}").get("codes", ()))
    if intended_outcome(message) is State.HELD and intended.issuperset(message.codes):
        return
    _record_about(
        message,
        EventKind.OUTCOME,
        outside,
        facts={"outcome": str(receipt_outcome(message)), "codes": " ".join(message.codes)},
        event_id=f"{message.id}-outcome",
    )


def _record_about(
    message: Message,
    kind: EventKind,
    outside: Outside,
    *,
    facts: Facts | None = None,
    event_id: str | None = None,
    step: tuple[Message, Message] | None = None,
) -> None:
    if message.conversation is None:
        raise ValueError("a message of no conversation has no events")
    record_event(
        message.conversation,
        kind,
        _pen(outside),
        message=message.id,
        facts=facts,
        event_id=event_id,
        step=step,
    )


def _pen(outside: Outside) -> _Pen:
    return _Pen(_UnheldChain(outside), outside.archived, outside.clock, outside.entropy)


def _erase_objects(conversation: ConversationId, outside: Outside) -> None:
    subject = outside.records.read(conversation)
    outside.archive.erase(keys.conversation_prefix(conversation))
    outside.review.erase(keys.transcript_key(conversation))
    if subject.conversation.order is not None:
        outside.review.erase(keys.order_key(subject.conversation.order, conversation))
    outside.review.erase(EXPORTS, holding=conversation)


def _erase_receipts(messages: Iterable[Message], outside: Outside) -> None:
    """Raises `BusyError` while the mail is needed for another of its recipients."""
    since: datetime = outside.clock.now() - INBOX_AT_MOST
    # One mail can have made several messages here.
    for receipt in {each.receipt_id for each in messages if each.received_at >= since}:
        if not outside.records.is_received(receipt):
            raise BusyError("mail-in-work")
        outside.inbox.erase(outside.inbox_prefix + receipt)
