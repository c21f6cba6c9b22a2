"""What every history of a conversation does."""

import json
from dataclasses import replace

import pytest

from parley.archive.chain import Link, commitment, digest, link_hash
from parley.archive.records import EventKind, EventRecord
from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Head, Hold
from parley.conversation.events import Event, EventId
from parley.conversation.messages import Message, State
from parley.relaying.ports import (
    AlreadyExistsError,
    ConversationGoneError,
    HeadMovedError,
    LeaseLostError,
)
from tests.support.samples import RECEIVED_AT, a_conversation, a_lease, a_message, its_aliases
from tests.support.stores import Stores

EMPTY, FIRST = Head(0, ""), Head(1, "1" * 64)
CONVERSATION = a_conversation().id
SALT = "0" * 32


@pytest.fixture
def opened(stores: Stores) -> Stores:
    conversation = a_conversation()
    stores.directory.open(conversation, its_aliases(conversation))
    return stores


@pytest.fixture
def held(opened: Stores) -> Message:
    """A held message, the first link."""
    message = a_message(codes=("spam",))
    opened.messages.claim(message, before=EMPTY, after=FIRST)
    return opened.messages.finish(message, State.HELD, codes=("spam",), finished_at=RECEIVED_AT)


def an_event(name: str, before: Head, **changes: object) -> Event:
    record = EventRecord(kind=EventKind.NOTE, facts={"case": name}).to_json()
    link = Link(
        conversation=CONVERSATION,
        seq=before.seq + 1,
        previous=before.tip,
        id=name,
        at=RECEIVED_AT.isoformat(),
        commitments={"record": commitment(SALT, digest(record.encode()))},
    )
    event = Event(
        id=EventId(name),
        conversation=CONVERSATION,
        seq=link.seq,
        at=RECEIVED_AT,
        kind=EventKind.NOTE,
        link=link.to_json(),
        record=record,
        salts=(("record", SALT),),
    )
    return replace(event, **changes)  # type: ignore[arg-type]


def after(event: Event) -> Head:
    return Head(event.seq, link_hash(event.link))


def test_the_head_of_a_new_conversation_has_no_link(opened: Stores) -> None:
    assert opened.history.head(CONVERSATION) == EMPTY


def test_a_conversation_that_is_not_there_has_no_head(stores: Stores) -> None:
    with pytest.raises(ConversationGoneError):
        stores.history.head(ConversationId("nowhere"))


def test_an_event_is_kept_whole_and_moves_the_head(opened: Stores, held: Message) -> None:
    event = an_event("e1", FIRST, message=held.id, folder="conversations/c1/events/x/")
    opened.history.append(event, before=FIRST, after=after(event))
    assert opened.history.head(CONVERSATION) == after(event)
    assert set(opened.history.of(CONVERSATION)) == {held, event}
    assert json.loads(event.link)["previous"] == FIRST.tip


@pytest.mark.parametrize("before", [FIRST, Head(0, "1" * 64)])
def test_an_event_behind_another_head_writes_nothing(opened: Stores, before: Head) -> None:
    event = an_event("e1", before)
    with pytest.raises(HeadMovedError):
        opened.history.append(event, before=before, after=after(event))
    assert list(opened.history.of(CONVERSATION)) == []
    assert opened.history.head(CONVERSATION) == EMPTY


def test_an_event_of_one_id_is_recorded_once(opened: Stores) -> None:
    first = an_event("e1", EMPTY)
    opened.history.append(first, before=EMPTY, after=after(first))
    second = an_event("e1", after(first))
    with pytest.raises(AlreadyExistsError):
        opened.history.append(second, before=after(first), after=after(second))
    assert opened.history.head(CONVERSATION) == after(first)
    assert list(opened.history.of(CONVERSATION)) == [first]


def test_that_an_event_exists_counts_more_than_that_the_head_moved(opened: Stores) -> None:
    first = an_event("e1", EMPTY)
    opened.history.append(first, before=EMPTY, after=after(first))
    with pytest.raises(AlreadyExistsError):
        opened.history.append(replace(first, record="{}"), before=EMPTY, after=after(first))


def test_the_same_event_may_be_appended_again_after_a_lost_answer(opened: Stores) -> None:
    event = an_event("e1", EMPTY)
    for _ in range(2):
        opened.history.append(event, before=EMPTY, after=after(event))
    assert opened.history.head(CONVERSATION) == after(event)


def test_a_message_steps_with_the_event_that_tells_of_it(opened: Stores, held: Message) -> None:
    event = an_event("e1", FIRST, message=held.id)
    refused = replace(held, state=State.REFUSED)
    opened.history.append(event, before=FIRST, after=after(event), message=(held, refused))
    assert set(opened.history.of(CONVERSATION)) == {refused, event}


def test_a_message_that_is_no_longer_as_expected_keeps_the_event_out(opened: Stores, held: Message) -> None:
    event = an_event("e1", FIRST, message=held.id)
    for stale in (replace(held, state=State.RECEIVED), replace(held, lease=a_lease("another"))):
        with pytest.raises(LeaseLostError):
            opened.history.append(
                event, before=FIRST, after=after(event), message=(stale, replace(held, state=State.REFUSED))
            )
    assert list(opened.history.of(CONVERSATION)) == [held]
    assert opened.history.head(CONVERSATION) == FIRST


def test_holds_change_with_the_event_and_stay_otherwise(opened: Stores) -> None:
    hold = Hold("h1", "C-17", RECEIVED_AT)
    placed = an_event("e1", EMPTY)
    opened.history.append(placed, before=EMPTY, after=after(placed), holds=(hold,))
    noted = an_event("e2", after(placed))
    opened.history.append(noted, before=after(placed), after=after(noted))
    view = opened.directory.conversation(CONVERSATION)
    assert view is not None
    assert view.conversation.holds == (hold,)
    lifted = an_event("e3", after(noted))
    opened.history.append(lifted, before=after(noted), after=after(lifted), holds=())
    view = opened.directory.conversation(CONVERSATION)
    assert view is not None
    assert view.conversation.holds == ()


def test_a_history_has_messages_attempts_and_events_and_nothing_of_others(
    opened: Stores, held: Message
) -> None:
    attempt = a_message("receipt-2", seq=2, author_role=None)
    opened.messages.claim(attempt, before=FIRST, after=Head(2, "2" * 64))
    event = an_event("e1", Head(2, "2" * 64))
    opened.history.append(event, before=Head(2, "2" * 64), after=after(event))
    assert set(opened.history.of(CONVERSATION)) == {held, attempt, event}
    assert list(opened.history.of(ConversationId("c2"))) == []


def test_no_hold_is_placed_while_contents_are_erased(opened: Stores) -> None:
    conversation = replace(a_conversation(), id=ConversationId("c9"), aliases={}, erasing=True)
    opened.directory.open(conversation, [])
    placed = replace(an_event("e1", EMPTY), conversation=conversation.id)
    with pytest.raises(HeadMovedError):
        opened.history.append(placed, before=EMPTY, after=after(placed), holds=(Hold("h", "C", RECEIVED_AT),))
    opened.history.append(placed, before=EMPTY, after=after(placed))
