"""Holds on the head: several at once, and what else is written at the same moment."""

import json
from dataclasses import replace
from typing import Any

import pytest

from parley.archive.records import EventKind
from parley.conversation.conversations import Hold
from parley.registering.refusals import RefusedError
from parley.relaying.ports import BusyError, ConversationGoneError, HeadMovedError
from parley.reviewing.holds import lift_hold, place_hold
from parley.reviewing.notes import add_note
from parley.reviewing.ports import Desk
from parley.reviewing.recording import Statement
from tests.support.relay_world import CONVERSATION, World

ACTOR = "arn:aws:sts::123456789012:assumed-role/Reviewer/session"


def stating(case: str = "case-17", text: str = "disputed") -> Statement:
    return Statement(conversation=CONVERSATION, case=case, text=text, actor=ACTOR)


def in_force(world: World) -> list[tuple[str, str]]:
    return [(hold.id, hold.case) for hold in world.memory.heads[CONVERSATION][0].holds]


def kinds(world: World) -> list[str]:
    events = [each for each in world.memory.events.values() if each.conversation == CONVERSATION]
    return [event.kind for event in sorted(events, key=lambda each: each.seq)]


def meanwhile(desk: Desk, act: Any) -> Desk:
    """A desk whose first write finds that something else was written just before it."""
    history, acted = desk.history, []

    class Overtaken:
        head = staticmethod(history.head)
        of = staticmethod(history.of)

        @staticmethod
        def append(*args: Any, **rest: Any) -> None:
            if not acted:
                acted.append(True)
                act()
            history.append(*args, **rest)

    return replace(desk, history=Overtaken())


def test_a_hold_that_is_placed_while_another_one_is_loses_neither(world: World, desk: Desk) -> None:
    overtaken = meanwhile(desk, lambda: place_hold(stating("case-2"), "h2", desk))
    place_hold(stating("case-1"), "h1", overtaken)
    assert in_force(world) == [("h2", "case-2"), ("h1", "case-1")]


def test_a_hold_that_is_lifted_while_another_one_is_placed_loses_neither(world: World, desk: Desk) -> None:
    place_hold(stating("case-1"), "h1", desk)
    overtaken = meanwhile(desk, lambda: place_hold(stating("case-2"), "h2", desk))
    lift_hold(CONVERSATION, "h1", "over", ACTOR, overtaken)
    assert in_force(world) == [("h2", "case-2")]


def test_a_hold_is_placed_while_a_mail_arrives(world: World, desk: Desk) -> None:
    placed, new = place_hold(stating(), "h1", meanwhile(desk, world.buyer_writes))
    assert (placed.in_force, new) == (True, True)
    assert in_force(world) == [("h1", "case-17")]
    assert world.memory.heads[CONVERSATION][1].seq == 2


def test_of_two_who_lift_at_once_one_is_recorded(world: World, desk: Desk) -> None:
    place_hold(stating(), "h1", desk)
    overtaken = meanwhile(desk, lambda: lift_hold(CONVERSATION, "h1", "one reason", ACTOR, desk))
    lifted = lift_hold(CONVERSATION, "h1", "another reason", ACTOR, overtaken)
    assert not lifted.in_force
    assert kinds(world) == [EventKind.HOLD_PLACED, EventKind.HOLD_LIFTED]


def test_of_two_who_place_one_hold_at_once_one_is_new(world: World, desk: Desk) -> None:
    overtaken = meanwhile(desk, lambda: place_hold(stating(), "h1", desk))
    _, new = place_hold(stating(), "h1", overtaken)
    assert not new
    assert in_force(world) == [("h1", "case-17")]
    assert kinds(world) == [EventKind.HOLD_PLACED]


def test_a_lifted_hold_is_told_with_its_case_and_its_time(world: World, desk: Desk) -> None:
    placed, _ = place_hold(stating("case-9"), "h1", desk)
    lift_hold(CONVERSATION, "h1", "over", ACTOR, desk)
    again = lift_hold(CONVERSATION, "h1", "over", ACTOR, desk)
    assert again.hold == placed.hold == Hold("h1", "case-9", world.clock.now())


def test_a_hold_of_another_case_under_the_same_id_is_refused(desk: Desk) -> None:
    place_hold(stating("case-1"), "h1", desk)
    with pytest.raises(RefusedError) as refused:
        place_hold(stating("case-2"), "h1", desk)
    assert (refused.value.code, refused.value.field) == ("event-exists", "id")


def test_ids_of_notes_and_holds_do_not_meet(world: World, desk: Desk) -> None:
    add_note(stating(), "x", desk)
    place_hold(stating(), "x", desk)
    lift_hold(CONVERSATION, "x", "over", ACTOR, desk)
    assert kinds(world) == [EventKind.NOTE, EventKind.HOLD_PLACED, EventKind.HOLD_LIFTED]


def test_a_repeated_note_keeps_its_text_once(world: World, desk: Desk) -> None:
    for _ in range(3):
        add_note(stating(text="called the buyer"), "n1", desk)
    (content,) = (json.loads(kept.content) for kept in world.archive.objects.values())
    assert (content["text"], content["actor"]) == ("called the buyer", ACTOR)


def test_a_busy_conversation_is_given_up_after_some_tries(desk: Desk) -> None:
    class Busy:
        head = staticmethod(desk.history.head)
        of = staticmethod(desk.history.of)

        @staticmethod
        def append(*_: Any, **__: Any) -> None:
            raise HeadMovedError

    with pytest.raises(BusyError):
        place_hold(stating(), "h1", replace(desk, history=Busy()))


def test_a_conversation_that_is_erased_meanwhile_is_gone(world: World, desk: Desk) -> None:
    def erased() -> None:
        place_hold(stating("case-2"), "h2", desk)
        del world.memory.heads[CONVERSATION]

    with pytest.raises(ConversationGoneError):
        place_hold(stating(), "h1", meanwhile(desk, erased))


def begin_to_erase(world: World) -> None:
    conversation, head = world.memory.heads[CONVERSATION]
    world.memory.heads[CONVERSATION] = (replace(conversation, erasing=True), head)


def refused(act: Any) -> tuple[str, str]:
    with pytest.raises(RefusedError) as raised:
        act()
    return raised.value.code, raised.value.field


def test_what_is_being_erased_takes_neither_hold_nor_note(world: World, desk: Desk) -> None:
    begin_to_erase(world)
    gone = ("contents-erased", "conversation")
    assert refused(lambda: place_hold(stating(), "h1", desk)) == gone
    assert refused(lambda: add_note(stating(), "n1", desk)) == gone
    assert kinds(world) == []


def test_a_hold_that_comes_at_the_moment_when_erasing_begins_is_refused(world: World, desk: Desk) -> None:
    overtaken = meanwhile(desk, lambda: begin_to_erase(world))
    assert refused(lambda: place_hold(stating(), "h1", overtaken)) == ("contents-erased", "conversation")
    assert in_force(world) == []
