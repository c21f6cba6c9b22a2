"""What stands in the reports: which queries, and how their rows become figures and charts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from cli.lake.charts import Series, bars, lines
from cli.lake.engines import Answer, Cell
from cli.lake.page import Figure, Section, page

Ask = Callable[[str, Mapping[str, str]], Answer]
"""Runs a query by name with parameters."""
_STATES = ("relayed", "released", "held", "refused", "expired", "discarded")
_EVENTS = ("delivered", "delayed", "bounced", "suppressed", "rejected", "complained")


def seller_report(seller: str, first: date, last: date, ask: Ask) -> str:
    """One seller's volume, response times, late answers and topics as a page."""
    period = {"from": first.isoformat(), "to": last.isoformat()}
    given = period | {"seller_id": seller}
    volume, times = ask("volume", given), ask("response-times-by-day", given)
    overall, late, topics = ask("response-times", given), ask("late-answers", given), ask("topics", given)
    figures = [Figure("messages", str(sum(_numbers(volume, "messages"))))]
    if overall.rows:
        told = dict(zip(overall.columns, overall.rows[0], strict=True))
        figures += [
            Figure("questions", _shown(told["questions"])),
            Figure("answered within 48 hours", f"{_shown(told['percent_in_48_hours'])} %"),
            Figure("median", f"{_shown(told['median_hours'])} hours"),
        ]
    sections = [
        _volume(volume, first, last),
        _times(times, first, last),
        Section(
            title="Answered late or not at all",
            says="Questions whose 48 hours have passed, the latest first. Ids lead to the conversation.",
            answer=late,
            is_open=True,
        ),
        _topics(topics),
    ]
    return page(f"Seller {seller}", _about(first, last), figures, sections)


def operations_report(first: date, last: date, ask: Ask) -> str:
    """The whole relay's volume, response times, deliveries and rules as a page."""
    period = {"from": first.isoformat(), "to": last.isoformat()}
    volume, times = ask("volume", period), ask("response-times-by-day", period)
    deliveries, rules = ask("deliveries", period), ask("rules", period)
    failures, topics = ask("authentication-failures", period), ask("topics", period)
    messages = sum(_numbers(volume, "messages"))
    passed = sum(_numbers(volume, "relayed")) + sum(_numbers(volume, "released"))
    figures = [
        Figure("messages", str(messages)),
        Figure("passed on", f"{100 * passed / messages:.1f} %" if messages else "none"),
        Figure("still held", str(sum(_numbers(volume, "held")))),
        Figure("bounced", str(sum(_numbers(deliveries, "bounced")))),
    ]
    sections = [
        _volume(volume, first, last),
        _times(times, first, last),
        _deliveries(deliveries, first, last),
        Section(
            title="Rules",
            says="In how many messages a rule looked and found something, and what became of these.",
            answer=rules,
            is_open=True,
        ),
        Section(
            title="Authors who were not proved",
            says="Mails that were not passed on because SES could not prove their author, or proved another.",
            answer=failures,
        ),
        _topics(topics),
    ]
    return page("Operations", _about(first, last), figures, sections)


def _volume(answer: Answer, first: date, last: date) -> Section:
    days = _days(first, last)
    series = [
        Series(state, _by_day(answer, days, state)) for state in _STATES if sum(_numbers(answer, state)) > 0
    ]
    total = sum(_numbers(answer, "messages"))
    told = f"Bar chart: {total} messages from {first} to {last}, by day and by what became of them."
    return Section(
        title="Messages a day",
        says="Messages by the day (UTC) on which they came in, and what became of them.",
        answer=answer,
        chart=bars(days, series, "messages", told) if answer.rows else "",
    )


def _times(answer: Answer, first: date, last: date) -> Section:
    days = _days(first, last)
    medians = dict(zip(_column(answer, "day"), _column(answer, "median_hours"), strict=True))
    values = tuple(_number(medians.get(day)) for day in days)
    known = [each for each in values if each is not None]
    told = (
        f"Line chart: median hours to an answer by day, from {min(known):g} to {max(known):g}."
        if known
        else "Line chart without values."
    )
    return Section(
        title="Response times",
        says="Median hours to the seller's answer, by the day on which the buyer wrote. Automatic answers are"
        " none; time in which a mail was held does not count.",
        answer=answer,
        chart=lines(days, [Series("median", values)], "hours", told) if known else "",
    )


def _deliveries(answer: Answer, first: date, last: date) -> Section:
    days = _days(first, last)
    kinds = [kind for kind in _EVENTS if sum(_numbers(answer, kind)) > 0]
    told = "Bar chart by day: " + ", ".join(f"{sum(_numbers(answer, each))} {each}" for each in kinds) + "."
    return Section(
        title="Deliveries",
        says="What SES told of the mails that went out, by the day on which it told.",
        answer=answer,
        chart=bars(days, [Series(each, _by_day(answer, days, each)) for each in kinds], "mails", told)
        if kinds
        else "",
    )


def _topics(answer: Answer) -> Section:
    topics = [str(each) for each in _column(answer, "topic")]
    series = [
        Series(name, tuple(map(_number, _column(answer, column))))
        for name, column in (("of buyers", "of_buyers"), ("of sellers", "of_sellers"))
    ]
    told = "Bar chart: messages by topic, the most frequent is " + (topics[0] if topics else "none") + "."
    return Section(
        title="Topics",
        says="What people write about, by lists of words. A message may have several topics.",
        answer=answer,
        chart=bars(topics[:8], [Series(each.name, each.values[:8]) for each in series], "messages", told)
        if topics
        else "",
    )


def _about(first: date, last: date) -> str:
    return f"From {first} to {last}, days of UTC."


def _days(first: date, last: date) -> list[str]:
    return [(first + timedelta(days=each)).isoformat() for each in range((last - first).days + 1)]


def _column(answer: Answer, name: str) -> list[Cell]:
    place = answer.columns.index(name)
    return [row[place] for row in answer.rows]


def _numbers(answer: Answer, name: str) -> list[int]:
    return [int(each) for each in _column(answer, name) if isinstance(each, int | float)]


def _number(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, int | float) else None


def _by_day(answer: Answer, days: Sequence[str], name: str) -> tuple[float, ...]:
    found = dict.fromkeys(days, 0.0)
    for day, value in zip(_column(answer, "day"), _column(answer, name), strict=True):
        found[str(day)] = found.get(str(day), 0.0) + (_number(value) or 0.0)
    return tuple(found[day] for day in days)


def _shown(cell: Cell) -> str:
    return "–" if cell is None else str(cell)
