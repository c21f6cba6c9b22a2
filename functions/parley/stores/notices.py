"""Who was told what, and how often SES was asked to tell it, in the relay table."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from parley.relaying.ports import NoticeClaim
from parley.stores import keys
from parley.stores.attributes import number, text

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.conversation.messages import MessageId

NOTICE_WINDOW = timedelta(hours=24)
MAX_CLAIMS = 2
"""Claims of one message for one subject that were not given back."""
_CLAIM = "SET version = :version, message_id = :me, #expires = :until ADD claims :set"
_IS_FREE = (
    "attribute_not_exists(pk) OR (message_id = :me AND "
    "(attribute_not_exists(claims) OR size(claims) < :most OR contains(claims, :name)))"
)


class DynamoNotices:
    """Implements the port `Notices`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def claim_notice(self, subject: str, message: MessageId, now: datetime) -> NoticeClaim | None:
        """Windows begin at midnight UTC; DynamoDB forgets one a day after its end."""
        window = int(now.timestamp() // NOTICE_WINDOW.total_seconds())
        expires_at = int((window + 2) * NOTICE_WINDOW.total_seconds())
        # A name, not a number: botocore repeats a write whose answer was lost.
        claim = NoticeClaim(subject, window, uuid4().hex)
        try:
            self._client.update_item(
                TableName=self._table,
                Key=keys.notice_key(subject, window),
                UpdateExpression=_CLAIM,
                ConditionExpression=_IS_FREE,
                ExpressionAttributeNames={"#expires": keys.EXPIRES_AT},
                ExpressionAttributeValues={
                    ":version": number(1),
                    ":me": text(message),
                    ":until": number(expires_at),
                    ":set": {"SS": [claim.name]},
                    ":name": text(claim.name),
                    ":most": number(MAX_CLAIMS),
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return claim

    def give_back(self, claim: NoticeClaim) -> None:
        # What DynamoDB forgot meanwhile is not made anew.
        with suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.update_item(
                TableName=self._table,
                Key=keys.notice_key(claim.subject, claim.window),
                UpdateExpression="DELETE claims :set",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":set": {"SS": [claim.name]}},
            )
