"""What a statement says of days and conversations wherever it reads a table: which objects it needs."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from sqlglot import exp

from parley.lake.parameters import QueryError

_CONVERSATION: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOT_OF_A_DAY: Final = (exp.Query, exp.Table, exp.AggFunc, exp.Window, exp.Anonymous)
"""What cannot be told from a day alone, and functions that are not known."""


def sources(tree: exp.Expr, table: str) -> Iterator[list[exp.Expr]]:
    """For each place where the table is read: conditions that every row has to meet that is of use there,
    without the table's name in front of columns. None where an outer join may keep others."""
    for place in tree.find_all(exp.Table):
        if place.name.lower() != table:
            continue
        select = place.find_ancestor(exp.Select)
        where = select.args.get("where") if select else None
        if select is None or where is None or _is_optional(place, select):
            yield []
            continue
        own = {place.alias_or_name.lower()} | ({""} if not select.args.get("joins") else set())
        conditions = where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
        yield [_unqualified(each) for each in conditions if _tables_of(each) and _tables_of(each) <= own]


def _is_optional(place: exp.Expr, select: exp.Select) -> bool:
    joins = select.args.get("joins") or []
    joined = place.find_ancestor(exp.Join, exp.Select)
    return any(each.side in ("RIGHT", "FULL") for each in joins) or (
        isinstance(joined, exp.Join) and bool(joined.side)
    )


def _tables_of(condition: exp.Expr) -> set[str]:
    return {each.table.lower() for each in condition.find_all(exp.Column)}


def _unqualified(condition: exp.Expr) -> exp.Expr:
    bare = condition.copy()
    for column in bare.find_all(exp.Column):
        column.set("table", None)
    return bare


def conversations_of(tree: exp.Expr, table: str) -> frozenset[str]:
    """The conversations of which a statement reads a table that lies by conversation. Raises `QueryError`
    where it does not name one at each place: Athena refuses that too, for it cannot know where to look."""
    found = set[str]()
    for conditions in sources(tree, table):
        named = {each for condition in conditions for each in _named(condition)}
        if not named or not all(map(_CONVERSATION.fullmatch, named)):
            raise QueryError(
                "conversation-missing",
                "--sql",
                f"The table {table} is read by conversation: add WHERE conversation_id = '…'.",
            )
        found |= named
    return frozenset(found)


def _named(condition: exp.Expr) -> Iterator[str]:
    """The conversations of a condition that is met by these alone."""
    bare = condition.unnest()
    if isinstance(bare, exp.EQ):
        sides = [bare.this, bare.expression]
    elif isinstance(bare, exp.In) and bare.expressions:
        sides = [bare.this, *bare.expressions]
    else:
        return
    columns = [each for each in sides if isinstance(each, exp.Column)]
    literals = [each.name for each in sides if isinstance(each, exp.Literal) and each.is_string]
    is_theirs = len(columns) == 1 and columns[0].name.lower() == "conversation_id"
    if is_theirs and len(literals) == len(sides) - 1:
        yield from literals


def day_conditions(tree: exp.Expr, table: str) -> list[Sequence[exp.Expr]]:
    """For each place where the table is read: what is said of the column `day` alone, a day at a time."""
    return [[each for each in conditions if _is_of_a_day(each)] for conditions in sources(tree, table)]


def _is_of_a_day(condition: exp.Expr) -> bool:
    columns = {column.name.lower() for column in condition.find_all(exp.Column)}
    return columns == {"day"} and next(condition.find_all(*_NOT_OF_A_DAY), None) is None
