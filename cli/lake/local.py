"""DuckDB over the objects of the sandbox's lake: those that a statement needs are fetched, and no others.

What Athena does by partition projection is done here by hand: of the days and conversations that there are,
the ones that the statement's conditions admit. Files lie in a folder that ends with the command.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Protocol

import duckdb

from cli.lake.engines import Answer, Cell, EngineError, Progress
from cli.lake.places import conversations_of, day_conditions
from cli.lake.statements import Statement, for_duckdb, view_for_duckdb
from parley.archive.chain import read_json
from parley.compacting.types import duckdb_type
from parley.lake.tables import BY_CONVERSATION, ERRORS, TABLES, ConversationTable, Table
from parley.lake.views import VIEWS

_TABLES: Final = {**TABLES, ERRORS.name: ERRORS}
_DAY: Final = re.compile(r"day=(\d{4}-\d{2}-\d{2})/[^/]+[.]parquet")
_THREADS: Final = 2
# A value of another type than its column is none.
_JSON_LINES: Final = "format = 'newline_delimited', maximum_object_size = 67108864, ignore_errors = true"


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
            views = [view for view in VIEWS.values() if view.name in statement.tables]
            tables = statement.tables | {view.table.name for view in views}
            for name in sorted(tables & _TABLES.keys()):
                opened += self._make_view(_TABLES[name], statement, connection)
            for view in views:
                connection.execute(f'CREATE VIEW "{view.name}" AS {view_for_duckdb(view)}')
            for name in sorted(statement.tables & BY_CONVERSATION.keys()):
                opened += self._make_view_of_lines(BY_CONVERSATION[name], statement, connection)
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

    def _make_view_of_lines(
        self, table: ConversationTable, statement: Statement, connection: duckdb.DuckDBPyConnection
    ) -> Sequence[Found]:
        wanted = [
            found
            for conversation in sorted(conversations_of(statement.tree, table.name))
            for found in self._archive.list(f"{table.prefix}{conversation}/")
            if found.key.endswith(".json")
        ]
        self._archive.fetch([each.key for each in wanted], self._folder)
        rewritten = self._folder / f"{table.name}.jsonl"
        with rewritten.open("wb") as lines:
            for each in wanted:
                lines.writelines(_lines(each.key, self._folder / each.key, table))
        columns = {each.name: duckdb_type(each.type) for each in table.columns}
        columns |= dict.fromkeys(("conversation_id", "$path"), "VARCHAR")
        read = ", ".join(f'"{name}": {_quoted(kind)}' for name, kind in columns.items())
        connection.execute(
            f'CREATE VIEW "{table.name}" AS SELECT * FROM read_json({_quoted(str(rewritten))},'  # noqa: S608  # quoted
            f" {_JSON_LINES}, columns = {{{read}}})"
        )
        return wanted


def _lines(key: str, path: Path, table: ConversationTable) -> Iterator[bytes]:
    """What Athena's reader finds in an object: a line is a row, and one that is no JSON a row of nulls. Its
    folder is the conversation."""
    told = {"$path": key, "conversation_id": key.split("/")[-2]}
    for line in path.read_bytes().splitlines():
        try:
            read = read_json(line)
        except ValueError:
            read = None
        fields = read if isinstance(read, dict) else {}
        row = {each.name: fields.get(each.name) for each in table.columns} | told
        # DuckDB takes no lone surrogate, which a mail may have written.
        yield json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _shut(connection: duckdb.DuckDBPyConnection, *folders: str) -> None:
    """From here on a statement reaches the files of these folders and nothing else of this machine."""
    connection.execute(f"SET allowed_directories = [{', '.join(map(_quoted, folders))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _days(days: Mapping[str, object], table: Table, statement: Statement) -> Sequence[str]:
    """Those that the statement's conditions admit at some place, be it of a view over the table, whose `day`
    is the table's; all where that cannot be told from them. Conditions are what a person wrote, so that
    nothing of this machine is within reach meanwhile."""
    names = [table.name, *(view.name for view in VIEWS.values() if view.table is table)]
    places = [place for name in names for place in day_conditions(statement.tree, name)]
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
