"""DuckDB over the lake's objects: which of them a query opens, and what it cannot reach."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cli.lake.engines import Answer, EngineError
from cli.lake.local import LocalLake
from cli.lake.statements import free_statement, named_statement
from parley.lake.catalogue import find_query
from tests.lake.entries import write_contents
from tests.lake.folders import FolderBucket, write_error, write_lake
from tests.lake.world import DAYS, FIRST, Mail, World, make, rows

TODAY = date(2027, 1, 1)
LATEST = FIRST.date() + timedelta(days=DAYS - 1)


def ask(name: str, given: Mapping[str, str], review: FolderBucket, folder: Path) -> Answer:
    query = find_query(name)
    statement = named_statement(query, query.bind(given, TODAY))
    return LocalLake(review, review, folder).run(statement, lambda state, scanned: None)


def ask_freely(sql: str, review: FolderBucket, folder: Path) -> Answer:
    return LocalLake(review, review, folder).run(free_statement(sql), lambda state, scanned: None)


def days_of(keys: list[str], table: str) -> set[str]:
    return {key.split("day=")[1][:10] for key in keys if key.startswith(f"lake/{table}/")}


def test_a_query_opens_no_more_objects_than_the_files_of_its_days(lake: Path, tmp_path: Path) -> None:
    bucket = FolderBucket(lake)
    answer = ask("volume", {"from": "2026-03-10", "to": "2026-03-16"}, bucket, tmp_path)
    assert sorted(days_of(bucket.opened, "messages")) == [f"2026-03-{day}" for day in range(10, 17)]
    assert answer.objects == len(bucket.opened) == 7
    assert answer.scanned == sum((lake / key).stat().st_size for key in bucket.opened)


def test_windows_around_a_period_open_the_days_that_they_reach_and_no_more(
    lake: Path, tmp_path: Path
) -> None:
    bucket = FolderBucket(lake)
    ask("response-times", {"from": "2026-04-20", "to": "2026-04-21"}, bucket, tmp_path)
    for table in ("messages", "delivery_events"):
        found = days_of(bucket.opened, table)
        assert min(found) == "2026-03-06"
        assert max(found) <= "2026-06-05"
    assert len(bucket.opened) == len(set(bucket.opened))


@pytest.fixture
def talk(world: World) -> str:
    """A conversation in which every mail went out at once."""
    return next(
        talk.id
        for talk in world.talks.values()
        if all(each.state == "relayed" for each in world.mails_of[talk.id])
    )


def test_text_is_searched_in_one_conversation_in_any_case(
    world: World, lake: Path, talk: str, tmp_path: Path
) -> None:
    texts = write_contents(world, talk, lake)
    answer = ask("search-text", {"conversation_id": talk, "words": "IT'S M"}, FolderBucket(lake), tmp_path)
    assert {row[2] for row in answer.rows} == set(texts.values())


def test_what_only_another_alternative_of_a_mail_says_is_found(
    world: World, lake: Path, talk: str, tmp_path: Path
) -> None:
    texts = write_contents(world, talk, lake)
    answer = ask("search-text", {"conversation_id": talk, "words": "price"}, FolderBucket(lake), tmp_path)
    assert {row[3] for row in answer.rows} == {f"Its price is 3 of {mail}." for mail in texts}


def test_lines_that_were_no_rows_are_told_to_auditors(tmp_path: Path) -> None:
    write_error(tmp_path, datetime(2026, 9, 4, 12, tzinfo=UTC), "column-missing")
    write_error(tmp_path, datetime(2026, 9, 5, 12, tzinfo=UTC), "row-unreadable")
    (tmp_path / "fetched").mkdir()
    bucket = FolderBucket(tmp_path)
    given = {"from": "2026-09-04", "to": "2026-09-05", "code": "column-missing"}
    (row,) = ask("lake-errors", given, bucket, tmp_path / "fetched").rows
    assert row[:4] == ("2026-09-04 12:00:00.000", "lake/arrivals/x.jsonl", 1, "column-missing")
    counted = ask_freely("SELECT count(*) FROM errors", bucket, tmp_path / "fetched")
    assert counted.rows == ((2,),)


def test_a_lake_without_a_file_answers_with_nothing(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    answer = ask("response-times", {}, FolderBucket(tmp_path), tmp_path)
    assert answer.rows == ()
    assert answer.columns[0] == "seller_id"
    assert answer.objects == 0


def test_free_sql_reaches_no_other_file_of_this_machine(lake: Path, tmp_path: Path) -> None:
    secret = tmp_path.parent / "secret.txt"
    secret.write_text("secret")
    bucket = FolderBucket(lake)
    for sql in (
        f"SELECT (SELECT max(content) FROM messages, read_text('{secret}'))",  # noqa: S608
        "SELECT getenv('HOME') FROM messages",
        # A name that stands for a table within, and for a file of this machine to DuckDB.
        f'WITH "{secret}" AS (SELECT 1 AS day) SELECT x FROM messages'  # noqa: S608  # as above
        f' WHERE day = (SELECT min(day) FROM "{secret}")',
    ):
        with pytest.raises(Exception) as caught:  # noqa: PT011  # by the statement's check or by the engine
            ask_freely(sql, bucket, tmp_path)
        assert "secret" not in str(caught.value).replace(str(secret), "")


def test_a_statement_that_the_engine_cannot_run_fails_in_one_line(lake: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        ask_freely("SELECT colour FROM messages WHERE day = '2026-03-05'", FolderBucket(lake), tmp_path)
    assert caught.value.code == "query-failed"
    assert "colour" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_conditions_on_days_read_no_file_of_this_machine(lake: Path, tmp_path: Path) -> None:
    """What is counted in a file would show in which days are opened."""
    secret = tmp_path.parent / "secret.csv"
    secret.write_text("a\n1\n2\n")
    opened = []
    for rows_ in (2, 3):
        bucket = FolderBucket(lake)
        sql = (
            f'WITH "{secret}" AS (SELECT 1 AS day) SELECT count(*) FROM messages WHERE day ='  # noqa: S608  # its own path
            f" CASE WHEN (SELECT count(*) FROM \"{secret}\") = {rows_} THEN '2026-03-05' END"
        )
        ask_freely(sql, bucket, tmp_path)
        opened.append(sorted(days_of(bucket.opened, "messages")))
    assert opened[0] == opened[1]
    assert len(opened[0]) > 30


@pytest.mark.parametrize(
    "condition",
    [
        "day IN (SELECT day FROM delivery_events WHERE day > '2026-04-01')",
        "date_parse(day, '%Y-%m-%d') > DATE '2026-04-01'",
    ],
)
def test_conditions_that_tell_nothing_of_single_days_are_answered_over_all(
    lake: Path, tmp_path: Path, condition: str
) -> None:
    told = ask_freely(f"SELECT count(*) FROM messages WHERE {condition}", FolderBucket(lake), tmp_path)  # noqa: S608  # from above
    assert told.rows[0][0]


def test_what_mail_says_moves_no_cursor_by_way_of_an_error(
    world: World, lake: Path, talk: str, tmp_path: Path
) -> None:
    write_contents(world, talk, lake)
    for path in (lake / "contents" / talk).iterdir():
        path.write_text(json.dumps({"subject": "\x1b]0;owned\x07", "text": "x"}), encoding="utf-8")
    sql = f"SELECT CAST(subject AS integer) FROM content WHERE conversation_id = '{talk}'"  # noqa: S608  # made up
    with pytest.raises(EngineError) as caught:
        ask_freely(sql, FolderBucket(lake), tmp_path)
    assert "owned" in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_a_question_whose_window_is_still_open_is_not_late_yet(tmp_path: Path) -> None:
    """By the clock: the one condition that made-up mails of last spring cannot meet."""
    now = datetime.now(UTC).replace(microsecond=0)
    world = make(3)
    fresh = Mail(
        id="m1", conversation="c000000", seq=1, at=now, author="buyer", recipient="seller", passed_on_at=now
    )
    old = Mail(
        id="m2",
        conversation="c000001",
        seq=1,
        at=now - timedelta(days=3),
        author="buyer",
        recipient="seller",
    )
    old.passed_on_at = old.at
    world.mails = [fresh, old]
    world.events, world.acts = [], []
    world.talks = {
        name: type(talk)(id=name, order="303-1", buyer="b", seller="s", is_erased=False)
        for name, talk in world.talks.items()
    }
    (tmp_path / "bucket").mkdir()
    (tmp_path / "fetched").mkdir()
    write_lake(rows(world), tmp_path / "bucket", tmp_path)
    days = {"from": (now - timedelta(days=5)).date().isoformat(), "to": now.date().isoformat()}

    def told(name: str, **given: str) -> list[tuple[object, ...]]:
        return list(ask(name, days | given, FolderBucket(tmp_path / "bucket"), tmp_path / "fetched").rows)

    assert [row[3] for row in told("late-answers")] == ["m2"]
    assert told("response-times")[0][1] == 1
    checked = {str(row[0]): row[9] for row in told("contact-check", order_id="303-1")}
    assert checked == {"c000000": "waiting", "c000001": "unanswered"}
    assert [row[3] for row in told("undelivered")] == ["m2"]
