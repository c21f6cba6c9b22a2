"""Recording what happens to a conversation besides its mails."""

import json
from typing import Any

import pytest

from parley.archive.chain import Committed, commitment, digest, link_hash
from parley.archive.content import Note, note_content, read_note
from parley.archive.keys import content_key
from parley.archive.records import EventKind
from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Head
from parley.conversation.events import Event
from parley.relaying.events import MAX_TRIES, record_event
from parley.relaying.ports import BusyError, ConversationGoneError, HeadMovedError
from tests.support.relay_world import CONVERSATION, World

NOTE = note_content("Call the buyer", "reviewer-7")


@pytest.fixture
def world() -> World:
    return World()


def noted(world: World, **changes: Any) -> Event:
    given: dict[str, Any] = {"contents": {Committed.CONTENT: NOTE}, **changes}
    event = record_event(CONVERSATION, EventKind.NOTE, world.outside, **given)
    assert event is not None
    return event


def test_an_event_is_the_next_link_behind_a_message(world: World) -> None:
    world.buyer_writes()
    event = noted(world)
    assert event.seq == 2
    assert json.loads(event.link)["previous"] == link_hash(world.message.link or "")
    assert world.memory.heads[CONVERSATION][1] == Head(2, link_hash(event.link))


def test_what_was_written_lies_in_the_archive_alone_with_the_salt_of_its_commitment(world: World) -> None:
    event = noted(world)
    kept = world.archive.objects[content_key(event.folder)]
    assert read_note(kept.content) == Note(text="Call the buyer", actor="reviewer-7")
    committed = json.loads(event.link)["commitments"]["content"]
    assert commitment(kept.metadata["salt"], digest(kept.content)) == committed
    assert "buyer" not in event.link + event.record
    assert "reviewer" not in event.link + event.record


def test_an_event_without_content_has_no_folder(world: World) -> None:
    event = noted(world, contents=None, facts={"case": "C-17"})
    assert event.folder == ""
    assert not world.archive.objects


def test_an_event_of_one_id_is_chained_once(world: World) -> None:
    event = noted(world, event_id="n1")
    again = record_event(
        CONVERSATION, EventKind.NOTE, world.outside, contents={Committed.CONTENT: NOTE}, event_id="n1"
    )
    assert again is None
    assert list(world.memory.events.values()) == [event]


def test_a_second_attempt_in_the_same_second_commits_to_what_it_kept_itself(world: World) -> None:
    """The first kept its content, with its own salt, and broke off before it was chained."""
    append = world.outside.history.append

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    world.outside.history.append = broken  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        noted(world, event_id="n1")
    world.outside.history.append = append  # type: ignore[method-assign]
    event = noted(world, event_id="n1")
    kept = world.archive.objects[content_key(event.folder)]
    committed = json.loads(event.link)["commitments"]["content"]
    assert commitment(kept.metadata["salt"], digest(kept.content)) == committed


def test_an_event_tries_again_behind_whoever_was_faster(world: World) -> None:
    append, faster = world.outside.history.append, ["buyer"]

    def late(*given: Any, **named: Any) -> None:
        if faster:
            faster.pop()
            world.buyer_writes()
        append(*given, **named)

    world.outside.history.append = late  # type: ignore[method-assign]
    event = noted(world)
    assert event.seq == 2
    assert json.loads(event.link)["previous"] == link_hash(world.message.link or "")
    assert len(world.archive.objects) == 4, "the content was kept once"


def test_a_conversation_that_is_never_free_is_busy(world: World) -> None:
    tries = []

    def moved(*_: object, **__: object) -> None:
        tries.append(1)
        raise HeadMovedError

    world.outside.history.append = moved  # type: ignore[method-assign]
    with pytest.raises(BusyError) as busy:
        noted(world)
    assert (busy.value.code, len(tries)) == ("conversation-busy", MAX_TRIES)


def test_an_unknown_conversation_has_no_events(world: World) -> None:
    with pytest.raises(ConversationGoneError):
        record_event(ConversationId("nowhere"), EventKind.NOTE, world.outside)


def test_a_fact_that_could_be_personal_is_refused_before_anything_is_kept(world: World) -> None:
    with pytest.raises(ValueError, match="no id, code or number"):
        noted(world, facts={"who": "anna@buyer.example"})
    assert not world.archive.objects
