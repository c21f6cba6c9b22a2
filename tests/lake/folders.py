"""A lake in a folder: written as keep_lake writes it, read as the command reads buckets."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from cli.lake.local import Found
from parley.compacting.merging import Share, engine
from parley.compacting.ports import Budget
from parley.compacting.types import duckdb_type
from parley.lake.rows import Row, check, line
from parley.lake.tables import ERRORS, PREFIX, TABLES

BUDGET = Budget(engine_octets=1 << 30, threads=2, batch_octets=1 << 30)


def write_lake(rows: Iterable[Row], folder: Path, scratch: Path) -> None:
    """Each row goes through its line, is checked, and merged; then days become folders. Merging many days at
    once and dividing them afterwards is what keep_lake does not do, and gives the same rows sooner."""
    arrived: dict[str, list[bytes]] = {name: [] for name in TABLES}
    for row in rows:
        checked = check(line(row).rstrip(b"\n"))
        arrived[checked.table.name].append(checked.row)
    (folder / PREFIX).mkdir()
    lines, merged = scratch / "rows.jsonl", scratch / "merged.parquet"
    with engine(scratch, BUDGET) as merging, duckdb.connect() as dividing:
        for name, found in arrived.items():
            lines.write_bytes(b"\n".join(found) + b"\n")
            merging.merge(TABLES[name], Share(), [], [lines], merged)
            dividing.read_parquet(str(merged)).project("*, strftime(\"at\", '%Y-%m-%d') AS day").to_parquet(
                str(folder / TABLES[name].prefix), partition_by=["day"], overwrite=True
            )


def write_error(folder: Path, at: datetime, code: str) -> None:
    """A line that arrived and was no row."""
    values = {"source": "lake/arrivals/x.jsonl", "line": 1, "version": 1, "at": at.replace(tzinfo=None)}
    values |= {"code": code, "digest": hashlib.sha256(code.encode()).hexdigest()}
    path = folder / ERRORS.prefix / f"day={at.date().isoformat()}" / "part-000.parquet"
    path.parent.mkdir(parents=True)
    columns = ", ".join(
        f'CAST(${each.name} AS {duckdb_type(each.type)}) AS "{each.name}"' for each in ERRORS.columns
    )
    with duckdb.connect() as connection:
        connection.sql(f"SELECT {columns}", params=values).write_parquet(str(path))


class FolderBucket:
    """Implements `cli.lake.local.Bucket`, and remembers what was opened, and which prefixes were listed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.opened: list[str] = []
        self.listed: list[str] = []

    def list(self, prefix: str) -> Sequence[Found]:
        """prefix: as a bucket's, which need not end at a slash."""
        self.listed.append(prefix)
        under = self._folder / prefix.rpartition("/")[0]
        found = (each for each in sorted(under.rglob("*")) if each.is_file())
        keys = ((each.relative_to(self._folder).as_posix(), each.stat().st_size) for each in found)
        return [Found(key, octets) for key, octets in keys if key.startswith(prefix)]

    def fetch(self, keys: Sequence[str], folder: Path) -> None:
        self.opened += keys
        for key in keys:
            (folder / key).parent.mkdir(parents=True, exist_ok=True)
            if not (folder / key).exists():
                (folder / key).hardlink_to(self._folder / key)
