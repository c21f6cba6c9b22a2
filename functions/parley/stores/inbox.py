"""The inbox bucket: raw mail as SES wrote it. Read only; the bucket's own rule deletes what is old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.stores.objects import read_object

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mypy_boto3_s3 import S3Client


class S3Inbox:
    """Implements the port `Inbox`."""

    def __init__(self, client: S3Client, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    def get(self, key: str) -> bytes:
        return read_object(self._client, self._bucket, key)

    def written_between(self, after: datetime, before: datetime) -> Iterator[tuple[str, datetime]]:
        """From `after` on, `before` excluded. S3 lists by key alone, and keys say nothing of time, so the
        whole prefix is read; a page is asked for when the one before has been used up."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix
        )
        for page in pages:
            for entry in page.get("Contents", []):
                if after <= entry["LastModified"] < before:
                    yield entry["Key"], entry["LastModified"]
