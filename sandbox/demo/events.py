"""What SES tells of sent mails, heard by a queue of our own beside the stack's."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.demo.evidence import awaited
from sandbox.ses.template import event_destinations, resolver
from sandbox.stack import Sandbox

QUEUE = "demo-listens"


@dataclass(frozen=True, slots=True)
class SesEvent:
    """kind: as SES writes it. details: codes only. message: the relay's id, which SES gives back as a tag."""

    kind: str
    details: str
    message: str

    @property
    def told(self) -> str:
        return f"{self.kind} ({self.details})" if self.details else self.kind


class Listener:
    """Hears all events from now on."""

    def __init__(self, sandbox: Sandbox) -> None:
        deployed = sandbox.deployed
        resolve = resolver(deployed.physical_ids, deployed.pseudo)
        destinations = event_destinations(deployed.template, resolve)
        self._topics = sorted({destination.topic for destination in destinations})
        self._sqs, self._sns = deployed.local.client("sqs"), deployed.local.client("sns")
        self._url = self._sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
        answer = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        self._arn = answer["Attributes"]["QueueArn"]
        allowed = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": self._arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": self._topics}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        self._sqs.set_queue_attributes(QueueUrl=self._url, Attributes={"Policy": policy})
        for topic in self._topics:
            self._sns.subscribe(
                TopicArn=topic,
                Protocol="sqs",
                Endpoint=self._arn,
                Attributes={"RawMessageDelivery": "true"},
            )
        self._heard: list[SesEvent] = []

    def until(self, kind: str, message: str) -> tuple[SesEvent, ...]:
        """The message's events up to one of that kind, in the order in which SES told them.

        Raises `MissingError`.
        """

        def enough() -> tuple[SesEvent, ...] | None:
            self._listen()
            own = tuple(event for event in self._heard if event.message == message)
            return own if any(event.kind == kind for event in own) else None

        return awaited(enough, f"SES's event {kind}")

    def _listen(self) -> None:
        while received := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for each in received:
                self._heard.append(_read(json.loads(each["Body"])))
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=each["ReceiptHandle"])


def _read(told: Mapping[str, Any]) -> SesEvent:
    bounce = told.get("bounce", {})
    codes = [bounce.get("bounceType"), bounce.get("bounceSubType")]
    codes += [each.get("status") for each in bounce.get("bouncedRecipients", [])]
    tags = told["mail"]["tags"]
    # A notice about a message has its tag as well, and is another mail.
    (message, *_) = [""] if "kind" in tags else tags.get("message", [""])
    return SesEvent(told["eventType"], ", ".join(code for code in codes if code), message)
