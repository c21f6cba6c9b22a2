"""Listens to SES's delivery events by a queue of its own, which it takes away at the end.

The stack's own queue of events is its consumers'; reading there would take events from them. There is no
filter policy on the subscription: SNS takes up to 15 minutes to apply one. So events of other mail pass by
here too; nothing of them is kept.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from cli.checks.site import Site
from cli.deployment import Part

_LONGEST_SECONDS = 3600
# A queue's name has 80 letters, a stack's 128.
_STACK_LETTERS = 40
_BATCHES = 50


@dataclass(slots=True)
class Watch:
    """seen: SES's event types by conversation."""

    site: Site
    seen: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _queue: str = ""
    _subscription: str = ""

    def start(self, token: str) -> None:
        """token: makes the queue's name unique. Raises what botocore raises."""
        topic = self.site.deployment.physical(Part.EVENTS_TOPIC)
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "sns.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    # The queue has no ARN before it is made, and its policy speaks of itself only.
                    "Resource": "*",
                    "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
                }
            ],
        }
        self._queue = self.site.clients.sqs.create_queue(
            QueueName=f"{self.site.deployment.stack[:_STACK_LETTERS]}-smoke-{token}",
            Attributes={
                "Policy": json.dumps(policy),
                # What was taken once does not come again in this run, and needs not be deleted.
                "VisibilityTimeout": str(_LONGEST_SECONDS),
                "MessageRetentionPeriod": str(_LONGEST_SECONDS),
                "SqsManagedSseEnabled": "true",
            },
        )["QueueUrl"]
        told = self.site.clients.sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        self._subscription = self.site.clients.sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=told["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true"},
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]

    def listen(self) -> None:
        """Takes what has come, or some of it from a busy relay; the rest comes next time."""
        for _ in range(_BATCHES):
            answer = self.site.clients.sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10)
            messages = answer.get("Messages", [])
            for message in messages:
                self._note(message["Body"])
            if not messages:
                return

    def end(self) -> None:
        """Takes away what `start` made, as far as it came."""
        if self._subscription:
            self.site.clients.sns.unsubscribe(SubscriptionArn=self._subscription)
        if self._queue:
            self.site.clients.sqs.delete_queue(QueueUrl=self._queue)

    def _note(self, text: str) -> None:
        try:
            event: dict[str, Any] = json.loads(text)
        except ValueError:
            # SES's note that it may publish to the topic is plain text.
            return
        # Notices have no such tag.
        tags = event.get("mail", {}).get("tags", {})
        for conversation in tags.get("conversation", []):
            self.seen[conversation].add(event["eventType"])
