"""How full the deployed queues are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class Depth:
    """How full a queue is. waiting: messages that can be received; taken: those that somebody works on."""

    label: str
    waiting: int
    taken: int

    @property
    def messages(self) -> int:
        return self.waiting + self.taken


@dataclass(frozen=True, slots=True)
class Queues:
    """The queues to watch: (label, URL), in the order in which they are shown."""

    client: SQSClient
    urls: tuple[tuple[str, str], ...]

    def labelled(self, labels: Mapping[str, str]) -> Queues:
        """Those with a label among the keys, in that order and under new labels; several may share one."""
        urls = dict(self.urls)
        return Queues(self.client, tuple((new, urls[old]) for old, new in labels.items()))

    def depths(self) -> tuple[Depth, ...]:
        """One for each label, in order. Raises botocore's errors. SQS calls its numbers approximate."""
        total: dict[str, Depth] = {}
        for label, url in self.urls:
            waiting, taken = self._depth(url)
            before = total.get(label, Depth(label, 0, 0))
            total[label] = Depth(label, before.waiting + waiting, before.taken + taken)
        return tuple(total.values())

    def _depth(self, url: str) -> tuple[int, int]:
        asked = self.client.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        return (
            int(asked["ApproximateNumberOfMessages"]),
            int(asked["ApproximateNumberOfMessagesNotVisible"]),
        )
