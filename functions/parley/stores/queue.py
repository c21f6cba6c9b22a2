"""The queue that feeds receive_mail, and where it leaves what it gives up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from mypy_boto3_sqs import SQSClient


CAUSE = "cause"
"""The attribute of a dead letter that says why it was given up; SQS's own dead letters have none."""
_WAITING: Final = "ApproximateNumberOfMessages"
_HIDDEN: Final = "ApproximateNumberOfMessagesNotVisible"
BACKLOG = 100
"""So many texts that nobody has received are a backlog. Some are nearly always there where there is traffic;
fewer are received within ten minutes, even if two are worked on at once and each brings a mail of 40 MB."""


class SqsQueue:
    """Implements the ports `Queue` and `Line`. `client` makes the client when it is needed."""

    def __init__(self, client: Callable[[], SQSClient], url: str) -> None:
        self._client = client
        self._url = url

    def send(self, body: str) -> None:
        self._client().send_message(QueueUrl=self._url, MessageBody=body)

    def is_behind(self) -> bool:
        """Whether there is a backlog, or some wait and none is being worked on: nothing reads the queue.
        Texts that were put off count as being worked on; they are hidden like those."""
        answer = self._client().get_queue_attributes(QueueUrl=self._url, AttributeNames=[_WAITING, _HIDDEN])
        waiting, hidden = (int(answer["Attributes"][name]) for name in (_WAITING, _HIDDEN))
        return waiting >= BACKLOG or (waiting > 0 and hidden == 0)


class SqsDeliveries:
    """Implements the port `Deliveries`. `client` makes the client when it is needed."""

    def __init__(self, client: Callable[[], SQSClient], url: str, dead_letters_url: str) -> None:
        self._client = client
        self._url = url
        self._dead_letters_url = dead_letters_url

    def put_off(self, handle: str, span: timedelta) -> None:
        """Lambda leaves the visibility of what a batch reports as failed alone (Developer Guide, "Using
        Lambda with Amazon SQS"), so what is set here is when the text comes again."""
        self._client().change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=handle, VisibilityTimeout=round(span.total_seconds())
        )

    def give_up(self, body: str, cause: str) -> None:
        self._client().send_message(
            QueueUrl=self._dead_letters_url,
            MessageBody=body,
            MessageAttributes={CAUSE: {"DataType": "String", "StringValue": cause}},
        )
