"""The queue that feeds receive_mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sqs import SQSClient


class SqsQueue:
    """Implements the port `Queue`. `client` makes the client when it is needed."""

    def __init__(self, client: Callable[[], SQSClient], url: str) -> None:
        self._client = client
        self._url = url

    def send(self, body: str) -> None:
        self._client().send_message(QueueUrl=self._url, MessageBody=body)
