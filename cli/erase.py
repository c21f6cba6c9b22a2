"""`parley erase` and `parley erasures`: a privacy officer asks the function that erases.

The officer's own credentials reach no mail: they may only ask, and what was asked is recorded. The name that
goes along is a claim; who invoked the function is what CloudTrail tells.
"""

import json as json_
from typing import Annotated, Any

import typer

from cli.checks.site import Site
from cli.commanding import examples, site_command
from cli.connecting import UsageError
from cli.deployment import Part
from cli.options import Case, Json, case_of, end

OFFICER = "a privacy officer"
_TROUBLES = {
    "unknown-party": "There is no party {party}. Its id is the one that the marketplace registered it with.",
    "wrong-party": "{party} is no id of a party.",
    "wrong-case": "The case may have letters, digits and # . _ : / - only, 100 at most: it is an id.",
}

Party = Annotated[str, typer.Argument(help="The party's id.")]


def add_command(app: typer.Typer) -> None:
    site_command(
        app,
        "erase",
        role=OFFICER,
        examples=examples(
            "parley erase anna-303 --case dsr-2026-17",
            "parley erase anna-303 --case dsr-2026-17 --at-once --yes --json",
            status="0 the erasure is under way, 2 nothing was done.",
        ),
    )(erase)
    site_command(
        app,
        "erasures",
        role=OFFICER,
        examples=examples("parley erasures", "parley erasures --json", status="0 shown, 2 not."),
    )(erasures)


def erase(
    site: Site,
    party: Party,
    case: Case = None,
    at_once: Annotated[
        bool,
        typer.Option("--at-once", help="Also where somebody may still claim something about an order."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before.")] = False,
    json: Json = False,
) -> None:
    """Erase a party and its conversations, for both sides. Shows what would go and asks; there is no way
    back. Holds are kept to, and it goes on by itself until nothing is left."""
    case = case_of(case)
    if json and not yes:
        raise end("With --json there is nobody to ask: add --yes.")
    wanted = {"party": party, "case": case, "for_claims": not at_once}
    found = ask(site, {"task": "look", **wanted})
    if not json:
        _tell(found)
    if not yes and not typer.confirm("Erase all this?", err=True):
        raise end("Nothing was done.")
    who = site.clients.sts.get_caller_identity()["Arn"]
    plan = ask(site, {"task": "erase", "who": who, **wanted})
    if json:
        typer.echo(json_.dumps({"erasure": plan, "found": found}, indent=1))
        return
    typer.echo(f"Erasure {plan['id']} is under way. It takes a day and two hours at least: what was on its")
    typer.echo("way is waited for. How far it is: parley erasures. The certificate will be in the review")
    typer.echo(f"bucket: erasures/{plan['id']}.json")


def erasures(site: Site, json: Json = False) -> None:
    """Show the erasures that are under way. One that is finished has its certificate, and is not shown."""
    plans = ask(site, {"task": "list"})["erasures"]
    if json:
        typer.echo(json_.dumps({"erasures": plans}, indent=1))
        return
    for plan in plans:
        typer.echo(
            f"{plan['id']}  {plan['party']}  case {plan['case']}  since {_day(plan['requested_at'])}  "
            f"{plan['finished_conversations']} conversations done, goes on {_minute(plan['next_at'])}"
        )
    if not plans:
        typer.echo("No erasure is under way.")


def ask(site: Site, request: dict[str, Any]) -> dict[str, Any]:
    """What the function answers. Raises `UsageError`, and what botocore raises."""
    answer = site.clients.functions.invoke(
        FunctionName=site.deployment.physical(Part.ERASE_DATA), Payload=json_.dumps(request).encode()
    )
    if answer.get("FunctionError"):
        raise UsageError("The function failed. Try again; the log of erase_data tells more.")
    told: dict[str, Any] = json_.loads(answer["Payload"].read())
    if "error" in told:
        trouble = _TROUBLES.get(told["error"], f"The function refused ({told['error']}).")
        raise UsageError(trouble.format(party=request.get("party")))
    return told


def _tell(found: dict[str, Any]) -> None:
    more = "more than " if found["more"] else ""
    typer.echo(f"The party is in {more}{found['conversations']} conversations.")
    if found["held"]:
        cases = ", ".join(found["cases"])
        typer.echo(f"{found['held']} are under a hold ({cases}) and stay until it is lifted.")
    if found["kept"]:
        typer.echo(
            f"{found['kept']} stay until nobody can need them for a claim, the last until "
            f"{_day(found['kept_until'])}; no mail passes there any more. (--at-once does not wait.)"
        )
    if found["first_contacts"]:
        typer.echo(
            f"It wrote {found['first_contacts']} mails to contact aliases that opened no conversation, or "
            "only when a reviewer released them."
        )
    typer.echo("The rest goes: mail, attachments, transcripts and exports, also for the other side.")
    typer.echo("So do the party's name and mailboxes, once no conversation is left.")


def _day(moment: str) -> str:
    return moment[:10]


def _minute(moment: str) -> str:
    return f"{moment[:16].replace('T', ' ')} UTC"
