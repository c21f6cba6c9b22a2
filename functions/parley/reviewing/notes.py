"""Notes: what a reviewer writes down about a conversation."""

from parley.archive.records import EventKind
from parley.conversation.events import Event
from parley.reviewing.ports import Desk
from parley.reviewing.recording import Statement, check_writable, event_id_of, existing, fresh_id, record_once


def add_note(statement: Statement, note: str | None, desk: Desk) -> tuple[str, Event, bool]:
    """The note's id, its event, and whether it is new. note: its id, the same for each repetition; None for a
    new one. Raises `RefusedError`."""
    check_writable(existing(statement.conversation, desk))
    name = note or fresh_id(desk)
    event_id = event_id_of(EventKind.NOTE, name)
    event, new = record_once(EventKind.NOTE, event_id, statement, desk, facts={"case": statement.case})
    return name, event, new
