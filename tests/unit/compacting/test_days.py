"""A day's files are replaced one by one: wherever that ends, no row is lost, and the next time mends it."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from parley.compacting.days import rewrite
from parley.compacting.merging import Engine, Share
from parley.compacting.parts import part_key
from parley.lake.tables import MESSAGES, Table
from tests.support.fake_lake import BUDGET, NOON, InterruptedRoundError, LakeWorld

DAY = NOON.date()
ROWS = frozenset(range(16))
"""A row is the hash of its conversation."""
State = dict[int, frozenset[int]]
"""What lies in which part."""
SPLITTING, RESTING = 0, BUDGET.part_octets


class PlainEngine:
    """Merges lists of numbers."""

    def merge(
        self, table: Table, share: Share, kept: Sequence[Path], arrived: Sequence[Path], target: Path
    ) -> None:
        rows = {row for path in kept for row in json.loads(path.read_text())}
        target.write_text(json.dumps(sorted(row for row in rows if row % share.count == share.part)))


def rewritten(folder: Path, state: State, part_octets: int) -> Iterator[tuple[State, bool]]:
    """The day as it is left, for every call at which rewriting may end, and whether that was the end."""
    last = 0
    while True:
        world = LakeWorld(folder, replace(BUDGET, part_octets=part_octets))
        for part, rows in state.items():
            world.objects.put(part_key(MESSAGES, DAY, part), json.dumps(sorted(rows)).encode())
        world.objects.last = last
        with suppress(InterruptedRoundError):
            rewrite(MESSAGES, DAY, [], cast("Engine", PlainEngine()), world.outside)
        left = {
            int(key[-11:-8]): frozenset(json.loads(each)) for key, (each, _) in world.objects.stored.items()
        }
        yield left, not world.objects.is_interrupted
        if not world.objects.is_interrupted:
            return
        last += 1


@pytest.mark.parametrize("parts", [1, 2])
def test_no_row_is_lost_wherever_splitting_ends_and_however_often(tmp_path: Path, parts: int) -> None:
    seen: list[State] = [{part: frozenset(range(part, 16, parts)) for part in range(parts)}]
    begin = 0
    for _ in range(3):
        begin, found = len(seen), seen[begin:]
        for state in found:
            for part_octets in (SPLITTING, RESTING):
                for left, is_done in rewritten(tmp_path, state, part_octets):
                    assert frozenset().union(*left.values()) == ROWS, (state, left)
                    if is_done:
                        assert sum(map(len, left.values())) == len(ROWS), (state, left)
                    if left not in seen:
                        seen.append(left)
    assert max(map(len, seen)) == 8 * parts


def test_a_day_is_split_in_two_at_once_and_not_before_an_earlier_split_has_ended(tmp_path: Path) -> None:
    whole, torn = {0: ROWS}, {0: ROWS, 1: frozenset(range(1, 16, 2)), 2: frozenset(range(2, 16, 4))}
    for state, parts in ((whole, 2), (torn, 4)):
        *_, (left, _) = rewritten(tmp_path, state, SPLITTING)
        assert len(left) == parts
