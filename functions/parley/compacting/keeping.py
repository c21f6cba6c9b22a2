"""A round of the lake: what arrived and what was read go into their days, and what was erased out of them.

Rows are merged first and what they came in is deleted then, so that a round that ends anywhere is made good
by the next. One day's failure blocks no other: what it keeps from being merged stays where it arrived, and so
do markers of erasures that it may be about.
"""

import shutil
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from parley.compacting.days import rewrite
from parley.compacting.erasing import Waiting, erase_malformed, waiting
from parley.compacting.fetching import contents, next_chunk
from parley.compacting.merging import Engine, engine
from parley.compacting.ports import Listed, Outside
from parley.compacting.reads import furthest, stage_reads, unread
from parley.compacting.staging import Group, Staging
from parley.lake.tables import ARRIVALS, ERRORS, MALFORMED, TABLES, Table


@dataclass(slots=True)
class Kept:
    """What a round did. is_busy: nothing, because another one is at it. rows: how many arrived, repeated ones
    included. malformed: lines that were no rows. days: files' worth of days that were written, by table.
    erased: markers that are done. unreadable: markers that are none. waiting: arrivals still there and reads
    that are not taken in, and oldest: how long the first of them has been. failed: which table and day, and
    the type of the error."""

    is_busy: bool = False
    rows: int = 0
    malformed: int = 0
    days: int = 0
    erased: int = 0
    unreadable: int = 0
    waiting: int = 0
    oldest: timedelta = timedelta()
    failed: list[tuple[str, str]] = field(default_factory=list)


def keep(outside: Outside, owner: str) -> Kept:
    """owner: a name that no other run has."""
    now = outside.clock.now()
    turn = outside.turns.take(owner, now, now + outside.turn_length)
    if turn is None:
        return Kept(is_busy=True)
    try:
        with _emptied(outside.folder), engine(outside.folder, outside.budget) as merging:
            round_ = Round(outside, merging)
            round_.take_arrivals()
            turn = replace(turn, read_through=round_.take_reads(turn.read_through))
            round_.follow_erasures()
            return round_.kept
    finally:
        outside.turns.give_back(turn)


class Round:
    """What is erased is read before what arrived is listed: whatever arrives later was told by somebody who
    knew of the erasure, or is met by the second look of whoever erases."""

    def __init__(self, outside: Outside, merging: Engine) -> None:
        self.kept = Kept()
        self._outside = outside
        self._engine = merging
        self._waiting: Waiting = waiting(outside.objects)
        self._done: set[Group] = set()
        # What failed, and what else lies in arrivals that stay for it.
        self._unsettled: set[Group] = set()
        self._has_unseen = False
        self.kept.unreadable = self._waiting.unreadable
        merging.erase([erasure for _, erasure in self._waiting.markers])

    def take_arrivals(self) -> None:
        arrived = deque(self._outside.objects.list(ARRIVALS))
        while arrived and self._outside.has_time():
            with self._staging() as staging:
                taken = self._stage(arrived, staging)
                failed = self._merge(staging)
                left = [each for each in taken if staging.touched_by(each.key) & failed]
                kept_back = {each.key for each in left}
                self._outside.objects.delete([each.key for each in taken if each.key not in kept_back])
                self._unsettled.update(*(staging.touched_by(each) for each in kept_back))
                self._wait(left)
        self._has_unseen = bool(arrived)
        self._wait(arrived)

    def take_reads(self, through: str) -> str:
        """Returns how far they are taken in now: up to those of the first batch of which any failed."""
        found, is_sound = unread(self._outside.objects, through), True
        most, now = self._outside.budget.batch_objects, self._outside.clock.now()
        while self._outside.has_time() and (batch := list(islice(found, most))):
            with self._staging() as staging:
                stage_reads(list(zip(batch, contents(batch, self._outside.objects), strict=True)), staging)
                is_sound = not self._merge(staging) and is_sound
            if is_sound:
                through = furthest(batch, through, now)
            else:
                self._wait(each for each in batch if each.key > through)
        self._wait(each for each in found if each.key > through)
        return through

    def follow_erasures(self) -> None:
        """Takes what is erased out of the days that this round had no other reason to write."""
        markers = [erasure for _, erasure in self._waiting.markers]
        erase_malformed(markers, self._outside.objects)
        for day in sorted({day for erasure in markers for day in erasure.days}):
            for table in TABLES.values():
                untouched = (table.name, day) not in self._done | self._unsettled
                if untouched and self._outside.has_time():
                    self._rewrite(table, day, [])
        if self._has_unseen or any(name == ERRORS.name for name, _ in self._unsettled):
            return  # Rows of any, or lines that are none, may still lie where they arrived.
        groups = {
            key: {(name, day) for name in TABLES for day in each.days} for key, each in self._waiting.markers
        }
        followed = [key for key, wanted in groups.items() if wanted <= self._done - self._unsettled]
        if followed:
            self._outside.objects.delete(followed)
        self.kept.erased = len(followed)

    def _stage(self, arrived: deque[Listed], staging: Staging) -> list[Listed]:
        """Takes from `arrived` what makes a batch."""
        budget, taken = self._outside.budget, list[Listed]()
        while arrived and (
            staging.octets < budget.batch_octets
            and len(taken) < budget.batch_objects
            and len(staging) < budget.batch_days
        ):
            chunk = next_chunk(arrived)
            for listed, content in zip(chunk, contents(chunk, self._outside.objects), strict=True):
                self._set_aside(listed, staging.take(listed.key, listed.at, content))
            taken += chunk
        return taken

    def _set_aside(self, listed: Listed, lines: bytes) -> None:
        if lines:
            path = self._outside.folder / "malformed.jsonl"
            path.write_bytes(lines)
            key = MALFORMED + listed.key.removeprefix(ARRIVALS)
            self._outside.objects.store(key, path, media_type="application/x-ndjson")

    def _merge(self, staging: Staging) -> set[Group]:
        """Returns what is not where it belongs."""
        self.kept.rows += staging.rows
        self.kept.malformed += staging.malformed
        return {
            (table.name, day)
            for table, day, path in staging.groups()
            if not self._rewrite(table, day, [path])
        }

    def _wait(self, left: Iterable[Listed]) -> None:
        now = self._outside.clock.now()
        for each in left:
            self.kept.waiting += 1
            self.kept.oldest = max(self.kept.oldest, now - each.at)

    def _rewrite(self, table: Table, day: date, arrived: Sequence[Path]) -> bool:
        """Whether it went well."""
        try:
            self.kept.days += rewrite(table, day, arrived, self._engine, self._outside)
        except Exception as error:  # Whatever it is: the other days go on, and this one comes again.
            self.kept.failed.append((f"{table.name}/{day}", type(error).__name__))
            self._unsettled.add((table.name, day))
            return False
        self._done.add((table.name, day))
        return True

    @contextmanager
    def _staging(self) -> Iterator[Staging]:
        with _emptied(self._outside.folder / "staged") as folder:
            yield Staging(folder)


@contextmanager
def _emptied(folder: Path) -> Iterator[Path]:
    """The folder, empty: an invocation that ended early may have left something."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
