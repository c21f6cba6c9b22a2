"""How long the oldest held message has waited for a reviewer, by the index of what is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.stores import keys
from parley.stores.attributes import text

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoWaiting:
    """One call, whatever waits: the index is sorted by time of receipt."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def oldest(self) -> datetime | None:
        """When SES received what has waited longest; None if nothing waits."""
        answer = self._client.query(
            TableName=self._table,
            IndexName=keys.BY_HELD,
            KeyConditionExpression="#held = :held",
            ExpressionAttributeNames={"#held": keys.HELD},
            ExpressionAttributeValues={":held": text(keys.HELD)},
            Limit=1,
        )
        return next((keys.moment(item["received_at"]["S"]) for item in answer["Items"]), None)
