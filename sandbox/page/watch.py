"""What the relay looks like now, asked for at most once in a while however many look."""

import hashlib
import threading
import time
from dataclasses import dataclass, replace

from botocore.exceptions import BotoCoreError, ClientError

from parley.conversation.messages import Message
from parley.stores.attributes import UnreadableItemError
from sandbox.page.exchange import Exchange
from sandbox.queues import Depth

INTERVAL = 0.7
"""Seconds between two looks at table, queues and transcript."""


@dataclass(frozen=True, slots=True)
class Seen:
    """transcript: its version, "" before there is one. trouble: why table, queues or review bucket could not
    be read, "" if they could."""

    messages: tuple[Message, ...] = ()
    queues: tuple[Depth, ...] = ()
    transcript: str = ""
    trouble: str = ""


class Watch:
    """May be used from any thread."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._lock = threading.Lock()
        self._seen = Seen()
        self._until = 0.0
        self._digesting = threading.Lock()
        self._version = ""
        self._version_until = 0.0

    def look(self) -> Seen:
        """At most `INTERVAL` old."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._seen = self._ask()
                self._until = time.monotonic() + INTERVAL
            return self._seen

    def forget(self) -> None:
        """Something was just sent: the next look is a new one."""
        with self._lock:
            self._until = 0.0
        with self._digesting:
            self._version_until = 0.0

    def version(self) -> str:
        """Changes whenever the page would show something else. Computed once for all who ask at a time."""
        with self._digesting:
            if time.monotonic() >= self._version_until:
                self._version = self._digest()
                self._version_until = time.monotonic() + INTERVAL / 2
            return self._version

    def _digest(self) -> str:
        digest = hashlib.sha256()
        seen = self.look()
        for message in seen.messages:
            digest.update(f"{message.id} {message.state} {message.codes}\n".encode())
        digest.update(f"{seen.queues} {seen.transcript} {seen.trouble}\n".encode())
        mailboxes = self._exchange.mailboxes
        for person in self._exchange.people:
            for folder in mailboxes.folders(person.account.mailbox):
                stored = mailboxes.messages(person.account.mailbox, folder)
                held = [(mail.uid, sorted(mail.flags)) for mail in stored]
                digest.update(f"{person.role} {folder} {held}\n".encode("utf-8", "replace"))
        return digest.hexdigest()[:16]

    def _ask(self) -> Seen:
        try:
            archive = self._exchange.archive
            return Seen(archive.messages(), self._exchange.queues.depths(), archive.transcript_version())
        except (BotoCoreError, ClientError, UnreadableItemError) as error:
            # What was there a moment ago is worth more than nothing.
            return replace(self._seen, trouble=type(error).__name__)
