"""Exports: that a bundle of evidence is about to be made, for whom and for which case.

It is a read, and is recorded as one. It is a link of the chain as well, by which the bundle proves where the
conversation ended when it was made (`parley.archive.exporting`).
"""

from parley.archive.exporting import export_facts
from parley.archive.records import EventKind
from parley.conversation.events import Event
from parley.reviewing.ports import Desk
from parley.reviewing.reads import What, record_read
from parley.reviewing.recording import Statement, event_id_of, fresh_id, record_once


def record_export(
    statement: Statement, viewer: str | None, export: str | None, desk: Desk
) -> tuple[str, Event, bool]:
    """The export's id, its event, and whether it is new. viewer: the role that the bundle is for, None for
    one from whom nothing is kept back. export: its id, the same for each repetition; None for a new one.
    Raises `RefusedError`."""
    name = export or fresh_id(desk)
    # The read comes first: nothing may be exported of which it is not known who did it.
    record_read(statement.conversation, What.EXPORT, statement.case, statement.actor, name, desk)
    event_id = event_id_of(EventKind.EXPORTED, name)
    facts = export_facts(statement.case, viewer)
    event, new = record_once(EventKind.EXPORTED, event_id, statement, desk, facts=facts)
    return name, event, new
