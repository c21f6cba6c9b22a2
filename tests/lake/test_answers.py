"""Each query, run over a made-up marketplace of more than 20,000 mails, against plain Python.

The same statements go to Athena. That changing one of their conditions shows is proved at the end.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

import pytest

from cli.lake.engines import Answer, Cell
from parley.lake.catalogue import QUERIES, Query
from tests.lake import reference
from tests.lake.conftest import Asked
from tests.lake.reference import Period
from tests.lake.world import DAY, World

ALL = Period(date(2026, 3, 1), date(2026, 12, 31))
INNER = Period(date(2026, 3, 20), date(2026, 4, 5))
"""Begins and ends among conversations, with the night in which Berlin's clocks change."""
PERIODS = pytest.mark.parametrize("period", [ALL, INNER], ids=["all", "inner"])
Reference = Callable[..., reference.Rows]

# The query, its reference, and values: of the query, and as the reference takes them.
COMPARED: list[tuple[str, Reference, dict[str, str], tuple[Any, ...]]] = [
    ("response-times", reference.response_times, {}, ()),
    ("response-times-by-day", reference.response_times_by_day, {}, ()),
    ("late-answers", reference.late_answers, {"hours": "48"}, (48,)),
    ("late-answers", reference.late_answers, {"hours": "24"}, (24,)),
    ("undelivered", reference.undelivered, {}, (24,)),
    ("refused-attempts", reference.refused_attempts, {}, ()),
    ("flagged", reference.flagged, {"code": "contact-iban"}, ("contact-iban",)),
    ("rules", reference.rules, {}, ()),
    ("attachments", reference.attachments, {"conversations": "3"}, (3,)),
    ("deliveries", reference.deliveries, {}, ()),
    ("authentication-failures", reference.authentication_failures, {}, ()),
    ("fan-out", reference.fan_out, {"conversations": "20"}, (20,)),
    ("volume", reference.volume, {}, ()),
    ("topics", reference.topics, {}, ()),
    ("who-read-what", reference.who_read_what, {"actor": "anna"}, ("anna",)),
]


def dates(period: Period) -> dict[str, str]:
    return {"from_": period.first.isoformat(), "to": period.last.isoformat()}


def difference(told: Answer, expected: reference.Rows) -> str:
    """The first row that differs, with its place; "" if none does. Hours differ by a digit at most."""
    for place, (row, wanted) in enumerate(zip_longest(told.rows, expected)):
        if row is None or wanted is None or len(row) != len(wanted) or not all(map(_alike, row, wanted)):
            return f"row {place}: told {row}, expected {wanted}"
    return ""


def _alike(cell: Cell, wanted: Cell) -> bool:
    if isinstance(cell, float) and isinstance(wanted, int | float):
        return abs(cell - wanted) < 0.011 or (abs(cell - wanted) < 0.11 and round(cell, 1) == cell)
    return cell == wanted


def test_the_marketplace_is_large_and_has_every_kind_of_case(world: World) -> None:
    assert len(world.mails) >= 20_000
    assert {each.state for each in world.mails} == {
        *("relayed", "released", "held", "refused", "expired", "discarded")
    }
    assert any(each.author is None for each in world.mails)
    assert any(each.automatic for each in world.mails)
    assert any(each.is_erased for each in world.talks.values())
    assert any(map(reference.is_moved, world.mails))
    assert any(each.seq == 1 and each.author == "seller" for each in world.mails)
    assert any(each.at.date() != each.occurred_at.date() and each.kind == "bounced" for each in world.events)
    waits = list(reference.waits(world, ALL))
    taken = {wait.answered - wait.began for wait in waits if wait.answered}
    hour, tick = reference.timedelta(hours=1), reference.timedelta(milliseconds=1)
    assert {24 * hour, 24 * hour + tick, 48 * hour, 48 * hour + tick} <= taken


@PERIODS
@pytest.mark.parametrize(
    ("name", "told", "given", "values"),
    COMPARED,
    ids=[f"{each[0]}{''.join(each[2].values())}" for each in COMPARED],
)
def test_a_query_answers_what_plain_python_tells(
    name: str,
    told: Reference,
    given: dict[str, str],
    values: tuple[Any, ...],
    period: Period,
    world: World,
    asked: Asked,
) -> None:
    expected = told(world, period, *values)
    assert expected
    answer = asked(name, **dates(period), **given)
    assert difference(answer, expected) == ""


def test_the_contact_check_of_many_orders_is_what_plain_python_tells(world: World, asked: Asked) -> None:
    several = [f"303-{number}" for number in range(27)]
    found = set()
    for period, order in [*((ALL, each) for each in several), *((INNER, each) for each in cut_orders(world))]:
        expected = reference.contact_check(world, period, order, 48)
        answer = asked("contact-check", order_id=order, hours="48", **dates(period))
        assert difference(answer, expected) == "", order
        found |= {row[9] for row in expected}
    assert found == {"answered", "answered-late", "unanswered", "not-contacted", "unknown"}


def test_what_a_period_answers_is_the_sum_of_what_its_parts_answer(world: World, asked: Asked) -> None:
    """An answer or a question beyond a period's edge changes nothing of what counts within it."""
    whole = asked("response-times-by-day", **dates(ALL)).rows
    late = asked("late-answers", **dates(ALL)).rows
    for first_of_second in (date(2026, 3, 20), date(2026, 4, 14)):
        before = Period(ALL.first, first_of_second - timedelta(days=1))
        after = Period(first_of_second, ALL.last)
        parts = [asked("response-times-by-day", **dates(each)).rows for each in (before, after)]
        assert (*parts[0], *parts[1]) == whole
        parts = [asked("late-answers", **dates(each)).rows for each in (after, before)]
        assert sorted((*parts[0], *parts[1]), key=str) == sorted(late, key=str)


def test_every_query_is_compared() -> None:
    elsewhere = {"contact-check", "timeline", "search-text", "lake-errors"}
    assert {each[0] for each in COMPARED} | elsewhere == set(QUERIES)


# What is changed, in which query, and what it would mean.
CHANGES = [
    ("response-times", "<= began_at + INTERVAL '48' HOUR", "< began_at + INTERVAL '48' HOUR"),
    ("response-times", "<= began_at + INTERVAL '24' HOUR", "< began_at + INTERVAL '24' HOUR"),
    ("response-times", "      AND u.message_id IS NULL\n      AND m.day", "      AND m.day"),
    ("response-times", "AND m.passed_on_at IS NOT NULL\n      AND u.message_id IS NULL", ""),
    ("response-times", "'held')\n      AND u.message_id IS NULL", "'held')"),
    ("response-times", "m.passed_on_at AS moment", "m.at AS moment"),
    ("response-times", "'seller'\n      AND m.automatic IS NULL", "'seller'"),
    ("response-times", "'buyer'\n      AND m.automatic IS NULL", "'buyer'"),
    ("response-times", "'released', 'held')", "'released')"),
    ("response-times", "asked_before_at IS NULL\n        OR", ""),
    ("response-times", "OR asked_before_at + INTERVAL '14' DAY < moment", ""),
    ("response-times", "asked_before_at + INTERVAL '14' DAY < next_answer_at AND", ""),
    ("response-times", "AND next_answer_at <= moment + INTERVAL '14' DAY)", ")"),
    ("response-times", "ORDER BY moment, is_question, seq", "ORDER BY moment, is_question DESC, seq"),
    ("response-times", "next_answer_at <= moment", "next_answer_at < moment"),
    ("response-times", ":from AS timestamp) - INTERVAL '45' DAY", ":from AS timestamp) - INTERVAL '1' DAY"),
    ("response-times", "WHERE seller_id IS NOT NULL\n", "WHERE true\n"),
    ("response-times", "place * 2 >= answers", "place * 2 > answers"),
    ("response-times", ":to AS timestamp) + INTERVAL '45' DAY", ":to AS timestamp) + INTERVAL '5' DAY"),
    ("late-answers", "answered_at > began_at", "answered_at >= began_at"),
    ("response-times", "NOT contains(codes, 'source=report')", "true"),
    ("response-times", "OR contains(codes, 'type=permanent')", ""),
    ("response-times", "IN (1, 3)", "= 3"),
    ("response-times", "WHEN kind IN ('delivered', 'complained') THEN 2", ""),
    ("undelivered", "'suppressed', 'rejected')", "'rejected')"),
    ("undelivered", "NOT contains(codes, 'source=report')", "true"),
    ("undelivered", "ORDER BY stands DESC", "ORDER BY stands"),
    ("undelivered", "IN (1, 3)", "= 3"),
    ("undelivered", "coalesce(e.stands, 0) = 0", "e.stands = 0"),
    ("undelivered", "kind IN ('delivered', 'complained')", "kind = 'delivered'"),
    ("undelivered", "WHEN e.delays > 0 THEN 'delayed'", ""),
    ("refused-attempts", "AND automatic IS NULL", ""),
    ("topics", "OR m.passed_on_at IS NOT NULL", "OR true"),
    ("rules", "WHEN has_found THEN 1", "WHEN true THEN 1"),
    ("flagged", "SELECT DISTINCT at", "SELECT at"),
    *((name, "OR passed_on_at IS NOT NULL", "OR true") for name in ("volume", "fan-out")),
    ("volume", "count(automatic)", "count(*)"),
    ("volume", "AND (state <> 'released' OR passed_on_at IS NOT NULL)", ""),
    ("deliveries", "NOT contains(codes, 'source=report')", "true"),
    ("deliveries", "count(DISTINCT CASE WHEN kind = 'sent'", "count(CASE WHEN kind = 'bounced'"),
    ("fan-out", "WHEN author_role = 'buyer' THEN seller_id", "WHEN author_role = 'seller' THEN seller_id"),
    ("topics", "AND m.automatic IS NULL", ""),
    ("authentication-failures", "AND m.state NOT IN ('relayed', 'released')", "AND m.state = 'refused'"),
    ("attachments", "conversations >= :conversations", "conversations > :conversations"),
]


@pytest.mark.parametrize(
    ("name", "old", "new"), CHANGES, ids=[f"{each[0]}:{each[1][:40]}" for each in CHANGES]
)
def test_a_changed_query_no_longer_answers_the_same(
    name: str, old: str, new: str, world: World, asked: Asked
) -> None:
    _, told, given, values = next(each for each in COMPARED if each[0] == name)
    period = INNER if "DAY" in old and "next" not in old else ALL
    answer = asked(changed(QUERIES[name], old, new), **dates(period), **given)
    assert difference(answer, told(world, period, *values))


CONTACT_CHANGES = [
    ("AND NOT has_failed THEN passed_on_at", "THEN passed_on_at"),
    ("NOT contains(codes, 'source=report')", "true"),
    ("WHEN kind IN ('delivered', 'complained') THEN 2", ""),
    ("THEN passed_on_at END) AS contact_at", "THEN at END) AS contact_at"),
    ("w.at > c.contact_at", "w.at >= c.contact_at"),
    ("a.answered_at <= c.contact_at", "a.answered_at < c.contact_at"),
    ("AND w.automatic IS NULL", ""),
    ("AND NOT w.has_failed", ""),
    ("state = 'refused'", "state IN ('refused', 'held')"),
    ("state = 'refused' AND automatic IS NULL", "state = 'refused'"),
    ("FILTER (WHERE is_passed_on AND NOT has_failed)", "FILTER (WHERE is_passed_on)"),
    ("ROW(passed_on_at, seq)", "ROW(at, seq)"),
    ("= 'buyer' AS buyer_wrote_first", "= 'seller' AS buyer_wrote_first"),
]


@pytest.mark.parametrize(("old", "new"), CONTACT_CHANGES, ids=[each[0][:40] for each in CONTACT_CHANGES])
def test_a_changed_contact_check_no_longer_answers_the_same(
    old: str, new: str, world: World, asked: Asked
) -> None:
    query = changed(QUERIES["contact-check"], old, new)
    assert any(
        difference(
            asked(query, order_id=order, hours="48", **dates(ALL)),
            reference.contact_check(world, ALL, order, 48),
        )
        for order in telling_orders(world)
    )


def cut_orders(world: World) -> list[str]:
    """Orders whose conversations began before the inner period."""
    found = set[str]()
    for talk in world.talks.values():
        days = [each.at.date() for each in world.mails_of[talk.id]]
        if talk.order and not talk.is_erased and days and min(days) < INNER.first <= max(days):
            found.add(talk.order)
    return sorted(found)[:12]


def telling_orders(world: World) -> list[str]:
    """Orders at the edges of what a contact check decides, so that few have to be asked about."""
    found, waited, doubtful = set[str](), set[str](), set[str]()
    for talk in world.talks.values():
        mails = [] if talk.is_erased or not talk.order else world.mails_of[talk.id]
        asked = [each.passed_on_at for each in mails if each.author == "buyer" and each.automatic is None]
        began = min((each for each in asked if each), default=None)
        answered = [each.at for each in mails if began and reference.is_answer(each)]
        edges = (timedelta(0), timedelta(hours=48))
        if began and talk.order and min(answered, default=began + DAY) - began in edges:
            found.add(talk.order)
        for mail in mails:
            if talk.order and mail.author == "buyer" and mail.automatic is None:
                if mail.passed_on_at not in (None, mail.at) and mail.passed_on_at == began:
                    waited.add(talk.order)
                told_of = [*world.events_of[mail.id]]
                if (
                    any(each.is_report or "type=transient" in each.codes for each in told_of)
                    and len(mails) < 3
                ):
                    doubtful.add(talk.order)
    edges_first = [*sorted(found)[:10], *sorted(waited)[:6], *sorted(doubtful)[:8]]
    return [*bounced_and_automatic(world), *edges_first, *(f"303-{number}" for number in range(10))]


def bounced_and_automatic(world: World) -> list[str]:
    """Orders with a question of which the first mail, or the first answer, bounced, or came by itself."""
    failed = reference.failed_mails(world, ALL)
    found: dict[tuple[str, bool], set[str]] = defaultdict(set)
    for talk in (each for each in world.talks.values() if each.order and not each.is_erased):
        passed = sorted((each for each in world.mails_of[talk.id] if each.passed_on_at), key=lambda m: m.at)
        reached = [each for each in passed if each.id not in failed and not each.automatic]
        if {each.author for each in reached} != {"buyer", "seller"} or reached[0].author != "buyer":
            continue
        for mail in passed[: passed.index(next(m for m in reached if m.author == "seller"))]:
            if mail.id in failed or mail.automatic:
                found[str(mail.author), mail.id in failed].add(str(talk.order))
    return [order for each in found.values() for order in sorted(each)[:3]]


def changed(query: Query, old: str, new: str) -> Query:
    assert old in query.sql
    return replace(query, sql=query.sql.replace(old, new))
