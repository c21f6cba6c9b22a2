"""Deleting for good: every version of an object, and every delete marker.

`delete_objects` answers 200 with `Errors` inside: what stands there was not deleted.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from parley.erasing.ports import NotErasedError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client

_PASSING = frozenset({"InternalError", "SlowDown", "ServiceUnavailable", "RequestTimeout"})
_TRIES = 4
_PAUSE_SECONDS = 0.2
"""Before the second try; twice as long before each further one."""


class S3Objects:
    """Implements the port `Objects`. locked: whether the bucket has Object Lock, whose governance is
    bypassed: that needs s3:BypassGovernanceRetention, which no other role has."""

    def __init__(self, client: S3Client, bucket: str, *, locked: bool = False) -> None:
        self._client = client
        self._bucket = bucket
        self._bypass: Any = {"BypassGovernanceRetention": True} if locked else {}

    def erase(self, prefix: str, *, holding: str = "") -> int:
        """Lists again until nothing is left, so that what is told to be gone was looked for."""
        if not prefix:
            raise ValueError("an empty prefix is the whole bucket")
        erased = 0
        while found := self._erase_listed(prefix, holding):
            erased += found
        return erased

    def is_there(self, prefix: str) -> bool:
        """By its versions, which is what this role may list."""
        found = self._client.list_object_versions(Bucket=self._bucket, Prefix=prefix, MaxKeys=1)
        return bool(found.get("Versions") or found.get("DeleteMarkers"))

    def _erase_listed(self, prefix: str, holding: str) -> int:
        erased = 0
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        for page in pages:
            listed = (*page.get("Versions", []), *page.get("DeleteMarkers", []))
            # A page has 1,000 of both kinds together, and DeleteObjects takes as many.
            batch = [
                {"Key": each["Key"], "VersionId": each["VersionId"]}
                for each in listed
                if holding in each["Key"]
            ]
            if batch:
                self._delete(batch)
            erased += len(batch)
        return erased

    def _delete(self, batch: list[dict[str, str]]) -> None:
        for attempt in range(1, _TRIES + 1):
            answer = self._client.delete_objects(
                Bucket=self._bucket,
                Delete={"Objects": batch, "Quiet": True},  # type: ignore[typeddict-item]
                **self._bypass,
            )
            errors = answer.get("Errors", [])
            codes = tuple(sorted({each.get("Code", "") for each in errors}))
            if not errors:
                return
            if attempt == _TRIES or not _PASSING.issuperset(codes):
                raise NotErasedError(codes)
            # One that is deleted twice does no harm: the whole batch is asked for again.
            time.sleep(_PAUSE_SECONDS * 2 ** (attempt - 1))


class SesSuppressions:
    """Implements the port `Suppressions`."""

    def __init__(self, client: SESV2Client) -> None:
        self._client = client

    def remove(self, mailbox: str) -> None:
        try:
            self._client.delete_suppressed_destination(EmailAddress=mailbox)
        except self._client.exceptions.NotFoundException:
            return  # It was not on the list.
