"""Letters that wait in a queue which nothing reads: drawn to be listed, and out of sight until they are put
back or moved.

What arrives while they are drawn is left alone: whatever fills the queue may go on doing so.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cli.checks.site import Site
from cli.deployment import Part

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

HIDDEN_SECONDS = 3_600
"""How long letters are out of sight while they are listed and a person decides."""
WAIT_SECONDS = 2
"""With any such wait SQS asks all of its servers, and an empty answer means that there is nothing (Developer
Guide, "Amazon SQS short and long polling")."""
MOST = 10_000
"""Letters of a queue that one run draws; all of them are in memory."""
IN_VAIN = 3
"""After so many looks that bring only letters that are drawn already, or arrived meanwhile, it ends."""
MORE = "There are more, or more came meanwhile: run it again."


def draw(site: Site, part: Part, attribute: str, take: Callable[["MessageTypeDef"], None]) -> bool:
    """Hands over what was in the queue when the command began, with that attribute. Returns whether more is
    there than that, as far as it was seen.

    A letter that comes again while a long list is read is handed over again: its latest handle is the one
    that counts.
    """
    drawn: set[str] = set()
    in_vain = 0
    while len(drawn) < MOST and in_vain < IN_VAIN:
        answer = site.clients.sqs.receive_message(
            QueueUrl=site.deployment.physical(part),
            MaxNumberOfMessages=10,
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=WAIT_SECONDS,
            MessageSystemAttributeNames=["SentTimestamp"],
            MessageAttributeNames=[attribute],
        )
        found = answer.get("Messages", [])
        if not found:
            return False
        before = len(drawn)
        for each in found:
            if sent_at(each) > site.now:
                show_again(site, part, each["ReceiptHandle"])
            else:
                take(each)
                drawn.add(each["MessageId"])
        in_vain = 0 if len(drawn) > before else in_vain + 1
    return True


def sent_at(letter: "MessageTypeDef") -> datetime:
    """When it came into the queue (UTC), by SQS's clock."""
    return datetime.fromtimestamp(int(letter["Attributes"]["SentTimestamp"]) / 1000, UTC)


def show_again(site: Site, part: Part, handle: str) -> None:
    site.clients.sqs.change_message_visibility(
        QueueUrl=site.deployment.physical(part), ReceiptHandle=handle, VisibilityTimeout=0
    )
