"""The inbox bucket: raw mail as SES wrote it. Read only; the bucket's own rule deletes what is old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.relaying.ports import Listed
from parley.stores.objects import read_object

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Inbox:
    """Implements the port `Inbox`."""

    def __init__(self, client: S3Client, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    def get(self, key: str) -> bytes:
        return read_object(self._client, self._bucket, key)

    def listed(self, after: str) -> Listed:
        """S3 lists by key alone, and keys say nothing of time."""
        # Whatever sorts before the prefix itself begins at its first object.
        start = after or self._prefix
        page = self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, StartAfter=start)
        objects = tuple((entry["Key"], entry["LastModified"]) for entry in page.get("Contents", []))
        return Listed(objects, objects[-1][0] if page["IsTruncated"] else None)
