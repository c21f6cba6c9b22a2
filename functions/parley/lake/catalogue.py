"""The named queries: one file of SQL in Trino's dialect each, with a header that says what it is for.

    -- title: Was there contact about an order?
    -- answers: One row a conversation about the order: …
    --   continued here
    -- workgroup: reviewing
    -- param order_id id example 303-11: the marketplace's order
    -- param hours hours default 48 example 24: within which the seller should answer

Below the header `{waits}` stands for the text of `queries/shared/waits.sql`, so that a rule which several
queries go by is written once; `{first_day}` is the lake's first day, anywhere. A header is read strictly.
Named parameters such as `:hours` become Athena's `?`, in the order in which they stand. Athena admits these
in WHERE alone; a test holds the queries to that.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Final, Literal

from parley.lake.parameters import Parameter, QueryError, Type, Value, read_value
from parley.lake.tables import FIRST_DAY

Workgroup = Literal["reviewing", "auditing"]
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PARAMETER: Final = re.compile(
    r"(?P<name>[a-z][a-z0-9_]*) (?P<type>[a-z]+)(?: default (?P<default>\S+))?"
    r" example (?P<example>\S+): (?P<says>\S.*)"
)
# Text in quotes and comments are no place for parameters.
_TOKEN: Final = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|:(?P<name>[a-z][a-z0-9_]*)|(?P<bare>\?)")
_NOTHING: Final = "''"
_SHARED: Final = re.compile(r"^ *\{(?P<name>[a-z]+)\}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bound:
    """A query with values. sql: with `?`. literals: one for each `?`, as Athena takes execution parameters.
    filled: the query with the literals in their places."""

    sql: str
    literals: tuple[str, ...]
    filled: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """answers: what the rows tell, and by which rules. workgroup: who may ask, reviewers or auditors.
    sql: with named parameters, without the header. sql_for_athena: with `?`; order: whose these are."""

    name: str
    title: str
    answers: str
    workgroup: Workgroup
    parameters: tuple[Parameter, ...]
    sql: str
    sql_for_athena: str
    order: tuple[str, ...]

    def bind(self, given: Mapping[str, str], today: date) -> Bound:
        """given: values as a person writes them. today: the present day (UTC). Raises `QueryError`."""
        known = {each.name: each for each in self.parameters}
        for name in given:
            if name not in known:
                raise QueryError("parameter-unknown", name, self._unknown(name))
        values = {each.name: self._value(each, given, today) for each in self.parameters}
        first, last = (values[name].day if name in values else None for name in ("from", "to"))
        if first is not None and last is not None and last < first:
            raise QueryError("parameter-invalid", "to", "The parameter to has to be no day before from.")
        filled = _TOKEN.sub(
            lambda token: values[token["name"]].literal if token["name"] else token[0], self.sql
        )
        return Bound(self.sql_for_athena, tuple(values[name].literal for name in self.order), filled)

    def _value(self, parameter: Parameter, given: Mapping[str, str], today: date) -> Value:
        text = given.get(parameter.name, parameter.default)
        if text is None:
            needed = f"The query {self.name} needs the parameter {parameter.name}: {parameter.says}."
            raise QueryError("parameter-missing", parameter.name, needed)
        return read_value(parameter, text, today)

    def _unknown(self, name: str) -> str:
        names = ", ".join(each.name for each in self.parameters)
        return f"The query {self.name} has no parameter {name[:32]!r}; it has {names}."


def read_query(name: str, text: str, shared: Mapping[str, str] = MappingProxyType({})) -> Query:
    """text: of the file. shared: by name, what queries have in common. Raises `QueryError` with
    "header-malformed", "parameter-unused", "parameter-unknown" for one that the header does not tell of,
    "placeholder-unnamed" for a `?`, "shared-unknown"."""
    if not _NAME.fullmatch(name):
        raise QueryError("header-malformed", name, f"{name} is no name of a query.")
    header, sql = _split(name, text.replace("{first_day}", FIRST_DAY.isoformat()))
    members = _members(name, header)
    parameters = tuple(_parameter(name, each) for each in members.pop("param", []))
    title, answers, workgroup = (_single(name, members, each) for each in ("title", "answers", "workgroup"))
    if members or workgroup not in ("reviewing", "auditing"):
        raise _malformed(name, "it has title, answers, workgroup and param alone")
    sql = _SHARED.sub(lambda found: _shared(name, found["name"], shared), sql)
    compiled, order = _compiled(name, sql, {each.name for each in parameters})
    return Query(
        name=name,
        title=title,
        answers=answers,
        workgroup="auditing" if workgroup == "auditing" else "reviewing",
        parameters=parameters,
        sql=sql,
        sql_for_athena=compiled,
        order=order,
    )


def _split(name: str, text: str) -> tuple[list[str], str]:
    lines = text.splitlines()
    end = next((place for place, line in enumerate(lines) if not line.startswith("--")), len(lines))
    sql = "\n".join(lines[end:]).strip()
    if not sql:
        raise _malformed(name, "there is no statement after it")
    return lines[:end], sql


def _shared(name: str, wanted: str, shared: Mapping[str, str]) -> str:
    if wanted not in shared:
        raise QueryError("shared-unknown", name, f"{name}: there is no queries/shared/{wanted}.sql.")
    return f"  {_split(wanted, shared[wanted])[1]}"


def _members(name: str, header: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    latest: list[str] | None = None
    for line in header:
        if line.startswith("--   ") and latest:
            latest[-1] += f" {line[5:].strip()}"
            continue
        member = re.fullmatch(r"-- (title|answers|workgroup): (\S.*)|-- (param) (\S.*)", line)
        if member is None:
            raise _malformed(name, f"this is none of its lines: {line[:60]!r}")
        latest = found.setdefault(member[1] or member[3], [])
        latest.append(member[2] or member[4])
    return found


def _single(name: str, members: dict[str, list[str]], member: str) -> str:
    found = members.pop(member, [])
    if len(found) != 1:
        raise _malformed(name, f"it needs one line {member!r}")
    return found[0]


def _parameter(name: str, text: str) -> Parameter:
    read = _PARAMETER.fullmatch(text)
    if read is None or read["type"] not in set(Type):
        raise _malformed(name, f"this is no parameter: {text[:60]!r}")
    default = "" if read["default"] == _NOTHING else read["default"]
    parameter = Parameter(
        name=read["name"],
        type=Type(read["type"]),
        says=read["says"],
        example=read["example"],
        default=default,
    )
    for each in (parameter.example, *([default] if default else [])):
        # Whether they are of the type; the day does not matter.
        read_value(parameter, each, date(2026, 1, 1))
    return parameter


def _compiled(name: str, sql: str, declared: set[str]) -> tuple[str, tuple[str, ...]]:
    order: list[str] = []

    def replaced(token: re.Match[str]) -> str:
        if token["bare"]:
            raise QueryError("placeholder-unnamed", name, f"{name}: a parameter is written :name, not ?.")
        if token["name"] is None:
            return token[0]
        if token["name"] not in declared:
            raise QueryError("parameter-unknown", token["name"], f"{name}: :{token['name']} is not declared.")
        order.append(token["name"])
        return "?"

    compiled = _TOKEN.sub(replaced, sql)
    if unused := sorted(declared - set(order)):
        raise QueryError("parameter-unused", unused[0], f"{name}: :{unused[0]} is declared and not used.")
    return compiled, tuple(order)


def _malformed(name: str, why: str) -> QueryError:
    return QueryError("header-malformed", name, f"The header of {name} is malformed: {why}.")


def find_query(name: str) -> Query:
    """Raises `QueryError`."""
    if name not in QUERIES:
        raise QueryError("query-unknown", name, "There is no such query: parley query --list shows them all.")
    return QUERIES[name]


def _packaged() -> Iterable[Query]:
    folder = resources.files(__package__) / "queries"
    shared = _texts(folder / "shared")
    for name, text in sorted(_texts(folder).items()):
        yield read_query(name, text, shared)


def _texts(folder: Traversable) -> dict[str, str]:
    """By name without ending."""
    return {
        file.name.removesuffix(".sql"): file.read_text(encoding="utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    }


QUERIES: Final[Mapping[str, Query]] = {each.name: each for each in _packaged()}
