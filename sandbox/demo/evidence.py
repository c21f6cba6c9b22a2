"""What came of a mail, read where it lies: mailboxes by IMAP, the table, the archive, the queues.

Nothing is taken from what the sandbox knows of itself, and nothing is written or removed.
"""

import imaplib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Head
from parley.conversation.messages import OUTCOMES, Message
from parley.stores import keys
from parley.stores.history import DynamoHistory
from parley.stores.items import read_head
from sandbox.accounts import Account
from sandbox.archive import Kept
from sandbox.loopback import HOST
from sandbox.stack import Sandbox

PATIENCE_SECONDS = 30.0
_POLL_SECONDS = 0.05

T = TypeVar("T")


class MissingError(LookupError):
    """Something that should be there is not; the text says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A message with its outcome, and what the archive holds of it.

    entry: the JSON that was written once. relayed, content: None for a mail that was not passed on.
    """

    message: Message
    kept: Kept
    original: bytes
    relayed: bytes | None
    content: bytes | None
    entry: Mapping[str, Any]

    @property
    def link(self) -> Mapping[str, Any]:
        linked: Mapping[str, Any] = self.entry["link"]
        return linked


class Books:
    """What the relay keeps of one conversation."""

    def __init__(self, sandbox: Sandbox, conversation: str) -> None:
        self.conversation = ConversationId(conversation)
        self._dynamodb = sandbox.deployed.local.client("dynamodb")
        self._table = sandbox.settings.table
        self._archive = sandbox.archive(conversation)

    def filed(self) -> tuple[Filed, ...]:
        """The messages that are finished, in the order of the chain."""
        found = (self._filed(message) for message in self._archive.messages() if message.state in OUTCOMES)
        return tuple(each for each in found if each is not None)

    def await_filed(self, after: int, count: int) -> tuple[Filed, ...]:
        """The messages behind link `after`, once so many are finished. Raises `MissingError`."""

        def enough() -> tuple[Filed, ...] | None:
            found = tuple(each for each in self.filed() if each.message.seq > after)
            return found if len(found) >= count else None

        return awaited(enough, f"the outcome of message {after + count} of the conversation")

    def links(self) -> tuple[str, ...]:
        """Of messages and events, in the order of the chain."""
        everything = sorted(
            DynamoHistory(self._dynamodb, self._table).of(self.conversation), key=lambda each: each.seq
        )
        return tuple(each.link or "" for each in everything)

    def head(self) -> Head:
        answer = self._dynamodb.get_item(
            TableName=self._table, Key=keys.head_key(self.conversation), ConsistentRead=True
        )
        return read_head(answer["Item"])[1]

    def _filed(self, message: Message) -> Filed | None:
        """None while the entry, which is written last, is not there."""
        kept = self._archive.kept(message)
        original, entry = self._archive.read(kept.original), self._archive.read(kept.entry)
        if original is None or entry is None:
            return None
        return Filed(
            message=message,
            kept=kept,
            original=original,
            relayed=self._archive.read(kept.relayed),
            content=self._archive.read(kept.content),
            entry=json.loads(entry),
        )


def inbox(sandbox: Sandbox, account: Account) -> tuple[bytes, ...]:
    """The account's mails by IMAP, as its mail program fetches them, oldest first."""
    program = imaplib.IMAP4(HOST, sandbox.mailboxes.port, timeout=PATIENCE_SECONDS)
    try:
        program.login(account.mailbox, account.password)
        program.select("INBOX", readonly=True)
        numbers = program.search(None, "ALL")[1][0].split()
        fetched = [program.fetch(number.decode(), "(RFC822)")[1][0] for number in numbers]
    finally:
        program.logout()
    return tuple(each[1] for each in fetched if isinstance(each, tuple))


def awaited(look: Callable[[], T | None], what: str, seconds: float = PATIENCE_SECONDS) -> T:
    """What `look` finds once it finds something. Raises `MissingError` after `seconds`."""
    until = time.monotonic() + seconds
    while (seen := look()) is None:
        if time.monotonic() > until:
            raise MissingError(f"{what}: not there after {seconds:.0f} s")
        time.sleep(_POLL_SECONDS)
    return seen
