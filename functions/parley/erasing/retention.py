"""Retention: contents go when a conversation has had no mail for long enough.

In code and never by the buckets' own rules: those know neither holds nor when the latest mail came, and on a
versioned bucket they only add delete markers. A round begins once a day and goes on where it stopped, should
it take longer than the function may run.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeGuard

from parley.conversation.events import Event
from parley.conversation.messages import Message
from parley.erasing.advance import advance
from parley.erasing.intakes import erase_mails
from parley.erasing.mails import is_stripped
from parley.erasing.matters import Subject
from parley.erasing.ports import Outside
from parley.erasing.steps import Finished, Held, Kept, Step, Wait
from parley.relaying.ports import ConversationGoneError

WHY = {"why": "retention"}
LOOK_AGAIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a part of a round did. looked_at: conversations. finished: those whose contents are gone for good
    now. held: those under a hold, whose time may be over or not. failed: types of errors. is_through: whether
    the round is at its end."""

    looked_at: int
    finished: int
    held: int
    failed: tuple[str, ...]
    is_through: bool


def keep_retention(outside: Outside) -> Round:
    """Goes on with the day's round, or begins it. One conversation's failure touches no other."""
    today = outside.clock.now().date().isoformat()
    day, place = outside.plans.retention_stands_at()
    if place is None and day == today:
        return Round(looked_at=0, finished=0, held=0, failed=(), is_through=True)
    day = today if place is None else day
    steps: list[Step | None] = []
    failed: list[str] = []
    for subject, here in outside.records.all(place):
        if not outside.has_time():
            break
        place = here
        try:
            steps.append(_keep(subject, outside))
        except Exception as error:  # Whatever it is: it is told, and the others have their turn.
            failed.append(type(error).__name__)
    else:
        place = None
    outside.plans.note_retention(day, place)
    return Round(
        looked_at=len(steps) + len(failed),
        finished=sum(isinstance(step, Finished) for step in steps),
        held=sum(isinstance(step, Held) for step in steps),
        failed=tuple(failed),
        is_through=place is None,
    )


def _keep(subject: Subject, outside: Outside) -> Step | None:
    """What is to be done with it next; None if it was not its time to be looked at."""
    now = outside.clock.now()
    was_erased = subject.finished_at_seq is not None
    if subject.is_finished or (subject.due is not None and now < subject.due and not was_erased):
        return None
    if subject.conversation.holds:
        return Held(tuple(hold.case for hold in subject.conversation.holds))
    if subject.is_intake:
        return _keep_intake(subject, outside)
    # What came to a conversation that was erased, such as who exported it, has no time of its own.
    time = timedelta() if was_erased else outside.rules.retention
    try:
        step = advance(subject, WHY, outside, kept_for=time, close_at_once=False)
        if isinstance(step, Kept | Wait):
            outside.records.mark(subject, due=step.until)
    except ConversationGoneError:
        return None
    return step


def _keep_intake(subject: Subject, outside: Outside) -> Step:
    """Each of its mails goes when its own time is over."""
    now = outside.clock.now()
    before = now - outside.rules.retention
    over = [each for each in outside.history.of(subject.id) if _is_over(each, before)]
    step = erase_mails(subject.id, over, WHY, outside)
    if isinstance(step, Finished):
        outside.records.mark(subject, due=now + LOOK_AGAIN)
        return Wait(now + LOOK_AGAIN)
    return step


def _is_over(happening: Message | Event, before: datetime) -> TypeGuard[Message]:
    return isinstance(happening, Message) and happening.received_at <= before and not is_stripped(happening)
