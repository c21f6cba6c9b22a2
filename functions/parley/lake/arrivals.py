"""Arrivals: rows as they came, one object of lines a batch, until `keep_lake` takes them into Parquet.

lake/arrivals/2026-09-04/2026-09-04T161210.123Z_<digest of the content>.jsonl

Key and content are told by the rows alone, so that a batch that comes again gives the same object.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC

from parley.lake.rows import Row, line
from parley.lake.tables import ARRIVALS

MEDIA_TYPE = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Arrival:
    """An object of the review bucket."""

    key: str
    content: bytes


def arrival(rows: Iterable[Row]) -> Arrival | None:
    """The object of these rows, None without any. Rows that are told twice stand there once."""
    told = {line(row): row for row in rows}
    if not told:
        return None
    content = b"".join(sorted(told))
    latest = max(row.at for row in told.values()).astimezone(UTC)
    # Not the time at which they are written: that would be another one when the batch comes again.
    time = f"{latest:%Y-%m-%dT%H%M%S}.{latest.microsecond // 1000:03d}Z"
    digest = hashlib.sha256(content).hexdigest()
    return Arrival(f"{ARRIVALS}{latest:%Y-%m-%d}/{time}_{digest}.jsonl", content)
