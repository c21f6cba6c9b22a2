"""`parley query`: the named queries, and free SQL that only reads."""

import json as json_
import sys
from typing import Annotated

import typer
from rich.console import Console

from cli.checks.site import Site
from cli.commanding import examples, site_command
from cli.connecting import UsageError
from cli.lake.asking import engine_of, record_reads
from cli.lake.athena import DOLLARS_PER_TB, dollars, shown_octets
from cli.lake.engines import Answer, EngineError
from cli.lake.showing import answer_document, answer_table, catalogue_document, show_catalogue, write_csv
from cli.lake.statements import Statement, free_statement, named_statement, values_of
from cli.options import FAILED, REVIEWER, Case, Json
from parley.lake.catalogue import QUERIES, find_query
from parley.lake.parameters import QueryError

_ROWS = 200
_INTERRUPTED = 130
"""What a shell's own commands end with after Ctrl-C."""


def _listed(*, list_: bool, json: bool, **_others: object) -> bool:
    """Which queries there are is told without a deployment."""
    if list_ and json:
        typer.echo(catalogue_document(QUERIES))
    elif list_:
        show_catalogue(QUERIES, Console())
    return list_


def add_command(app: typer.Typer) -> None:
    @site_command(
        app,
        "query",
        role=f"{REVIEWER}, or of an auditor for who-read-what and lake-errors",
        examples=examples(
            "parley query --list",
            "parley query contact-check --param order_id=303-11",
            "parley query response-times --param from=2026-09-01 --param to=2026-09-30 --csv > september.csv",
            "parley query timeline --param conversation_id=cpuusoosd6hzwl6gbd5vxjnr7qy --case 2026-117",
            "parley query --sql \"SELECT count(*) FROM messages WHERE day = '2026-09-04'\"",
            status="0 answered, 1 the query failed or was stopped, 2 it was not asked, 130 interrupted.",
        ),
        alone=_listed,
    )
    def query(
        site: Site,
        name: Annotated[str | None, typer.Argument(help="The query; --list shows all.")] = None,
        param: Annotated[
            list[str] | None, typer.Option(help="A parameter as name=value; may be repeated.")
        ] = None,
        sql: Annotated[str | None, typer.Option(help="A SELECT of your own, in Trino's dialect.")] = None,
        case: Case = None,
        csv: Annotated[bool, typer.Option("--csv", help="Write CSV instead of a table.")] = False,
        rows: Annotated[int, typer.Option(min=1, help="Rows of the table; JSON and CSV have all.")] = _ROWS,
        price_per_tb: Annotated[
            float, typer.Option(min=0, help="What Athena costs in your region, in dollars a terabyte.")
        ] = DOLLARS_PER_TB,
        json: Json = False,
        list_: Annotated[bool, typer.Option("--list", help="Explain every query, and ask none.")] = False,  # noqa: ARG001  # `_listed` has it
    ) -> None:
        """Ask the lake: who answered when, what was refused, what a conversation says."""
        statement = _statement(site, name, param or [], sql)
        if json and csv:
            raise UsageError("--json or --csv, not both.")
        _recorded(statement, case, site)
        answer = _answered(statement, site)
        cost = None if site.deployment.local else dollars(answer.scanned, price_per_tb)
        if json:
            typer.echo(json_.dumps(answer_document(name, answer, cost)))
        elif csv:
            write_csv(answer, sys.stdout)
        else:
            _show(answer, rows)
        _summed_up(answer, cost)


def _statement(site: Site, name: str | None, given: list[str], sql: str | None) -> Statement:
    if (name is None) == (sql is None):
        raise UsageError("Name a query (parley query --list shows all), or give --sql.")
    try:
        if sql is not None:
            if given:
                raise UsageError("--sql takes no --param: write the values into it.")
            return free_statement(sql)
        query = find_query(name or "")
        return named_statement(query, query.bind(values_of(given), site.now.date()))
    except QueryError as error:
        raise UsageError(f"{error} [{error.code}]") from None


def _recorded(statement: Statement, case: str | None, site: Site) -> None:
    try:
        record_reads(statement, case, site)
    except QueryError as error:
        raise UsageError(f"{error} [{error.code}]") from None


def _answered(statement: Statement, site: Site) -> Answer:
    console = Console(stderr=True)
    try:
        with engine_of(site, statement.workgroup) as engine, console.status("asking") as status:
            return engine.run(
                statement, lambda state, scanned: status.update(f"{state}, {shown_octets(scanned)} scanned")
            )
    except EngineError as error:
        typer.echo(f"parley: {error} [{error.code}]", err=True)
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt:
        typer.echo("parley: Stopped; so was the query.", err=True)
        raise typer.Exit(_INTERRUPTED) from None


def _show(answer: Answer, most: int) -> None:
    if not answer.rows:
        typer.echo("There is nothing.")
        return
    Console().print(answer_table(answer, most))
    if len(answer.rows) > most:
        typer.echo(f"{len(answer.rows) - most} rows more: --rows shows them, --csv writes all.", err=True)


def _summed_up(answer: Answer, cost: float | None) -> None:
    objects = "" if answer.objects is None else f" of {answer.objects} objects"
    price = "" if cost is None else f", about {cost:.5f} dollars"
    typer.echo(f"{len(answer.rows)} rows, {shown_octets(answer.scanned)} scanned{objects}{price}", err=True)
