"""What the lake's rows read in messages, events and the history of a conversation. Pure."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from parley.archive.keys import content_key
from parley.archive.records import EventKind
from parley.archiving.filing import went_out_from
from parley.conversation.events import Event
from parley.conversation.messages import Message, State
from parley.lake.rows import Finding

DELIVERIES = frozenset(
    (
        *(EventKind.SENT, EventKind.DELAYED, EventKind.DELIVERED, EventKind.BOUNCED),
        *(EventKind.SUPPRESSED, EventKind.REJECTED, EventKind.COMPLAINED),
    )
)
NOBODYS = frozenset(
    (
        *(EventKind.OUTCOME, EventKind.RELEASED, EventKind.EXPIRED, EventKind.ERASED),
        EventKind.OPTED_OUT,
    )
)
"""Kinds of events that no person of the marketplace decides on: what is neither is a reviewer's action."""
OCCURRED_AT = "occurred-at"
"""The fact of a delivery event that says when it happened."""


def is_action(event: Event) -> bool:
    """Whether it is a reviewer's. What they asked for at a contact alias's intake is chained once more in the
    conversation that it opened, without anybody's words: that is the same action."""
    is_repeated = event.kind == EventKind.RELEASE_ASKED and not event.folder
    return event.kind not in DELIVERIES | NOBODYS and not is_repeated


def erased_until(everything: Sequence[Message | Event]) -> dict[str | None, int]:
    """Up to which place all was erased (None), or what a message has (its id)."""
    erased: dict[str | None, int] = {}
    for each in everything:
        if isinstance(each, Event) and each.kind == EventKind.ERASED:
            erased[each.message] = max(each.seq, erased.get(each.message, 0))
    return erased


def passed_on_at(message: Message, everything: Sequence[Message | Event]) -> datetime | None:
    """When it went on; None if it did not. A first contact that was released at an intake goes on from the
    conversation that it opened, where it is a message as well."""
    if message.state is State.RELAYED:
        return message.received_at
    if message.state is not State.RELEASED or not message.released:
        return None
    released = [
        each.at
        for each in everything
        if isinstance(each, Event) and each.kind == EventKind.RELEASED and each.message == message.id
    ]
    return max(released, default=None)


def content_name(message: Message) -> str | None:
    folder = went_out_from(message)
    return content_key(folder).rpartition("/")[2].removesuffix(".json") if folder else None


def facts_of(event: Event) -> dict[str, str]:
    return {name: str(value) for name, value in json.loads(event.record).get("facts", {}).items()}


def finding(told: Sequence[Any]) -> Finding:
    """told: as a record has it."""
    code, severity, place, occurrences = told
    return Finding(code=code, severity=severity, place=place, occurrences=occurrences)


def moment(text: str | None) -> datetime | None:
    """A time with its zone; None for anything else."""
    try:
        told = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return told if told.tzinfo is not None else None
