"""SQL as the lake takes it: one statement, which only reads, of tables that there are.

Trino's dialect throughout.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from parley.lake.catalogue import Bound, Query, Workgroup
from parley.lake.parameters import QueryError
from parley.lake.tables import BY_CONVERSATION, ERRORS, TABLES
from parley.lake.views import VIEWS, View

AUDITED: Final = frozenset({"reviewer_actions", ERRORS.name})
READABLE: Final = frozenset({*TABLES, *VIEWS, *BY_CONVERSATION, ERRORS.name})
_DIALECT: Final = "trino"
_WRITING: Final = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """sql: with `?` where there are literals, one for each. tree: the same with the literals in it. tables:
    the lake's tables and views that it names."""

    sql: str
    literals: tuple[str, ...]
    tree: exp.Expr
    tables: frozenset[str]
    workgroup: Workgroup


def named_statement(query: Query, bound: Bound) -> Statement:
    """A query of the catalogue with its values."""
    tree = _read(bound.filled)
    return Statement(
        sql=bound.sql,
        literals=bound.literals,
        tree=tree,
        tables=_tables(tree),
        workgroup=query.workgroup,
    )


def free_statement(sql: str) -> Statement:
    """What a person wrote. Raises `QueryError`: "sql-unreadable", "sql-several", "sql-not-a-read",
    "sql-placeholder", "name-taken", "table-unknown" or "tables-mixed"."""
    written = _uncommented(sql)
    tree = _read(written)
    if next(tree.find_all(exp.Placeholder, exp.Parameter), None) is not None:
        raise QueryError(
            "sql-placeholder", "--sql", "Write values into the statement: --sql has no parameters."
        )
    tables = _tables(tree)
    if taken := sorted(_defined(tree) & READABLE):
        # Within its own definition the name would still be the table's, and whose mail is read not be known.
        raise QueryError("name-taken", taken[0], f"Give WITH {taken[0]} AS another name: it is a table's.")
    if unknown := sorted(tables - READABLE):
        known = ", ".join(sorted(READABLE))
        raise QueryError("table-unknown", unknown[0][:64], f"There is no such table; there are {known}.")
    if tables & AUDITED and tables - AUDITED:
        raise QueryError(
            "tables-mixed",
            "--sql",
            f"Nobody may read {' or '.join(sorted(AUDITED))} and mail at once: ask in two statements.",
        )
    return Statement(
        sql=written,
        literals=(),
        tree=tree,
        tables=tables,
        workgroup="auditing" if tables & AUDITED else "reviewing",
    )


def _uncommented(sql: str) -> str:
    """The statement as it was written, so that it means what its author meant; without its comments and the
    semicolons at its end, in which parsers differ. Raises `QueryError`."""
    try:
        tokens = Dialect.get_or_raise(_DIALECT).tokenize(sql)
    except SqlglotError:
        raise QueryError("sql-unreadable", "--sql", "This is no SQL of Trino's dialect.") from None
    while tokens and sql[tokens[-1].start : tokens[-1].end + 1] == ";":
        tokens.pop()
    kept, end = list[str](), 0
    for token in tokens:
        between = sql[end : token.start]
        kept += [between if between.isspace() or not between else " ", sql[token.start : token.end + 1]]
        end = token.end + 1
    return "".join(kept).strip()


def _read(sql: str) -> exp.Expr:
    try:
        found = [each for each in sqlglot.parse(sql, dialect=_DIALECT) if each is not None]
    except RecursionError:
        raise QueryError("sql-unreadable", "--sql", "This statement is nested too deeply.") from None
    except SqlglotError as error:
        detail = getattr(error, "errors", None)
        where = f" at line {detail[0]['line']}, column {detail[0]['col']}" if detail else ""
        raise QueryError("sql-unreadable", "--sql", f"This is no SQL of Trino's dialect{where}.") from None
    if len(found) != 1:
        raise QueryError("sql-several", "--sql", "One statement, please.")
    (tree,) = found
    if not isinstance(tree, exp.Query) or next(tree.find_all(*_WRITING), None) is not None:
        raise QueryError("sql-not-a-read", "--sql", "Only SELECT and WITH … SELECT are allowed.")
    return tree


def _tables(tree: exp.Expr) -> frozenset[str]:
    """Those that are no common table expression. A qualified name is one of its own, and so unknown."""
    defined = _defined(tree)
    names = (each for each in tree.find_all(exp.Table) if isinstance(each.this, exp.Identifier))
    functions = (each for each in tree.find_all(exp.Table) if not isinstance(each.this, exp.Identifier))
    found = {each.sql(dialect=_DIALECT) for each in functions}
    for each in names:
        qualified = each.db or each.catalog
        name = each.name.lower()
        if qualified:
            found.add(f"{each.db}.{name}")
        elif name not in defined:
            found.add(name)
    return frozenset(found)


def _defined(tree: exp.Expr) -> frozenset[str]:
    return frozenset(each.alias_or_name.lower() for each in tree.find_all(exp.CTE))


def for_duckdb(tree: exp.Expr) -> str:
    return tree.sql(dialect="duckdb", identify=True)


def view_for_duckdb(view: View) -> str:
    return for_duckdb(_read(view.sql))


def values_of(given: Sequence[str]) -> Mapping[str, str]:
    """`name=value` of the command line. Raises `QueryError`."""
    found: dict[str, str] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or name in found:
            raise QueryError(
                "parameter-invalid", name[:32], "A parameter is given once, as --param name=value."
            )
        found[name] = value
    return found
