"""Merging files of rows: the one module that knows DuckDB.

It gets local files and writes one, and reaches nothing else: no extension is loaded, no address is opened.
What does not fit into the memory that it is given goes to its folder.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from parley.compacting.ports import Budget
from parley.compacting.types import duckdb_type
from parley.lake.erasures import Erasure
from parley.lake.tables import Table

# A query for one conversation reads the groups whose least and greatest id stand around it.
_ROWS_PER_GROUP = 20_480
_LONGEST_ROW = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Share:
    """Of `count` parts the rows of this one: `parley.compacting.parts`."""

    part: int = 0
    count: int = 1


class Engine:
    """Merges, one file after the other. Made by `engine`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def erase(self, erasures: Sequence[Erasure]) -> None:
        """From now on, of every row that one of these covers, what is personal is left out."""
        self._connection.execute("DELETE FROM erasures")
        if erasures:
            rows = [(each.conversation, each.message, each.up_to) for each in erasures]
            self._connection.executemany("INSERT INTO erasures VALUES (?, ?, ?)", rows)

    def merge(
        self, table: Table, share: Share, kept: Sequence[Path], arrived: Sequence[Path], target: Path
    ) -> None:
        """Writes a Parquet file with one row for each key: that of the highest version, and of several such
        the one that is greatest as text, so that it does not matter what came first. Where any row of a key
        was erased, this one is too. Sorted by conversation and place.

        kept: Parquet of earlier rounds. arrived: JSON lines, each with all columns of the table.
        """
        query = _query(table, bool(kept), bool(arrived))
        options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_PER_GROUP}"
        files = {"kept": [str(path) for path in kept], "arrived": [str(path) for path in arrived]}
        self._connection.execute(
            f"COPY ({query}) TO '{_quoted(target)}' ({options})",
            {name: paths for name, paths in files.items() if paths}
            | {"part": share.part, "count": share.count},
        )


@contextmanager
def engine(folder: Path, budget: Budget) -> Iterator[Engine]:
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{budget.engine_octets}B",
        "threads": budget.threads,
        "temp_directory": str(folder / "spilled"),
        "home_directory": str(folder),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(":memory:", config=settings) as connection:
        connection.execute("CREATE TABLE erasures (conversation VARCHAR, message VARCHAR, up_to BIGINT)")
        yield Engine(connection)


def _query(table: Table, has_kept: bool, has_arrived: bool) -> str:
    columns = {each.name: duckdb_type(each.type) for each in table.columns}
    key = ", ".join(f'"{name}"' for name in table.key)
    is_erasable = "is_erased" in columns
    # A column that an older file lacks is null: this row gives it its type, and is none.
    sources = ["SELECT " + ", ".join(f'CAST(NULL AS {type_}) AS "{name}"' for name, type_ in columns.items())]
    sources[0] += " WHERE false"
    if has_kept:
        sources.append("SELECT * FROM read_parquet($kept, union_by_name = true, hive_partitioning = false)")
    if has_arrived:
        sources.append(f"SELECT * FROM {_json(columns)}")  # noqa: S608  # names and types of our tables
    ranked = f"""
        SELECT *, row_number() OVER (
                PARTITION BY {key} ORDER BY version DESC, to_json(rows)::VARCHAR DESC) AS "~place"
            {f', bool_or("is_erased") OVER (PARTITION BY {key}) AS "~erased"' if is_erasable else ""}
        FROM ({" UNION ALL BY NAME ".join(sources)}) AS rows
        WHERE md5_number_lower(coalesce("{table.columns[0].name}", '')) % $count = $part"""  # noqa: S608
    chosen = ", ".join(_chosen(each.name, each.is_personal) for each in table.columns)
    order = [name for name in ("conversation_id", "seq") if name in columns]
    return f"""
        WITH ranked AS ({ranked}), merged AS (
            SELECT * {_ERASED if is_erasable else ""} FROM ranked WHERE "~place" = 1)
        SELECT {chosen} FROM merged ORDER BY {", ".join([*order, key])}"""  # noqa: S608  # as above


_ERASED = """REPLACE ("~erased" OR EXISTS (
    SELECT 1 FROM erasures WHERE erasures.conversation = ranked.conversation_id
    AND CASE WHEN erasures.message IS NULL THEN ranked.seq BETWEEN 1 AND erasures.up_to
        ELSE erasures.message = ranked.message_id END) AS is_erased)"""


def _chosen(name: str, is_personal: bool) -> str:
    return f'CASE WHEN is_erased THEN NULL ELSE "{name}" END AS "{name}"' if is_personal else f'"{name}"'


def _json(columns: dict[str, str]) -> str:
    types = ", ".join(f"'{name}': '{_escaped(type_)}'" for name, type_ in columns.items())
    return (
        f"read_json($arrived, format = 'newline_delimited', columns = {{{types}}}, "
        f"maximum_object_size = {_LONGEST_ROW}, compression = 'none')"
    )


def _quoted(path: Path) -> str:
    return _escaped(str(path))


def _escaped(text: str) -> str:
    return text.replace("'", "''")
