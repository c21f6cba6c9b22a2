"""`python -m benchmarks.queries`: how long queries take over a year of made-up messages, on DuckDB with two
threads. `measure` is for the whole run.

The lake is written by DuckDB itself, straight to Parquet as keep_lake lays it: 5 million messages in half a
million conversations, each passed on with two delivery events. Most answers come within four days.
"""

import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1] / "functions"))

import duckdb

from cli.lake.local import Found, LocalLake
from cli.lake.statements import named_statement
from parley.compacting.types import duckdb_type
from parley.lake.catalogue import find_query
from parley.lake.tables import DELIVERY_EVENTS, MESSAGES, Table

MESSAGES_A_YEAR = 5_000_000
PER_CONVERSATION = 10
LIMITED, LIMIT_SECONDS = "response-times", 30.0
"""Of a year."""
MARGIN_DAYS = 45
"""So far before and after the days asked for the queries look."""
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)

# Whole conversations by arithmetic: a message every other day or so, buyers and sellers in turn.
_MESSAGES = f"""
SELECT printf('c%08d', n // {PER_CONVERSATION}) AS conversation_id, printf('m%09d', n) AS message_id,
  3 AS version,
  (n % {PER_CONVERSATION}) * 3 + 1 AS seq,
  TIMESTAMP '{FIRST}' + to_milliseconds(
    CAST(hash(n // {PER_CONVERSATION}) % 31000000000 AS BIGINT)
    + CAST((n % {PER_CONVERSATION}) * (hash(n) % 300000000) AS BIGINT)
  ) AS "at",
  "at" AS passed_on_at,
  printf('303-%08d', n // {PER_CONVERSATION}) AS order_id,
  printf('buyer-%07d', n // {PER_CONVERSATION} // 2) AS buyer_id,
  printf('seller-%05d', hash(n // {PER_CONVERSATION}) % 20000) AS seller_id,
  CASE n % 2 WHEN 0 THEN 'buyer' ELSE 'seller' END AS author_role,
  CASE n % 2 WHEN 0 THEN 'seller' ELSE 'buyer' END AS recipient_role,
  'relayed' AS state, CASE WHEN hash(n) % 20 = 0 THEN 'out-of-office' END AS automatic, '1' AS policy,
  ['spam'] AS hits, ['contact-data', 'payment', 'threat'] AS misses, CAST([] AS VARCHAR[]) AS codes,
  ['delivery'] AS topics, false AS is_erased
FROM range({MESSAGES_A_YEAR}) AS numbers(n)
"""  # noqa: S608  # constants
_EVENTS = """
SELECT conversation_id, message_id, message_id || kind AS event_id, 1 AS version, seq + place AS seq,
  "at" + to_seconds(place * 2) AS "at", "at" + to_seconds(place * 2) AS occurred_at,
  CASE WHEN kind = 'delivered' AND hash(message_id) % 25 = 0 THEN 'bounced' ELSE kind END AS kind,
  CAST([] AS VARCHAR[]) AS codes, false AS is_erased
FROM messages CROSS JOIN (VALUES ('sent', 1), ('delivered', 2)) AS kinds (kind, place)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """days: asked for. tables: read, with one object a day each. objects: opened. octets: of these.
    peak_octets: of the whole process, with the engine."""

    query: str
    days: int
    tables: int
    seconds: float
    rows: int
    objects: int
    octets: int
    peak_octets: int


class Folder:
    """Implements `cli.lake.local.Bucket` on local files, which need no copy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def list(self, prefix: str) -> Sequence[Found]:
        found = sorted((self._folder / prefix).rglob("*.parquet"))
        return [Found(each.relative_to(self._folder).as_posix(), each.stat().st_size) for each in found]

    def fetch(self, keys: Sequence[str], folder: Path) -> None:
        for key in keys:
            (folder / key).parent.mkdir(parents=True, exist_ok=True)
            (folder / key).unlink(missing_ok=True)
            (folder / key).hardlink_to(self._folder / key)


def write_year(folder: Path) -> None:
    with duckdb.connect(config={"threads": 2, "temp_directory": str(folder / "spilled")}) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"CREATE TABLE messages AS {_MESSAGES}")
        connection.execute(f"DELETE FROM messages WHERE \"at\" >= TIMESTAMP '{LAST}' + INTERVAL 1 DAY")  # noqa: S608  # constants
        _write(connection, "messages", MESSAGES, folder)
        connection.execute(f"CREATE VIEW events AS {_EVENTS}")
        _write(connection, "events", DELIVERY_EVENTS, folder)


def _write(connection: duckdb.DuckDBPyConnection, source: str, table: Table, folder: Path) -> None:
    """One file a day with all columns, in the order that keep_lake gives them."""
    (folder / table.prefix).mkdir(parents=True)
    known = {name for (name, *_) in connection.execute(f"DESCRIBE {source}").fetchall()}
    columns = ", ".join(
        f"CAST({chr(34) + each.name + chr(34) if each.name in known else 'NULL'} AS {duckdb_type(each.type)})"
        f' AS "{each.name}"'
        for each in table.columns
    )
    connection.execute(
        f"COPY (SELECT {columns}, strftime(\"at\", '%Y-%m-%d') AS day FROM {source}"  # noqa: S608  # constants
        f" ORDER BY day, conversation_id, seq) TO '{folder / table.prefix}'"
        " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480, PARTITION_BY (day), OVERWRITE)"
    )


def time_queries(folder: Path, fetched: Path) -> list[Timed]:
    year = {"from": FIRST.isoformat(), "to": LAST.isoformat()}
    asked = [
        (LIMITED, year),
        ("volume", year),
        ("contact-check", year | {"order_id": "303-00000042"}),
        (LIMITED, {"from": "2025-06-01", "to": "2025-06-30"}),
    ]
    lake = LocalLake(Folder(folder), Folder(folder), fetched)
    return [_timed(name, given, lake) for name, given in asked]


def _timed(name: str, given: dict[str, str], lake: LocalLake) -> Timed:
    query = find_query(name)
    statement = named_statement(query, query.bind(given, LAST))
    begin = time.perf_counter()
    answer = lake.run(statement, lambda _state, _scanned: None)
    return Timed(
        query=name,
        days=(date.fromisoformat(given["to"]) - date.fromisoformat(given["from"])).days + 1,
        tables=len(statement.tables),
        seconds=time.perf_counter() - begin,
        rows=len(answer.rows),
        objects=answer.objects or 0,
        octets=answer.scanned,
        peak_octets=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def measure() -> list[Timed]:
    """In processes of their own: one writes the year, one asks."""
    with tempfile.TemporaryDirectory(prefix="parley-year-") as scratch:
        year, fetched = Path(scratch) / "year", Path(scratch) / "fetched"
        year.mkdir()
        fetched.mkdir()
        writer = multiprocessing.get_context("spawn").Process(target=write_year, args=(year,))
        writer.start()
        writer.join()
        command = [sys.executable, "-m", "benchmarks.queries", str(year), str(fetched)]
        root = Path(__file__).parents[1]
        done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True, timeout=900)  # noqa: S603  # our own module
    return [Timed(**fields) for fields in json.loads(done.stdout)]


def main() -> None:
    if sys.argv[1:]:
        timed = time_queries(Path(sys.argv[1]), Path(sys.argv[2]))
        sys.stdout.write(json.dumps([asdict(each) for each in timed]))
        return
    for each in measure():
        sys.stdout.write(
            f"{each.query} of {each.days} days: {each.seconds:.1f} s, {each.rows} rows,"
            f" {each.objects} objects, {each.octets / 1e6:.0f} MB, peak {each.peak_octets / 1e6:.0f} MB\n"
        )


if __name__ == "__main__":
    main()
