"""Exports: that a bundle of evidence is about to be made, for whom and for which case.

It is a read, and is recorded as one. It is a link of the chain as well, by which the bundle proves where the
conversation ended when it was made, and that it opens to a party what that party saw, no more and no less
(`parley.archive.exporting`).
"""

import json

from parley.archive.entries import read_entry
from parley.archive.exporting import export_facts
from parley.archive.records import EventKind
from parley.archive.redaction import NoSuchPartyError, Share, shares
from parley.conversation.aliases import ConversationId
from parley.conversation.events import Event, EventId
from parley.registering.refusals import RefusedError
from parley.relaying.entries import entry_of, is_final
from parley.reviewing.ports import Desk
from parley.reviewing.reads import What, record_read
from parley.reviewing.recording import Statement, event_id_of, existing, fresh_id, record_once


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
    if viewer is not None:
        facts |= _recorded(statement.conversation, event_id, desk) or export_facts(
            statement.case, viewer, _opened(statement.conversation, viewer, desk)
        )
    event, new = record_once(EventKind.EXPORTED, event_id, statement, desk, facts=facts)
    return name, event, new


def _recorded(conversation: ConversationId, event_id: str, desk: Desk) -> dict[str, str]:
    """What was opened when the export was asked for first: more may have happened since."""
    known = desk.reviews.event(conversation, EventId(event_id))
    told = json.loads(known.record)["facts"] if known else {}
    return {name: told[name] for name in ("opens", "shows") if name in told}


def _opened(conversation: ConversationId, viewer: str, desk: Desk) -> list[Share]:
    """A mail that is still worked on is opened to nobody."""
    roles = existing(conversation, desk).parties
    entries = [read_entry(entry_of(each)) for each in desk.history.of(conversation) if is_final(each)]
    try:
        return shares(entries, viewer, roles=[*roles])
    except NoSuchPartyError:
        raise RefusedError("unknown-party", "for") from None
