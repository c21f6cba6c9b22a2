"""Reading many small objects at once, as many as may be held in memory."""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from parley.compacting.ports import Listed, Objects
from parley.relaying.ports import NoSuchObjectError

_READERS = 16
_CHUNK_OCTETS = 8 * 1024 * 1024


def next_chunk(arrived: deque[Listed]) -> list[Listed]:
    """Takes from `arrived` at least one, and no more than fit into memory together."""
    chunk = [arrived.popleft()]
    octets = chunk[0].octets
    while arrived and len(chunk) < 16 * _READERS and (octets := octets + arrived[0].octets) <= _CHUNK_OCTETS:
        chunk.append(arrived.popleft())
    return chunk


def contents(chunk: Sequence[Listed], objects: Objects) -> list[bytes]:
    """One for each, in their order; b"" for one that was deleted since it was listed, by an operator
    perhaps: there is nothing to take."""

    def content(listed: Listed) -> bytes:
        try:
            return objects.read(listed.key)
        except NoSuchObjectError:
            return b""

    with ThreadPoolExecutor(_READERS) as pool:
        return list(pool.map(content, chunk))
