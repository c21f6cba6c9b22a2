"""Where things lie in the archive bucket: names that a person can read in the S3 console.

conversations/<conversation>/0003_2026-09-04T161200Z_seller-to-buyer_<message>/original.eml
                                                                             /relayed.eml
                             events/2026-09-05T080000Z_released_<event>/relayed.eml
                             attachments/<SHA-256>/attachment.<ending>
contents/<conversation>/0003_2026-09-04T161200Z_seller-to-buyer_<message>.json
                        2026-09-05T080000Z_released_<event>.json
notes/<conversation>/2026-09-05T080000Z_note_<event>.json
entries/<conversation>/0003_<message>.json
checkpoints/<conversation>/0004_<hash of the statement without its time>.json

And in the review bucket:

transcripts/<conversation>.html
orders/<order>/<conversation>.html
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from parley.archive.chain import Committed
from parley.archive.records import EventKind

ORIGINAL, RELAYED = "original.eml", "relayed.eml"
MAILS, CONTENTS, NOTES = "conversations/", "contents/", "notes/"
_NAMES: Mapping[Committed, str] = {Committed.ORIGINAL: ORIGINAL, Committed.RELAYED: RELAYED}
_EVENTS = "events/"
_TIME = "%Y-%m-%dT%H%M%SZ"
_ENDINGS = frozenset(
    (
        *("pdf", "txt", "csv", "rtf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp"),
        *("jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "tif", "tiff", "bmp"),
        *("mp3", "m4a", "wav", "ogg", "mp4", "mov", "avi", "mkv", "webm"),
        *("zip", "7z", "rar", "gz", "tar", "eml", "ics", "vcf", "xml", "json"),
    )
)
"""What an attachment's object may end with. An ending that its author made up may be part of a name."""


def conversation_prefix(conversation: str) -> str:
    """The mails and attachments of a conversation."""
    return f"{MAILS}{conversation}/"


def erasable_prefixes(conversation: str) -> tuple[str, ...]:
    """Everything of a conversation but its entries and checkpoints."""
    return tuple(f"{each}{conversation}/" for each in (MAILS, CONTENTS, NOTES))


def object_key(folder: str, kind: Committed) -> str:
    """Where the object of a commitment lies. folder: of the message or event, with the slash at its end.
    kind: not the record, whose object is the entry."""
    return content_key(folder) if kind is Committed.CONTENT else folder + _NAMES[kind]


def content_key(folder: str) -> str:
    """Where the content of a message or event lies, for its folder. Below `contents/` lies what was read in
    mail that went out, one line of JSON each, so that Athena can search it and whoever may see masked mail
    may read all of it. What people of the marketplace wrote down lies apart."""
    conversation, _, name = folder.removeprefix(MAILS).rstrip("/").partition("/")
    event = name.removeprefix(_EVENTS)
    is_note = event != name and event.split("_")[1:2] != [EventKind.RELEASED]
    return f"{NOTES if is_note else CONTENTS}{conversation}/{event}.json"


def folder(conversation: str, seq: int, at: datetime, direction: str, message: str) -> str:
    """The folder of a message, with the slash at its end. direction: "seller-to-buyer" and the like."""
    return f"{conversation_prefix(conversation)}{seq:04d}_{_time(at)}_{direction}_{message}/"


def event_folder(conversation: str, at: datetime, kind: str, event: str) -> str:
    """The folder of an event that has content, with the slash at its end. Its place in the chain is not in
    it: the content is kept before that is known."""
    return f"{event_prefix(conversation)}{_time(at)}_{kind}_{event}/"


def event_prefix(conversation: str) -> str:
    """The folders of the events that have content."""
    return f"{conversation_prefix(conversation)}{_EVENTS}"


def folder_of(key: str) -> str:
    """The folder of the message or event that an object is of; "" if its name is none of those. The inverse
    of `object_key`."""
    folder, _, name = key.rpartition("/")
    if key.startswith((CONTENTS, NOTES)):
        conversation, stem = folder.partition("/")[2], name.removesuffix(".json")
        of_event = "" if stem.partition("_")[0].isdigit() else _EVENTS
        found = f"{conversation_prefix(conversation)}{of_event}{stem}/"
        return found if content_key(found) == key else ""
    return f"{folder}/" if name in _NAMES.values() else ""


def time_in(folder: str) -> datetime | None:
    """The time in the name of a message's folder; None if there is none."""
    told = folder.removesuffix("/").rpartition("/")[2].split("_")
    try:
        return datetime.strptime(told[1], _TIME).replace(tzinfo=UTC)
    except (IndexError, ValueError):
        return None


def direction(author_role: str | None, recipient_role: str) -> str:
    return f"{author_role or 'unproved'}-to-{recipient_role}"


def entry_prefix(conversation: str) -> str:
    return f"entries/{conversation}/"


def entry_key(conversation: str, seq: int, subject: str) -> str:
    """subject: the id of the message or event."""
    return f"{entry_prefix(conversation)}{seq:04d}_{subject}.json"


def checkpoint_prefix(conversation: str) -> str:
    return f"checkpoints/{conversation}/"


def checkpoint_key(conversation: str, count: int, told: str) -> str:
    """A checkpoint, once for all that it states. told: hash of what it states besides the time."""
    return f"{checkpoint_prefix(conversation)}{count:04d}_{told[:32]}.json"


def attachment_prefix(conversation: str) -> str:
    return f"{conversation_prefix(conversation)}attachments/"


def attachment_key(conversation: str, content_digest: str, name: str) -> str:
    """An attachment, once per conversation and content. name: as its author wrote it, any text; a usual
    ending alone is taken, because logs of S3 keep keys for longer than an erasure may."""
    ending = name.rpartition(".")[2].lower()
    attachment = f"attachment.{ending}" if ending in _ENDINGS else "attachment"
    return f"{attachment_prefix(conversation)}{content_digest}/{attachment}"


def transcript_key(conversation: str) -> str:
    return f"transcripts/{conversation}.html"


def order_key(order: str, conversation: str) -> str:
    """order: any text; what S3 or a console would trip over is percent-encoded."""
    return f"orders/{quote(order, safe='-_.~ ')}/{conversation}.html"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime(_TIME)
