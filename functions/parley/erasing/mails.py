"""Erasing single mails: what each of them left in the archive, the inbox and the table."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from parley.archive.keys import content_key
from parley.archive.records import EventKind
from parley.conversation.aliases import ConversationId
from parley.conversation.events import Event
from parley.conversation.messages import Message, State
from parley.erasing.lake import ask_lake
from parley.erasing.ports import Outside, Records
from parley.erasing.unheld import Facts, record_unheld
from parley.relaying.outcomes import intended_outcome, receipt_outcome
from parley.relaying.ports import BusyError

UNFINISHED = frozenset({State.RECEIVED, State.ARCHIVED, State.SENDING, State.RELEASING})
"""Somebody works on the mail, or will."""
INBOX_AT_MOST = timedelta(days=400)
"""Longer than any mail may be configured to stay in the inbox (365 days)."""


def erase_message(message: Message, about: Iterable[Event], facts: Facts, outside: Outside) -> None:
    """Erases one mail of a conversation that goes on, and what was written in events about it; only by its
    author it can still be found. Raises `HeldError`, `BusyError` or `ChangedMeanwhileError`."""
    message, about = end_work(message, outside), tuple(about)
    outside.records.begin(_conversation(message))
    _record_about(message, EventKind.ERASED, outside, facts=facts, event_id=f"{message.id}-erased")
    happened: tuple[Message | Event, ...] = (message, *about)
    up_to = max(each.seq for each in happened)
    ask_lake(_conversation(message), happened, up_to, outside, message=message.id)
    for folder in {message.folder, message.released, *(event.folder for event in about)} - {""}:
        outside.archive.erase(folder)
        outside.archive.erase(content_key(folder))
    erase_receipts((message,), outside)
    for event in about:
        strip(event, outside.records)
    outside.records.end(_conversation(message))
    # The last, because it tells whether all this was done.
    outside.records.strip(message, but_author=True)


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


def erase_receipts(messages: Iterable[Message], outside: Outside) -> None:
    """Erases the raw mail in the inbox. Raises `BusyError` while it is needed for another recipient. If that
    one never gets it, this lasts until the inbox forgets it; who waits for the end is told why."""
    since: datetime = outside.clock.now() - INBOX_AT_MOST
    # One mail can have made several messages here.
    for receipt in {each.receipt_id for each in messages if each.received_at >= since}:
        key = outside.inbox_prefix + receipt
        # What the inbox has no more nobody can go on with, whoever has no outcome yet.
        if not outside.records.is_received(receipt) and outside.inbox.is_there(key):
            raise BusyError("mail-unreceived")
        outside.inbox.erase(key)


def strip(happening: Message | Event, records: Records) -> None:
    if tells_of_contents(happening):
        records.strip(happening)


def is_stripped(message: Message) -> bool:
    return not tells_of_contents(message)


def is_erased(message: Message) -> bool:
    """Whether nothing is left of it but who its author is."""
    return not tells_of_contents(replace(message, author_hash=None, named_hashes=()))


def tells_of_contents(happening: Message | Event) -> bool:
    if any(kind != "record" for kind, _ in happening.salts):
        return True
    return isinstance(happening, Message) and any(
        (
            *(happening.author_message_id, happening.fingerprint, happening.author_domain),
            *(happening.author_hash, happening.named_hashes),
        )
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
    conversation = _conversation(message)
    record_unheld(conversation, kind, outside, message=message, facts=facts, event_id=event_id, step=step)


def _conversation(message: Message) -> ConversationId:
    if message.conversation is None:
        raise ValueError("a message of no conversation has no events")
    return message.conversation
