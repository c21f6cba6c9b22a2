"""Glue's names of types as DuckDB spells them: `array<struct<a:string>>` → `STRUCT("a" VARCHAR)[]`."""

from collections.abc import Iterator
from typing import Final

_PLAIN: Final = {
    "string": "VARCHAR",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP",
}


def duckdb_type(glue: str) -> str:
    """Raises `ValueError` for a type that the lake's tables do not use."""
    if glue in _PLAIN:
        return _PLAIN[glue]
    if glue.startswith("array<") and glue.endswith(">"):
        return duckdb_type(glue[6:-1]) + "[]"
    if glue.startswith("map<") and glue.endswith(">"):
        return f"MAP({', '.join(map(duckdb_type, _members(glue[4:-1])))})"
    if glue.startswith("struct<") and glue.endswith(">"):
        members = [each.partition(":") for each in _members(glue[7:-1])]
        return "STRUCT(" + ", ".join(f'"{name}" {duckdb_type(type_)}' for name, _, type_ in members) + ")"
    raise ValueError(f"no type of the lake: {glue}")


def _members(text: str) -> Iterator[str]:
    """Parts between those commas that stand in no brackets."""
    depth, begin = 0, 0
    for place, sign in enumerate(text):
        depth += (sign == "<") - (sign == ">")
        if sign == "," and not depth:
            yield text[begin:place]
            begin = place + 1
    yield text[begin:]
