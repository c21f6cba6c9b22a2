"""DuckDB over the objects of the sandbox's lake: those that a statement needs are fetched, and no others.

What Athena does by partition projection is done here by hand: of the days and conversations that there are,
the ones that the statement's conditions admit. Files lie in a folder that ends with the command.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Protocol

import duckdb

from cli.lake.engines import Answer, Cell, EngineError, Progress
from cli.lake.places import conversations_of, day_conditions
from cli.lake.statements import CONTENT, Statement, for_duckdb
from parley.archive.keys import CONTENTS
from parley.compacting.types import duckdb_type
from parley.lake.tables import ERRORS, TABLES, Table

_TABLES: Final = {**TABLES, ERRORS.name: ERRORS}
_DAY: Final = re.compile(r"day=(\d{4}-\d{2}-\d{2})/[^/]+[.]parquet")
_THREADS: Final = 2
_JSON_LINES: Final = (
    "filename = true, format = 'newline_delimited', maximum_object_size = 67108864,"
    " columns = {subject: 'VARCHAR', text: 'VARCHAR', others: 'VARCHAR[]'}"
)


@dataclass(frozen=True, slots=True)
class Found:
    """An object of a bucket, without its content."""

    key: str
    octets: int


class Bucket(Protocol):
    """Where objects come from."""

    def list(self, prefix: str) -> Sequence[Found]: ...

    def fetch(self, keys: Sequence[str], folder: Path) -> None:
        """Writes each object to the folder, under its key."""
        ...


class LocalLake:
    """Implements `Engine`. review, archive: the buckets. folder: an empty one, whose maker removes it."""

    def __init__(self, review: Bucket, archive: Bucket, folder: Path) -> None:
        self._review, self._archive, self._folder = review, archive, folder

    def run(self, statement: Statement, progress: Progress) -> Answer:
        with duckdb.connect(":memory:", config={"threads": _THREADS}) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            opened: list[Found] = []
            progress("fetching", 0)
            for name in sorted(statement.tables & _TABLES.keys()):
                opened += self._make_view(_TABLES[name], statement, connection)
            if CONTENT in statement.tables:
                opened += self._make_content(statement, connection)
            scanned = sum(each.octets for each in opened)
            progress("running", scanned)
            _shut(connection, str(self._folder))
            columns, rows = _asked(connection, for_duckdb(statement.tree))
        return Answer(columns=columns, rows=rows, scanned=scanned, objects=len(opened))

    def _make_view(
        self, table: Table, statement: Statement, connection: duckdb.DuckDBPyConnection
    ) -> Sequence[Found]:
        days: dict[str, list[Found]] = {}
        for found in self._review.list(table.prefix):
            if day := _DAY.fullmatch(found.key.removeprefix(table.prefix)):
                days.setdefault(day[1], []).append(found)
        wanted = [found for day in _days(days, table, statement) for found in days[day]]
        self._review.fetch([each.key for each in wanted], self._folder)
        columns = {each.name: duckdb_type(each.type) for each in table.columns} | {"day": "VARCHAR"}
        # An empty table with all columns: a day may have no file, and an older file not all columns.
        empty = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in columns.items())
        view = f"SELECT {empty} WHERE false"
        if wanted:
            files = ", ".join(_quoted(str(self._folder / each.key)) for each in wanted)
            options = "hive_partitioning = true, hive_types = {'day': VARCHAR}, union_by_name = true"
            view += f" UNION ALL BY NAME SELECT * FROM read_parquet([{files}], {options})"  # noqa: S608  # paths are quoted
        connection.execute(f'CREATE VIEW "{table.name}" AS {view}')
        return wanted

    def _make_content(self, statement: Statement, connection: duckdb.DuckDBPyConnection) -> Sequence[Found]:
        wanted = [
            found
            for conversation in sorted(conversations_of(statement.tree))
            for found in self._archive.list(f"{CONTENTS}{conversation}/")
            if found.key.endswith(".json")
        ]
        self._archive.fetch([each.key for each in wanted], self._folder)
        empty = ", ".join(
            f'CAST(NULL AS VARCHAR) AS "{name}"' for name in ("conversation_id", "subject", "text", "$path")
        )
        view = f"SELECT {empty}, CAST(NULL AS VARCHAR[]) AS others WHERE false"
        if wanted:
            files = ", ".join(_quoted(str(self._folder / each.key)) for each in wanted)
            # The folder's name is the conversation.
            view += (
                " UNION ALL BY NAME SELECT split_part(filename, '/', -2) AS conversation_id, subject, text,"  # noqa: S608  # as above
                f' others, filename AS "$path" FROM read_json([{files}], {_JSON_LINES})'
            )
        connection.execute(f"CREATE VIEW {CONTENT} AS {view}")
        return wanted


def _shut(connection: duckdb.DuckDBPyConnection, *folders: str) -> None:
    """From here on a statement reaches the files of these folders and nothing else of this machine."""
    connection.execute(f"SET allowed_directories = [{', '.join(map(_quoted, folders))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _days(days: Mapping[str, object], table: Table, statement: Statement) -> Sequence[str]:
    """Those that the statement's conditions admit at some place; all where that cannot be told from them.
    Conditions are what a person wrote, so that nothing of this machine is within reach meanwhile."""
    places = day_conditions(statement.tree, table.name)
    admitted = " OR ".join(
        "(" + " AND ".join(f"({for_duckdb(each)})" for each in conditions) + ")" if conditions else "true"
        for conditions in places
    )
    with duckdb.connect(":memory:", config={"threads": 1}) as apart:
        _shut(apart)
        try:
            found = apart.execute(
                f"SELECT day FROM (SELECT unnest($days) AS day) WHERE {admitted} ORDER BY day",  # noqa: S608  # what is put in was parsed
                {"days": sorted(days)},
            )
            return [day for (day,) in found.fetchall()]
        except duckdb.Error:
            return sorted(days)  # What is wrong with the statement is told when it is run.


def _asked(
    connection: duckdb.DuckDBPyConnection, sql: str
) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    try:
        asked = connection.execute(sql)
        rows = tuple(tuple(map(cell, row)) for row in asked.fetchall())
    except duckdb.Error as error:
        # The first line names what is wrong; what follows repeats the statement in another dialect.
        raise EngineError("query-failed", f"The query failed: {str(error).splitlines()[0]}") from None
    return tuple(each[0] for each in asked.description or ()), rows


def cell(value: Any) -> Cell:
    """A value of DuckDB as both engines answer it."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return float(value)
        case datetime():
            return value.isoformat(sep=" ", timespec="milliseconds")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
