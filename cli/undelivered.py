"""`parley replay --undelivered`: what SNS could not hand to a queue is put into that queue.

SQS redrives only what came from a queue (API Reference, StartMessageMoveTask), so the console cannot do it.
A text is sent as the queue's reader wants it: without SNS's envelope, whether SNS left it on or not. Nothing
is done twice: both readers know what they have done. Only ids and codes are shown.
"""

import json as json_
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import typer

from cli.checks.site import Site
from cli.deployment import INBOX_PREFIX, Part
from cli.letters import MORE, draw, sent_at, show_again
from cli.options import end
from cli.review.words import harmless, shown
from parley.mail.delivery_events import EventError, read_event
from parley.relaying.receipts import NotificationError, read_notification

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_CAUSE = "ErrorCode"
"""The attribute by which SNS says why (SNS Developer Guide, "Amazon SNS dead-letter queues")."""


@dataclass(frozen=True, slots=True)
class Way:
    """A queue that a topic feeds, and where that leaves what it could not hand over. about: whose a text is,
    by id, "" for one that is none of this queue's."""

    undelivered: Part
    queue: Part
    about: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Told:
    """A letter as it is shown. since: when it was left there, ISO 8601, UTC. cause: SNS's code, "" without
    one."""

    queue: str
    about: str
    since: str
    cause: str


@dataclass(frozen=True, slots=True)
class Letter:
    way: Way
    told: Told
    body: str
    handle: str


def replay_undelivered(site: Site, *, yes: bool, json: bool) -> None:
    """Shows what there is, asks, and moves it. What is not moved, whatever the reason, is in sight again."""
    left: dict[str, Letter] = {}
    is_more = False
    try:
        for way in WAYS:

            def take(found: "MessageTypeDef", way: Way = way) -> None:
                left[found["MessageId"]] = _letter(way, found)

            is_more |= draw(site, way.undelivered, _CAUSE, take)
        told = [each.told for each in left.values()]
        if not json:
            _show(told)
        if left and not yes and not typer.confirm("Go on?", err=True):
            raise end("Nothing was done.")
        for each in list(left):
            _move(site, left[each])
            del left[each]
    finally:
        for letter in left.values():
            show_again(site, letter.way.undelivered, letter.handle)
    if json:
        typer.echo(json_.dumps({"asked": [asdict(each) for each in told]}))
    elif told:
        typer.echo("Put back. What became of it: the logs of receive_mail and track_delivery.")
    if is_more:
        typer.echo(MORE, err=True)


def unwrapped(body: str) -> str:
    """What was published, of a text that may be in SNS's envelope (SNS Developer Guide, "Amazon SNS raw
    message delivery"). No text of SES has a `Type`."""
    try:
        envelope = json_.loads(body)
    except ValueError:
        return body
    match envelope:
        case {"Type": "Notification", "TopicArn": str(), "Message": str(message)}:
            return message
    return body


def _letter(way: Way, found: "MessageTypeDef") -> Letter:
    body = unwrapped(found["Body"])
    attributes = found.get("MessageAttributes") or {}
    cause = attributes[_CAUSE].get("StringValue", "") if _CAUSE in attributes else ""
    told = Told(way.queue.value[1], way.about(body), sent_at(found).isoformat(), cause)
    return Letter(way, told, body, found["ReceiptHandle"])


def _move(site: Site, letter: Letter) -> None:
    """Sent first and deleted then: what happens in between may double it, which does no harm."""
    queue, undelivered = letter.way.queue, letter.way.undelivered
    site.clients.sqs.send_message(QueueUrl=site.deployment.physical(queue), MessageBody=letter.body)
    site.clients.sqs.delete_message(
        QueueUrl=site.deployment.physical(undelivered), ReceiptHandle=letter.handle
    )


def _show(told: list[Told]) -> None:
    for each in told:
        about = harmless(each.about) or "(nothing that SES tells)"
        typer.echo(
            f"{each.queue}  {about}  since {shown(each.since)}  {harmless(each.cause) or 'no cause told'}"
        )
    typer.echo(f"Undelivered: {len(told)}" if told else "Nothing is undelivered.")


def _receipt(body: str) -> str:
    try:
        receipt = read_notification(body, INBOX_PREFIX)
    except NotificationError:
        return ""
    return "" if receipt is None else receipt.id


def _event(body: str) -> str:
    """The id of the message that it tells of, or that of the event where the mail is none."""
    try:
        event = read_event(body)
    except EventError:
        return ""
    return "" if event is None else event.tags.get("message", event.id)


WAYS = (
    Way(Part.RECEIPTS_UNDELIVERED, Part.RECEIPTS_QUEUE, _receipt),
    Way(Part.EVENTS_UNDELIVERED, Part.EVENTS_QUEUE, _event),
)
