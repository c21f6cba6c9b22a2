"""Conversations over the fakes whose changes are followed as the table's stream tells them."""

from dataclasses import dataclass, field

from parley.archive.chain import digest
from parley.archive.checkpoints import Checkpoint
from parley.archive.keys import checkpoint_prefix, entry_prefix
from parley.archive.verdicts import Stored, Verdict
from parley.archive.verification import verify
from parley.archiving.follow import Followed, follow
from parley.archiving.outside import Outside
from parley.archiving.ports import Signature
from parley.conversation.events import Event
from parley.conversation.messages import Message
from parley.lake.arrivals import MEDIA_TYPE
from parley.lake.rows import Row, read
from parley.lake.tables import ARRIVALS
from tests.support.fake_registry import FakeIds
from tests.support.fakes import FakeHistory
from tests.support.relay_world import CONVERSATION, World

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"


class FakeSigner:
    """Its signature of a digest is the digest in reverse."""

    def __init__(self) -> None:
        self.calls = 0

    def sign(self, digest: bytes) -> Signature:
        self.calls += 1
        return Signature(KEY, digest[::-1])


class FakeReview:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, key: str, content: bytes, *, media_type: str) -> None:
        expected = MEDIA_TYPE if key.startswith(ARRIVALS) else "text/html; charset=utf-8"
        assert media_type == expected
        self.objects[key] = content

    def rows(self) -> list[Row]:
        """All that the lake was told, in the order of the objects' names."""
        told = [content for key, content in sorted(self.objects.items()) if key.startswith(ARRIVALS)]
        return [read(line) for content in told for line in content.splitlines()]


@dataclass
class ArchivingWorld(World):
    """`follow()` tells what changed since it was last called."""

    review: FakeReview = field(default_factory=FakeReview)
    signer: FakeSigner = field(default_factory=FakeSigner)
    told: list[Message | Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.archiving = Outside(
            conversations=self.directory,
            history=FakeHistory(self.memory),
            archive=self.archive,
            entries=self.archive,
            review=self.review,
            signer=self.signer,
            ids=FakeIds(),
            clock=self.clock,
            relay_domain="relay.example",
            locale="en",
        )

    def changes(self) -> list[Message | Event]:
        everything: list[Message | Event] = [*self.memory.messages.values(), *self.memory.events.values()]
        return [each for each in everything if each not in self.told]

    def follow(self) -> Followed:
        changes = self.changes()
        self.told += changes
        return follow(changes, self.archiving)

    def kept(self, prefix: str) -> list[str]:
        return sorted(key for key in self.archive.objects if key.startswith(prefix))

    def verdict(self, conversation: str = CONVERSATION) -> Verdict:
        objects = self.archive.objects

        def stored(key: str) -> Stored | None:
            kept = objects.get(key)
            return None if kept is None else Stored(digest(kept.content), kept.metadata.get("salt", ""))

        def is_signed(checkpoint: Checkpoint) -> bool:
            return checkpoint.signature == (checkpoint.root or b"")[::-1]

        return verify(
            conversation,
            [(key, objects[key].content) for key in self.kept(entry_prefix(conversation))],
            [(key, objects[key].content) for key in self.kept(checkpoint_prefix(conversation))],
            stored,
            is_signed,
        )
