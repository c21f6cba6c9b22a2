"""What write_archive remembers: it asks for each mail once, and never tells what was erased."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from parley.archive.keys import ORIGINAL, order_key, transcript_key
from parley.archive.records import EventKind
from parley.archiving.memory import EACH, LONGEST, MOST, SMALL, Memory
from parley.conversation.aliases import ConversationId
from parley.relaying.events import record_event
from tests.support.archiving_world import ArchivingWorld
from tests.support.fakes import FakeArchive
from tests.support.relay_world import CONVERSATION
from tests.unit.archiving.test_follow import with_attachment, write_with_attachment

NOW = datetime(2026, 9, 4, 16, 12, tzinfo=UTC)
OBJECTS_OF_A_MAIL = 3
"""Original, relayed mail, content."""


class Counting(FakeArchive):
    """asked: how often for each object."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()

    def get(self, key: str) -> bytes:
        self.asked[key] += 1
        return super().get(key)


@pytest.fixture
def archive() -> Counting:
    return Counting()


@pytest.fixture
def world(archive: Counting) -> ArchivingWorld:
    return ArchivingWorld(archive=archive)


def written(world: ArchivingWorld, *numbers: int) -> None:
    """Mails, each followed by itself."""
    for number in numbers:
        world.buyer_writes(f"Mail number {number}", Message_ID=f"<{number}@buyer.example>")
        assert world.follow().failed == ()


def page(world: ArchivingWorld) -> str:
    return world.review.objects[transcript_key(CONVERSATION)].decode()


def test_each_mail_is_asked_for_once_however_long_the_conversation_grows(
    world: ArchivingWorld, archive: Counting
) -> None:
    written(world, *range(12))
    assert set(archive.asked.values()) == {1}
    assert archive.asked.total() == 12 * OBJECTS_OF_A_MAIL
    assert all(f"Mail number {number}" in page(world) for number in range(12))


def test_a_process_that_remembers_nothing_makes_the_same_page(world: ArchivingWorld) -> None:
    written(world, 1, 2)
    remembered = page(world)
    world.told.clear()
    world.archiving.memory.forget(CONVERSATION)
    world.follow()
    assert page(world) == remembered


def test_what_was_erased_is_told_by_no_page_that_is_made_afterwards(
    world: ArchivingWorld, archive: Counting
) -> None:
    """Erasing chains its event first, and then takes the objects away."""
    written(world, 1)
    record_event(CONVERSATION, EventKind.ERASED, world.outside)
    archive.objects = {key: kept for key, kept in archive.objects.items() if key.startswith("entries/")}
    written(world, 2)
    assert "Mail number 1" not in page(world)
    assert "Mail number 2" in page(world)


def test_nothing_is_remembered_of_a_conversation_of_which_something_was_erased(world: ArchivingWorld) -> None:
    written(world, 1)
    (first,) = world.memory.messages.values()
    key = first.folder + ORIGINAL
    assert world.archiving.memory.get(key) is not None
    record_event(CONVERSATION, EventKind.ERASED, world.outside, message=first.id)
    world.follow()
    assert world.archiving.memory.get(key) is None


def test_a_mail_that_is_gone_without_an_event_is_missed_within_a_quarter_of_an_hour(
    world: ArchivingWorld, archive: Counting
) -> None:
    written(world, 1)
    (first,) = world.memory.messages.values()
    del archive.objects[first.folder + ORIGINAL]
    world.clock.pass_by(LONGEST + timedelta(seconds=1))
    written(world, 2)
    assert archive.asked[first.folder + ORIGINAL] == 2


def test_attachments_of_a_mail_that_was_erased_meanwhile_are_not_laid_beside_it_again(
    world: ArchivingWorld, archive: Counting
) -> None:
    """A batch that comes again after an erasure asks for the mail, whatever it remembers."""
    write_with_attachment(world, with_attachment())
    world.follow()
    assert [key for key in archive.objects if "/attachments/" in key] != []
    archive.objects = {key: kept for key, kept in archive.objects.items() if key.startswith("entries/")}
    world.told.clear()
    world.follow()
    assert [key for key in archive.objects if "/attachments/" in key] == []


def test_the_order_leads_to_a_conversation_whose_first_change_was_lost(world: ArchivingWorld) -> None:
    world.buyer_writes("One")
    world.told += world.changes()
    world.seller_writes("Two")
    world.follow()
    assert order_key("4711", CONVERSATION) in world.review.objects


def test_memory_is_bounded_and_the_oldest_goes_first() -> None:
    memory = Memory(room=3 * (1_000 + EACH))
    for number in range(5):
        memory.keep(f"contents/c1/{number}", bytes(1_000), NOW)
    assert [number for number in range(5) if memory.get(f"contents/c1/{number}")] == [2, 3, 4]
    memory.forget_old(NOW + LONGEST + timedelta(seconds=1))
    assert memory.room == 3 * (1_000 + EACH)


def test_a_large_object_is_not_remembered() -> None:
    memory = Memory()
    memory.keep("conversations/c1/large", bytes(SMALL + 1), NOW)
    memory.keep("conversations/c1/small", bytes(SMALL), NOW)
    assert memory.get("conversations/c1/large") is None
    assert memory.room == MOST - SMALL - EACH


def test_one_conversation_is_forgotten_and_no_other() -> None:
    memory = Memory()
    for name in ("c1", "c10"):
        memory.keep(f"contents/{name}/0001.json", b"{}", NOW)
    memory.forget(ConversationId("c1"))
    assert [memory.get(f"contents/{name}/0001.json") for name in ("c1", "c10")] == [None, b"{}"]
