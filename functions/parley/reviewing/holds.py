"""Holds: while one is in force, nothing of the conversation is erased, not even what comes later."""

import json
from dataclasses import dataclass

from parley.archive.records import EventKind
from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Hold
from parley.conversation.events import Event, EventId
from parley.registering.refusals import RefusedError
from parley.relaying.events import record_event
from parley.reviewing.ports import Desk
from parley.reviewing.recording import (
    HoldingHistory,
    Statement,
    check_writable,
    event_id_of,
    existing,
    fresh_id,
    pen,
    record_once,
)

MAX_HOLDS = 50
"""In force at once in one conversation: they all stand on its head, which every mail rewrites."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A hold as it stands. in_force: False once it is lifted."""

    hold: Hold
    in_force: bool


def place_hold(statement: Statement, hold: str | None, desk: Desk) -> tuple[Placed, bool]:
    """The hold, and whether it is new. hold: its id, the same for each repetition; None for a new one.
    Raises `RefusedError`."""
    conversation, hold_id = existing(statement.conversation, desk), hold or fresh_id(desk)
    check_writable(conversation)
    is_full = len(conversation.holds) >= MAX_HOLDS
    if is_full and _placing_event(statement.conversation, hold_id, desk) is None:
        raise RefusedError("too-many-holds", "conversation")

    def with_it(holds: tuple[Hold, ...], event: Event) -> tuple[Hold, ...]:
        return (*holds, Hold(hold_id, statement.case, event.at))

    event, new = record_once(
        EventKind.HOLD_PLACED,
        _placing_id(hold_id),
        statement,
        desk,
        facts={"case": statement.case, "hold": hold_id},
        holding=HoldingHistory(desk, with_it),
    )
    in_force = new or any(each.id == hold_id for each in conversation.holds)
    return Placed(Hold(hold_id, statement.case, event.at), in_force), new


def lift_hold(conversation: ConversationId, hold: str, reason: str, actor: str, desk: Desk) -> Placed:
    """The hold, lifted now or before; others stay in force. Raises `RefusedError`."""
    in_force = next((each for each in existing(conversation, desk).holds if each.id == hold), None)
    if in_force is None:
        return Placed(_lifted(conversation, hold, desk), in_force=False)

    def without_it(holds: tuple[Hold, ...], _event: Event) -> tuple[Hold, ...]:
        return tuple(each for each in holds if each.id != hold)

    statement = Statement(conversation=conversation, case=in_force.case, text=reason, actor=actor)
    # Who lifts it at the same moment has recorded it, and that is all there is to it.
    record_event(
        conversation,
        EventKind.HOLD_LIFTED,
        pen(desk, HoldingHistory(desk, without_it)),
        facts={"case": in_force.case, "hold": hold},
        contents=statement.contents,
        event_id=event_id_of(EventKind.HOLD_LIFTED, hold),
    )
    return Placed(in_force, in_force=False)


def _lifted(conversation: ConversationId, hold: str, desk: Desk) -> Hold:
    placed = _placing_event(conversation, hold, desk)
    if placed is None:
        raise RefusedError("unknown-hold", "hold")
    return Hold(hold, str(json.loads(placed.record)["facts"]["case"]), placed.at)


def _placing_event(conversation: ConversationId, hold: str, desk: Desk) -> Event | None:
    return desk.reviews.event(conversation, EventId(_placing_id(hold)))


def _placing_id(hold: str) -> str:
    return event_id_of(EventKind.HOLD_PLACED, hold)
