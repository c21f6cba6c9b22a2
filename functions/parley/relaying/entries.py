"""The entry of what happened in a conversation, as it is archived once it is known how it ended."""

from parley.archive.chain import Committed
from parley.archive.entries import event_entry, message_entry
from parley.conversation.events import Event
from parley.conversation.messages import Message
from parley.relaying.outcomes import receipt_outcome


def is_final(change: Message | Event) -> bool:
    """Whether its entry can be written: a message is first worked on."""
    return isinstance(change, Event) or receipt_outcome(change) is not None


def entry_of(change: Message | Event) -> bytes:
    """UTF-8 JSON. Raises `parley.archive.entries.EntryError`."""
    salt = dict(change.salts)[Committed.RECORD]
    if isinstance(change, Event):
        return event_entry(change.link, change.record, salt, folder=change.folder)
    return message_entry(
        change.link or "",
        change.record or "",
        salt,
        outcome=receipt_outcome(change) or change.state,
        codes=change.codes,
        folder=change.folder,
        outgoing_message_id=change.outgoing_message_id,
    )
