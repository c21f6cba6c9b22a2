"""What is erased goes out of the Parquet and of what arrives; the marker goes last."""

from datetime import UTC, datetime, timedelta

import pytest

from parley.compacting.keeping import Kept, keep
from parley.lake.erasures import Erasure, MarkerError, read_erasure
from parley.lake.rows import line
from parley.lake.tables import DELIVERY_EVENTS, MESSAGES, REVIEWER_ACTIONS, TABLES
from tests.support.fake_lake import NOON, LakeWorld, days, delivery_row, message_row

PERSONAL = [column.name for column in MESSAGES.columns if column.is_personal]


def run(world: LakeWorld) -> Kept:
    return keep(world.outside, "a run")


def mark(world: LakeWorld, *rows: object, up_to: int = 9, message: str | None = None) -> Erasure:
    erasure = Erasure(
        conversation="c1",
        days=days(rows),
        up_to=up_to,
        asked_at=world.clock.now(),
        message=message,  # type: ignore[arg-type]
    )
    world.objects.put(erasure.key, erasure.to_bytes())
    return erasure


def empty(world: LakeWorld) -> list[str]:
    """The messages without anything that leads to a person, which say so."""
    rows = world.rows(MESSAGES)
    emptied = [row["message_id"] for row in rows if all(row[name] is None for name in PERSONAL)]
    assert emptied == [row["message_id"] for row in rows if row["is_erased"]]
    return emptied


def test_a_conversation_is_emptied_in_every_day_and_its_marker_goes(world: LakeWorld) -> None:
    rows = [message_row(), message_row("m2", at=NOON + timedelta(days=1), seq=2)]
    world.arrive(*rows, message_row("m3", conversation_id="c2"), delivery_row())
    run(world)
    erasure = mark(world, *rows)
    kept = run(world)
    assert (kept.erased, kept.days) == (1, 3)
    assert empty(world) == ["m1", "m2"]
    assert [row["is_erased"] for row in world.rows(DELIVERY_EVENTS)] == [True]
    assert erasure.key not in world.objects.stored


def test_what_has_not_been_taken_in_yet_is_emptied_on_its_way(world: LakeWorld) -> None:
    row = message_row()
    world.arrive(row)
    mark(world, row)
    assert run(world).erased == 1
    assert empty(world) == ["m1"]


def test_of_a_message_alone_its_own_row_and_its_events_are_emptied(world: LakeWorld) -> None:
    rows = [message_row(), message_row("m2", seq=2)]
    world.arrive(*rows, delivery_row(), delivery_row("e2", message_id="m2"))
    mark(world, *rows, message="m2")
    run(world)
    assert empty(world) == ["m2"]
    assert [row["is_erased"] for row in world.rows(DELIVERY_EVENTS)] == [False, True]


def test_what_was_written_after_the_erasure_stays(world: LakeWorld) -> None:
    rows = [message_row(), message_row("m2", seq=7)]
    world.arrive(*rows)
    mark(world, *rows, up_to=6)
    run(world)
    assert empty(world) == ["m1"]


@pytest.mark.parametrize("version", [1, 2, 99])
def test_a_row_of_something_erased_that_arrives_later_is_emptied_too(world: LakeWorld, version: int) -> None:
    world.arrive(message_row())
    mark(world, message_row())
    run(world)
    world.arrive(message_row(version=version, state="released"))
    run(world)
    assert empty(world) == ["m1"]
    assert world.rows(MESSAGES)[0]["version"] == max(2, version)


def test_as_long_as_something_waits_the_marker_stays(world: LakeWorld) -> None:
    mark(world, message_row())
    world.objects.put("lake/messages/day=2026-09-04/part-000.parquet", b"no Parquet")
    kept = run(world)
    assert (kept.erased, len(kept.failed)) == (0, 1)
    assert [key for key in world.objects.stored if key.startswith("lake/erasures/")]


BAD_DAY = "lake/messages/day=2026-01-02/part-000.parquet"


def test_a_day_that_fails_holds_back_no_erasure_that_it_is_not_about(world: LakeWorld) -> None:
    bad = message_row("m9", conversation_id="c9", at=datetime(2026, 1, 2, tzinfo=UTC))
    world.objects.put(BAD_DAY, b"no Parquet")
    world.arrive(bad)
    world.arrive(message_row())
    mark(world, message_row())
    stays = mark(world, bad, message="m9")
    kept = run(world)
    assert (kept.erased, kept.waiting) == (1, 1)
    del world.objects.stored[BAD_DAY]
    assert empty(world) == ["m1"]
    assert [key for key in world.objects.stored if key.startswith("lake/erasures/")] == [stays.key]


@pytest.mark.parametrize(
    "other", [line(message_row()), b'{"table":"messages","row":{"order_id":"303-11"}}\n']
)
def test_an_erasure_waits_for_an_arrival_that_stays_and_may_tell_of_it(
    world: LakeWorld, other: bytes
) -> None:
    """What leads to a person would still stand there, though the days that the erasure names are written."""
    bad = message_row("m9", conversation_id="c9", at=datetime(2026, 1, 2, tzinfo=UTC))
    broken = BAD_DAY if b"c1" in other else BAD_DAY.replace("messages", "errors")
    world.objects.put(broken, b"no Parquet")
    world.objects.put("lake/arrivals/2026-01-02/2026-01-02T081210.123Z_0a.jsonl", line(bad) + other)
    mark(world, message_row())
    assert run(world).erased == 0
    del world.objects.stored[broken]
    assert run(world).erased == 1
    assert b"303-11" not in b"".join(
        content for content, _ in world.objects.stored.values() if content[:4] != b"PAR1"
    )


def test_without_time_the_marker_stays(world: LakeWorld) -> None:
    erasure = mark(world, message_row())
    world.has_time = lambda: False
    assert run(world).erased == 0
    assert erasure.key in world.objects.stored


def test_a_marker_that_is_written_meanwhile_is_not_removed_with_the_first(world: LakeWorld) -> None:
    first = mark(world, message_row())
    delete = world.objects.delete

    def delayed(keys: object) -> None:
        world.clock.moment += timedelta(hours=25)
        mark(world, message_row())
        delete(keys)  # type: ignore[arg-type]

    world.objects.delete = delayed  # type: ignore[method-assign, assignment]
    run(world)
    (left,) = (key for key in world.objects.stored if key.startswith("lake/erasures/"))
    assert left != first.key


def test_a_marker_that_nobody_can_read_stays_and_is_told(world: LakeWorld) -> None:
    world.objects.put("lake/erasures/c1/0a.json", b"{}")
    assert run(world).unreadable == 1
    assert "lake/erasures/c1/0a.json" in world.objects.stored


@pytest.mark.parametrize(
    ("aside", "stays"),
    [
        (b'{"table":"messages","row":{"conversation_id":"c2"}}\n', True),
        (b'{"table":"messages","row":{"conversation_id":"c1"}}\n', False),
        (b'{"table":"messages","row":{"conversation_id":"c2","order_id":"c1"}}\n', False),
        (b'{"table":"messages","row":{"conversation_id":"c2"}}\n{"row":{"conv\n', False),
    ],
)
def test_a_line_set_aside_stays_only_if_it_is_certainly_anothers(
    world: LakeWorld, aside: bytes, stays: bool
) -> None:
    key = "lake/malformed/2026-09-04/a.jsonl"
    world.objects.put(key, aside)
    mark(world, message_row())
    run(world)
    assert (key in world.objects.stored) is stays


def test_who_read_what_stays(world: LakeWorld) -> None:
    from tests.unit.compacting.test_keeping import access

    access(world, NOON, "r1")
    run(world)
    mark(world, message_row())
    run(world)
    assert [(row["actor"], row["is_erased"]) for row in world.rows(REVIEWER_ACTIONS)] == [("anna", False)]


def test_a_round_trip_of_a_marker_keeps_it() -> None:
    erasure = Erasure(conversation="c1", days=days([message_row()]), up_to=3, asked_at=NOON, message="m1")
    assert read_erasure(erasure.to_bytes()) == erasure
    assert line(message_row()).count(b"\n") == 1


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"null", b'{"schema_version":2}', b'{"schema_version":1,"days":[1]}']
)
def test_what_is_no_marker_is_none(raw: bytes) -> None:
    with pytest.raises(MarkerError):
        read_erasure(raw)


def test_every_personal_column_can_be_null() -> None:
    for table in TABLES.values():
        assert all(column.is_optional for column in table.columns if column.is_personal)
