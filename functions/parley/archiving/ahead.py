"""Reading objects of the archive some steps ahead of their use, and keeping none of the large ones.

One after the other, the objects of a page would take seconds; all at once, more memory than there is.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from parley.relaying.ports import Archive, NoSuchObjectError

AHEAD: Final = 8
"""Objects that are asked for before their turn."""
MAX_AHEAD: Final = 16_000_000
"""Octets that wait for their turn; with that many, nothing more is asked for."""
SMALL: Final = 32_000
"""Octets of an object that is kept, because it may be asked for twice, such as what a reviewer wrote."""
MAX_KEPT: Final = 8_000_000

Stored = Callable[[str], bytes | None]


@contextmanager
def reading_ahead(archive: Archive, keys: Sequence[str]) -> Iterator[Stored]:
    """What lies at a key, None if nothing does. keys: in the order in which they will be asked for; others
    may be, and take longer."""
    with ThreadPoolExecutor(AHEAD) as pool:
        reading = _Reading(archive, pool, list(dict.fromkeys(keys)))
        try:
            yield reading
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@dataclass(slots=True)
class _Reading:
    """next_: the place in `keys` up to which all was asked for. waiting: what was, by place."""

    archive: Archive
    pool: ThreadPoolExecutor
    keys: Sequence[str]
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
        content = self._read(key) if future is None else future.result()
        del future
        size = len(content or b"")
        if size <= SMALL and size <= self.room:
            self.room -= size
            self.kept[key] = content
        return content

    def _pass_over(self, place: int) -> None:
        """Drops what was not asked for when it was its turn."""
        for other in [each for each in self.waiting if each < place]:
            self.waiting.pop(other).cancel()
        self.next_ = max(self.next_, place)

    def _ask(self, place: int) -> None:
        while self.next_ < len(self.keys) and len(self.waiting) < AHEAD:
            if self.next_ > place and self._octets() > MAX_AHEAD:
                return
            self.waiting[self.next_] = self.pool.submit(self._read, self.keys[self.next_])
            self.next_ += 1

    def _octets(self) -> int:
        done = (each for each in self.waiting.values() if each.done() and each.exception() is None)
        return sum(len(each.result() or b"") for each in done)

    def _read(self, key: str) -> bytes | None:
        try:
            return self.archive.get(key)
        except NoSuchObjectError:
            return None
