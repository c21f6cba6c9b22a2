"""`parley replay`: a mail of the inbox, or what nobody could work on, is received again.

Nothing is sent twice: receive_mail finds what was done (invariant I3) and does what is left. What the queues
carry has mailboxes in it; only ids are shown.
"""

import json as json_
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Annotated, Any

import typer
from botocore.exceptions import ClientError

from cli.checks.site import Site
from cli.commanding import examples, site_command
from cli.connecting import UsageError
from cli.deployment import INBOX_PREFIX, Part
from cli.letters import MORE, draw, sent_at, show_again
from cli.options import OPERATOR, Json, end
from cli.review.words import shown
from cli.undelivered import replay_undelivered
from parley.relaying.receipts import NotificationError, read_notification, sweep_request
from parley.relaying.rulings import RulingError, read_ruling
from parley.stores.queue import CAUSE

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_GONE = frozenset(("404", "NoSuchKey", "NotFound"))


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter. about: the receipt's or the message's id, "" for a text that is neither. since: when it
    was first in the queue, ISO 8601, UTC. cause: why it was given up, "" where SQS did that: no invocation
    lived to say."""

    about: str
    since: str
    cause: str
    body: str
    handle: str


def add_command(app: typer.Typer) -> None:
    site_command(
        app,
        "replay",
        role=OPERATOR,
        examples=examples(
            "parley replay o8i2hkv5c4pgd7qp5s0krkh2cbpnv2gsm9kb0d01",
            "parley replay --dead-letters",
            "parley replay --dead-letters --yes --json",
            "parley replay --undelivered",
            status="0 asked for, or nothing to ask for; 2 not.",
        ),
    )(replay)


def replay(
    site: Site,
    receipt: Annotated[str | None, typer.Argument(help="The receipt's id: the name of its object.")] = None,
    dead_letters: Annotated[
        bool, typer.Option("--dead-letters", help="All that is in the dead-letter queue of receipts.")
    ] = False,
    undelivered: Annotated[
        bool, typer.Option("--undelivered", help="All that a topic could not hand to its queue.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before.")] = False,
    json: Json = False,
) -> None:
    """Let a mail be received again. Shows what it would do and asks; doing it twice changes nothing."""
    if (receipt is not None) + dead_letters + undelivered != 1:
        raise UsageError("Name a receipt, or --dead-letters, or --undelivered.")
    if json and not yes:
        raise end("With --json there is nobody to ask: add --yes.")
    if receipt is not None:
        _replay_receipt(site, receipt, yes=yes, json=json)
    elif undelivered:
        replay_undelivered(site, yes=yes, json=json)
    else:
        _replay_letters(site, yes=yes, json=json)


def _replay_receipt(site: Site, receipt: str, *, yes: bool, json: bool) -> None:
    key = INBOX_PREFIX + receipt
    try:
        told = site.clients.s3.head_object(Bucket=site.deployment.physical(Part.INBOX), Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            raise UsageError(
                f"The inbox has no {receipt}. Objects expire there (docs/configuration.md)."
            ) from None
        raise
    written, size = told["LastModified"], told["ContentLength"]
    if not json:
        typer.echo(f"{receipt}: {size} octets, received {shown(written)}.")
        typer.echo("receive_mail will look at it again, and do for each recipient what is not done yet.")
    _agreed(yes=yes)
    _send(site, sweep_request(key, written))
    _done(json=json, asked=[{"about": receipt, "since": written.astimezone(UTC).isoformat()}])


def _replay_letters(site: Site, *, yes: bool, json: bool) -> None:
    left: dict[str, Letter] = {}

    def take(found: "MessageTypeDef") -> None:
        left[found["MessageId"]] = _letter(found)

    try:
        is_more = draw(site, Part.RECEIPTS_DEAD_LETTERS, CAUSE, take)
        letters = list(left.values())
        asked = [{"about": each.about, "since": each.since, "cause": each.cause} for each in letters]
        if not json:
            for each in letters:
                name, why = (
                    each.about or "(neither a receipt nor a ruling)",
                    each.cause or "put off too often",
                )
                typer.echo(f"{name}  since {shown(each.since)}  {why}")
            typer.echo(f"Dead letters: {len(letters)}" if letters else "There are no dead letters.")
        if letters:
            _agreed(yes=yes)
            for name in list(left):
                _move(site, left[name])
                del left[name]
    finally:
        # What is left, whatever the reason, is in sight again at once.
        for each in left.values():
            show_again(site, Part.RECEIPTS_DEAD_LETTERS, each.handle)
    if asked:
        _done(json=json, asked=asked)
    elif json:
        typer.echo(json_.dumps({"asked": []}))
    if is_more:
        typer.echo(MORE, err=True)


def _letter(found: "MessageTypeDef") -> Letter:
    attributes = found.get("MessageAttributes") or {}
    cause = attributes[CAUSE]["StringValue"] if CAUSE in attributes else ""
    body = found["Body"]
    return Letter(_about(body), sent_at(found).isoformat(), cause, body, found["ReceiptHandle"])


def _about(body: str) -> str:
    """Whose letter it is; never anything else of what stands in it."""
    try:
        ruling = read_ruling(body)
        if ruling is not None:
            return ruling.message
        receipt = read_notification(body, INBOX_PREFIX)
    except (NotificationError, RulingError):
        return ""
    return "" if receipt is None else receipt.id


def _move(site: Site, letter: Letter) -> None:
    """Sent first and deleted then: what happens in between may double it, which does no harm."""
    _send(site, letter.body)
    url = site.deployment.physical(Part.RECEIPTS_DEAD_LETTERS)
    site.clients.sqs.delete_message(QueueUrl=url, ReceiptHandle=letter.handle)


def _send(site: Site, body: str) -> None:
    site.clients.sqs.send_message(QueueUrl=site.deployment.physical(Part.RECEIPTS_QUEUE), MessageBody=body)


def _agreed(*, yes: bool) -> None:
    if not yes and not typer.confirm("Go on?", err=True):
        raise end("Nothing was done.")


def _done(*, json: bool, asked: list[dict[str, Any]]) -> None:
    if json:
        typer.echo(json_.dumps({"asked": asked}))
    else:
        typer.echo("Asked for. What became of it: parley review show, or the log of receive_mail.")
