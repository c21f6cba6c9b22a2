"""A round of the lake: what it takes in, what it sets aside, and what stands in nobody's way."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from parley.compacting.keeping import Kept, keep
from parley.compacting.reads import ACCESSES, row_of
from parley.lake.rows import line
from parley.lake.tables import DELIVERY_EVENTS, ERRORS, MESSAGES, REVIEWER_ACTIONS
from parley.reviewing.reads import access_key
from tests.support.fake_lake import BUDGET, NOON, LakeWorld, delivery_row, message_row, parquet_rows, plain

ARRIVAL = "lake/arrivals/2026-09-05/2026-09-05T081210.123Z_0a.jsonl"


def run(world: LakeWorld, owner: str = "a run") -> Kept:
    return keep(world.outside, owner)


def keys(world: LakeWorld, prefix: str = "lake/") -> list[str]:
    return sorted(key for key in world.objects.stored if key.startswith(prefix))


def test_rows_go_to_their_table_and_day_and_their_arrival_goes(world: LakeWorld) -> None:
    late = message_row("m2", at=datetime(2026, 9, 4, 23, 59, 59, 999_000, tzinfo=UTC))
    early = delivery_row(at=datetime(2026, 9, 5, tzinfo=UTC))
    world.arrive(message_row(), late, early)
    kept = run(world)
    assert (kept.rows, kept.days, kept.waiting) == (3, 2, 0)
    assert keys(world) == [
        "lake/delivery_events/day=2026-09-05/part-000.parquet",
        "lake/messages/day=2026-09-04/part-000.parquet",
    ]
    assert world.rows(MESSAGES) == [plain(message_row()), plain(late)]
    assert world.rows(DELIVERY_EVENTS) == [plain(early)]


def test_a_later_version_replaces_an_earlier_one_and_not_the_other_way(world: LakeWorld) -> None:
    later = message_row(version=3, state="released")
    for row in (message_row(), later, message_row()):
        world.arrive(row)
        run(world)
    assert world.rows(MESSAGES) == [plain(later)]


def test_with_nothing_to_do_nothing_is_written(world: LakeWorld) -> None:
    world.arrive(message_row())
    run(world)
    world.objects.calls.clear()
    run(world)
    assert {name for name, _ in world.objects.calls} == {"list"}


def test_a_line_that_is_no_row_is_set_aside_and_blocks_nothing(world: LakeWorld) -> None:
    bad = b'{"table":"messages","row":{"conversation_id":"c9"}}\n'
    world.objects.put(ARRIVAL, line(message_row()) + bad + b"\xff\n" + line(delivery_row()))
    kept = run(world)
    assert (kept.rows, kept.malformed, kept.waiting) == (2, 2, 0)
    assert [(row["source"], row["line"], row["code"], row["day"]) for row in world.rows(ERRORS)] == [
        (ARRIVAL, 2, "column-missing", "2026-09-05"),
        (ARRIVAL, 3, "row-unreadable", "2026-09-05"),
    ]
    aside = ARRIVAL.replace("arrivals", "malformed")
    assert world.objects.stored[aside][0] == bad + b"\xff\n"
    assert world.rows(MESSAGES)
    assert world.rows(DELIVERY_EVENTS)


def test_a_line_that_comes_again_is_one_error(world: LakeWorld) -> None:
    for _ in range(2):
        world.objects.put(ARRIVAL, b"{}\n")
        world.clock.moment += timedelta(days=1)
        assert run(world).malformed == 1
    assert len(world.rows(ERRORS)) == 1


def test_a_line_cannot_pass_itself_off_as_an_error(world: LakeWorld) -> None:
    world.objects.put(ARRIVAL, b'{"table":"errors","row":{}}\n')
    run(world)
    assert [row["code"] for row in world.rows(ERRORS)] == ["table-unknown"]


def test_a_day_that_cannot_be_written_blocks_no_other_and_keeps_its_arrival(world: LakeWorld) -> None:
    world.objects.put("lake/messages/day=2026-09-04/part-000.parquet", b"no Parquet")
    kept_back = world.arrive(message_row(), message_row("m2", at=NOON + timedelta(days=1)))
    world.clock.moment += timedelta(hours=3)
    kept = run(world)
    assert [place for place, _ in kept.failed] == ["messages/2026-09-04"]
    assert (kept.waiting, kept.oldest) == (1, timedelta(hours=3))
    assert kept_back in world.objects.stored
    assert [row["message_id"] for row in parquet(world, "2026-09-05")] == ["m2"]


def test_only_what_lies_in_a_day_that_failed_stays_where_it_arrived(world: LakeWorld) -> None:
    world.objects.put("lake/messages/day=2026-09-04/part-000.parquet", b"no Parquet")
    good = world.arrive(message_row("m2", at=NOON + timedelta(days=1)), delivery_row())
    bad = world.arrive(message_row())
    for _ in range(2):
        assert run(world).waiting == 1
        assert bad in world.objects.stored
        assert good not in world.objects.stored
    del world.objects.stored["lake/messages/day=2026-09-04/part-000.parquet"]
    kept = run(world)
    assert (kept.waiting, kept.failed) == (0, [])
    assert [row["message_id"] for row in world.rows(MESSAGES)] == ["m1", "m2"]


def test_an_object_that_is_no_part_is_left_alone(world: LakeWorld) -> None:
    stray = "lake/messages/day=2026-09-04/part-7.parquet"
    world.objects.put(stray, b"no Parquet")
    world.arrive(message_row())
    assert run(world).failed == []
    assert keys(world) == ["lake/messages/day=2026-09-04/part-000.parquet", stray]


def parquet(world: LakeWorld, day: str) -> list[dict[str, object]]:
    return parquet_rows(world.objects.stored[f"lake/messages/day={day}/part-000.parquet"][0])


def test_while_one_runs_another_does_nothing(world: LakeWorld) -> None:
    world.arrive(message_row())
    world.turns.take("the other", world.clock.now(), world.clock.now() + timedelta(minutes=16))
    assert run(world).is_busy
    assert world.objects.calls == []
    world.clock.moment += timedelta(minutes=17)
    assert run(world).rows == 1


def test_without_time_what_arrived_waits(world: LakeWorld) -> None:
    key = world.arrive(message_row())
    world.has_time = lambda: False
    kept = run(world)
    assert (kept.rows, kept.waiting) == (0, 1)
    assert keys(world) == [key]


def test_a_batch_ends_where_its_budget_does(world: LakeWorld) -> None:
    for number in range(600):
        world.arrive(message_row(f"m{number}"))
    world.budget = replace(BUDGET, batch_objects=300)
    left = [True, False]
    world.has_time = lambda: left.pop(0) if left else False
    kept = run(world)
    # What is read at once is taken in together.
    assert (kept.rows, kept.waiting) == (512, 88)


def test_a_day_that_outgrows_its_file_is_split_by_conversation(world: LakeWorld) -> None:
    world.budget = replace(BUDGET, part_octets=5_000)
    rows = [message_row(f"m{n:03d}", conversation_id=f"c{n % 16}", order_id=f"{n * 7919}") for n in range(96)]
    world.arrive(*rows[:48])
    run(world)
    first = keys(world)
    world.arrive(*rows[48:])
    run(world)
    assert len(first) > 1
    assert len(keys(world)) in (len(first), 2 * len(first))
    assert world.rows(MESSAGES) == [plain(row) for row in rows]


def test_rows_of_a_file_stand_by_conversation_and_place(world: LakeWorld) -> None:
    world.arrive(*(message_row(f"m{n}", conversation_id=f"c{n % 2}", seq=9 - n) for n in range(6)))
    run(world)
    places = [(row["conversation_id"], row["seq"]) for row in parquet(world, "2026-09-04")]
    assert places == sorted(places)  # type: ignore[type-var]


def test_a_column_that_older_files_lack_is_null_there(world: LakeWorld, tmp_path: Path) -> None:
    world.arrive(message_row())
    run(world)
    key = "lake/messages/day=2026-09-04/part-000.parquet"
    old, narrow = tmp_path / "old.parquet", tmp_path / "narrow.parquet"
    old.write_bytes(world.objects.stored[key][0])
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * EXCLUDE topics FROM '{old}') TO '{narrow}' (FORMAT parquet)")  # noqa: S608
    world.objects.put(key, narrow.read_bytes())
    world.arrive(message_row("m2"))
    run(world)
    assert [row["topics"] for row in world.rows(MESSAGES)] == [None, ["delivery"]]


# Reads


def access(world: LakeWorld, at: datetime, read: str, **changed: object) -> str:
    key = at.strftime(f"{ACCESSES}%Y/%m/%d/%Y-%m-%dT%H%M%S.%fZ") + f"_{read}.json"
    record = {"schema_version": 1, "kind": "read", "id": read, "at": at.isoformat(), "who": "anna"}
    record |= {"conversation": "c1", "what": "transcript", "case": "case-17"}
    world.objects.put(key, json.dumps(record | changed).encode())
    return key


def test_reads_are_actions_and_stay_where_they_are(world: LakeWorld) -> None:
    key = access(world, NOON, "r1")
    run(world)
    (row,) = world.rows(REVIEWER_ACTIONS)
    assert (row["kind"], row["what"], row["case_id"], row["actor"]) == (
        "read",
        "transcript",
        "case-17",
        "anna",
    )
    assert row["action_id"] == "2026-09-04T120000.000000Z_r1"
    assert key in world.objects.stored


def test_a_read_that_is_recorded_late_is_taken_in_once(world: LakeWorld) -> None:
    access(world, NOON, "r1")
    run(world)
    access(world, NOON - timedelta(minutes=30), "r0")
    access(world, NOON + timedelta(minutes=5), "r2")
    run(world)
    assert [row["action_id"][-2:] for row in world.rows(REVIEWER_ACTIONS)] == ["r0", "r1", "r2"]


def reads_of(world: LakeWorld) -> list[str]:
    return [row["action_id"].partition("_")[2] for row in world.rows(REVIEWER_ACTIONS)]


def test_more_reads_in_an_hour_than_a_batch_takes_are_all_taken_in(world: LakeWorld) -> None:
    world.budget = replace(BUDGET, batch_objects=3)
    for number in range(10):
        access(world, NOON - timedelta(minutes=30 - number), f"r{number}")
    run(world)
    assert reads_of(world) == [f"r{number}" for number in range(10)]
    access(world, NOON, "r10")
    run(world)
    assert reads_of(world)[-1] == "r10"


def test_reads_for_which_there_is_no_time_wait_and_are_told(world: LakeWorld) -> None:
    world.budget = replace(BUDGET, batch_objects=3)
    for number in range(5):
        access(world, NOON, f"r{number}")
    world.clock.moment += timedelta(hours=6)
    left = [True, False]
    world.has_time = lambda: left.pop(0)
    kept = run(world)
    assert (kept.rows, kept.waiting, kept.oldest) == (3, 2, timedelta(hours=6))
    world.has_time = lambda: True
    assert run(world).waiting == 0
    assert len(reads_of(world)) == 5


@pytest.mark.parametrize(
    "odd",
    [
        "zzz.json",
        "zzz/2026-09-04T120000.000000Z_r9.json",
        "2026/09/30/2026-09-04T120000.000000Z_r9.json",
        "2026/99/99/2026-99-99T120000.000000Z_r9.json",
        "2026/09/30/2026-09-30T120000.000000Z_r9.txt",
        "9999/01/01/9999-01-01T000000.000000Z_r9.json",
        "0001/01/01/0001-01-01T000000.000000Z_r9.json",
        # Of a clock that was wrong.
        "2033/01/01/2033-01-01T000000.000000Z_r9.json",
    ],
)
def test_an_object_with_another_name_keeps_no_read_from_being_taken_in(world: LakeWorld, odd: str) -> None:
    world.objects.put(f"{ACCESSES}{odd}", b"{}")
    access(world, NOON, "r1")
    assert run(world).malformed == 1
    assert [row["source"] for row in world.rows(ERRORS)] == [f"{ACCESSES}{odd}"]
    world.clock.moment += timedelta(hours=3)
    access(world, world.clock.now(), "r2")
    run(world)
    assert reads_of(world) == ["r1", "r2"]


def test_reads_of_a_day_that_cannot_be_written_wait_and_others_do_not(world: LakeWorld) -> None:
    broken = "lake/reviewer_actions/day=2026-09-03/part-000.parquet"
    world.objects.put(broken, b"no Parquet")
    access(world, NOON - timedelta(days=1), "r1")
    access(world, NOON, "r2")
    kept = run(world)
    assert [place for place, _ in kept.failed] == ["reviewer_actions/2026-09-03"]
    assert kept.waiting == 2
    del world.objects.stored[broken]
    assert run(world).waiting == 0
    assert reads_of(world) == ["r1", "r2"]


def test_a_request_that_names_no_conversation_is_an_action_too(world: LakeWorld) -> None:
    key = access(world, NOON, "e1", kind="erasure")
    record = json.loads(world.objects.stored[key][0])
    for name in ("conversation", "what"):
        del record[name]
    world.objects.put(key, json.dumps(record).encode())
    run(world)
    assert [(row["kind"], row["conversation_id"]) for row in world.rows(REVIEWER_ACTIONS)] == [
        ("erasure", "")
    ]


BEFORE_ALL = b'{"schema_version":1,"kind":"read","at":"0001-01-01T00:00:00+23:00","who":"anna"}'
NO_TEXT = b'{"schema_version":1,"kind":"read","at":"2026-09-04T12:00:00+00:00","who":"\\ud800"}'


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b"{",
        b'{"schema_version":2}',
        b'{"schema_version":1,"at":7}',
        BEFORE_ALL,
        NO_TEXT,
        b"[" * 99_999,
    ],
)
def test_a_record_that_cannot_be_read_is_an_error_and_not_copied(world: LakeWorld, content: bytes) -> None:
    key = access(world, NOON, "r1")
    world.objects.put(key, content)
    assert run(world).malformed == 1
    assert [row["source"] for row in world.rows(ERRORS)] == [key]
    assert keys(world, "lake/malformed") == []


def test_reads_lie_where_they_are_recorded() -> None:
    key = access_key(NOON, "r1")
    record = {"schema_version": 1, "kind": "read", "at": NOON.isoformat(), "who": "anna"}
    assert row_of(key, json.dumps(record).encode()).at.date() == date(2026, 9, 4)
