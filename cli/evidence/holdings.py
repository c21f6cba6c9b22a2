"""A conversation as it lies in the archive bucket, read by many connections at a time.

Nothing in that bucket is ever written twice or deleted by the product but by an erasure, which leaves no
version behind. So evidence is read as it was first written: what somebody put over an object, or a delete
marker that hides it, changes nothing of it, and is named.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from cli.aws import Clients
from parley.archive import keys
from parley.archive.verdicts import Code

_DENIED = frozenset(("403", "AccessDenied"))
_GONE = frozenset(("404", "NoSuchKey", "NoSuchVersion"))


@dataclass(frozen=True, slots=True)
class Object:
    """salt: of the commitment to it, "" if it has none."""

    key: str
    content: bytes
    salt: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no object. code: "object-missing" or "access-denied"."""

    key: str
    code: str


class Holdings:
    """bucket: the archive's. Safe to share between threads."""

    def __init__(self, clients: Clients, bucket: str, conversation: str) -> None:
        self._clients = clients
        self._bucket = bucket
        self.conversation = conversation
        # More threads than connections would only wait for each other.
        config: Any = clients.s3.meta.config  # its options are not known to the type checker
        self.width: int = config.max_pool_connections

    def keys(self) -> list[str]:
        """Of all objects of the conversation, sorted."""
        return sorted(key for prefix in self._prefixes() for key in self._listed(prefix))

    def as_first_written(self) -> "FirstVersions":
        """The same, as it is now, without what was done to it after it was written."""
        return FirstVersions(self._clients, self._bucket, self.conversation)

    def _prefixes(self) -> tuple[str, ...]:
        conversation = self.conversation
        return (
            keys.entry_prefix(conversation),
            keys.checkpoint_prefix(conversation),
            *keys.erasable_prefixes(conversation),
        )

    def entry_keys(self) -> list[str]:
        return sorted(self._listed(keys.entry_prefix(self.conversation)))

    def checkpoint_keys(self) -> list[str]:
        return sorted(self._listed(keys.checkpoint_prefix(self.conversation)))

    def _listed(self, prefix: str) -> Iterator[str]:
        pages = self._clients.s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages:
            yield from (each["Key"] for each in page.get("Contents", []))

    def read(self, key: str) -> Object | Refusal:
        return self._got(key)

    def _got(self, key: str, version: str | None = None) -> Object | Refusal:
        """version: None for the current one."""
        named: Any = {} if version is None else {"VersionId": version}
        try:
            answer = self._clients.s3.get_object(Bucket=self._bucket, Key=key, **named)
            with answer["Body"] as body:
                return Object(key, body.read(), answer["Metadata"].get("salt", ""))
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _GONE:
                return Refusal(key, "object-missing")
            if code in _DENIED:
                return Refusal(key, "access-denied")
            raise

    def read_all(
        self, wanted: Iterable[str], *, ahead: int | None = None, done: Callable[[], None] = lambda: None
    ) -> Iterator[Object | Refusal]:
        """Each object in the order of its key in `wanted`. ahead: how many are held in memory at a time."""
        ahead = ahead or 2 * self.width
        with ThreadPoolExecutor(min(self.width, ahead)) as pool:
            remaining = iter(wanted)
            running = [pool.submit(self.read, key) for key in islice(remaining, ahead)]
            while running:
                found = running.pop(0).result()
                running += [pool.submit(self.read, key) for key in islice(remaining, 1)]
                yield found
                done()


class FirstVersions(Holdings):
    """Of each object the version that was written first. disturbed: what was hidden by a delete marker or
    written over, by key. Made once: what comes after that is not seen. Raises botocore's errors."""

    def __init__(self, clients: Clients, bucket: str, conversation: str) -> None:
        super().__init__(clients, bucket, conversation)
        self._versions: dict[str, str] = {}
        self.disturbed: dict[str, Code] = {}
        pages = clients.s3.get_paginator("list_object_versions")
        for prefix in self._prefixes():
            for page in pages.paginate(Bucket=bucket, Prefix=prefix):
                for each in page.get("Versions", []):
                    # S3 ListObjectVersions: of one key the newest version comes first.
                    if each["Key"] in self._versions:
                        self.disturbed.setdefault(each["Key"], Code.OBJECT_OVERWRITTEN)
                    self._versions[each["Key"]] = each["VersionId"]
                for marker in page.get("DeleteMarkers", []):
                    self.disturbed[marker["Key"]] = Code.OBJECT_HIDDEN

    def keys(self) -> list[str]:
        return sorted(self._versions)

    def entry_keys(self) -> list[str]:
        return [key for key in self.keys() if key.startswith(keys.entry_prefix(self.conversation))]

    def read(self, key: str) -> Object | Refusal:
        version = self._versions.get(key)
        return Refusal(key, "object-missing") if version is None else self._got(key, version)
