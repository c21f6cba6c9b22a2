"""The lake in the review bucket, and whose turn it is in the relay table."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from parley.compacting.ports import Listed, NotDeletedError, Turn
from parley.relaying.ports import NoSuchObjectError
from parley.stores import keys
from parley.stores.attributes import VERSION, number, read_optional, text
from parley.stores.objects import read_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

_AT_ONCE = 1_000
"""DeleteObjects takes no more."""
_COPY_OCTETS = 1024 * 1024
_PASSING = frozenset({"InternalError", "SlowDown", "ServiceUnavailable", "RequestTimeout"})
_TRIES = 4
_PAUSE_SECONDS = 0.2
"""Before the second try; twice as long before each further one."""
# A second try after a lost answer finds its own name.
_FREE = "attribute_not_exists(turn_owner) OR turn_until <= :now OR turn_owner = :owner"


class S3Lake:
    """Implements the port `Objects`. The bucket has no versions: what is deleted is gone."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def list(self, prefix: str, *, after: str = "") -> Iterator[Listed]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix, StartAfter=after
        )
        for page in pages:
            for each in page.get("Contents", []):
                yield Listed(each["Key"], each["Size"], each["LastModified"])

    def read(self, key: str) -> bytes:
        return read_object(self._client, self._bucket, key)

    def fetch(self, key: str, path: Path) -> None:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
        except self._client.exceptions.NoSuchKey:
            raise NoSuchObjectError(key) from None
        with answer["Body"] as body, path.open("wb") as file:
            shutil.copyfileobj(body, file, _COPY_OCTETS)
        if path.stat().st_size != answer["ContentLength"]:
            raise ConnectionError("the object did not come whole")

    def store(self, key: str, path: Path, *, media_type: str) -> None:
        with path.open("rb") as file:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=file, ContentType=media_type)

    def delete(self, keys: Sequence[str]) -> None:
        for begin in range(0, len(keys), _AT_ONCE):
            self._delete(keys[begin : begin + _AT_ONCE])

    def _delete(self, keys: Sequence[str]) -> None:
        for attempt in range(1, _TRIES + 1):
            answer = self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
            )
            # It answers 200 with errors inside: what stands there was not deleted.
            codes = tuple(sorted({each.get("Code", "") for each in answer.get("Errors", [])}))
            if not codes:
                return
            if attempt == _TRIES or not _PASSING.issuperset(codes):
                raise NotDeletedError(codes)
            time.sleep(_PAUSE_SECONDS * 2 ** (attempt - 1))


class DynamoTurns:
    """Implements the port `Turns`: one item, whose owner is removed when the turn ends."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def take(self, owner: str, now: datetime, until: datetime) -> Turn | None:
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=keys.turn_key(),
                UpdateExpression="SET turn_owner = :owner, turn_until = :until, #version = :version",
                ConditionExpression=_FREE,
                ExpressionAttributeNames={"#version": "version"},
                ExpressionAttributeValues={
                    ":version": number(VERSION),
                    ":owner": text(owner),
                    ":until": text(keys.stamp(until)),
                    ":now": text(keys.stamp(now)),
                },
                ReturnValues="ALL_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return Turn(owner, read_optional(answer["Attributes"], "read_through") or "")

    def give_back(self, turn: Turn) -> None:
        try:
            self._client.update_item(
                TableName=self._table,
                Key=keys.turn_key(),
                UpdateExpression="SET read_through = :through REMOVE turn_owner, turn_until",
                ConditionExpression="turn_owner = :owner",
                ExpressionAttributeValues={":owner": text(turn.owner), ":through": text(turn.read_through)},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # It had ended, and another has it.
