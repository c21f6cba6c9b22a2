"""Filing what the table's outbox holds: the entry of each message and event, and its attachments."""

from collections.abc import Iterator
from datetime import datetime

from parley.archive.chain import Committed, digest
from parley.archive.content import read_content
from parley.archive.keys import NAMES, attachment_key, entry_key
from parley.conversation.events import Event
from parley.conversation.messages import Message, State
from parley.mail.structure import Part, read
from parley.mail.text import decode_body
from parley.mail.walk import filename, parts
from parley.relaying.entries import entry_of, is_final
from parley.relaying.ports import Archive

__all__ = ["file_attachments", "file_entry", "happened_at", "is_final", "went_out_from"]


def happened_at(change: Message | Event) -> datetime:
    return change.at if isinstance(change, Event) else change.received_at


def file_entry(change: Message | Event, archive: Archive) -> None:
    """Writes the entry of an event, or of a message that has its outcome; one that is there stays."""
    key = entry_key(change.conversation or "", change.seq, change.id)
    archive.put(key, entry_of(change), media_type="application/json", metadata={})


def went_out_from(change: Message | Event) -> str:
    """The folder of the mail that went out to the other party; "" if none did. What was composed may have
    been held again since, or refused by SES: the message's state decides."""
    match change:
        case Message(state=State.RELAYED):
            return change.folder
        case Message(state=State.RELEASED):
            return change.released
    return ""


def file_attachments(change: Message, folder: str, archive: Archive) -> int:
    """Puts each attachment of the mail that went out beside the mails, once per conversation and content.
    Returns how many there are. folder: as `went_out_from` tells. Raises `NoSuchObjectError` if the mail was
    erased meanwhile."""
    content = read_content(archive.get(folder + NAMES[Committed.CONTENT]))
    if not content.attachments:
        return 0
    relayed = archive.get(folder + NAMES[Committed.RELAYED])
    wanted = {each.place for each in content.attachments}
    for part in _at(wanted, relayed):
        octets = decode_body(part)
        archive.put(
            attachment_key(change.conversation or "", digest(octets), filename(part)),
            octets,
            # Nothing that a browser would open when a reviewer clicks on it.
            media_type="application/octet-stream",
            metadata={},
        )
    return len(wanted)


def _at(places: set[str], relayed: bytes) -> Iterator[Part]:
    return (part for place, part in parts(read(relayed)) if place in places)
