"""Reading one object of S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.relaying.ports import NoSuchObjectError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def read_object(client: S3Client, bucket: str, key: str) -> bytes:
    """The whole object, in one call. Raises `NoSuchObjectError`.

    S3 says NoSuchKey only to who may list the bucket, and AccessDenied to everyone else (GetObject,
    Permissions): a role that has to tell them apart needs s3:ListBucket.
    """
    try:
        answer = client.get_object(Bucket=bucket, Key=key)
    except client.exceptions.NoSuchKey:
        raise NoSuchObjectError(key) from None
    with answer["Body"] as body:
        return body.read()
