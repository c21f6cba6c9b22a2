"""However rows arrive, and wherever a round ends: the Parquet holds what a plain merge gives."""

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley.compacting.keeping import keep
from parley.lake.rows import MessageRow, Row
from parley.lake.tables import DELIVERY_EVENTS, MESSAGES, Table
from tests.support.fake_lake import (
    BUDGET,
    NOON,
    InterruptedRoundError,
    LakeWorld,
    delivery_row,
    message_row,
    plain,
)

# A file of a few messages is larger: its day is split.
SPLIT_OCTETS = 4_400
STATES = ("held", "released", "refused", "expired")


def told(number: int, version: int, variant: int) -> Row:
    """A row of one of twelve keys on three days; of a key and version there are two that differ."""
    at = NOON + timedelta(days=number % 3, hours=number)
    place: dict[str, Any] = {"conversation_id": f"c{number % 4}", "at": at, "version": version, "seq": number}
    if number % 2:
        return delivery_row(
            f"e{number}", occurred_at=at, kind=STATES[version], codes=(f"x={variant}",), **place
        )
    return message_row(
        f"m{number}", passed_on_at=None, state=STATES[version], codes=(f"v{variant}",), **place
    )


rows = st.builds(told, st.integers(0, 11), st.integers(0, 3), st.integers(0, 1))
batches = st.lists(st.lists(rows, min_size=1, max_size=6), min_size=1, max_size=4)
# At which call a round ends, if it does, and whether that call still takes place.
ends = st.one_of(st.none(), st.tuples(st.integers(0, 25), st.booleans()))


def merged(batches: Sequence[Sequence[Row]], table: Table) -> list[dict[str, Any]]:
    """The plain merge: of a key the highest version, and of that the greatest text."""
    best: dict[str, tuple[tuple[int, str], dict[str, Any]]] = {}
    for row in (
        row for batch in batches for row in batch if isinstance(row, MessageRow) == (table is MESSAGES)
    ):
        found, rank = plain(row), (row.version, row.codes[0])
        key = found[table.key[0]]
        if key not in best or best[key][0] < rank:
            best[key] = (rank, found)
    return [best[key][1] for key in sorted(best)]


@pytest.mark.parametrize("part_octets", [BUDGET.part_octets, SPLIT_OCTETS])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches=batches, again=st.data(), interruptions=st.lists(ends, min_size=6, max_size=6))
def test_the_parquet_is_that_of_a_plain_merge(
    part_octets: int,
    batches: list[list[Row]],
    again: st.DataObject,
    interruptions: list[tuple[int, bool] | None],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = LakeWorld(Path(folder, "lake"), replace(BUDGET, part_octets=part_octets, batch_days=2))
        repeated = again.draw(st.lists(st.sampled_from(batches), max_size=2))
        for number, (batch, end) in enumerate(
            zip([*batches, *repeated], [*interruptions, None, None], strict=False)
        ):
            world.arrive(*batch)
            world.objects.calls.clear()
            world.objects.last, world.objects.is_late = end or (None, False)
            with suppress(InterruptedRoundError):
                keep(world.outside, f"run-{number}")
            world.clock.moment += timedelta(hours=1)
        world.objects.last = None
        kept = keep(world.outside, "the last run")
        assert (kept.waiting, kept.failed, kept.is_busy) == (0, [], False)
        for table in (MESSAGES, DELIVERY_EVENTS):
            assert world.rows(table) == merged(batches, table)
        assert not [key for key in world.objects.stored if key.startswith("lake/arrivals/")]
