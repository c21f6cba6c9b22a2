"""Erasures that wait for the lake, and the lines set aside that they reach."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parley.compacting.ports import Objects
from parley.lake.erasures import Erasure, MarkerError, read_erasure
from parley.lake.tables import ERASURES, MALFORMED


@dataclass(frozen=True, slots=True)
class Waiting:
    """markers: by their objects' keys. unreadable: markers that nobody can follow; they stay, and so does
    the erasure that waits for them."""

    markers: tuple[tuple[str, Erasure], ...]
    unreadable: int


def waiting(objects: Objects) -> Waiting:
    markers, unreadable = [], 0
    for each in objects.list(ERASURES):
        try:
            markers.append((each.key, read_erasure(objects.read(each.key))))
        except MarkerError:
            unreadable += 1
    return Waiting(tuple(markers), unreadable)


def erase_malformed(erasures: Sequence[Erasure], objects: Objects) -> None:
    """Deletes the lines set aside unless each of them is certainly of some other conversation."""
    conversations = {each.conversation for each in erasures}
    if not conversations:
        return
    doomed = [
        each.key
        for each in objects.list(MALFORMED)
        if any(_may_tell_of(line, conversations) for line in objects.read(each.key).split(b"\n") if line)
    ]
    if doomed:
        objects.delete(doomed)


def _may_tell_of(line: bytes, conversations: Iterable[str]) -> bool:
    try:
        told = json.loads(line)["row"]["conversation_id"]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return True
    return (
        not isinstance(told, str)
        or told in conversations
        or any(each.encode() in line for each in conversations)
    )
