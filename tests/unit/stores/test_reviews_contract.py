"""What every Reviews does, and what a History does to the holds: in memory, and on moto."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parley.archive.records import EventKind
from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Conversation, Head, Hold
from parley.conversation.events import Event, EventId
from parley.conversation.messages import Message, MessageId, State
from parley.relaying.ports import HeadMovedError, History
from parley.reviewing.ports import CursorError, Reviews
from parley.stores.history import DynamoHistory
from parley.stores.reviewing import DynamoReviews
from tests.support.aws import Deployment
from tests.support.fake_reviews import FakeReviews
from tests.support.fakes import FakeHistory
from tests.support.samples import RECEIVED_AT, a_conversation, a_loose_message, a_message, its_aliases
from tests.support.stores import Stores

HERE = a_conversation().id
LATER = RECEIVED_AT + timedelta(seconds=9)


@pytest.fixture
def reviews(stores: Stores, request: pytest.FixtureRequest) -> Reviews:
    if hasattr(stores.directory, "memory"):
        return FakeReviews(stores.directory.memory)
    deployment: Deployment = request.getfixturevalue("deployment")
    return DynamoReviews(deployment.clients.dynamodb, deployment.settings.table)


@pytest.fixture
def history(stores: Stores, request: pytest.FixtureRequest) -> History:
    if hasattr(stores.directory, "memory"):
        return FakeHistory(stores.directory.memory)
    deployment: Deployment = request.getfixturevalue("deployment")
    return DynamoHistory(deployment.clients.dynamodb, deployment.settings.table)


@pytest.fixture
def conversation(stores: Stores) -> Conversation:
    opened = a_conversation()
    stores.directory.open(opened, its_aliases(opened))
    return opened


def head(seq: int) -> Head:
    return Head(seq, str(seq) * 64 if seq else "")


def claim(stores: Stores, number: int, **changes: object) -> Message:
    """The message that takes the place `number`; each is a minute younger than the one before."""
    message = a_message(
        f"receipt-{number}",
        seq=number,
        received_at=RECEIVED_AT + timedelta(minutes=number),
        **changes,
    )
    stores.messages.claim(message, before=head(number - 1), after=head(number))
    return message


def held(stores: Stores, number: int, **changes: object) -> Message:
    message = claim(stores, number, **changes)
    return stores.messages.finish(message, State.HELD, codes=("spam",), finished_at=LATER)


def an_event(number: int, event_id: str = "note-1") -> Event:
    return Event(
        id=EventId(event_id),
        conversation=HERE,
        seq=number,
        at=LATER,
        kind=EventKind.NOTE,
        link="{}",
        record="{}",
        salts=(("record", "00"),),
    )


# Looking


def test_a_conversation_is_found_with_its_holds(
    reviews: Reviews, history: History, conversation: Conversation
) -> None:
    assert reviews.conversation(ConversationId("c404")) is None
    assert reviews.conversation(HERE) == conversation
    holds = (Hold("h1", "case-17", LATER), Hold("h2", "case-18", LATER))
    history.append(an_event(1), before=head(0), after=head(1), holds=holds)
    assert reviews.conversation(HERE) == replace(conversation, holds=holds)


def test_holds_stay_until_the_last_one_is_taken_away(
    reviews: Reviews, history: History, conversation: Conversation
) -> None:
    history.append(an_event(1, "e1"), before=head(0), after=head(1), holds=(Hold("h1", "case-17", LATER),))
    history.append(an_event(2, "e2"), before=head(1), after=head(2))
    found = reviews.conversation(HERE)
    assert found is not None
    assert len(found.holds) == 1
    history.append(an_event(3, "e3"), before=head(2), after=head(3), holds=())
    assert reviews.conversation(HERE) == conversation


def test_holds_change_only_where_the_head_stands(
    reviews: Reviews, history: History, conversation: Conversation
) -> None:
    with pytest.raises(HeadMovedError):
        history.append(an_event(3), before=head(2), after=head(3), holds=(Hold("h1", "case-17", LATER),))
    assert reviews.conversation(HERE) == conversation


def test_an_event_is_found_by_its_id(reviews: Reviews, history: History, conversation: Conversation) -> None:
    event = an_event(1)
    history.append(event, before=head(0), after=head(1))
    assert reviews.event(HERE, event.id) == event
    assert reviews.event(HERE, EventId("note-2")) is None
    assert reviews.event(ConversationId("c404"), event.id) is None


@pytest.mark.usefixtures("conversation")
def test_a_message_is_found_by_its_id_whether_its_author_is_proved_or_not(
    stores: Stores, reviews: Reviews
) -> None:
    proved, attempt = claim(stores, 1), claim(stores, 2, author_role=None)
    for message in (proved, attempt):
        assert reviews.message(HERE, message.id) == message
    assert reviews.message(HERE, MessageId("m404")) is None
    assert reviews.message(ConversationId("c404"), proved.id) is None


@pytest.mark.usefixtures("conversation")
def test_an_event_about_a_message_is_not_taken_for_it(
    stores: Stores, reviews: Reviews, history: History
) -> None:
    message = claim(stores, 1)
    about = replace(an_event(2), message=message.id)
    history.append(about, before=head(1), after=head(2))
    assert reviews.message(HERE, message.id) == message


@pytest.mark.usefixtures("conversation")
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_the_history_has_everything_once(
    stores: Stores, reviews: Reviews, history: History, limit: int
) -> None:
    written: list[Message | Event] = [claim(stores, 1), claim(stores, 2, author_role=None), claim(stores, 3)]
    written += [an_event(4, "e4"), an_event(5, "e5")]
    for event in written[3:]:
        assert isinstance(event, Event)
        history.append(event, before=head(event.seq - 1), after=head(event.seq))
    found: list[Message | Event] = []
    cursor = None
    while True:
        page = reviews.history(HERE, after=cursor, limit=limit)
        assert len(page.happenings) <= limit
        found += page.happenings
        cursor = page.next
        if cursor is None:
            break
    assert sorted(found, key=lambda each: each.seq) == written


def test_a_history_that_does_not_exist_is_empty(reviews: Reviews) -> None:
    assert list(reviews.history(ConversationId("c404"), after=None, limit=10).happenings) == []


# Held mail


@pytest.mark.usefixtures("conversation")
def test_what_waits_is_listed_the_oldest_first(stores: Stores, reviews: Reviews) -> None:
    waiting = [held(stores, number) for number in range(1, 6)]
    found: list[Message] = []
    cursor = None
    while True:
        page = reviews.held(after=cursor, limit=2)
        assert len(page.messages) <= 2
        found += page.messages
        cursor = page.next
        if cursor is None:
            break
    assert found == waiting


@pytest.mark.usefixtures("conversation")
def test_only_what_waits_is_listed(stores: Stores, reviews: Reviews) -> None:
    claim(stores, 1)
    relayed = stores.messages.advance(claim(stores, 2), State.SENDING)
    stores.messages.finish(relayed, State.RELAYED, codes=(), finished_at=LATER)
    attempt = held(stores, 3, author_role=None)
    releasing = stores.messages.advance(held(stores, 4), State.RELEASING)
    refused = stores.messages.finish(held(stores, 5), State.REFUSED, codes=(), finished_at=LATER)
    released = stores.messages.advance(held(stores, 6), State.RELEASING)
    stores.messages.finish(released, State.RELEASED, codes=(), finished_at=LATER)
    assert reviews.held(after=None, limit=100).messages == [attempt, releasing]
    assert refused.id not in {each.id for each in reviews.held(after=None, limit=100).messages}


def test_held_mail_of_no_conversation_is_listed_too(stores: Stores, reviews: Reviews) -> None:
    message = a_loose_message(state=State.HELD, codes=("notification-missing",))
    stores.messages.claim_loose(message)
    assert reviews.held(after=None, limit=100).messages == [message]


@pytest.mark.usefixtures("conversation")
def test_what_is_held_again_after_a_failed_release_waits_again(
    stores: Stores, reviews: Reviews, history: History
) -> None:
    releasing = replace(
        stores.messages.advance(held(stores, 1), State.RELEASING), released="conversations/c1/events/x/"
    )
    again = replace(releasing, state=State.HELD, codes=("spam", "leak"), released="")
    history.append(an_event(2), before=head(1), after=head(2), message=(releasing, again))
    assert reviews.held(after=None, limit=100).messages == [again]


@pytest.mark.parametrize("cursor", ["x", "é", "bm90IGpzb24", "WzFd", "WyIiXQ", "W10", "eyJhIjoxfQ"])
def test_what_is_no_cursor_is_told(reviews: Reviews, cursor: str) -> None:
    with pytest.raises(CursorError):
        reviews.held(after=cursor, limit=10)
    with pytest.raises(CursorError):
        reviews.history(HERE, after=cursor, limit=10)
