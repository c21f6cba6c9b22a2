"""`parley review hold` and `parley review held`."""

import json as json_
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from cli.checks.site import Site
from cli.commanding import examples, site_command
from cli.connecting import UsageError
from cli.options import REVIEWER, SENIOR, Case, Json, case_of, end
from cli.review import showing
from cli.review.commands import Conversation, api_of

hold = typer.Typer(
    name="hold", help="Keep a conversation from being erased.", no_args_is_help=True, rich_markup_mode=None
)
held = typer.Typer(
    name="held", help="Decide on mail that was held.", no_args_is_help=True, rich_markup_mode=None
)

Reason = Annotated[str, typer.Option(help="Why. It is kept in the conversation's archive, with your name.")]
Place = Annotated[
    str,
    typer.Argument(
        metavar="CONVERSATION", help="The conversation's id, or receipt:…, as `held list` shows it."
    ),
]
MaybeReason = Annotated[
    str | None,
    typer.Option(help="Why, kept in the conversation's archive with your name. None for a receipt's mail."),
]
Message = Annotated[str, typer.Argument(help="The message's id, as `held list` shows it.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before.")]
_DONE = "0 done, 2 not."
_ID = "k3m5r7k2h6x4n1p8w9t0v2y4a6"


@site_command(
    hold,
    "place",
    role=REVIEWER,
    examples=examples(
        f"parley review hold place {_ID} --case 2026-117 --reason 'Claim filed.'", status=_DONE
    ),
)
def place(
    site: Site, conversation: Conversation, reason: Reason, case: Case = None, json: Json = False
) -> None:
    """Place a hold: nothing of the conversation is erased until it is lifted, not even what comes later."""
    placed = api_of(site).place_hold(conversation, case=case_of(case), reason=reason)
    if json:
        typer.echo(json_.dumps(asdict(placed)))
    else:
        typer.echo(f"On hold. To lift it: parley review hold lift {conversation} {placed.id} --reason …")


@site_command(
    hold,
    "lift",
    role=REVIEWER,
    examples=examples(f"parley review hold lift {_ID} 17-a --reason 'Claim settled.'", status=_DONE),
)
def lift(
    site: Site,
    conversation: Conversation,
    hold_id: Annotated[str, typer.Argument(metavar="HOLD", help="The hold's id, as `hold list` shows it.")],
    reason: Reason,
    json: Json = False,
) -> None:
    """Lift one hold; others stay in force."""
    api = api_of(site)
    lifted = api.lift_hold(conversation, hold_id, reason=reason)
    others = len(api.conversation(conversation).holds)
    if json:
        typer.echo(json_.dumps({**asdict(lifted), "others_in_force": others}))
    else:
        typer.echo(
            f"Lifted. {others} other holds are in force." if others else "Lifted. No hold is in force."
        )


@site_command(hold, "list", role=REVIEWER, examples=examples(f"parley review hold list {_ID}", status=_DONE))
def holds(site: Site, conversation: Conversation, json: Json = False) -> None:
    """List the holds in force on a conversation."""
    found = api_of(site).conversation(conversation).holds
    if json:
        typer.echo(json_.dumps({"holds": [asdict(each) for each in found]}))
    elif found:
        Console().print(showing.holds_table(found))
    else:
        typer.echo("No hold is in force.")


@site_command(held, "list", role=REVIEWER, examples=examples("parley review held list --json", status=_DONE))
def waiting(site: Site, json: Json = False) -> None:
    """List the mail that waits for a decision, the oldest first."""
    found = list(api_of(site).held())
    if json:
        typer.echo(json_.dumps({"messages": [asdict(each) for each in found]}))
    elif found:
        Console().print(showing.held_table(found))
    else:
        typer.echo("No mail waits.")


@site_command(
    held,
    "release",
    role=SENIOR,
    examples=examples(
        f"parley review held release {_ID} jx2… --case 2026-117 --reason 'A shop catalogue, no spam.'",
        "parley review held release receipt:o8i2… jx2… --case 2026-117",
        status=_DONE,
    ),
)
def release(
    site: Site,
    conversation: Place,
    message: Message,
    reason: MaybeReason = None,
    case: Case = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Send a held mail after all, masked as any other. What cannot be masked safely stays held.

    One of no conversation is received for the aliases that it names; the operator's is forwarded.
    """
    case, receipt = case_of(case), _receipt_of(conversation, reason)
    if receipt:
        _agreed("Release the mail? It is received for the aliases that it names.", yes=yes, json=json)
        state = api_of(site).release_loose(receipt, message, case=case)
        _told(message, state, "Asked for. What cannot go is listed again: parley review held list", json=json)
        return
    _agreed("Release the mail? It is sent to the other party.", yes=yes, json=json)
    state = api_of(site).release(conversation, message, case=case, reason=reason or "")
    _told(message, state, f"Being sent. What became of it: parley review show {conversation}", json=json)


@site_command(
    held,
    "refuse",
    role=SENIOR,
    examples=examples(
        f"parley review held refuse {_ID} jx2… --case 2026-117 --reason 'A threat.'",
        "parley review held refuse receipt:o8i2… jx2… --case 2026-117",
        status=_DONE,
    ),
)
def refuse(
    site: Site,
    conversation: Place,
    message: Message,
    reason: MaybeReason = None,
    case: Case = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Refuse a held mail for good. Its author is told, if proved; nobody of one of no conversation."""
    case, receipt = case_of(case), _receipt_of(conversation, reason)
    told = "Nobody" if receipt else "Its author"
    _agreed(f"Refuse the mail for good? {told} is told.", yes=yes, json=json)
    if receipt:
        state = api_of(site).refuse_loose(receipt, message, case=case)
    else:
        state = api_of(site).refuse(conversation, message, case=case, reason=reason or "")
    _told(message, state, "Refused.", json=json)


def _receipt_of(place: str, reason: str | None) -> str | None:
    """The receipt of a mail that belongs to no conversation. Raises `UsageError`."""
    if not place.startswith(showing.OF_RECEIPT):
        if not reason:
            raise UsageError("Say why: --reason.")
        return None
    if reason:
        raise UsageError("There is no conversation that could keep a reason: write it into the case.")
    return place.removeprefix(showing.OF_RECEIPT)


def _agreed(question: str, *, yes: bool, json: bool) -> None:
    if json and not yes:
        raise end("With --json there is nobody to ask: add --yes.")
    if not yes and not typer.confirm(question, err=True):
        raise end("Nothing was done.")


def _told(message: str, state: str, text: str, *, json: bool) -> None:
    typer.echo(json_.dumps({"message": message, "state": state}) if json else text)
