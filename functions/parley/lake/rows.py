"""Rows of the lake: frozen values to lines of JSON and back, checked strictly against `parley.lake.tables`.

{"row":{"at":"2026-09-04T16:12:00.123Z","automatic":null, …},"table":"messages"}

A line is ASCII without blanks. Its row has each column of its table and no other, null only where the column
is optional; times are UTC with milliseconds, which is what Athena reads of a Parquet file. Nothing here can
hold a mailbox, name, subject, text or file name: the columns are ids, codes, times, hashes and numbers.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from parley.lake.checks import checks_of, read_time
from parley.lake.encoding import DECODER, ENCODER
from parley.lake.tables import DELIVERY_EVENTS, MESSAGES, REVIEWER_ACTIONS, TABLES, Table


class RowCode(StrEnum):
    """unreadable: no JSON with one meaning. malformed: something else than a table's name and a row."""

    UNREADABLE = "row-unreadable"
    MALFORMED = "row-malformed"
    TABLE_UNKNOWN = "table-unknown"
    COLUMN_MISSING = "column-missing"
    COLUMN_UNKNOWN = "column-unknown"
    TYPE_WRONG = "type-wrong"
    TIME_WRONG = "time-wrong"


class RowError(ValueError):
    """A line is no row of a table. `code` is stable; `column` is the one that it is about, "" for none. What
    stands in the line is not in the error."""

    def __init__(self, code: RowCode, column: str = "") -> None:
        super().__init__(f"{code} {column}".rstrip())
        self.code = code
        self.column = column


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule saw. place: the path of the part. occurrences: how often."""

    code: str
    severity: str
    place: str
    occurrences: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """sha256: of its content, in hex. octets: decoded."""

    sha256: str
    media_type: str
    octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A row of `tables.MESSAGES`, whose columns say what each field holds. attachments: None once erased."""

    conversation_id: str
    message_id: str
    version: int
    seq: int
    at: datetime
    passed_on_at: datetime | None
    order_id: str | None
    buyer_id: str | None
    seller_id: str | None
    author_role: str | None
    recipient_role: str
    state: str
    codes: tuple[str, ...]
    automatic: str | None
    policy: str
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    findings: tuple[Finding, ...]
    attachments: tuple[Attachment, ...] | None
    content_name: str | None
    topics: tuple[str, ...]
    author_domain: str | None
    is_erased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """A row of `tables.DELIVERY_EVENTS`."""

    conversation_id: str
    message_id: str
    event_id: str
    version: int
    seq: int
    at: datetime
    occurred_at: datetime
    kind: str
    codes: tuple[str, ...]
    is_erased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRow:
    """A row of `tables.REVIEWER_ACTIONS`. seq: 0 for what is no link of the chain, such as a read."""

    conversation_id: str
    message_id: str | None
    action_id: str
    version: int
    seq: int
    at: datetime
    kind: str
    what: str | None
    case_id: str | None
    actor: str | None
    is_erased: bool


Row = MessageRow | DeliveryRow | ActionRow

_TABLE_OF: dict[type[Row], Table] = {
    MessageRow: MESSAGES,
    DeliveryRow: DELIVERY_EVENTS,
    ActionRow: REVIEWER_ACTIONS,
}
_CHECKS = {name: checks_of(table) for name, table in TABLES.items()}


@dataclass(frozen=True, slots=True)
class Checked:
    """A line that is a row. day: of its column `at`, its partition. row: the row alone, a line of JSON
    without its end."""

    table: Table
    day: date
    row: bytes


def line(row: Row) -> bytes:
    """The line of a row, with the line feed at its end; the same row gives the same octets."""
    told = {"table": _TABLE_OF[type(row)].name, "row": asdict(row)}
    return ENCODER.encode(told).encode("ascii") + b"\n"


def check(raw: bytes) -> Checked:
    """Raises `RowError`."""
    table, row = _opened(raw)
    return Checked(table, date.fromisoformat(row["at"][:10]), ENCODER.encode(row).encode("ascii"))


def read(raw: bytes) -> Row:
    """Raises `RowError`."""
    table, row = _opened(raw)
    for name in (each.name for each in table.columns if each.type == "timestamp"):
        row[name] = None if row[name] is None else read_time(row[name])
    for name in (each.name for each in table.columns if each.type.startswith("array<")):
        row[name] = None if row[name] is None else tuple(row[name])
    if table is MESSAGES:
        row["findings"] = tuple(Finding(**each) for each in row["findings"])
        if row["attachments"] is not None:
            row["attachments"] = tuple(Attachment(**each) for each in row["attachments"])
        return MessageRow(**row)
    return DeliveryRow(**row) if table is DELIVERY_EVENTS else ActionRow(**row)


def _opened(raw: bytes) -> tuple[Table, dict[str, Any]]:
    try:
        told = DECODER.decode(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise RowError(RowCode.UNREADABLE) from None
    if not isinstance(told, dict) or told.keys() != {"table", "row"} or not isinstance(told["row"], dict):
        raise RowError(RowCode.MALFORMED)
    name, row = told["table"], told["row"]
    if not isinstance(name, str) or name not in TABLES:
        raise RowError(RowCode.TABLE_UNKNOWN)
    checks = _CHECKS[name]
    if row.keys() != checks.keys():
        missing = [each for each in checks if each not in row]
        raise RowError(RowCode.COLUMN_MISSING, missing[0]) if missing else RowError(RowCode.COLUMN_UNKNOWN)
    for column, fits in checks.items():
        if not fits(row[column]):
            raise _wrong(TABLES[name], column, row[column])
    return TABLES[name], row


def _wrong(table: Table, column: str, value: object) -> RowError:
    is_time = any(each.name == column and each.type == "timestamp" for each in table.columns)
    return RowError(RowCode.TIME_WRONG if is_time and isinstance(value, str) else RowCode.TYPE_WRONG, column)
