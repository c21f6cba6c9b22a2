"""`parley report`: charts and tables as one HTML file, for people who would rather look."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli.checks.site import Site
from cli.commanding import examples, site_command
from cli.connecting import UsageError
from cli.lake.asking import engine_of
from cli.lake.athena import DOLLARS_PER_TB, dollars, shown_octets
from cli.lake.engines import Answer, Engine, EngineError
from cli.lake.statements import named_statement
from cli.options import FAILED, REVIEWER
from cli.review.commands import moment
from parley.lake.catalogue import find_query
from parley.lake.parameters import QueryError

_DAYS = 30
_MOST_DAYS = 400
_STATUS = "0 written, 1 a query failed or was stopped, 2 nothing was asked."

report = typer.Typer(
    name="report",
    help="Write charts and tables of volume and response times as one HTML file.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Out = Annotated[Path, typer.Option("--out", help="The file to write.")]
Since = Annotated[str | None, typer.Option("--from", help="The first day (UTC). [default: 30 days back]")]
Until = Annotated[str | None, typer.Option("--to", help="The last day. [default: today]")]


def add_command(app: typer.Typer) -> None:
    app.add_typer(report)


class Asking:
    """Runs the report's queries one after the other, and adds up what they scanned."""

    def __init__(self, site: Site, engine: Engine) -> None:
        self._site, self._engine = site, engine
        self.answers: list[Answer] = []

    def __call__(self, name: str, given: Mapping[str, str]) -> Answer:
        query = find_query(name)
        statement = named_statement(query, query.bind(given, self._site.now.date()))
        answer = self._engine.run(statement, lambda _state, _scanned: None)
        self.answers.append(answer)
        return answer


@site_command(
    report,
    "seller",
    role=REVIEWER,
    examples=examples(
        "parley report seller seller-1 --out seller-1.html",
        "parley report seller seller-1 --from 2026-07-01 --to 2026-09-30 --out autumn.html",
        status=_STATUS,
    ),
)
def seller(
    site: Site,
    seller: Annotated[str, typer.Argument(help="The seller's id.")],
    out: Out,
    since: Since = None,
    until: Until = None,
) -> None:
    """Write one seller's volume, response times, late answers and topics."""
    from cli.lake.reports import seller_report  # matplotlib takes a second, which only reports need

    first, last = _period(site, since, until)
    _write(site, out, lambda ask: seller_report(seller, first, last, ask))


@site_command(
    report,
    "operations",
    role=REVIEWER,
    examples=examples("parley report operations --from 2026-09-01 --out september.html", status=_STATUS),
)
def operations(site: Site, out: Out, since: Since = None, until: Until = None) -> None:
    """Write the relay's volume, response times, deliveries and rules."""
    from cli.lake.reports import operations_report  # as above

    first, last = _period(site, since, until)
    _write(site, out, lambda ask: operations_report(first, last, ask))


def _write(site: Site, out: Path, make: Callable[[Asking], str]) -> None:
    try:
        with (
            engine_of(site, "reviewing") as engine,
            Console(stderr=True).status("asking"),
        ):
            asking = Asking(site, engine)
            written = make(asking)
    except QueryError as error:
        raise UsageError(f"{error} [{error.code}]") from None
    except EngineError as error:
        typer.echo(f"parley: {error} [{error.code}]", err=True)
        raise typer.Exit(FAILED) from None
    out.touch()
    out.chmod(0o600)
    out.write_text(written, encoding="utf-8")
    typer.echo(f"Written to {out}.")
    scanned = sum(each.scanned for each in asking.answers)
    cost = sum(dollars(each.scanned, DOLLARS_PER_TB) for each in asking.answers)
    price = "" if site.deployment.local else f", about {cost:.5f} dollars"
    typer.echo(f"{len(asking.answers)} queries, {shown_octets(scanned)} scanned{price}", err=True)


def _period(site: Site, since: str | None, until: str | None) -> tuple[date, date]:
    begin, end = moment(since, "--from"), moment(until, "--to")
    last = end.date() if end else site.now.date()
    first = begin.date() if begin else last - timedelta(days=_DAYS - 1)
    if not 0 <= (last - first).days < _MOST_DAYS:
        raise UsageError(f"--from has to be no day after --to, and no more than {_MOST_DAYS} days before.")
    return first, last
