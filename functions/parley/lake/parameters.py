"""Parameters of queries: what a value may be, and how it is written in SQL.

A value enters a query only by way of `Value.literal`, one literal of Trino's and DuckDB's SQL. Athena takes
the same text as an execution parameter.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

MAX_TEXT: Final = 200
MAX_HOURS: Final = 24 * 366
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_RELATIVE: Final = re.compile(r"today(?:-(\d{1,4}))?")
_ID: Final = re.compile(r"[A-Za-z0-9._~:#/+=-]{1,128}")
_INTEGER: Final = re.compile(r"\d{1,9}")


class Type(StrEnum):
    """date: a day of UTC, `2026-09-04`, `today` or `today-30`. int: from 0. hours: whole hours from 1. id: of
    the marketplace or of the relay. text: any that can be printed."""

    DATE = "date"
    INT = "int"
    HOURS = "hours"
    ID = "id"
    TEXT = "text"


class QueryError(ValueError):
    """A query cannot be asked like that. code: stable, one of "query-unknown", "parameter-unknown",
    "parameter-missing", "parameter-invalid" and those of `parley.lake.catalogue`. name: the query or the
    parameter. The text says what to do, and never repeats a value: that may be personal."""

    def __init__(self, code: str, name: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """default: as a person would write it; None where a value has to be given. An empty default means that
    the query then leaves the parameter aside."""

    name: str
    type: Type
    says: str
    example: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """literal: SQL, a number or a quoted string. day: what a date says."""

    literal: str
    day: date | None = None


def read_value(parameter: Parameter, text: str, today: date) -> Value:
    """today: the present day (UTC), from which relative dates count. Raises `QueryError`."""
    if text == "" and parameter.default == "":
        return Value("''")
    match parameter.type:
        case Type.DATE:
            day = _day(text, today)
            if day is None:
                raise _invalid(parameter, "a date such as 2026-09-04, today or today-30")
            return Value(f"'{day.isoformat()}'", day)
        case Type.INT:
            if not _INTEGER.fullmatch(text):
                raise _invalid(parameter, "a whole number such as 3")
            return Value(str(int(text)))
        case Type.HOURS:
            if not _INTEGER.fullmatch(text) or not 1 <= int(text) <= MAX_HOURS:
                raise _invalid(parameter, f"a whole number of hours from 1 to {MAX_HOURS}")
            return Value(str(int(text)))
        case Type.ID:
            if not _ID.fullmatch(text):
                raise _invalid(parameter, "an id: letters, digits and ._~:#/+=-, 128 at most")
            return Value(f"'{text}'")
        case Type.TEXT:
            if not text or len(text) > MAX_TEXT or not text.isprintable():
                raise _invalid(parameter, f"1 to {MAX_TEXT} characters that can be printed")
            return Value("'" + text.replace("'", "''") + "'")


def _day(text: str, today: date) -> date | None:
    if relative := _RELATIVE.fullmatch(text):
        return today - timedelta(days=int(relative[1] or 0))
    if not _DATE.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # The windows around a period reach some weeks further.
    return day if 2000 <= day.year <= 2999 else None


def _invalid(parameter: Parameter, wanted: str) -> QueryError:
    return QueryError(
        "parameter-invalid", parameter.name, f"The parameter {parameter.name} has to be {wanted}."
    )
