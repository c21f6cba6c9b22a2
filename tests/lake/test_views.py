"""The views: each row, and which objects are opened for them."""

from collections import Counter
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast

import duckdb
import pytest

from cli.lake.engines import Answer
from cli.lake.local import LocalLake
from cli.lake.statements import free_statement, view_for_duckdb
from parley.compacting.types import duckdb_type
from parley.lake.tables import BY_CONVERSATION, ERRORS, TABLES
from parley.lake.views import DAY, VIEWS, View, trino_type
from tests.lake import reference
from tests.lake.folders import FolderBucket, write_lake
from tests.lake.reference import Period
from tests.lake.world import World, make, rows

PERIOD = Period(date(2026, 3, 20), date(2026, 4, 5))
REFERENCES: dict[str, Callable[[World, Period], reference.Rows]] = {
    "findings": reference.findings_view,
    "attachments": reference.attachments_view,
    "rules": reference.rules_view,
}


@pytest.fixture(scope="module")
def world() -> World:
    """A small one: a view tells of each message by itself."""
    return make(800)


@pytest.fixture(scope="module")
def lake(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lake")
    write_lake(rows(world), folder, tmp_path_factory.mktemp("scratch"))
    return folder


def ask(sql: str, bucket: FolderBucket, fetched: Path) -> Answer:
    return LocalLake(bucket, bucket, fetched).run(free_statement(sql), lambda state, scanned: None)


def all_of(name: str) -> str:
    return f"SELECT * FROM {name} WHERE day BETWEEN '{PERIOD.first}' AND '{PERIOD.last}'"  # noqa: S608  # a view's


def days_of(keys: list[str]) -> list[str]:
    assert all(key.startswith("lake/messages/") for key in keys)
    return sorted(key.split("day=")[1][:10] for key in keys)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_has_the_rows_that_plain_python_tells(
    name: str, world: World, lake: Path, tmp_path: Path
) -> None:
    expected = REFERENCES[name](world, PERIOD)
    answer = ask(all_of(name), FolderBucket(lake), tmp_path)
    assert answer.columns == tuple(each.name for each in VIEWS[name].columns)
    assert expected
    assert Counter(answer.rows) == Counter(expected)


CHANGES = [
    *((name, " OR m.passed_on_at IS NOT NULL", "") for name in VIEWS),
    # A first contact that went on elsewhere passed no attachment on.
    *(
        (name, "WHERE m.state <> 'released' OR m.passed_on_at IS NOT NULL", "")
        for name in ("findings", "rules")
    ),
    ("rules", "m.hits || m.misses", "m.misses || m.misses"),
    ("rules", "contains(m.hits", "contains(m.misses"),
]


@pytest.mark.parametrize(("name", "old", "new"), CHANGES)
def test_a_changed_view_no_longer_has_the_same_rows(
    name: str, old: str, new: str, world: World, lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = replace(VIEWS[name], sql=VIEWS[name].sql.replace(old, new))
    assert changed != VIEWS[name]
    monkeypatch.setitem(cast("MutableMapping[str, View]", VIEWS), name, changed)
    answer = ask(all_of(name), FolderBucket(lake), tmp_path)
    assert Counter(answer.rows) != Counter(REFERENCES[name](world, PERIOD))


@pytest.mark.parametrize("view", VIEWS.values(), ids=lambda view: view.name)
def test_the_columns_of_a_view_are_those_that_its_statement_gives(view: View) -> None:
    """Trino refuses a view whose columns differ by name, place or type from what was declared."""
    columns = (*view.table.columns, DAY)
    written = ", ".join(f'"{each.name}" {duckdb_type(each.type)}' for each in columns)
    with duckdb.connect() as connection:
        connection.execute(f'CREATE TABLE "{view.table.name}" ({written})')
        told = connection.sql(view_for_duckdb(view))
        found = list(zip(told.columns, map(str, told.types), strict=True))
    assert found == [(each.name, duckdb_type(each.type)) for each in view.columns]
    assert view.columns[-1] == DAY


@pytest.mark.parametrize(
    ("sql", "opened"),
    [
        ("SELECT code FROM findings WHERE day = '2026-03-10'", ["2026-03-10"]),
        (
            "SELECT r.rule FROM rules AS r WHERE r.day BETWEEN '2026-03-10' AND '2026-03-11' AND r.has_found",
            ["2026-03-10", "2026-03-11"],
        ),
        (
            "SELECT sha256 FROM attachments WHERE day = '2026-03-10'"
            " UNION ALL SELECT m.message_id FROM messages m WHERE m.day = '2026-03-12'",
            ["2026-03-10", "2026-03-12"],
        ),
        (
            "SELECT f.code, a.sha256 FROM findings f JOIN attachments a ON a.message_id = f.message_id"
            " WHERE f.day = '2026-03-10' AND a.day = '2026-03-11'",
            ["2026-03-10", "2026-03-11"],
        ),
    ],
)
def test_a_condition_on_the_day_of_a_view_decides_which_days_are_opened(
    sql: str, opened: list[str], lake: Path, tmp_path: Path
) -> None:
    bucket = FolderBucket(lake)
    ask(sql, bucket, tmp_path)
    assert days_of(bucket.opened) == opened


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM findings",
        # Messages without a finding of that day are wanted here too.
        "SELECT count(*) FROM messages m LEFT JOIN findings f ON f.message_id = m.message_id"
        " WHERE f.day IS NULL",
        "SELECT count(*) FROM findings f, messages m WHERE f.day = '2026-03-10'",
    ],
)
def test_every_day_is_opened_where_one_place_asks_for_all(sql: str, lake: Path, tmp_path: Path) -> None:
    bucket = FolderBucket(lake)
    ask(sql, bucket, tmp_path)
    assert days_of(bucket.opened) == sorted(path.name[4:] for path in (lake / "lake/messages").iterdir())


def test_no_view_has_the_name_of_a_table() -> None:
    assert not VIEWS.keys() & {*TABLES, *BY_CONVERSATION, ERRORS.name}


def test_types_are_told_in_trinos_words() -> None:
    found = {each.type: trino_type(each.type) for view in VIEWS.values() for each in view.columns}
    assert found == {
        "string": "varchar",
        "int": "integer",
        "bigint": "bigint",
        "boolean": "boolean",
        "timestamp": "timestamp(3)",
        "array<string>": "array(varchar)",
    }


@pytest.mark.parametrize(
    "type_", ["struct<a:string>", "array<struct<a:string>>", "map<string,string>", "date"]
)
def test_a_type_that_no_view_has_is_refused(type_: str) -> None:
    with pytest.raises(ValueError, match="no type of a view"):
        trino_type(type_)
