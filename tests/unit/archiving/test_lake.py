"""What the lake is told of what changed."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from parley.archive.chain import Committed
from parley.archive.content import content_of, note_content
from parley.archive.keys import content_key, entry_prefix, event_folder
from parley.archive.records import EventKind
from parley.archiving.follow import follow
from parley.archiving.happened import DELIVERIES, NOBODYS
from parley.conversation.conversations import Conversation
from parley.conversation.messages import State
from parley.conversation.parties import Role
from parley.lake.rows import ActionRow, Attachment, DeliveryRow, MessageRow
from parley.lake.tables import ARRIVALS, MESSAGES
from parley.relaying.events import record_event
from tests.support.archiving_world import ArchivingWorld
from tests.support.relay_world import BUYER, CONVERSATION, SELLER_ALIAS, mail
from tests.unit.archiving.test_follow import (
    BILL,
    open_other,
    with_attachment,
    write_to_other,
    write_with_attachment,
)

NOTE = {Committed.CONTENT: note_content("Ask the carrier", "session-of-reviewer-7")}
PERSONAL = [each.name for each in MESSAGES.columns if each.is_personal]


@pytest.fixture
def world() -> ArchivingWorld:
    return ArchivingWorld()


def messages(world: ArchivingWorld) -> list[MessageRow]:
    """What was told of messages, the newest last."""
    told = [row for row in world.review.rows() if isinstance(row, MessageRow)]
    return sorted(told, key=lambda row: row.version)


def keys(world: ArchivingWorld) -> list[str]:
    return sorted(key for key in world.review.objects if key.startswith(ARRIVALS))


def hold(world: ArchivingWorld) -> None:
    world.receive(world.accept(mail(BUYER), BUYER, SELLER_ALIAS, spam="FAIL"))
    world.follow()


def become(world: ArchivingWorld, kind: EventKind, state: State, **changes: str) -> None:
    """What a decision does to the one message; then the stream tells of it."""
    message = world.message
    after = replace(message, state=state, **changes)  # type: ignore[arg-type]  # names of fields
    record_event(CONVERSATION, kind, world.outside, message=message.id, step=(message, after))
    world.follow()


def test_a_relayed_mail_is_told_without_a_word_of_it(world: ArchivingWorld) -> None:
    write_with_attachment(world, with_attachment())
    world.follow()
    (told,), message = messages(world), world.message
    assert (told.conversation_id, told.message_id, told.seq) == (CONVERSATION, message.id, 1)
    assert (told.order_id, told.buyer_id, told.seller_id) == ("4711", "buyer", "seller")
    assert (told.author_role, told.recipient_role, told.state) == (Role.BUYER, Role.SELLER, State.RELAYED)
    assert told.at == told.passed_on_at == message.received_at
    assert told.attachments == (
        Attachment(sha256=sha256(BILL).hexdigest(), media_type="application/pdf", octets=len(BILL)),
    )
    assert f"{told.content_name}.json" == content_key(message.folder).rpartition("/")[2]
    assert told.content_name is not None
    assert "spam" in told.misses
    assert not told.is_erased


def test_topics_are_told_of_what_was_passed_on(world: ArchivingWorld) -> None:
    world.buyer_writes("Where is my parcel?", Subject="Question")
    world.follow()
    assert messages(world)[0].topics == ("delivery",)


def test_a_domain_is_told_by_its_hash(world: ArchivingWorld) -> None:
    world.buyer_writes()
    open_other(world)
    write_to_other(world)
    world.follow()
    one, other = messages(world)
    assert one.author_domain == other.author_domain
    assert one.author_domain is not None
    assert "buyer" not in one.author_domain


def test_a_mail_that_waits_is_told_as_held_and_has_not_been_passed_on(world: ArchivingWorld) -> None:
    hold(world)
    (told,) = messages(world)
    assert (told.state, told.codes, told.passed_on_at) == ("held", ("spam",), None)
    assert (told.content_name, told.topics, told.attachments) == (None, (), ())
    become(world, EventKind.RELEASE_ASKED, State.RELEASING)
    assert messages(world)[-1].state == "held"


def test_a_release_tells_the_mail_anew_with_its_time_and_a_higher_version(world: ArchivingWorld) -> None:
    hold(world)
    world.clock.pass_by(timedelta(hours=3))
    folder = event_folder(CONVERSATION, world.clock.now(), EventKind.RELEASED, "e1")
    become(world, EventKind.RELEASED, State.RELEASING, released=folder)
    asked = messages(world)[-1]
    released = replace(world.message, state=State.RELEASED)
    world.memory.messages[next(iter(world.memory.messages))] = released
    world.follow()
    told = messages(world)[-1]
    assert told.state == "released"
    assert told.version > asked.version
    assert told.passed_on_at is not None
    assert told.passed_on_at - told.at == timedelta(hours=3)


@pytest.mark.parametrize("together", [False, True])
def test_what_waited_in_the_stream_until_a_mail_went_out_says_nothing_else_of_it(
    world: ArchivingWorld, together: bool
) -> None:
    """Rows of one version that differ would have it depend on their text which of them stays."""
    world.receive(world.accept(mail(BUYER), BUYER, SELLER_ALIAS, spam="FAIL"))
    held, folder = world.message, event_folder(CONVERSATION, world.clock.now(), EventKind.RELEASED, "e1")
    releasing = replace(held, state=State.RELEASING)
    record_event(
        CONVERSATION, EventKind.RELEASE_ASKED, world.outside, message=held.id, step=(held, releasing)
    )
    content = content_of(mail(BUYER, "Where is my parcel?").encode())
    world.archive.put(content_key(folder), content, media_type="application/json", metadata={})
    released = replace(releasing, state=State.RELEASED, released=folder)
    record_event(CONVERSATION, EventKind.RELEASED, world.outside, message=held.id, step=(releasing, released))
    batches = [[held, released]] if together else [[held], [released]]
    assert [follow(batch, world.archiving).failed for batch in batches] == [()] * len(batches)
    (told,) = messages(world)
    assert (told.state, told.topics) == ("released", ("delivery",))


@pytest.mark.parametrize(
    ("kind", "state"), [(EventKind.REFUSED, State.REFUSED), (EventKind.EXPIRED, State.EXPIRED)]
)
def test_what_is_decided_is_told_with_a_higher_version(
    world: ArchivingWorld, kind: EventKind, state: State
) -> None:
    hold(world)
    become(world, kind, state)
    before, after = messages(world)
    assert (before.state, after.state, after.passed_on_at) == ("held", state, None)
    assert after.version > before.version


def test_a_batch_that_comes_again_makes_the_same_object(world: ArchivingWorld) -> None:
    world.buyer_writes()
    world.follow()
    before = dict(world.review.objects)
    world.told.clear()
    world.follow()
    assert keys(world) == sorted(key for key in before if key.startswith(ARRIVALS))
    assert {key: world.review.objects[key] for key in keys(world)} == {
        key: before[key] for key in keys(world)
    }


def test_a_batch_of_many_conversations_makes_one_object(world: ArchivingWorld) -> None:
    open_other(world)
    world.buyer_writes()
    write_to_other(world)
    world.follow()
    assert len(keys(world)) == 1
    assert {row.conversation_id for row in messages(world)} == {"c1", "c2"}


def test_a_lake_that_fails_stops_no_entry_no_checkpoint_and_no_page_and_the_batch_comes_again(
    world: ArchivingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_: object, **__: object) -> None:
        raise ConnectionError

    world.buyer_writes()
    with monkeypatch.context() as patch:
        patch.setattr("parley.archiving.follow.tell_lake", fall)
        followed = world.follow()
    assert followed.failed == ((CONVERSATION, "ConnectionError"),)
    assert (followed.conversations, len(world.kept(entry_prefix(CONVERSATION)))) == (1, 1)
    assert world.verdict().signed == 1
    assert keys(world) == []
    world.told.clear()
    assert world.follow().failed == ()
    assert len(messages(world)) == 1


def test_one_conversation_that_cannot_be_told_keeps_no_other_from_it(
    world: ArchivingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_other(world)
    world.buyer_writes()
    write_to_other(world)
    read = world.directory.alone
    monkeypatch.setattr(world.directory, "alone", lambda each: None if each == CONVERSATION else read(each))
    assert world.follow().failed == ((CONVERSATION, "ConversationGoneError"),)
    assert {row.conversation_id for row in messages(world)} == {"c2"}


def test_a_conversation_is_read_once_a_batch(world: ArchivingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.buyer_writes()
    world.seller_writes()
    read, asked = world.directory.alone, []

    def counted(conversation: str) -> object:
        asked.append(conversation)
        return read(conversation)  # type: ignore[arg-type]

    monkeypatch.setattr(world.directory, "alone", counted)
    world.follow()
    assert asked == [CONVERSATION]


def test_what_was_lost_is_told_when_it_is_filed_after_all(world: ArchivingWorld) -> None:
    world.buyer_writes("One")
    world.told += world.changes()
    world.seller_writes("Two")
    world.follow()
    assert [row.seq for row in sorted(messages(world), key=lambda row: row.seq)] == [1, 2]


def test_a_delivery_is_told_with_its_facts_and_the_time_at_which_it_happened(world: ArchivingWorld) -> None:
    world.buyer_writes()
    facts = {"subtype": "general", "occurred-at": "2026-09-04T16:20:00+00:00"}
    record_event(CONVERSATION, EventKind.BOUNCED, world.outside, message=world.message.id, facts=facts)
    world.follow()
    (told,) = [row for row in world.review.rows() if isinstance(row, DeliveryRow)]
    assert (told.kind, told.codes, told.message_id) == ("bounced", ("subtype=general",), world.message.id)
    assert (told.occurred_at.isoformat(), told.at) == ("2026-09-04T16:20:00+00:00", world.clock.now())


@pytest.mark.parametrize("text", ["soon", "2026-09-04T16:20:00", ""])
def test_a_delivery_without_a_certain_time_happened_when_it_was_recorded(
    world: ArchivingWorld, text: str
) -> None:
    world.buyer_writes()
    facts = {"occurred-at": text}
    record_event(CONVERSATION, EventKind.SENT, world.outside, message=world.message.id, facts=facts)
    world.follow()
    (told,) = [row for row in world.review.rows() if isinstance(row, DeliveryRow)]
    assert told.occurred_at == told.at


@pytest.mark.parametrize("kind", sorted(set(EventKind) - DELIVERIES - NOBODYS))
def test_an_action_is_told_with_who_acted_and_for_which_case(world: ArchivingWorld, kind: EventKind) -> None:
    facts = {"case": "case-17"}
    record_event(CONVERSATION, kind, world.outside, facts=facts, contents=NOTE, event_id="e1")
    world.follow()
    (told,) = world.review.rows()
    assert isinstance(told, ActionRow)
    assert (told.action_id, told.kind, told.case_id) == ("e1", kind, "case-17")
    assert told.actor == "session-of-reviewer-7"
    assert b"carrier" not in b"".join(world.review.objects[key] for key in keys(world))


def test_nothing_of_an_action_whose_content_is_gone_is_lost_but_its_actor(world: ArchivingWorld) -> None:
    record_event(CONVERSATION, EventKind.NOTE, world.outside, contents=NOTE, event_id="e1")
    (event,) = world.memory.events.values()
    del world.archive.objects[content_key(event.folder)]
    assert world.follow().failed == ()
    (told,) = world.review.rows()
    assert isinstance(told, ActionRow)
    assert (told.action_id, told.actor) == ("e1", None)


def test_an_erasure_tells_all_that_it_covers_anew_and_empty(world: ArchivingWorld) -> None:
    write_with_attachment(world, with_attachment())
    record_event(CONVERSATION, EventKind.NOTE, world.outside, contents=NOTE)
    world.follow()
    record_event(CONVERSATION, EventKind.ERASED, world.outside)
    world.follow()
    before, after = messages(world)
    assert after.version > before.version
    assert after.is_erased
    assert [name for name in PERSONAL if getattr(before, name) is None] == []
    assert [name for name in PERSONAL if getattr(after, name) is not None] == []
    assert (after.content_name, after.topics, after.state) == (None, (), before.state)
    note, emptied = sorted(
        (row for row in world.review.rows() if isinstance(row, ActionRow)), key=lambda row: row.version
    )
    assert (note.is_erased, emptied.is_erased, emptied.actor) == (False, True, None)


def test_what_comes_late_of_an_erased_conversation_is_told_empty_at_once(world: ArchivingWorld) -> None:
    """Its change waited in the stream while it was erased; its mails are gone from the archive."""
    write_with_attachment(world, with_attachment())
    record_event(CONVERSATION, EventKind.ERASED, world.outside)
    for key in [key for key in world.archive.objects if not key.startswith("entries/")]:
        del world.archive.objects[key]
    world.follow()
    (told,) = messages(world)
    assert told.is_erased
    assert [name for name in PERSONAL if getattr(told, name) is not None] == []


def test_the_erasure_of_one_mail_leaves_the_others_as_they_are(world: ArchivingWorld) -> None:
    world.buyer_writes("One")
    first = world.message
    world.seller_writes("Two")
    world.follow()
    record_event(CONVERSATION, EventKind.ERASED, world.outside, message=first.id)
    world.follow()
    newest = {row.message_id: row for row in messages(world)}
    assert {row.seq: row.is_erased for row in newest.values()} == {1: True, 2: False}


def test_mail_after_an_erasure_is_told_in_full(world: ArchivingWorld) -> None:
    world.buyer_writes("One")
    record_event(CONVERSATION, EventKind.ERASED, world.outside)
    world.seller_writes("Two")
    world.follow()
    assert {row.seq: row.is_erased for row in messages(world)} == {1: True, 3: False}


def test_a_party_that_is_gone_from_the_conversation_is_not_told(world: ArchivingWorld) -> None:
    world.buyer_writes()
    conversation, head = world.memory.heads[CONVERSATION]
    without: Conversation = replace(conversation, parties={Role.SELLER: conversation.parties[Role.SELLER]})
    world.memory.heads[CONVERSATION] = (without, head)
    world.follow()
    (told,) = messages(world)
    assert (told.buyer_id, told.seller_id) == (None, "seller")
