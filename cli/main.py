"""The commands and their options. A command only connects, runs, reports, and sets the exit status."""

from typing import Annotated

import typer
from rich.console import Console

from cli import reports
from cli.access import add_command as add_access
from cli.checks import CHECKS
from cli.connecting import Options, UsageError
from cli.doctor import examine, failed, proved
from cli.erase import add_command as add_erase
from cli.export import add_command as add_export
from cli.options import (
    CANNOT_START,
    FAILED,
    Endpoint,
    Json,
    Profile,
    Region,
    Stack,
    connected,
    end,
)
from cli.query import add_command as add_query
from cli.replay import add_command as add_replay
from cli.report import add_command as add_report
from cli.review.commands import app as review
from cli.review.holding import held, hold
from cli.smoke.ports import SesPost, SystemClock
from cli.smoke.running import Request, run_smoke
from cli.telling import Quiet, Spoken
from cli.verify import EXAMPLES as VERIFY_EXAMPLES
from cli.verify import verify

review.add_typer(hold)
review.add_typer(held)

app = typer.Typer(
    name="parley",
    help="What a person does with a deployed relay.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_DOCTOR_EXAMPLES = """Examples:

\b
  parley doctor
  parley doctor --profile marketplace --region eu-west-1 --stack Parley
  parley doctor --json | jq '.findings[] | select(.status == "fail")'

\b
Exit status: 0 nothing failed, 1 something did, 2 nothing could be looked at."""


_SMOKE_EXAMPLES = """Examples:

\b
  parley smoke --from shop@tea.example
  parley smoke --from shop@tea.example --to anna@privatmail.example --only success
  parley smoke --from shop@tea.example --yes --json

\b
Exit status: 0 every mail came through as it should, 1 not so, 2 nothing was sent."""
_DEFAULT_WAIT_SECONDS = 300

Author = Annotated[
    str, typer.Option("--from", help="Who writes: a mailbox at a domain that SES sends and signs for.")
]
Counterpart = Annotated[
    str | None, typer.Option("--to", help="Who else is written to: a mailbox that you can read.")
]
Only = Annotated[
    list[str] | None,
    typer.Option(help="Of the simulator: success, bounce, complaint or suppressed. [default: all]"),
]
Wait = Annotated[int, typer.Option(min=10, max=3000, help="For how many seconds to wait for mail.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before sending.")]


@app.callback()
def _commands() -> None:
    """What a person does with a deployed relay."""


@app.command(epilog=_DOCTOR_EXAMPLES)
def doctor(
    stack: Stack = None,
    region: Region = None,
    profile: Profile = None,
    endpoint_url: Endpoint = None,
    json: Json = False,
) -> None:
    """Say what is not ready in a deployment, and what to do about it. Only looks, changes nothing."""
    site = connected(Options(stack=stack, region=region, profile=profile, endpoint_url=endpoint_url))
    console = Console()
    with console.status("looking") if not json else Console(stderr=True).status("looking"):
        found = examine(CHECKS, site)
    deployment = site.deployment
    if json:
        typer.echo(reports.as_json(found, stack=deployment.stack, region=deployment.region))
    else:
        reports.show(f"{deployment.stack} in {deployment.region}", found, console)
        console.print(reports.summary(found), highlight=False)
    raise typer.Exit(FAILED if failed(found) else 0)


@app.command(epilog=_SMOKE_EXAMPLES)
def smoke(
    author: Author,
    to: Counterpart = None,
    only: Only = None,
    wait: Wait = _DEFAULT_WAIT_SECONDS,
    yes: Yes = False,
    stack: Stack = None,
    region: Region = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Send mail through a deployed relay and follow it hop by hop. Asks before it sends anything."""
    site = connected(Options(stack=stack, region=region, profile=profile))
    console = Console(stderr=json)
    if json and not yes:
        raise end("With --json there is nobody to ask: add --yes.")
    request = Request(author=author, to=to, only=tuple(only or ()), seconds=wait)
    try:
        with Quiet() if json else Spoken(console) as teller:
            result = run_smoke(
                request,
                site,
                post=SesPost(site),
                teller=teller,
                clock=SystemClock(),
                agree=lambda plan: yes or (isinstance(teller, Spoken) and teller.asked(plan, typer.confirm)),
            )
    except UsageError as error:
        raise end(str(error)) from None
    if json:
        about = {"stack": site.deployment.stack, "region": site.deployment.region, "token": result.token}
        typer.echo(reports.as_json(result.found, **about, sent=result.sent))
    elif result.sent:
        reports.show_end(result.found, console)
    else:
        reports.show("Not ready: nothing was sent", result.found, console)
    if not result.sent:
        raise typer.Exit(CANNOT_START)
    raise typer.Exit(0 if proved(result.found) else FAILED)


# In the order in which `parley --help` shows them.
app.add_typer(review)
add_query(app)
add_report(app)
app.command("verify", epilog=VERIFY_EXAMPLES)(verify)
add_export(app)
add_replay(app)
add_erase(app)
add_access(app)
