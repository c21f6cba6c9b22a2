"""How often work on a text of the queue has failed for the text's own sake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.stores import keys
from parley.stores.attributes import number
from parley.stores.keys import EXPIRES_AT

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoFailures:
    """Implements the port `Failures`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def count(self, text_id: str, receive: int, until: datetime) -> int:
        # A set of the deliveries, not a number: botocore repeats a write whose answer was lost.
        answer = self._client.update_item(
            TableName=self._table,
            Key=keys.failures_key(text_id),
            UpdateExpression="ADD failed :receive SET version = :version, #expires = :until",
            ExpressionAttributeNames={"#expires": EXPIRES_AT},
            ExpressionAttributeValues={
                ":receive": {"NS": [str(receive)]},
                ":version": number(1),
                ":until": number(int(until.timestamp())),
            },
            ReturnValues="ALL_NEW",
        )
        return len(answer["Attributes"]["failed"]["NS"])
