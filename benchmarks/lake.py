"""`python -m benchmarks.lake`: what keeping a day of the lake takes, with real files in the place of S3.

A day of 100,000 messages, each told twice, with three delivery events each: in objects as large as a busy
day's, and in 5,000 small ones besides a day that is already there. Each in a process of its own, whose
highest resident size the kernel tells. Linux only.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1] / "functions"))

from rich.console import Console

from parley.compacting.keeping import keep
from parley.compacting.ports import Budget, Listed, Outside, Turn
from parley.lake.arrivals import arrival
from parley.lake.rows import Attachment, DeliveryRow, Finding, MessageRow, Row

MEGABYTE = 1024 * 1024
DAY = datetime(2026, 9, 4, tzinfo=UTC)
MESSAGES, LIMIT_SECONDS = 100_000, 60.0
SMALL_OBJECTS, SMALL_ROWS = 5_000, 20
BUSY_ROWS = 1_000
NAMES = ("a day at once", "small objects")
ENGINE_MB, BATCH_MB = 1_769, 64
"""As in infra/lake.py."""
_EVENTS = ("sent", "delivered", "delayed")


@dataclass(frozen=True, slots=True)
class LakeResult:
    """seconds: by the clock, and of CPU. peak: octets resident at most. written: octets of Parquet."""

    name: str
    rows: int
    objects: int
    seconds: float
    cpu: float
    peak: int
    written: int


class Files:
    """The port `Objects` over a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, content: bytes) -> None:
        path = self._folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def list(self, prefix: str, *, after: str = "") -> Iterator[Listed]:
        within = self._folder / prefix
        for path in sorted(within.rglob("*")) if within.is_dir() else []:
            key = str(path.relative_to(self._folder))
            if path.is_file() and key > after:
                yield Listed(key, path.stat().st_size, DAY)

    def read(self, key: str) -> bytes:
        return (self._folder / key).read_bytes()

    def fetch(self, key: str, path: Path) -> None:
        path.write_bytes(self.read(key))

    def store(self, key: str, path: Path, *, media_type: str) -> None:  # noqa: ARG002  # files have none
        self.put(key, path.read_bytes())

    def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            (self._folder / key).unlink(missing_ok=True)


class Alone:
    """The port `Turns`, where nobody else is."""

    def take(self, owner: str, now: datetime, until: datetime) -> Turn | None:  # noqa: ARG002  # as above
        return Turn(owner, "")

    def give_back(self, turn: Turn) -> None:
        """Nobody waits for it."""


class Noon:
    def now(self) -> datetime:
        return DAY + timedelta(hours=12)


def rows(count: int, seed: int = 1) -> Iterator[Row]:
    """Messages of a day with what is told of them later, as they come: five rows each."""
    chance = random.Random(seed)  # noqa: S311  # a benchmark wants the same ones each time
    for number in range(count):
        conversation = f"{chance.getrandbits(128):026x}"[:26]
        at = DAY + timedelta(milliseconds=chance.randrange(86_000_000))
        message = _message(number, conversation, at, chance)
        for version in (2, 3):
            yield message(version)
        for place, kind in enumerate(_EVENTS):
            yield DeliveryRow(
                conversation_id=conversation,
                message_id=f"{number:026d}",
                event_id=f"{chance.getrandbits(128):026x}",
                version=1,
                seq=place + 2,
                at=at,
                occurred_at=at,
                kind=kind,
                codes=("subtype=general",),
                is_erased=False,
            )


def _message(number: int, conversation: str, at: datetime, chance: random.Random):  # type: ignore[no-untyped-def]
    digest = f"{chance.getrandbits(256):064x}"
    return lambda version: MessageRow(
        conversation_id=conversation,
        message_id=f"{number:026d}",
        version=version,
        seq=1,
        at=at,
        passed_on_at=at if version > 2 else None,
        order_id=f"303-{number}",
        buyer_id=f"buyer-{number}",
        seller_id=f"seller-{number % 500}",
        author_role="buyer",
        recipient_role="seller",
        state="released" if version > 2 else "held",
        codes=("relayed",),
        automatic=None,
        policy="default-1",
        hits=("protected",),
        misses=("spam", "virus", "size", "type", "rate", "fan-out", "loop", "profanity"),
        findings=(Finding(code="protected-masked", severity="note", place="part:1", occurrences=2),),
        attachments=(Attachment(sha256=digest, media_type="application/pdf", octets=12_345),),
        topics=("delivery",),
        content_name=f"0001_2026-09-04T161200Z_buyer-to-seller_{number:026d}",
        author_domain=f"{number % 777:032x}",
        is_erased=False,
    )


def fill(files: Files, told: Iterator[Row], each: int) -> int:
    """Lets rows arrive in objects of so many rows; returns how many objects."""
    batch: list[Row] = []
    count = 0
    for row in told:
        batch.append(row)
        if len(batch) == each:
            count += _arrive(files, batch)
            batch = []
    return count + (_arrive(files, batch) if batch else 0)


def _arrive(files: Files, batch: list[Row]) -> int:
    found = arrival(batch)
    if found is not None:
        files.put(found.key, found.content)
    return 1


def measure(name: str) -> LakeResult:
    """Fills a folder, and keeps it in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        files = Files(Path(folder, "bucket"))
        if name == "small objects":
            fill(files, rows(MESSAGES), BUSY_ROWS)
            _kept(folder)
            told = rows(SMALL_OBJECTS * SMALL_ROWS // 5, seed=2)
            objects, count = fill(files, told, SMALL_ROWS), SMALL_OBJECTS * SMALL_ROWS
        else:
            objects, count = fill(files, rows(MESSAGES), BUSY_ROWS), 5 * MESSAGES
        seconds, cpu, peak = _kept(folder)
        written = sum(each.octets for each in files.list("lake/") if each.key.endswith(".parquet"))
    return LakeResult(name, count, objects, seconds, cpu, peak, written)


def _kept(folder: str) -> tuple[float, float, int]:
    command = [sys.executable, "-m", "benchmarks.lake", folder]
    root = Path(__file__).parents[1]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True, timeout=900)  # noqa: S603  # our own module
    seconds, cpu, peak = json.loads(done.stdout)
    return seconds, cpu, peak


def work(folder: Path) -> tuple[float, float, int]:
    budget = Budget(engine_octets=ENGINE_MB * MEGABYTE, threads=2, batch_octets=BATCH_MB * MEGABYTE)
    outside = Outside(
        objects=Files(folder / "bucket"),
        turns=Alone(),
        clock=Noon(),
        folder=folder / "work",
        budget=budget,
        turn_length=timedelta(minutes=16),
    )
    began, cpu = time.perf_counter(), time.process_time()
    kept = keep(outside, "the benchmark")
    if kept.failed or kept.waiting or kept.malformed:
        raise RuntimeError(f"not all was kept: {kept}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return time.perf_counter() - began, time.process_time() - cpu, peak


def main() -> None:
    if sys.argv[1:]:
        sys.stdout.write(json.dumps(work(Path(sys.argv[1]))))
        return
    console = Console()
    for each in map(measure, NAMES):
        verdict = "met" if each.seconds <= LIMIT_SECONDS else "not met"
        console.print(
            f"{each.name}: {each.rows:,} rows in {each.objects:,} objects: {each.seconds:.1f} s "
            f"({each.cpu:.1f} s of CPU), {each.peak / MEGABYTE:.0f} MB at most, "
            f"{each.written / MEGABYTE:.1f} MB written; limit {LIMIT_SECONDS:.0f} s: {verdict}"
        )


if __name__ == "__main__":
    main()
