"""What works on mail: the queues and what is stuck in them, the function, the key, the API."""

from collections.abc import Iterator

from cli.checks.site import Site
from cli.deployment import Part
from cli.findings import Finding, fail, ok, warn
from cli.marketplace import ApiProblem, ApiUnreachableError
from parley.settings import variable

CHANNELS = {
    "receipts": (Part.RECEIPTS_TOPIC, Part.RECEIPTS_QUEUE),
    "delivery events": (Part.EVENTS_TOPIC, Part.EVENTS_QUEUE),
}
DEAD_LETTERS = (
    (Part.RECEIPTS_DEAD_LETTERS, "receive_mail could not work on"),
    (Part.RECEIPTS_UNDELIVERED, "the receipts topic could not hand over"),
    (Part.EVENTS_DEAD_LETTERS, "of delivery events could not be worked on"),
    (Part.EVENTS_UNDELIVERED, "the delivery events topic could not hand over"),
)
WAITING = 100
"""More mails than this in the queue at once are worth a look."""
_RESERVED = (".example", ".test", ".invalid", "example.com", "example.net", "example.org")


def subscriptions(site: Site) -> Iterator[Finding]:
    """Whether each topic hands over to its queue."""
    for name, (topic_part, queue_part) in CHANNELS.items():
        topic = site.deployment.physical(topic_part)
        # The last part of a queue's URL is its name, and of its ARN too.
        queue = site.deployment.physical(queue_part).rpartition("/")[2]
        code = f"subscription-{name.replace(' ', '-')}"
        pages = site.clients.sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        found = [
            each
            for page in pages
            for each in page["Subscriptions"]
            if each["Endpoint"].rpartition(":")[2] == queue
        ]
        if any(each["SubscriptionArn"].startswith("arn:") for each in found):
            yield ok(code, f"The topic of {name} hands over to its queue.")
        elif found:
            yield fail(
                f"{code}-pending",
                f"The subscription of {name} is not confirmed.",
                "Delete it in the SNS console and deploy the stack again.",
            )
        else:
            yield fail(
                f"{code}-missing",
                f"The topic of {name} hands over to nobody.",
                "Deploy the stack again. (Mail that came meanwhile is found by the sweep.)",
            )


def queue(site: Site) -> Iterator[Finding]:
    """How much mail waits. (Nothing takes delivery events yet; their queue just keeps them.)"""
    waiting, taken = depth(site, Part.RECEIPTS_QUEUE)
    text = f"{waiting} mails wait, {taken} are being worked on or deferred."
    if waiting + taken > WAITING:
        log = "Look at the log group of receive_mail, and at SES's sending quota."
        yield warn("queue-deep", text, log)
    else:
        yield ok("queue", text)


def dead_letters(site: Site) -> Iterator[Finding]:
    """Nothing may be in the dead-letter queues."""
    stuck = 0
    for part, what in DEAD_LETTERS:
        count = sum(depth(site, part))
        stuck += count
        if count:
            yield fail(
                "dead-letters",
                f"{count} messages that {what} are in {part.value[1]}; they are kept for 14 days.",
                "Find the cause in the function's log, mend it, then start a redrive in the SQS console.",
            )
    if not stuck:
        yield ok("no-dead-letters", "Nothing is in the dead-letter queues.")


def depth(site: Site, part: Part) -> tuple[int, int]:
    """Messages that can be taken, and messages that were."""
    told = site.clients.sqs.get_queue_attributes(
        QueueUrl=site.deployment.physical(part),
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )["Attributes"]
    return int(told["ApproximateNumberOfMessages"]), int(told["ApproximateNumberOfMessagesNotVisible"])


def mapping(site: Site) -> Iterator[Finding]:
    """Whether Lambda takes mail from the queue."""
    uuid = site.deployment.physical(Part.MAPPING)
    told = site.clients.functions.get_event_source_mapping(UUID=uuid)
    yield taking(told["State"], uuid, code="mapping", what="mail from the queue")


def taking(state: str, uuid: str, *, code: str, what: str) -> Finding:
    """What the state of an event source mapping means. what: that Lambda should take."""
    if state == "Enabled":
        return ok(code, f"Lambda takes {what}.")
    if state in ("Creating", "Enabling", "Updating"):
        text = f"Lambda does not take {what} yet: {state}."
        return warn(f"{code}-starting", text, "Wait a minute and look again.")
    return fail(
        f"{code}-off",
        f"Lambda does not take {what}: the event source mapping is {state}.",
        f"aws lambda update-event-source-mapping --uuid {uuid} --enabled",
    )


def operator_mailbox(site: Site) -> Iterator[Finding]:
    """Whether somebody reads what is written to postmaster@ and abuse@."""
    name = site.deployment.physical(Part.RECEIVE_MAIL)
    told = site.clients.functions.get_function_configuration(FunctionName=name)
    mailbox = told.get("Environment", {}).get("Variables", {}).get(variable("operator_mailbox"), "")
    if mailbox.rpartition("@")[2].endswith(_RESERVED) or not mailbox:
        yield fail(
            "operator-mailbox-unset",
            "Nobody reads postmaster@ and abuse@: the operator's mailbox is an example.",
            "Set parley:operator-mailbox in cdk.json and deploy the stack again.",
        )
    else:
        yield ok("operator-mailbox", "postmaster@ and abuse@ go to the operator's mailbox.")


def key(site: Site) -> Iterator[Finding]:
    """Whether mail can be encrypted and read."""
    told = site.clients.kms.describe_key(KeyId=site.deployment.physical(Part.KEY))["KeyMetadata"]
    if told["KeyState"] == "Enabled":
        yield ok("key", "The key is enabled.")
    else:
        text = f"The key is {told['KeyState']}: no mail can be received or read."
        yield fail("key-off", text, enabling(told["KeyId"], told["KeyState"]))


def enabling(key_id: str, state: str) -> str:
    """How a key that is not enabled becomes so again."""
    cancel = f"aws kms cancel-key-deletion --key-id {key_id}, then " if state == "PendingDeletion" else ""
    return f"{cancel}aws kms enable-key --key-id {key_id}"


def api(site: Site) -> Iterator[Finding]:
    """Whether the API answers a signed request."""
    if site.api is None:
        yield fail("api-missing", "The stack has no API.", "Deploy the stack again.")
        return
    try:
        version = site.api.description_version()
    except ApiProblem as problem:
        if problem.status == 403:
            yield fail(
                "api-forbidden",
                "The API refuses these credentials.",
                "Allow them execute-api:Invoke on the API (docs/api.md), and check this machine's clock.",
            )
        else:
            yield fail("api-failing", f"The API answers {problem}", "Look at the log group of admin_api.")
    except ApiUnreachableError as error:
        yield fail(
            "api-unreachable",
            f"The API does not answer: {error}.",
            "Check this machine's way to the internet; the stack's output ApiUrl… has the address.",
        )
    else:
        yield ok("api", f"The API answers, version {version}.")
