"""What keeping the lake needs from outside. `parley.stores.lake` implements it on AWS."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from parley.relaying.ports import Clock


@dataclass(frozen=True, slots=True)
class Listed:
    """An object. octets: its size. at: when it was last written."""

    key: str
    octets: int
    at: datetime


class NotDeletedError(Exception):
    """Some objects are still there; `codes` say why, as S3 names it."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


class Objects(Protocol):
    """The review bucket. Safe to use from several threads."""

    def list(self, prefix: str, *, after: str = "") -> Iterator[Listed]:
        """Sorted by key. after: only keys behind this one."""
        ...

    def read(self, key: str) -> bytes:
        """Raises `NoSuchObjectError`."""
        ...

    def fetch(self, key: str, path: Path) -> None:
        """Writes the object to a file, without holding it in memory. Raises `NoSuchObjectError`."""
        ...

    def store(self, key: str, path: Path, *, media_type: str) -> None:
        """Puts the file in place of the object, whole or not at all."""
        ...

    def delete(self, keys: Sequence[str]) -> None:
        """Those that are not there are no error. Raises `NotDeletedError`."""
        ...


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to change the lake. read_through: the last recorded read that was taken in, "" for none."""

    owner: str
    read_through: str


class Turns(Protocol):
    """One at a time keeps the lake: two that rewrite a day would each lose the other's rows."""

    def take(self, owner: str, now: datetime, until: datetime) -> Turn | None:
        """None while another has it. It ends by itself at `until`."""
        ...

    def give_back(self, turn: Turn) -> None:
        """Ends it, and keeps `read_through`. Does nothing if it was lost meanwhile."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much is worked on at once. engine_octets: memory of the engine; beyond that it writes to `folder`.
    threads: of the engine. batch_octets, batch_objects: arrivals that are taken in together. batch_days: how
    many files' worth of days they may touch. part_octets: above that a day's file is split."""

    engine_octets: int
    threads: int
    batch_octets: int
    batch_objects: int = 10_000
    batch_days: int = 100
    part_octets: int = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """folder: for what is worked on; gone with the round. turn_length: longer than a run can last. has_time:
    whether another batch may be begun."""

    objects: Objects
    turns: Turns
    clock: Clock
    folder: Path
    budget: Budget
    turn_length: timedelta
    has_time: Callable[[], bool] = lambda: True
