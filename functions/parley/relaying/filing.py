"""What of a message goes into the archive while it is relayed: its mails and what was read in them.

Its entry is written from the table once its outcome is known (`parley.archiving`).
"""

from parley.archive.chain import Committed
from parley.archive.keys import object_key
from parley.conversation.messages import Message
from parley.relaying.ports import Archive

_MEDIA_TYPES = {Committed.CONTENT: "application/json"}


def file_content(message: Message, kind: Committed, content: bytes, archive: Archive) -> None:
    """Keeps what the message's link commits to, with the salt of its commitment. kind: not the record."""
    keep(message.folder, kind, content, dict(message.salts)[kind], archive)


def keep(folder: str, kind: Committed, content: bytes, salt: str, archive: Archive) -> None:
    """Keeps what a link commits to with this salt. kind: not the record."""
    media_type = _MEDIA_TYPES.get(kind, "message/rfc822")
    archive.put(object_key(folder, kind), content, media_type=media_type, metadata={"salt": salt})


def filed_content(message: Message, kind: Committed, archive: Archive) -> bytes:
    """What was kept. Raises `NoSuchObjectError`."""
    return archive.get(object_key(message.folder, kind))
