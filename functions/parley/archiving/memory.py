"""Objects of the archive that were read lately: the page of a conversation is made again with each change of
it, and asks for the same mails each time.

Objects never change, so what was read once stays right until it is erased. Erasing chains its event before
the first object goes (`parley.erasing.contents`): a conversation with such an event is read anew each time,
and what is remembered of it is forgotten (`follow`). An object that went without an event is missed within
`LONGEST`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from parley.conversation.aliases import ConversationId
from parley.relaying.ports import Archive

LONGEST: Final = timedelta(minutes=15)
SMALL: Final = 256_000
"""Octets of an object that is remembered. Larger ones are read again."""
MOST: Final = 64_000_000
"""Octets of all of them; the oldest are forgotten first."""
EACH: Final = 500
"""Octets that one takes besides its content."""


@dataclass(slots=True)
class Memory:
    """Of one process, for all its threads."""

    room: int = MOST
    _known: dict[str, tuple[datetime, bytes]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: str) -> bytes | None:
        known = self._known.get(key)
        return None if known is None else known[1]

    def keep(self, key: str, content: bytes, now: datetime) -> None:
        if len(content) > SMALL:
            return
        with self._lock:
            if key in self._known:
                return
            self._known[key] = now, content
            self.room -= len(content) + EACH
            while self.room < 0:
                self._drop(next(iter(self._known)))

    def forget_old(self, now: datetime) -> None:
        """Who is asked for nothing for long forgets with the next batch."""
        with self._lock:
            for key in [key for key, (at, _) in self._known.items() if now - at > LONGEST]:
                self._drop(key)

    def forget(self, conversation: ConversationId) -> None:
        part = f"/{conversation}/"
        with self._lock:
            for key in [key for key in self._known if part in key]:
                self._drop(key)

    def _drop(self, key: str) -> None:
        _, content = self._known.pop(key)
        self.room += len(content) + EACH


@dataclass(frozen=True, slots=True)
class Remembering:
    """Implements the port `Archive`. trusts: whether it gives what it remembers; else it asks for each
    object, and remembers it."""

    archive: Archive
    memory: Memory
    now: datetime
    trusts: bool

    def put(self, key: str, content: bytes, *, media_type: str, metadata: Mapping[str, str]) -> None:
        self.archive.put(key, content, media_type=media_type, metadata=metadata)

    def get(self, key: str) -> bytes:
        known = self.memory.get(key) if self.trusts else None
        if known is not None:
            return known
        content = self.archive.get(key)
        self.memory.keep(key, content, self.now)
        return content
