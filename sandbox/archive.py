"""Reads a conversation as the relay keeps it: messages from the table, mails and entries from the archive,
the transcript from the review bucket.

Nothing is ever written. Names of items and objects come from where the relay takes them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parley.archive.chain import Committed, nothing
from parley.archive.keys import ORIGINAL, RELAYED, content_key, entry_key, transcript_key
from parley.conversation.aliases import ConversationId
from parley.conversation.messages import Message
from parley.relaying.ports import NoSuchObjectError
from parley.stores import keys
from parley.stores.items import read_message
from parley.stores.objects import read_object

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

LATEST = 50
"""How many messages, and as many attempts, are read: a poll must stay cheap in a long conversation."""
# The ranges of sort keys (`parley.stores.keys`): attempts, and messages up to the head behind them.
_RANGES = ((keys.ATTEMPT, keys.ATTEMPT + "~"), (keys.MESSAGE, keys.MESSAGE + "~"))


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a message's objects lie in the archive bucket; "" for what it cannot have."""

    bucket: str
    original: str
    relayed: str
    content: str
    entry: str


class ConversationArchive:
    """One conversation. bucket: the archive's; review: the other one, where transcripts lie. May be used from
    any thread, as boto3's clients may."""

    def __init__(
        self,
        *,
        s3: S3Client,
        dynamodb: DynamoDBClient,
        table: str,
        bucket: str,
        review: str,
        conversation: str,
    ) -> None:
        self.conversation = ConversationId(conversation)
        self._s3 = s3
        self._dynamodb = dynamodb
        self._table = table
        self._bucket = bucket
        self._review = review

    def messages(self) -> tuple[Message, ...]:
        """The latest messages and attempts, in the order of the chain. Raises botocore's errors."""
        found = [message for first, last in _RANGES for message in self._between(first, last)]
        return tuple(sorted(found, key=lambda message: message.seq))

    def kept(self, message: Message) -> Kept:
        """The keys of a message's objects. original and entry: also while they are not written yet."""
        told = json.loads(message.link or "{}").get("commitments", {})
        salt = dict(message.salts).get(Committed.RECORD, "")
        committed = {kind for kind in told if told[kind] != nothing(salt, Committed(kind))}
        return Kept(
            bucket=self._bucket,
            original=message.folder + ORIGINAL,
            relayed=message.folder + RELAYED if Committed.RELAYED in committed else "",
            content=content_key(message.folder) if Committed.CONTENT in committed else "",
            entry=entry_key(self.conversation, message.seq, message.id),
        )

    def read(self, key: str) -> bytes | None:
        """The object; None if there is none of that key (yet). Raises botocore's errors."""
        try:
            return read_object(self._s3, self._bucket, key) if key else None
        except NoSuchObjectError:
            return None

    def transcript(self) -> bytes | None:
        """The page as it was made last; None before the first. Raises botocore's errors."""
        try:
            return read_object(self._s3, self._review, transcript_key(self.conversation))
        except NoSuchObjectError:
            return None

    def transcript_version(self) -> str:
        """Another one whenever the transcript was made anew, which comes after the entries of what it tells;
        "" before the first. Raises botocore's errors."""
        try:
            told = self._s3.head_object(Bucket=self._review, Key=transcript_key(self.conversation))
        except ClientError as error:
            # S3 HeadObject: there is no body, so the status alone says that there is no object.
            if error.response["Error"]["Code"] != "404":
                raise
            return ""
        return f"{told['ETag']} {told['LastModified']}"

    def _between(self, first: str, last: str) -> list[Message]:
        answer = self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": keys.conversation_pk(self.conversation)},
                ":first": {"S": first},
                ":last": {"S": last},
            },
            ScanIndexForward=False,
            Limit=LATEST,
        )
        return [read_message(item) for item in answer["Items"]]
