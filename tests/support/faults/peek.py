"""What stands in moto, read without a call: a matrix looks at thousands of worlds."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from moto.core.base_backend import BackendDict
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import FakeDeleteMarker, s3_backends
from moto.sqs.models import sqs_backends

from parley.conversation.conversations import Head
from parley.conversation.events import Event
from parley.conversation.messages import Message
from parley.stores.items import read_event, read_head, read_message
from tests.support.aws import Deployment
from tests.support.stack import ACCOUNT


@dataclass(frozen=True, slots=True)
class Stored:
    content: bytes
    salt: str


class Peek:
    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._region = deployment.settings.region

    def items(self) -> list[dict[str, Any]]:
        """Every item of the table."""
        table = _only(dynamodb_backends, self._region).tables[self._deployment.settings.table]
        return [item.to_json()["Attributes"] for item in table.all_items()]

    def buckets(self) -> list[str]:
        return list(_only(s3_backends, "aws").buckets)

    def objects(self, bucket: str) -> dict[str, Stored]:
        """What is there now, by key."""
        keys = _only(s3_backends, "aws").buckets[bucket].keys
        found = ((name, keys[name]) for name in keys)
        return {
            name: Stored(each.value, each.metadata.get("x-amz-meta-salt", each.metadata.get("salt", "")))
            for name, each in found
            if not isinstance(each, FakeDeleteMarker)
        }

    def state(self) -> str:
        """A digest of all that a later invocation can find, and of what has left."""
        deployment = self._deployment
        buckets = _only(s3_backends, "aws").buckets
        hashed = hashlib.blake2b()
        for part in (
            self.items(),
            [
                (bucket, name, keys[name])
                for bucket in buckets
                for keys in (self._contents(bucket),)
                for name in keys
            ],
            self.queues(),
            deployment.wire.sent,
            sorted(deployment.wire.suppressed),
        ):
            hashed.update(repr(part).encode())
        return hashed.hexdigest()

    def _contents(self, bucket: str) -> dict[str, list[object]]:
        """Every version and delete marker, by key."""
        keys = _only(s3_backends, "aws").buckets[bucket].keys
        return {name: [getattr(each, "value", None) for each in keys.getlist(name)] for name in sorted(keys)}

    def texts(self, url: str) -> list[str]:
        """All that a queue holds, hidden or not."""
        return self.queues()[url.rpartition("/")[2]]

    def queues(self) -> dict[str, list[str]]:
        """The same of every queue, by name."""
        queues = _only(sqs_backends, self._region).queues
        return {name: [message.body for message in queues[name]._messages] for name in queues}


def messages(items: Iterable[dict[str, Any]]) -> list[Message]:
    """Attempts and those of no conversation too."""
    return [read_message(item) for item in items if {"message_id", "state", "seq"} <= item.keys()]


def events(items: Iterable[dict[str, Any]]) -> list[Event]:
    return [read_event(item) for item in items if "event_id" in item]


def heads(items: Iterable[dict[str, Any]]) -> dict[str, Head]:
    found = (read_head(item) for item in items if item["sk"] == {"S": "~HEAD"})
    return {conversation.id: head for conversation, head in found}


def _only(backends: BackendDict[Any], region: str) -> Any:
    return backends[ACCOUNT][region]
