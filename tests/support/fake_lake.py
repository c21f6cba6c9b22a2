"""The lake in memory, rows to fill it with, and the Parquet in it read back."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from parley.compacting.ports import Budget, Listed, Outside, Turn
from parley.lake.arrivals import arrival
from parley.lake.rows import DeliveryRow, MessageRow, Row
from parley.lake.tables import Table
from parley.relaying.ports import NoSuchObjectError

NOON = datetime(2026, 9, 4, 12, tzinfo=UTC)
T = TypeVar("T")
MEGABYTE = 1024 * 1024
BUDGET = Budget(engine_octets=256 * MEGABYTE, threads=2, batch_octets=64 * MEGABYTE)


class InterruptedRoundError(BaseException):
    """The function is gone at this call: nothing of it catches that."""


@dataclass
class FakeClock:
    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment


@dataclass
class FakeObjects:
    """Implements `parley.compacting.ports.Objects`. calls: how many were made; the one with the number
    `last` is the last one, and takes place in half of the cases (`is_late`)."""

    clock: FakeClock = field(default_factory=FakeClock)
    stored: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    last: int | None = None
    is_late: bool = False

    @property
    def is_interrupted(self) -> bool:
        return self.last is not None and len(self.calls) > self.last

    def put(self, key: str, content: bytes) -> None:
        self.stored[key] = (content, self.clock.now())

    def list(self, prefix: str, *, after: str = "") -> Iterator[Listed]:
        found = self._call(
            "list", prefix, lambda: sorted(k for k in self.stored if k.startswith(prefix) and k > after)
        )
        return iter([Listed(key, len(self.stored[key][0]), self.stored[key][1]) for key in found])

    def read(self, key: str) -> bytes:
        return self._call("read", key, lambda: self._get(key))

    def fetch(self, key: str, path: Path) -> None:
        self._call("fetch", key, lambda: path.write_bytes(self._get(key)))

    def store(self, key: str, path: Path, *, media_type: str) -> None:
        self._call("store", key, lambda: self.put(key, path.read_bytes()))

    def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._call("delete", key, lambda key=key: self.stored.pop(key, None))  # type: ignore[misc]

    def _get(self, key: str) -> bytes:
        if key not in self.stored:
            raise NoSuchObjectError(key)
        return self.stored[key][0]

    def _call(self, name: str, key: str, work: Callable[[], T]) -> T:
        self.calls.append((name, key))
        if self.is_interrupted:
            if self.is_late:
                work()
            raise InterruptedRoundError
        return work()


@dataclass
class FakeTurns:
    """Implements `parley.compacting.ports.Turns`."""

    objects: "FakeObjects"
    holder: str | None = None
    until: datetime = NOON
    read_through: str = ""

    def take(self, owner: str, now: datetime, until: datetime) -> Turn | None:
        if self.holder not in (None, owner) and self.until > now:
            return None
        self.holder, self.until = owner, until
        return Turn(owner, self.read_through)

    def give_back(self, turn: Turn) -> None:
        # Of a run that was interrupted nothing gives anything back.
        if self.holder == turn.owner and not self.objects.is_interrupted:
            self.holder, self.read_through = None, turn.read_through


@dataclass
class LakeWorld:
    folder: Path
    budget: Budget = BUDGET
    clock: FakeClock = field(default_factory=FakeClock)
    has_time: Callable[[], bool] = lambda: True

    def __post_init__(self) -> None:
        self.objects = FakeObjects(self.clock)
        self.turns = FakeTurns(self.objects)

    @property
    def outside(self) -> Outside:
        return Outside(
            objects=self.objects,
            turns=self.turns,
            clock=self.clock,
            folder=self.folder,
            budget=self.budget,
            turn_length=timedelta(minutes=16),
            has_time=self.has_time,
        )

    def arrive(self, *rows: Row) -> str:
        found = arrival(rows)
        assert found is not None
        self.objects.put(found.key, found.content)
        return found.key

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """Every row of the table's Parquet, sorted by its key."""
        parquet = {
            key: content for key, (content, _) in self.objects.stored.items() if key.endswith(".parquet")
        }
        return rows_in(table, parquet)


def rows_in(table: Table, objects: dict[str, bytes]) -> list[dict[str, Any]]:
    """The rows of a table in these objects, by key; each with the `day` of its file."""
    found = []
    for key, content in objects.items():
        if key.startswith(f"{table.prefix}day="):
            day = key.removeprefix(f"{table.prefix}day=").partition("/")[0]
            found += [row | {"day": day} for row in parquet_rows(content)]
    return sorted(found, key=lambda row: [row[name] for name in table.key])


def parquet_rows(content: bytes) -> list[dict[str, Any]]:
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as connection:
        file.write(content)
        file.flush()
        answer = connection.execute("SELECT * FROM read_parquet(?, hive_partitioning = false)", [file.name])
        names = [each[0] for each in answer.description or []]
        return [dict(zip(names, values, strict=True)) for values in answer.fetchall()]


def plain(row: Row, **changed: Any) -> dict[str, Any]:
    """A row as Parquet gives it back: lists for tuples, times without a zone, and its day."""
    found = {name: _plain(value) for name, value in asdict(row).items()} | {
        "day": row.at.astimezone(UTC).date().isoformat()
    }
    return found | changed


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).replace(tzinfo=None)
        case tuple() | list():
            return [_plain(each) for each in value]
        case dict():
            return {name: _plain(each) for name, each in value.items()}
    return value


def message_row(message: str = "m1", **changed: Any) -> MessageRow:
    values: dict[str, Any] = {
        "conversation_id": "c1",
        "message_id": message,
        "version": 2,
        "seq": 1,
        "at": NOON,
        "passed_on_at": NOON,
        "order_id": "303-11",
        "buyer_id": "p-1",
        "seller_id": "p-2",
        "author_role": "buyer",
        "recipient_role": "seller",
        "state": "relayed",
        "codes": ("relayed",),
        "automatic": None,
        "policy": "default-1",
        "hits": ("protected",),
        "misses": ("spam", "virus"),
        "findings": (),
        "attachments": (),
        "topics": ("delivery",),
        "content_name": None,
        "author_domain": "0f" * 16,
        "is_erased": False,
    }
    return MessageRow(**values | changed)


def delivery_row(event: str = "e1", **changed: Any) -> DeliveryRow:
    values: dict[str, Any] = {
        "conversation_id": "c1",
        "message_id": "m1",
        "event_id": event,
        "version": 2,
        "seq": 2,
        "at": NOON,
        "occurred_at": NOON,
        "kind": "delivered",
        "codes": (),
        "is_erased": False,
    }
    return DeliveryRow(**values | changed)


def days(rows: Iterable[Row]) -> tuple[date, ...]:
    return tuple(sorted({row.at.astimezone(UTC).date() for row in rows}))
