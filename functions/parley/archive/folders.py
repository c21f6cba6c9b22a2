"""Whether a folder is the one that a link's objects lie in.

No link commits to a folder, and its name tells a reader who wrote to whom, and when. So that name is made
again from the link and its record.
"""

import re
from datetime import datetime

from parley.archive import keys
from parley.archive.entries import Entry
from parley.archive.records import EventKind, EventRecord, MessageRecord

_ATTEMPT = re.compile("(_[0-9a-f]{8})?/")
_OTHERS = {"buyer": "seller", "seller": "buyer"}


def is_own_folder(entry: Entry) -> bool:
    """Of an entry with its record. One that commits to no content has none."""
    match entry.record:
        case MessageRecord() as record:
            direction = keys.direction(record.author_role, record.recipient_role)
            return entry.folder == _of_message(entry, direction)
        case EventRecord(kind=kind):
            return _is_of_event(entry, kind) if entry.contents else not entry.folder
    return True


def is_shown_folder(entry: Entry, viewer: str) -> bool:
    """Of a bare link whose contents a party may see: a mail that reached it, or one that was released."""
    mail = _of_message(entry, keys.direction(_OTHERS[viewer], viewer))
    return entry.folder == mail or _is_of_event(entry, EventKind.RELEASED)


def _of_message(entry: Entry, direction: str) -> str:
    return keys.folder(entry.link.conversation, entry.seq, _at(entry), direction, entry.id)


def _is_of_event(entry: Entry, kind: str) -> bool:
    # Where an event may be tried again, each attempt has a folder of its own.
    folder = keys.event_folder(entry.link.conversation, _at(entry), kind, entry.id)[:-1]
    rest = entry.folder.removeprefix(folder)
    return entry.folder.startswith(folder) and _ATTEMPT.fullmatch(rest) is not None


def _at(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.link.at)
