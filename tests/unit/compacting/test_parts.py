"""Which rows lie in which file of a day, and how types are named."""

import ast
from pathlib import Path

import pytest

from parley.compacting.parts import count_for, order, part_key, part_of, sources
from parley.compacting.types import duckdb_type
from parley.lake.tables import ERRORS, MESSAGES, TABLES
from tests.support.fake_lake import NOON

FUNCTIONS = Path(__file__).resolve().parents[3] / "functions"


@pytest.mark.parametrize(("present", "count"), [((), 1), ((0,), 1), ((0, 1), 2), ((0, 1, 2), 4), ((0, 4), 8)])
def test_a_day_has_a_power_of_two_of_files(present: tuple[int, ...], count: int) -> None:
    assert count_for(present) == count


@pytest.mark.parametrize("whole", [1, 2, 4])
@pytest.mark.parametrize("written", range(5))
def test_no_row_is_overlooked_wherever_splitting_was_interrupted(whole: int, written: int) -> None:
    """A row whose hash is `place` lies in part `place % whole`, and in its new part if that is there."""
    count = 2 * whole
    present = {*range(whole), *order(count, range(whole))[:written]}
    for place in range(count):
        assert place % whole in sources(place, count, present) or place in sources(place, count, present)


@pytest.mark.parametrize("whole", [1, 2, 4])
def test_new_files_come_before_those_that_they_take_rows_from(whole: int) -> None:
    assert order(2 * whole, range(whole)) == [*range(whole, 2 * whole), *range(whole)]


def test_whole_days_are_read_file_by_file() -> None:
    assert [sources(part, 4, range(4)) for part in range(4)] == [[0], [1], [2], [3]]
    assert [sources(part, 4, range(2)) for part in range(4)] == [[0], [1], [0], [1]]


def test_a_part_is_known_by_its_key() -> None:
    assert part_of(part_key(MESSAGES, NOON.date(), 17)) == 17


@pytest.mark.parametrize(
    "name", ["other", "part-7", "part-0007", "part-\u0663\u0663\u0663", "part-256", "part--01"]
)
def test_what_is_named_otherwise_is_no_part(name: str) -> None:
    assert part_of(f"lake/messages/day=2026-09-04/{name}.parquet") is None


def test_every_type_of_the_tables_has_a_name_in_duckdb() -> None:
    for table in (*TABLES.values(), ERRORS):
        assert all(duckdb_type(column.type) for column in table.columns)
    nested = "array<struct<code:string,places:array<int>>>"
    assert duckdb_type(nested) == 'STRUCT("code" VARCHAR, "places" INTEGER[])[]'
    assert duckdb_type("map<string,array<int>>") == "MAP(VARCHAR, INTEGER[])"
    with pytest.raises(ValueError, match="no type of the lake"):
        duckdb_type("decimal(10,2)")


def test_one_module_alone_knows_the_engine() -> None:
    """Whatever else imported it would fail in all functions but one: their asset does not have it."""
    importing = {
        path.relative_to(FUNCTIONS).as_posix()
        for path in FUNCTIONS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom) and "duckdb" in ast.unparse(node)
    }
    assert "parley/compacting/merging.py" in importing
    assert {name for name in importing if "import duckdb" in (FUNCTIONS / name).read_text()} == {
        "parley/compacting/merging.py"
    }
