"""What is to be done with a conversation next: holds, grounds, and the arithmetic of dates."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parley.conversation.aliases import AliasId, ConversationId
from parley.conversation.conversations import Conversation, Head, Hold
from parley.conversation.parties import PartyId, Role
from parley.erasing.matters import Subject
from parley.erasing.steps import (
    LATE,
    SETTLING,
    Close,
    Erase,
    Finished,
    Held,
    Kept,
    Step,
    Wait,
    next_step,
    over_at,
    resting,
)

MAIL = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
KEPT_FOR = timedelta(days=730)
OVER = MAIL + KEPT_FOR
INSTANT = timedelta(microseconds=1)
OPEN = Subject(
    conversation=Conversation(
        id=ConversationId("c1"),
        order="303",
        parties={Role.BUYER: PartyId("p1"), Role.SELLER: PartyId("p2")},
        aliases={Role.BUYER: AliasId("b-1"), Role.SELLER: AliasId("s-1")},
    ),
    head=Head(7, "aa"),
)
HOLDS = (Hold("h1", "case-17", MAIL), Hold("h2", "case-18", MAIL))


def held(subject: Subject) -> Subject:
    return replace(subject, conversation=replace(subject.conversation, holds=HOLDS))


def step(
    subject: Subject = OPEN,
    now: datetime = OVER,
    latest: datetime | None = MAIL,
    *,
    at_once: bool = False,
    kept_for: timedelta = KEPT_FOR,
) -> Step:
    return next_step(subject, lambda: latest, now, kept_for=kept_for, close_at_once=at_once)


def closed(at: datetime, **changes: Any) -> Subject:
    return replace(OPEN, closed_at=at, **changes)


def test_retention_begins_at_the_very_moment_and_not_before() -> None:
    assert step(now=OVER - INSTANT) == Kept(OVER)
    assert step(now=OVER) == Close()


def test_days_of_retention_are_spans_of_24_hours_through_leap_years_and_changes_of_the_clock() -> None:
    leap = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
    assert over_at(leap, timedelta(days=366)) == datetime(2028, 3, 1, 12, 0, tzinfo=UTC)
    assert over_at(datetime(2026, 10, 24, 22, 30, tzinfo=UTC), timedelta(days=1)) == datetime(
        2026, 10, 25, 22, 30, tzinfo=UTC
    )


def test_a_conversation_without_mail_stays_open_for_its_first() -> None:
    assert over_at(None, KEPT_FOR) is None
    assert step(latest=None) == Kept(OVER + KEPT_FOR)
    assert step(latest=None, at_once=True) == Close()


@pytest.mark.parametrize(
    "subject",
    [
        OPEN,
        closed(OVER),
        closed(OVER - SETTLING),
        closed(OVER - LATE, erased_at=OVER - LATE),
        replace(OPEN, finished_at_seq=7),
    ],
    ids=["open", "closed", "settled", "erased", "finished"],
)
@pytest.mark.parametrize("at_once", [True, False], ids=["request", "retention"])
def test_a_hold_stops_every_step_and_names_its_cases(subject: Subject, at_once: bool) -> None:
    assert step(held(subject), at_once=at_once) == Held(("case-17", "case-18"))


def test_a_request_closes_at_once_and_keeps_contents_while_there_may_be_a_claim() -> None:
    before = OVER - timedelta(days=10)
    assert step(now=before, at_once=True) == Close()
    assert step(closed(before - SETTLING), before, at_once=True) == Kept(OVER)
    assert step(closed(before - SETTLING), OVER, at_once=True) == Erase(again=False)


def test_a_request_that_claims_no_ground_erases_as_soon_as_mail_in_work_has_ended() -> None:
    nothing = timedelta()
    assert step(closed(MAIL), MAIL + SETTLING - INSTANT, at_once=True, kept_for=nothing) == Wait(
        MAIL + SETTLING
    )
    assert step(closed(MAIL), MAIL + SETTLING, at_once=True, kept_for=nothing) == Erase(again=False)


def test_what_the_head_tells_is_not_looked_up() -> None:
    def never() -> datetime:
        raise AssertionError

    for subject in (
        held(OPEN),
        closed(OVER),
        closed(MAIL, erased_at=OVER - timedelta(hours=1)),
        closed(MAIL, kept_until=OVER + timedelta(days=1)),
        replace(OPEN, finished_at_seq=7),
    ):
        next_step(subject, never, OVER, kept_for=KEPT_FOR, close_at_once=True)


def test_a_ground_that_is_no_longer_claimed_keeps_nothing() -> None:
    kept = closed(MAIL, kept_until=OVER + timedelta(days=1))
    assert resting(kept, OVER, KEPT_FOR) == Kept(OVER + timedelta(days=1))
    assert step(kept, kept_for=timedelta(), at_once=True) == Erase(again=False)


def test_what_came_late_is_erased_by_a_second_look() -> None:
    erased = closed(OVER, erased_at=OVER + SETTLING)
    assert step(erased, OVER + SETTLING + LATE - INSTANT) == Wait(OVER + SETTLING + LATE)
    assert step(erased, OVER + SETTLING + LATE) == Erase(again=True)


def test_a_mail_that_came_while_its_conversation_was_closed_puts_retention_off() -> None:
    later = OVER + timedelta(minutes=1)
    assert step(closed(OVER), OVER + SETTLING, latest=later) == Kept(later + KEPT_FOR)


def test_a_conversation_is_finished_until_something_comes() -> None:
    finished = closed(OVER, finished_at_seq=7)
    assert step(finished, OVER + LATE) == Finished()
    assert step(replace(finished, head=Head(8, "bb")), OVER + LATE) == Erase(again=False)


def test_only_a_conversation_of_one_that_was_never_closed_is_an_intake() -> None:
    intake = replace(
        OPEN, conversation=replace(OPEN.conversation, order=None, parties={Role.SELLER: PartyId("p2")})
    )
    assert intake.is_intake
    assert not replace(intake, closed_at=MAIL).is_intake
    assert not OPEN.is_intake
