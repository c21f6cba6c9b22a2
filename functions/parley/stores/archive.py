"""The archive bucket: what is there stays as it is.

Versions and Object Lock keep an object from being lost; this adapter does not even add a version. Its put is
conditional, so that work which is done again after a crash finds its own first copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parley.stores.objects import read_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_s3 import S3Client


class S3Archive:
    """Implements the port `Archive`."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, content: bytes, *, media_type: str, metadata: Mapping[str, str]) -> None:
        """metadata: ASCII names and values, 2 KB in all.

        If another writer is at the same key at this moment, S3 answers 409 ConditionalRequestConflict, which
        is raised: whether the object will be there is not known yet.
        """
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=content,
                ContentType=media_type,
                Metadata=metadata,
                IfNoneMatch="*",
            )
        except ClientError as error:
            # S3 PutObject, If-None-Match: 412 PreconditionFailed if an object of this key exists.
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise

    def listed(self, prefix: str, after: str) -> list[str]:
        """Implements the port `Entries`."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix, StartAfter=after
        )
        return [each["Key"] for page in pages for each in page.get("Contents", [])]

    def get(self, key: str) -> bytes:
        return read_object(self._client, self._bucket, key)
