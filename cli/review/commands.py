"""`parley review find`, `show`, `open` and `note`."""

import json as json_
import sys
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli.checks.site import Site
from cli.commanding import examples, site_command
from cli.connecting import UsageError
from cli.deployment import Part, PartMissingError
from cli.marketplace import MarketplaceApi
from cli.options import REVIEWER, Case, Json, case_of
from cli.review import showing
from cli.review.finding import Wanted, find
from cli.review.opening import page_of, present
from cli.review.reading import holdings_of, texts

app = typer.Typer(
    name="review",
    help="Find conversations and read them, write notes, place holds, decide on held mail.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Conversation = Annotated[str, typer.Argument(help="The conversation's id.")]
_DAYS = 30
_READ = "0 shown, 2 not: wrong options, no right, or not there."


def api_of(site: Site) -> MarketplaceApi:
    """Raises `PartMissingError`."""
    if site.api is None:
        raise PartMissingError(Part.API.value[1])
    return site.api


def moment(text: str | None, option: str) -> datetime | None:
    """A date, or a moment, which is in UTC unless it says otherwise. Raises `UsageError`."""
    try:
        read = datetime.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{option} {text} is no date such as 2026-09-04 or 2026-09-04T16:12.") from None
    return read.replace(tzinfo=UTC) if read is not None and read.tzinfo is None else read


@site_command(
    app,
    "find",
    role=REVIEWER,
    examples=examples(
        "parley review find --order 303-11",
        "parley review find --party seller-1 --since 2026-09-01 --until 2026-10-01",
        "parley review find --flag contact-iban --flag contact-phone --since 2026-11-01",
        status=_READ,
    ),
)
def find_(
    site: Site,
    order: Annotated[str | None, typer.Option(help="Of this order.")] = None,
    party: Annotated[str | None, typer.Option(help="With this buyer or seller, by id.")] = None,
    since: Annotated[str | None, typer.Option(help="With a mail or event since this date (UTC).")] = None,
    until: Annotated[str | None, typer.Option(help="With one before this date (UTC).")] = None,
    flag: Annotated[
        list[str] | None, typer.Option(help="With one of these codes (docs/outcomes.md); may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Show no more than these.")] = 50,
    json: Json = False,
) -> None:
    """Find conversations by order, party, date or flag. Shows ids and codes, never what was written."""
    if order is not None and party is not None:
        raise UsageError("Name an --order or a --party, not both.")
    wanted = Wanted(
        order=order,
        party=party,
        since=moment(since, "--since"),
        until=moment(until, "--until"),
        flags=tuple(flag or ()),
    )
    if order is None and party is None and wanted.since is None:
        # Else every conversation there ever was would be looked at.
        wanted = Wanted(since=site.now - timedelta(days=_DAYS), until=wanted.until, flags=wanted.flags)
        typer.echo(f"Of the last {_DAYS} days; --since looks further back.", err=True)
    with Console(stderr=True).status("looking"):
        found = list(islice(find(wanted, site, api_of(site)), limit + 1))
    shown, more = found[:limit], len(found) > limit
    if json:
        typer.echo(
            json_.dumps({"conversations": [showing.match_document(each) for each in shown], "more": more})
        )
        return
    if shown:
        Console().print(showing.matches_table(shown))
    else:
        typer.echo("There is none.")
    if more:
        typer.echo(f"There are more than {limit}: narrow it down, or raise --limit.", err=True)


@site_command(
    app,
    "show",
    role=REVIEWER,
    examples=examples(
        "parley review show k3m5r7k2h6x4n1p8w9t0v2y4a6 --case 2026-117",
        "PARLEY_CASE=2026-117 parley review show k3m5r7k2h6x4n1p8w9t0v2y4a6 --json",
        status=_READ,
    ),
)
def show(site: Site, conversation: Conversation, case: Case = None, json: Json = False) -> None:
    """Show a conversation in the terminal, as the parties saw each other's mails."""
    case, api = case_of(case), api_of(site)
    api.record_read(conversation, case=case, what="transcript")
    opened = api.conversation(conversation)
    told = texts(api.history(conversation), holdings_of(site, conversation))
    if json:
        document = showing.conversation_document(opened, told)
        typer.echo(json_.dumps(document))
    else:
        showing.conversation_told(opened, told, Console())


@site_command(
    app,
    "open",
    role=REVIEWER,
    examples=examples(
        "parley review open k3m5r7k2h6x4n1p8w9t0v2y4a6 --case 2026-117",
        "parley review open k3m5r7k2h6x4n1p8w9t0v2y4a6 --case 2026-117 --originals",
        "parley review open k3m5r7k2h6x4n1p8w9t0v2y4a6 --case 2026-117 --out transcript.html",
        status=_READ,
    ),
)
def open_(
    site: Site,
    conversation: Conversation,
    case: Case = None,
    originals: Annotated[
        bool, typer.Option("--originals", help="With the originals beside; for senior reviewers.")
    ] = False,
    locale: Annotated[str, typer.Option(help="The language of the page with originals: en or de.")] = "en",
    out: Annotated[Path | None, typer.Option(help="Write the page here instead of showing it.")] = None,
) -> None:
    """Open a conversation's transcript in the browser. The file is deleted again when you are done."""
    case, api = case_of(case), api_of(site)
    api.record_read(conversation, case=case, what="originals" if originals else "transcript")
    page = page_of(conversation, site, api, originals=originals, locale=locale)
    present(page, out)


@site_command(
    app,
    "note",
    role=REVIEWER,
    examples=examples(
        "parley review note k3m5r7k2h6x4n1p8w9t0v2y4a6 'Seller was called, agrees.' --case 2026-117",
        "parley review note k3m5r7k2h6x4n1p8w9t0v2y4a6 - --case 2026-117 < note.txt",
        status="0 written down, 2 not.",
    ),
)
def note(
    site: Site,
    conversation: Conversation,
    text: Annotated[str, typer.Argument(help="What to write down; - reads it from standard input.")],
    case: Case = None,
    json: Json = False,
) -> None:
    """Write a note into a conversation's archive. It cannot be changed, only erased with the conversation."""
    written = sys.stdin.read() if text == "-" else text
    added = api_of(site).add_note(conversation, case=case_of(case), text=written.strip())
    if json:
        typer.echo(json_.dumps({"id": added.id, "seq": added.seq, "at": added.at}))
    else:
        typer.echo(f"Written down as {added.id}, link {added.seq} of the conversation's chain.")
