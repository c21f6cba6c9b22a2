"""Where things lie in the archive bucket: names that a person can read in the S3 console.

conversations/<conversation>/0003_2026-09-04T161200Z_seller-to-buyer_<message>/original.eml
                                                                             /relayed.eml
                                                                             /content.json
                             events/2026-09-05T080000Z_note_<event>/content.json
                             attachments/<SHA-256>/attachment.<ending>
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

ORIGINAL, RELAYED, CONTENT = "original.eml", "relayed.eml", "content.json"
NAMES: Mapping[Committed, str] = {
    Committed.ORIGINAL: ORIGINAL,
    Committed.RELAYED: RELAYED,
    Committed.CONTENT: CONTENT,
}
"""The object of each commitment, in the folder of the message or event. The record's is the entry itself."""
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
    """Everything of a conversation but its entries and checkpoints."""
    return f"conversations/{conversation}/"


def folder(conversation: str, seq: int, at: datetime, direction: str, message: str) -> str:
    """The folder of a message, with the slash at its end. direction: "seller-to-buyer" and the like."""
    return f"{conversation_prefix(conversation)}{seq:04d}_{_time(at)}_{direction}_{message}/"


def event_folder(conversation: str, at: datetime, kind: str, event: str) -> str:
    """The folder of an event that has content, with the slash at its end. Its place in the chain is not in
    it: the content is kept before that is known."""
    return f"{event_prefix(conversation)}{_time(at)}_{kind}_{event}/"


def event_prefix(conversation: str) -> str:
    """The folders of the events that have content."""
    return f"{conversation_prefix(conversation)}events/"


def folder_of(key: str) -> str:
    """The folder of the message or event that an object is of; "" if its name is none of those."""
    folder, _, name = key.rpartition("/")
    return f"{folder}/" if name in NAMES.values() else ""


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
