"""Whether a value read from JSON is of a column's type, in Hive's words: string, int, bigint, boolean,
timestamp, array<…> and struct<name:type,…>.

Each check is made once for its column, because there are 22 of them for each message of a day.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from parley.lake.tables import Column, Table

Check = Callable[[object], bool]
TIME: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
_TIME: Final = re.compile(r"(?:19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_BITS: Final = {"int": 31, "bigint": 63}


def checks_of(table: Table) -> Mapping[str, Check]:
    return {column.name: _of_column(column) for column in table.columns}


def read_time(text: str) -> datetime:
    """Raises ValueError unless it is a time of a row, such as 2026-09-04T16:12:00.123Z."""
    if not _TIME.fullmatch(text):
        raise ValueError("no time of a row")
    return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)


def _of_column(column: Column) -> Check:
    check = _of(column.type)
    return (lambda value: value is None or check(value)) if column.is_optional else check


def _of(type_: str) -> Check:
    if type_ in _BITS:
        return _whole(_BITS[type_])
    if type_.startswith("array<"):
        return _array(_of(type_.removeprefix("array<").removesuffix(">")))
    if type_.startswith("struct<"):
        members = (each.split(":") for each in type_.removeprefix("struct<").removesuffix(">").split(","))
        return _struct({name: _of(member) for name, member in members})
    return {"string": _is_string, "boolean": _is_boolean, "timestamp": _is_time}[type_]


def _is_string(value: object) -> bool:
    """Of text that UTF-8 can express: neither Parquet nor Athena knows a lone surrogate."""
    return type(value) is str and (value.isascii() or _is_encodable(value))


def _is_encodable(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _is_boolean(value: object) -> bool:
    return type(value) is bool


def _is_time(value: object) -> bool:
    if type(value) is not str or not _TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value[:-1])
    except ValueError:
        return False
    return True


def _whole(bits: int) -> Check:
    least, most = -(1 << bits), (1 << bits) - 1
    # A bool is an int in Python, and no number in a row.
    return lambda value: type(value) is int and least <= value <= most


def _array(check: Check) -> Check:
    return lambda value: type(value) is list and all(map(check, value))


def _struct(members: Mapping[str, Check]) -> Check:
    def fits(value: object) -> bool:
        return (
            type(value) is dict
            and value.keys() == members.keys()
            and all(check(value[name]) for name, check in members.items())
        )

    return fits
