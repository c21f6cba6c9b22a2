"""Views over the lake's tables, for who writes SQL: one row a member of an array, so that nobody need unnest.

A view reads one table and passes its `day` through, so that a condition on it finds the files; a view that
counted or joined days could not. Its statement keeps to what Trino and DuckDB understand alike: a row is
wrapped into an array before it is unnested, because Trino would make columns of it and DuckDB would not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from parley.lake.tables import MESSAGES, Column, Table

DAY: Final = Column("day", "string", "the day of the column at (UTC), such as 2026-09-04")


@dataclass(frozen=True, slots=True)
class View:
    """table: what it reads, and whose days it has. columns: in the order of the statement, the last is `DAY`.
    sql: of Trino's dialect, without parameters."""

    name: str
    says: str
    table: Table
    columns: tuple[Column, ...]
    sql: str


_OF_MESSAGE: Final = (
    *("conversation_id", "message_id", "seq", "at", "passed_on_at", "order_id", "buyer_id", "seller_id"),
    *("author_role", "recipient_role", "state", "codes", "automatic", "policy"),
)


def _of_messages(name: str, says: str, array: str, members: tuple[tuple[Column, str], ...]) -> View:
    """array: of `m`, the message. members: each column with its expression of `u.nested`, a member of it.
    A first contact that went on to another conversation is told there, and so not twice."""
    own = {each.name: each for each in MESSAGES.columns}
    shared = ", ".join(f"m.{each}" for each in _OF_MESSAGE)
    told = ", ".join(f"{expression} AS {column.name}" for column, expression in members)
    sql = (
        f"SELECT {shared},\n  {told}, m.day\n"
        f"FROM messages m\nCROSS JOIN UNNEST({array}) AS u (nested)\n"
        "WHERE m.state <> 'released' OR m.passed_on_at IS NOT NULL"
    )
    columns = (*(own[each] for each in _OF_MESSAGE), *(column for column, _ in members), DAY)
    return View(name, says, MESSAGES, columns, sql)


FINDINGS: Final = _of_messages(
    "findings",
    "one row for each finding of a message: what a rule saw",
    "transform(m.findings, each -> ARRAY[each])",
    (
        (Column("code", "string", "what was seen, from docs/outcomes.md"), "u.nested[1].code"),
        (Column("severity", "string", "note, warning or serious"), "u.nested[1].severity"),
        (Column("place", "string", "the path of the part in which it was seen"), "u.nested[1].place"),
        (Column("occurrences", "int", "how often it was seen there"), "u.nested[1].occurrences"),
    ),
)
ATTACHMENTS: Final = _of_messages(
    "attachments",
    "one row for each attachment that was passed on; none of what was erased",
    "transform(m.attachments, each -> ARRAY[each])",
    (
        (Column("sha256", "string", "SHA-256 of its content, in hex"), "u.nested[1].sha256"),
        (Column("media_type", "string", "its media type"), "u.nested[1].media_type"),
        (Column("octets", "bigint", "its length, decoded"), "u.nested[1].octets"),
    ),
)
RULES: Final = _of_messages(
    "rules",
    "one row for each rule that looked at a message",
    "m.hits || m.misses",
    (
        (Column("rule", "string", "the rule"), "u.nested"),
        (Column("has_found", "boolean", "whether it found something"), "contains(m.hits, u.nested)"),
    ),
)
VIEWS: Final[Mapping[str, View]] = {view.name: view for view in (FINDINGS, ATTACHMENTS, RULES)}

_TRINO: Final = {
    "string": "varchar",
    "int": "integer",
    "bigint": "bigint",
    "boolean": "boolean",
    "timestamp": "timestamp(3)",
}


def trino_type(type_: str) -> str:
    """A type in Hive's words as Trino spells it: `array<string>` → `array(varchar)`. Raises `ValueError` for
    one that no view has."""
    if type_ in _TRINO:
        return _TRINO[type_]
    if type_.startswith("array<") and type_.endswith(">"):
        return f"array({trino_type(type_[6:-1])})"
    raise ValueError(f"no type of a view: {type_}")
