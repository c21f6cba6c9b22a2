"""One day of one table: its files are read, merged with what arrived, and replaced one by one."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from parley.compacting.merging import Engine, Share
from parley.compacting.parts import (
    MEDIA_TYPE,
    count_for,
    day_prefix,
    may_split,
    order,
    part_key,
    part_of,
    sources,
)
from parley.compacting.ports import Objects, Outside
from parley.lake.tables import Table


def rewrite(table: Table, day: date, arrived: Sequence[Path], engine: Engine, outside: Outside) -> bool:
    """Leaves in the day's files what was there and what arrived, once each. Returns whether there is
    anything. Interrupted at whatever place it can be done again, as long as `arrived` is still to be had."""
    octets = {
        part: each.octets
        for each in outside.objects.list(day_prefix(table, day))
        if (part := part_of(each.key)) is not None
    }
    if not octets and not arrived:
        return False
    present, limit = frozenset(octets), outside.budget.part_octets
    count, splittable = count_for(present), may_split(present)
    if splittable and max(octets.values(), default=0) > limit:
        count, splittable = 2 * count, False
    first, *others = order(count, present)
    target = outside.folder / "merged.parquet"
    _merge(table, day, Share(first, count), present, arrived, engine, outside, target)
    # As long as nothing is replaced it can still be split; what is too large even then is, the next time.
    if splittable and target.stat().st_size > limit:
        count *= 2
        first, *others = order(count, present)
        _merge(table, day, Share(first, count), present, arrived, engine, outside, target)
    outside.objects.store(part_key(table, day, first), target, media_type=MEDIA_TYPE)
    for part in others:
        _merge(table, day, Share(part, count), present, arrived, engine, outside, target)
        outside.objects.store(part_key(table, day, part), target, media_type=MEDIA_TYPE)
    target.unlink()
    return True


def _merge(
    table: Table,
    day: date,
    share: Share,
    present: frozenset[int],
    arrived: Sequence[Path],
    engine: Engine,
    outside: Outside,
    target: Path,
) -> None:
    keys = [part_key(table, day, part) for part in sources(share.part, share.count, present)]
    kept = _fetch(keys, outside.objects, outside.folder)
    target.unlink(missing_ok=True)
    engine.merge(table, share, kept, arrived, target)
    for path in kept:
        path.unlink()


def _fetch(keys: Sequence[str], objects: Objects, folder: Path) -> list[Path]:
    paths = []
    for number, key in enumerate(keys):
        path = folder / f"kept-{number:03d}.parquet"
        objects.fetch(key, path)
        paths.append(path)
    return paths
