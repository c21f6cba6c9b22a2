"""Filing what the table's outbox holds: the entry of each message and event, and its attachments; and what
the lake is told of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from parley.archive.chain import Committed, digest
from parley.archive.content import read_content
from parley.archive.keys import attachment_key, entry_key, object_key
from parley.conversation.events import Event
from parley.conversation.messages import Message, State
from parley.lake.media import media_type
from parley.lake.rows import Attachment
from parley.lake.topics import topics
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


@dataclass(frozen=True, slots=True)
class PassedOn:
    """What may be told of a mail that went out, without its words."""

    topics: tuple[str, ...]
    attachments: tuple[Attachment, ...]


def file_attachments(change: Message, folder: str, archive: Archive) -> PassedOn:
    """Puts each attachment of the mail that went out beside the mails, once per conversation and content.
    folder: as `went_out_from` tells. Raises `NoSuchObjectError` if the mail was erased meanwhile."""
    content = read_content(archive.get(object_key(folder, Committed.CONTENT)))
    about = topics(content.subject, content.text)
    if not content.attachments:
        return PassedOn(about, ())
    relayed = archive.get(object_key(folder, Committed.RELAYED))
    wanted = {each.place for each in content.attachments}
    filed = []
    for part in _at(wanted, relayed):
        octets = decode_body(part)
        sha256 = digest(octets)
        archive.put(
            attachment_key(change.conversation or "", sha256, filename(part)),
            octets,
            # Nothing that a browser would open when a reviewer clicks on it.
            media_type="application/octet-stream",
            metadata={},
        )
        told_type = media_type(part.content_type.value)
        filed.append(Attachment(sha256=sha256, media_type=told_type, octets=len(octets)))
    return PassedOn(about, tuple(filed))


def _at(places: set[str], relayed: bytes) -> Iterator[Part]:
    return (part for place, part in parts(read(relayed)) if place in places)
