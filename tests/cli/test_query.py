"""`parley query` and `parley report`: what they ask, record, show, and how they end, without a deployment."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

import pytest
from typer.testing import CliRunner

from cli import main, options
from cli.checks.site import Site
from cli.lake import asking
from cli.lake.engines import Answer, EngineError, Progress
from cli.lake.showing import write_csv
from cli.lake.statements import Statement
from cli.marketplace import MarketplaceApi
from parley.lake.catalogue import QUERIES
from tests.cli.sites import OUTPUTS, a_site

LAKE = {
    "ReviewingWorkgroupABC": "parley-reviewing",
    "AuditingWorkgroupABC": "parley-auditing",
    "LakeDatabaseABC": "parley_lake",
}
ANSWER = Answer(columns=("state", "messages"), rows=(("held", 3), ("=cmd\x1b[31m", 4)), scanned=20 * 1024**2)


@dataclass
class FakeEngine:
    """Answers everything alike, and notes what it was asked and for whom."""

    answer: Answer | BaseException = ANSWER
    asked: list[Statement] = field(default_factory=list)
    workgroups: list[str] = field(default_factory=list)

    def run(self, statement: Statement, progress: Progress) -> Answer:
        progress("running", 1024)
        self.asked.append(statement)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


@dataclass
class FakeApi:
    reads: list[tuple[str, str, str]] = field(default_factory=list)

    def record_read(self, conversation: str, *, case: str, what: str) -> str:
        self.reads.append((conversation, case, what))
        return "r1"


@dataclass
class Desk:
    engine: FakeEngine
    api: FakeApi

    def run(self, *arguments: str) -> Any:
        return CliRunner().invoke(main.app, list(arguments), env={"COLUMNS": "300"})


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    found = Desk(FakeEngine(), FakeApi())
    site = replace(a_site(outputs=OUTPUTS | LAKE), api=cast(MarketplaceApi, found.api))

    def athena(*, workgroup: str, **_others: object) -> FakeEngine:
        found.engine.workgroups.append(workgroup)
        return found.engine

    def connect(_options: object) -> Site:
        return site

    monkeypatch.setattr(options, "connect", connect)
    monkeypatch.setattr(asking, "Athena", athena)
    monkeypatch.delenv("PARLEY_CASE", raising=False)
    return found


def test_the_list_explains_every_query_without_a_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(_options: object) -> Site:
        raise AssertionError("nobody asked for a deployment")

    monkeypatch.setattr(options, "connect", unreachable)
    ended = CliRunner().invoke(main.app, ["query", "--list"], env={"COLUMNS": "200"})
    assert ended.exit_code == 0
    assert all(name in ended.output and each.title in ended.output for name, each in QUERIES.items())
    told = json.loads(CliRunner().invoke(main.app, ["query", "--list", "--json"]).stdout)
    assert [each["name"] for each in told] == list(QUERIES)


def test_a_query_shows_a_table_and_what_it_cost(desk: Desk) -> None:
    ended = desk.run("query", "volume", "--param", "from=2026-09-01", "--price-per-tb", "10")
    assert ended.exit_code == 0, ended.output
    assert "held" in ended.stdout
    assert "\x1b[31m" not in ended.stdout
    assert "2 rows, 20.0 MB scanned, about 0.00019 dollars" in ended.stderr
    assert desk.engine.workgroups == ["parley-reviewing"]
    assert desk.engine.asked[0].literals[0] == "'2026-09-01'"


def test_names_of_columns_are_text_and_no_markup(desk: Desk) -> None:
    desk.engine.answer = replace(ANSWER, columns=("[/x]", "\x1b[31m"))
    ended = desk.run("query", "--sql", "SELECT 1")
    assert ended.exit_code == 0, ended.output
    assert "[/x]" in ended.stdout
    assert "\x1b[31m" not in ended.stdout


def test_json_has_every_row_by_column(desk: Desk) -> None:
    told = json.loads(desk.run("query", "volume", "--json").stdout)
    assert told["query"] == "volume"
    assert told["rows"][0] == {"state": "held", "messages": 3}
    assert told["scanned_octets"] == 20 * 1024**2


def test_csv_cannot_become_a_formula(desk: Desk) -> None:
    written = io.StringIO()
    write_csv(replace(ANSWER, rows=(("=1+1", 1), ("a,b", None))), written)
    assert list(csv.reader(io.StringIO(written.getvalue()))) == [
        ["state", "messages"],
        ["'=1+1", "1"],
        ["a,b", ""],
    ]
    written = io.StringIO()
    write_csv(Answer(columns=("=1+1",), rows=(), scanned=0), written)
    assert written.getvalue() == "'=1+1\r\n"
    lines = desk.run("query", "volume", "--csv").stdout.splitlines()
    assert lines == ["state,messages", "held,3", "'=cmd\ufffd[31m,4"]


def test_who_read_what_is_asked_of_the_auditors_workgroup(desk: Desk) -> None:
    assert desk.run("query", "who-read-what").exit_code == 0
    assert desk.engine.workgroups == ["parley-auditing"]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["timeline", "--param", "conversation_id=c1"], "transcript"),
        (["--sql", "SELECT text FROM content WHERE conversation_id = 'c1'"], "transcript"),
        (["--sql", "SELECT kind FROM entries WHERE conversation_id = 'c1'"], "entries"),
    ],
)
def test_a_conversations_own_objects_are_read_for_a_case_that_is_recorded_first(
    desk: Desk, arguments: list[str], what: str
) -> None:
    refused = desk.run("query", *arguments)
    assert refused.exit_code == 2
    assert "case" in refused.stderr
    assert desk.engine.asked == []
    assert desk.run("query", *arguments, "--case", "case-17").exit_code == 0
    assert desk.api.reads == [("c1", "case-17", what)]
    assert len(desk.engine.asked) == 1


def test_ids_and_codes_are_read_without_a_case(desk: Desk) -> None:
    assert desk.run("query", "--sql", "SELECT count(*) FROM messages").exit_code == 0
    assert desk.api.reads == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name a query"),
        (["volume", "--sql", "SELECT 1"], "Name a query"),
        (["nothing"], "[query-unknown]"),
        (["contact-check"], "order_id"),
        (["contact-check", "--param", "order_id=1", "--param", "hours=x"], "hours"),
        (["volume", "--param", "from"], "--param name=value"),
        (["--sql", "DROP TABLE messages"], "[sql-not-a-read]"),
        (["--sql", "SELECT text FROM content"], "[conversation-missing]"),
        (["--sql", "SELECT kind FROM entries"], "[conversation-missing]"),
        (["timeline", "--param", "conversation_id=c1", "--param", "from=2026-09-01"], "from"),
        (["--sql", "SELECT 1", "--param", "a=b"], "--sql takes no --param"),
        (["volume", "--json", "--csv"], "not both"),
    ],
)
def test_what_cannot_be_asked_ends_in_one_line_and_asks_nothing(
    desk: Desk, arguments: list[str], said: str
) -> None:
    ended = desk.run("query", *arguments)
    assert ended.exit_code == 2
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert desk.engine.asked == []


def test_a_failed_query_ends_with_its_reason_and_an_interrupted_one_says_so(desk: Desk) -> None:
    desk.engine.answer = EngineError("scan-limit", "The query was stopped.")
    ended = desk.run("query", "volume")
    assert (ended.exit_code, "The query was stopped. [scan-limit]" in ended.stderr) == (1, True)
    desk.engine.answer = KeyboardInterrupt()
    assert desk.run("query", "volume").exit_code == 130


def test_a_stack_without_a_lake_is_said_to_have_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "connect", lambda _options: a_site())
    ended = desk.run("query", "volume")
    assert ended.exit_code == 2
    assert "Deploy the stack again" in ended.stderr


class Page(HTMLParser):
    """What a page would load, run or show."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.images: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.loads += [str(given[name]) for name in ("src", "href", "xlink:href", "data") if name in given]
        self.ids += [str(given["id"])] if "id" in given else []
        if tag == "svg":
            self.images.append(given)


def of_days(statement: Statement) -> Answer:
    """Answers of the columns that the reports look at."""
    tree = statement.tree
    columns = tuple(each.alias_or_name for each in tree.expressions)
    row = tuple(
        "2026-09-03"
        if name == "day"
        else "<b>delivery</b>"
        if name == "topic"
        else 4.5
        if "hours" in name
        else 2
        for name in columns
    )
    return Answer(columns=columns, rows=(row,), scanned=1000)


@pytest.mark.parametrize(
    ("arguments", "charts"), [(["operations"], 4), (["seller", "seller-1"], 3)], ids=["operations", "seller"]
)
def test_a_report_is_one_page_that_loads_nothing_and_says_what_its_charts_show(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], charts: int
) -> None:
    answering: Callable[..., Answer] = lambda statement, _progress: of_days(statement)  # noqa: E731
    monkeypatch.setattr(desk.engine, "run", answering)
    out = tmp_path / "report.html"
    dates = ["--from", "2026-09-01", "--to", "2026-09-05"]
    ended = desk.run("report", *arguments, "--out", str(out), *dates)
    assert ended.exit_code == 0, ended.output
    text = out.read_text(encoding="utf-8")
    assert out.stat().st_mode & 0o077 == 0
    page = Page()
    page.feed(text)
    assert not {"script", "link", "img", "iframe", "object", "b"} & set(page.tags)
    assert all(each.startswith("#") for each in page.loads)
    assert len(page.ids) == len(set(page.ids))
    assert len(page.images) == charts
    assert all(each["role"] == "img" and each["aria-label"] for each in page.images)
    assert page.tags.count("table") >= charts
    assert "&lt;b&gt;delivery&lt;/b&gt;" in text
    assert not re.search(r"url\((?!#)", text)


def test_a_report_of_a_period_without_a_message_says_so(desk: Desk, tmp_path: Path, monkeypatch: Any) -> None:
    def nothing(statement: Statement, _progress: Progress) -> Answer:
        return replace(of_days(statement), rows=())

    monkeypatch.setattr(desk.engine, "run", nothing)
    out = tmp_path / "report.html"
    assert desk.run("report", "operations", "--out", str(out)).exit_code == 0
    assert "There is nothing in this period." in out.read_text(encoding="utf-8")


def test_a_report_of_no_days_is_refused(desk: Desk, tmp_path: Path) -> None:
    dates = ["--from", "2026-09-05", "--to", "2026-09-01"]
    ended = desk.run("report", "operations", "--out", str(tmp_path / "x.html"), *dates)
    assert (ended.exit_code, "--from" in ended.stderr) == (2, True)
    assert not (tmp_path / "x.html").exists()


def test_a_report_counts_back_from_today(desk: Desk, tmp_path: Path, monkeypatch: Any) -> None:
    asked: list[Statement] = []

    def noting(statement: Statement, _progress: Progress) -> Answer:
        asked.append(statement)
        return replace(of_days(statement), rows=())

    monkeypatch.setattr(desk.engine, "run", noting)
    desk.run("report", "operations", "--out", str(tmp_path / "x.html"))
    assert asked[0].literals[:2] == (f"'{date(2026, 10, 22)}'", f"'{date(2026, 11, 20)}'")
