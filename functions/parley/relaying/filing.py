"""What of a message goes into the archive: both mails, and the entry once its outcome is known."""

from parley.archive.entries import message_entry
from parley.archive.keys import entry_key, message_folder
from parley.conversation.aliases import ConversationAlias
from parley.conversation.messages import Message
from parley.relaying.ports import Archive


def file_mail(
    message: Message, alias: ConversationAlias, kind: str, content: bytes, archive: Archive
) -> None:
    """Keeps a mail with the salt of its commitment. kind: "original" or "relayed"."""
    salt = {"salt": dict(message.salts)[kind]}
    archive.put(_key(message, alias, kind), content, media_type="message/rfc822", metadata=salt)


def filed_mail(message: Message, alias: ConversationAlias, kind: str, archive: Archive) -> bytes:
    """The mail as it was kept. Raises `NoSuchObjectError`."""
    return archive.get(_key(message, alias, kind))


def file_entry(message: Message, alias: ConversationAlias, archive: Archive) -> None:
    """Writes the entry of a message that has its outcome; one that is there already stays."""
    entry = message_entry(
        message.link or "",
        outcome=message.state,
        codes=message.codes,
        folder=_folder(message, alias),
        outgoing_message_id=message.outgoing_message_id,
    )
    key = entry_key(alias.conversation, message.seq, message.id)
    archive.put(key, entry, media_type="application/json", metadata={})


def _key(message: Message, alias: ConversationAlias, kind: str) -> str:
    return f"{_folder(message, alias)}{kind}.eml"


def _folder(message: Message, alias: ConversationAlias) -> str:
    direction = f"{message.author_role or 'unproved'}-to-{alias.stands_for}"
    return message_folder(alias.conversation, message.seq, message.received_at, direction, message.id)
