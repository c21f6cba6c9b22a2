"""The JSON of the lake's lines: ASCII without blanks in one order, and read strictly."""

import json
from datetime import UTC, datetime
from typing import Any, NoReturn

from parley.lake.checks import TIME


def _written_time(value: datetime) -> str:
    return value.astimezone(UTC).strftime(TIME)[:-4] + "Z"


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError("a member stands there twice")
    return found


def _refuse(_number: str) -> NoReturn:
    raise ValueError("not a whole number")


# Made once: json.loads and json.dumps make theirs anew for every line that asks for anything special.
DECODER = json.JSONDecoder(object_pairs_hook=_each_once, parse_float=_refuse, parse_constant=_refuse)
ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_written_time)
