"""Decisions on held mail: recorded before they are asked for, and by one person only."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from parley.conversation.messages import Message, MessageId, State
from parley.registering.refusals import RefusedError
from parley.relaying.ports import LeaseLostError
from parley.relaying.rulings import Verb, read_ruling
from parley.reviewing.decisions import refuse, release
from parley.reviewing.ports import Desk
from parley.reviewing.recording import Statement
from tests.support.relay_world import BUYER, CONVERSATION, SELLER_ALIAS, World, mail

STATEMENT = Statement(
    conversation=CONVERSATION, case="case-17", text="an ordinary question", actor="arn:aws:sts::1:x"
)


@pytest.fixture
def held(world: World) -> MessageId:
    world.receive(world.accept(mail(BUYER), BUYER, SELLER_ALIAS, spam="FAIL"))
    assert world.message.state is State.HELD
    return world.message.id


def rulings(world: World) -> list[str | None]:
    return [ruling and ruling.verb for ruling in map(read_ruling, world.queue.bodies)]


def recorded(world: World) -> list[str]:
    return [event.kind for event in sorted(world.memory.events.values(), key=lambda each: each.seq)]


@pytest.mark.parametrize(
    ("decide", "state", "kind", "verb"),
    [
        (release, State.RELEASING, "release-asked", Verb.RELEASE),
        (refuse, State.REFUSED, "refused", Verb.REFUSE),
    ],
)
def test_a_decision_is_recorded_and_asked_for(
    world: World,
    desk: Desk,
    held: MessageId,
    decide: Callable[..., Message],
    state: State,
    kind: str,
    verb: Verb,
) -> None:
    message = decide(held, STATEMENT, desk)
    assert (message.state, message.codes) == (state, ("spam",))
    assert world.message == message
    (event,) = world.memory.events.values()
    assert (event.kind, event.message, json.loads(event.record)["facts"]) == (kind, held, {"case": "case-17"})
    assert rulings(world) == [verb]


def test_nothing_is_asked_for_that_was_not_recorded(world: World, desk: Desk, held: MessageId) -> None:
    class Broken:
        head = staticmethod(desk.history.head)
        of = staticmethod(desk.history.of)

        @staticmethod
        def append(*_: Any, **__: Any) -> None:
            raise RuntimeError("table on fire")

    for decide in (release, refuse):
        with pytest.raises(RuntimeError):
            decide(held, STATEMENT, replace(desk, history=Broken()))
    assert world.queue.bodies == []
    assert world.message.state is State.HELD


def test_what_was_recorded_and_never_asked_for_is_asked_for_again(
    world: World, desk: Desk, held: MessageId
) -> None:
    def lost(_: str) -> None:
        raise RuntimeError

    send, world.queue.send = world.queue.send, lost  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        release(held, STATEMENT, desk)
    world.queue.send = send  # type: ignore[method-assign]
    release(held, STATEMENT, desk)
    assert (rulings(world), recorded(world)) == ([Verb.RELEASE], ["release-asked"])


def overtaken(desk: Desk, act: Callable[[], object]) -> Desk:
    """A desk whose first look at the message is out of date when it writes."""
    reviews, looked = desk.reviews, []

    class Stale:
        conversation = staticmethod(reviews.conversation)

        @staticmethod
        def message(*args: Any) -> Message | None:
            found = reviews.message(*args)
            if not looked:
                looked.append(True)
                act()
            return found

    return replace(desk, reviews=Stale())  # type: ignore[arg-type]  # the two that decisions use


def test_of_release_and_refusal_at_once_the_first_one_counts(
    world: World, desk: Desk, held: MessageId
) -> None:
    with pytest.raises(RefusedError) as refused:
        release(held, STATEMENT, overtaken(desk, lambda: refuse(held, STATEMENT, desk)))
    assert refused.value.code == "not-held"
    assert (world.message.state, recorded(world)) == (State.REFUSED, ["refused"])
    assert rulings(world) == [Verb.REFUSE]


def test_two_releases_at_once_are_one(world: World, desk: Desk, held: MessageId) -> None:
    message = release(held, STATEMENT, overtaken(desk, lambda: release(held, STATEMENT, desk)))
    assert message.state is State.RELEASING
    assert recorded(world) == ["release-asked"]


def test_a_message_that_never_stands_still_is_not_decided_on(desk: Desk, held: MessageId) -> None:
    class Moving:
        head = staticmethod(desk.history.head)
        of = staticmethod(desk.history.of)

        @staticmethod
        def append(*_: Any, **__: Any) -> None:
            raise LeaseLostError(held)

    with pytest.raises(LeaseLostError):
        release(held, STATEMENT, replace(desk, history=Moving()))


def test_sendings_of_before_do_not_count_for_a_release(world: World, desk: Desk, held: MessageId) -> None:
    place = next(iter(world.memory.messages))
    world.memory.messages[place] = replace(world.message, sendings=2)
    assert release(held, STATEMENT, desk).sendings == 0


@pytest.mark.parametrize("decide", [release, refuse])
@pytest.mark.parametrize("state", [State.RECEIVED, State.SENDING, State.RELAYED, State.EXPIRED])
def test_only_held_mail_is_decided_on(
    world: World, desk: Desk, held: MessageId, decide: Callable[..., Message], state: State
) -> None:
    place = next(iter(world.memory.messages))
    world.memory.messages[place] = replace(world.message, state=state)
    with pytest.raises(RefusedError) as refused:
        decide(held, STATEMENT, desk)
    assert (refused.value.code, refused.value.field) == ("not-held", "message")
    assert (recorded(world), world.queue.bodies) == ([], [])
