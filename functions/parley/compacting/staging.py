"""Sorting what arrived: each line is checked and goes to a local file of its table and day.

What is no row becomes one of the table of errors, by place, code and digest, and blocks nothing.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from parley.lake.rows import RowError, check
from parley.lake.tables import ERRORS, Table

Group = tuple[str, date]
"""The name of a table, and a day."""
MALFORMED_VERSION: Final = 1
_BUFFER_OCTETS: Final = 8 * 1024 * 1024
_STAMP = re.compile(r"/(\d{4}-\d\d-\d\dT\d{6})[^/]*\Z")


@dataclass
class Staging:
    """Files in `folder`, which is there and its own. octets: of the lines taken. rows, malformed: how many
    there were of each."""

    folder: Path
    octets: int = 0
    rows: int = 0
    malformed: int = 0
    _tables: dict[Group, Table] = field(default_factory=dict)
    _touched: dict[str, set[Group]] = field(default_factory=dict)
    _waiting: dict[Group, list[bytes]] = field(default_factory=dict)
    _waiting_octets: int = 0

    def take(self, source: str, at: datetime, content: bytes) -> bytes:
        """Sorts the lines of an object; returns those that are no rows. at: when it was written."""
        refused = []
        for number, line in enumerate(_lines(content), start=1):
            try:
                checked = check(line)
            except RowError as error:
                self.refuse(source, number, at, error.code, line)
                refused.append(line + b"\n")
                continue
            self._add(source, checked.table, checked.day, checked.row)
            self.rows += 1
        return b"".join(refused)

    def refuse(self, source: str, number: int, at: datetime, code: str, line: bytes) -> None:
        """Notes that a line is no row."""
        at = written_at(source, at)
        row = {
            "source": source,
            "line": number,
            "version": MALFORMED_VERSION,
            "at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "code": code,
            "digest": hashlib.sha256(line).hexdigest(),
        }
        self._add(source, ERRORS, at.astimezone(UTC).date(), json.dumps(row).encode("ascii"))
        self.malformed += 1

    def groups(self) -> Iterator[tuple[Table, date, Path]]:
        """What there is, by table and day, in a fixed order."""
        self._write()
        for group in sorted(self._tables):
            yield self._tables[group], group[1], self._path(group)

    def __len__(self) -> int:
        """How many tables' days there are."""
        return len(self._tables)

    def touched_by(self, source: str) -> frozenset[Group]:
        """Where the lines of an object went."""
        return frozenset(self._touched.get(source, ()))

    def _add(self, source: str, table: Table, day: date, row: bytes) -> None:
        group = (table.name, day)
        self._tables[group] = table
        self._touched.setdefault(source, set()).add(group)
        self._waiting.setdefault(group, []).append(row + b"\n")
        self.octets += len(row)
        self._waiting_octets += len(row)
        if self._waiting_octets > _BUFFER_OCTETS:
            self._write()

    def _write(self) -> None:
        for group, rows in self._waiting.items():
            with self._path(group).open("ab") as file:
                file.writelines(rows)
        self._waiting.clear()
        self._waiting_octets = 0

    def _path(self, group: Group) -> Path:
        return self.folder / f"{group[0]}-{group[1].isoformat()}.jsonl"


def written_at(source: str, otherwise: datetime) -> datetime:
    """The time in an object's name, which stays when the object comes again; else the other one."""
    found = _STAMP.search(source)
    if found:
        try:
            return datetime.strptime(found[1], "%Y-%m-%dT%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            return otherwise
    return otherwise


def _lines(content: bytes) -> list[bytes]:
    """The last one may lack its end."""
    return content.removesuffix(b"\n").split(b"\n") if content else []
