"""What waits for AWS does not wait alone: conversations of a batch are worked on some at once, and objects of
a page are read some steps ahead of their use, keeping none of the large ones.

One after the other, they would take seconds; all at once, more memory than there is.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, TypeVar

from parley.relaying.ports import Archive, NoSuchObjectError

AHEAD: Final = 8
"""Objects that are asked for before their turn: for one page, and on their way for all of them together."""
MAX_AHEAD: Final = 16_000_000
"""Octets that wait for their turn, for all pages; with that many, nothing more is asked for. How large one is
is not known before it is there, so that at most `AHEAD` of the largest, 40 MB, are added to that."""
SMALL: Final = 32_000
"""Octets of an object that is kept, because it may be asked for twice, such as what a reviewer wrote."""
MAX_KEPT: Final = 8_000_000

AT_ONCE: Final = 4
"""Conversations."""

Stored = Callable[[str], bytes | None]
_Item = TypeVar("_Item")
_Done = TypeVar("_Done")


def some_at_once(work: Callable[[_Item], _Done], items: Collection[_Item]) -> list[_Done]:
    """What `work` makes of each item, in their order. Raises what the first of them raised."""
    if len(items) == 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, items))


@dataclass(slots=True)
class Room:
    """What all pages that are made at once may read ahead of their use."""

    on_their_way: int = 0
    octets: int = 0
    _lock: Lock = field(default_factory=Lock)

    def take(self) -> bool:
        """Whether another object may be asked for, which is on its way then."""
        with self._lock:
            is_free = self.on_their_way < AHEAD and self.octets <= MAX_AHEAD
            self.on_their_way += is_free
            return is_free

    def arrived(self, reading: Future[bytes | None]) -> None:
        """The object waits for its turn now, or was not read after all."""
        with self._lock:
            self.on_their_way -= 1
            self.octets += _size(reading)

    def used(self, reading: Future[bytes | None]) -> None:
        with self._lock:
            self.octets -= _size(reading)


_OF_THIS_PROCESS: Final = Room()


@contextmanager
def reading_ahead(archive: Archive, keys: Sequence[str], room: Room = _OF_THIS_PROCESS) -> Iterator[Stored]:
    """What lies at a key, None if nothing does. keys: in the order in which they will be asked for; others
    may be, and take longer."""
    with ThreadPoolExecutor(AHEAD) as pool:
        reading = _Reading(archive, pool, list(dict.fromkeys(keys)), room)
        try:
            yield reading
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            reading.end()


@dataclass(slots=True)
class _Reading:
    """next_: the place in `keys` up to which all was asked for. waiting: what was, by place."""

    archive: Archive
    pool: ThreadPoolExecutor
    keys: Sequence[str]
    ahead: Room
    next_: int = 0
    waiting: dict[int, Future[bytes | None]] = field(default_factory=dict)
    kept: dict[str, bytes | None] = field(default_factory=dict)
    room: int = MAX_KEPT
    places: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.places = {key: place for place, key in enumerate(self.keys)}

    def __call__(self, key: str) -> bytes | None:
        if key in self.kept:
            return self.kept[key]
        place = self.places.get(key, -1)
        if place >= 0:
            self._pass_over(place)
            self._ask(place)
        future = self.waiting.pop(place, None)
        content = self._read(key) if future is None else self._awaited(future)
        del future
        size = len(content or b"")
        if size <= SMALL and size <= self.room:
            self.room -= size
            self.kept[key] = content
        return content

    def _pass_over(self, place: int) -> None:
        """Drops what was not asked for when it was its turn."""
        for other in [each for each in self.waiting if each < place]:
            self._drop(self.waiting.pop(other))
        self.next_ = max(self.next_, place)

    def _ask(self, place: int) -> None:
        """What lies at `place` is needed now, and is read by whoever needs it unless there is room."""
        while self.next_ < len(self.keys) and len(self.waiting) < AHEAD and self.ahead.take():
            future = self.pool.submit(self._read, self.keys[self.next_])
            future.add_done_callback(self.ahead.arrived)
            self.waiting[self.next_] = future
            self.next_ += 1
        self.next_ = max(self.next_, place + 1)

    def _awaited(self, future: Future[bytes | None]) -> bytes | None:
        try:
            return future.result()
        finally:
            future.add_done_callback(self.ahead.used)

    def _drop(self, future: Future[bytes | None]) -> None:
        future.cancel()
        future.add_done_callback(self.ahead.used)

    def end(self) -> None:
        """Drops what nobody asked for in the end."""
        for future in self.waiting.values():
            self._drop(future)
        self.waiting.clear()

    def _read(self, key: str) -> bytes | None:
        try:
            return self.archive.get(key)
        except NoSuchObjectError:
            return None


def _size(reading: Future[bytes | None]) -> int:
    """Octets of what was read; 0 if nothing was."""
    if reading.cancelled() or reading.exception() is not None:
        return 0
    return len(reading.result() or b"")
