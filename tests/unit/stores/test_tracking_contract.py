"""What every record of what SES told does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parley.archive.records import EventKind
from parley.conversation.conversations import Head
from parley.conversation.delivery import Delivery
from parley.conversation.events import Event
from parley.conversation.messages import Message, MessageId, State
from parley.conversation.opting import Wish
from parley.conversation.parties import Role
from parley.relaying.events import draft_event
from parley.relaying.ports import AlreadyExistsError, HeadMovedError
from parley.stores.deliveries import DynamoDeliveries
from parley.tracking.ports import Deliveries, Known
from tests.support.fake_tracking import FakeDeliveries
from tests.support.fakes import FakeMessages
from tests.support.relay_world import World
from tests.support.samples import RECEIVED_AT, a_conversation, a_message, its_aliases
from tests.support.stores import Stores

DELIVERED = Delivery("delivered", RECEIVED_AT)
BOUNCED = Delivery("bounced", RECEIVED_AT + timedelta(seconds=9))


@pytest.fixture
def deliveries(stores: Stores, request: pytest.FixtureRequest) -> Deliveries:
    if isinstance(stores.messages, FakeMessages):
        return FakeDeliveries(stores.messages.memory)
    deployment = request.getfixturevalue("deployment")
    return DynamoDeliveries(deployment.clients.dynamodb, deployment.settings.table)


@pytest.fixture
def message(stores: Stores) -> Message:
    """The first of its conversation."""
    conversation, message = a_conversation(), a_message()
    stores.directory.open(conversation, its_aliases(conversation))
    stores.messages.claim(message, before=Head(0, ""), after=Head(1, "1" * 64))
    return message


def found(deliveries: Deliveries, message: MessageId) -> Known:
    known = deliveries.find(a_conversation().id, message)
    assert known is not None
    return known


def event(known: Known, name: str) -> tuple[Event, Head]:
    draft = draft_event(known.conversation.id, EventKind.DELIVERED, World().outside, event_id=name)
    return draft.behind(known.head)


def test_what_ses_told_stands_on_the_message_and_in_the_chain(
    deliveries: Deliveries, message: Message
) -> None:
    known = found(deliveries, message.id)
    assert known.message.delivery is None
    placed, after = event(known, "e1")
    deliveries.append(placed, known=known, after=after, delivery=DELIVERED)
    now = found(deliveries, message.id)
    assert (now.head, now.message.delivery, now.message) == (after, DELIVERED, message)


def test_what_a_complaint_tells_of_a_wish_stays_whatever_is_told_then(
    deliveries: Deliveries, message: Message
) -> None:
    complained = {Role.SELLER: Wish(complained_at=RECEIVED_AT)}
    for name, news in (("e1", complained), ("e2", None)):
        known = found(deliveries, message.id)
        placed, after = event(known, name)
        after = after if news is None else replace(after, wishes=news)
        deliveries.append(placed, known=known, after=after, delivery=DELIVERED)
    assert found(deliveries, message.id).head.wishes == complained


def test_nobody_is_found_who_is_not_there(deliveries: Deliveries, message: Message) -> None:
    assert deliveries.find(a_conversation().id, MessageId("m" * 26)) is None


def test_an_event_is_appended_once(deliveries: Deliveries, message: Message) -> None:
    known = found(deliveries, message.id)
    placed, after = event(known, "e1")
    for _ in range(2):  # The second time is a repetition after a lost answer.
        deliveries.append(placed, known=known, after=after, delivery=DELIVERED)
    again = found(deliveries, message.id)
    other, behind = event(again, "e1")
    with pytest.raises(AlreadyExistsError):
        deliveries.append(other, known=again, after=behind, delivery=BOUNCED)
    assert found(deliveries, message.id).message.delivery == DELIVERED


def test_who_knows_an_older_chain_or_standing_appends_nothing(
    deliveries: Deliveries, message: Message
) -> None:
    known = found(deliveries, message.id)
    placed, after = event(known, "e1")
    deliveries.append(placed, known=known, after=after, delivery=DELIVERED)
    now = found(deliveries, message.id)
    for stale in (replace(now, head=known.head), replace(now, message=known.message)):
        late, behind = event(stale, "e2")
        with pytest.raises(HeadMovedError):
            deliveries.append(late, known=stale, after=behind, delivery=BOUNCED)
    assert found(deliveries, message.id).head == after


def test_what_stands_is_replaced_only_by_who_knows_it(deliveries: Deliveries, message: Message) -> None:
    assert deliveries.note(message, DELIVERED)
    assert deliveries.note(message, DELIVERED)  # A repetition after a lost answer.
    assert not deliveries.note(message, BOUNCED)
    assert found(deliveries, message.id).message.delivery == DELIVERED


def test_a_step_of_the_message_leaves_what_ses_told(
    stores: Stores, deliveries: Deliveries, message: Message
) -> None:
    assert deliveries.note(message, DELIVERED)
    stores.messages.advance(message, State.SENDING)
    now = found(deliveries, message.id).message
    assert (now.state, now.delivery) == (State.SENDING, DELIVERED)
