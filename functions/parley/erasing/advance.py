"""Takes one conversation a step further, whoever asked for it."""

from datetime import timedelta
from functools import partial

from parley.erasing.contents import erase_contents
from parley.erasing.lake import LAKE, has_followed
from parley.erasing.matters import Subject
from parley.erasing.ports import ChangedMeanwhileError, HeldError, Outside
from parley.erasing.steps import BUSY, LATE, Close, Erase, Finished, Held, Kept, Step, Wait, next_step
from parley.erasing.unheld import Facts
from parley.relaying.ports import BusyError


def advance(
    subject: Subject, facts: Facts, outside: Outside, *, kept_for: timedelta, close_at_once: bool
) -> Step:
    """Does what `next_step` says; returns what is to be done then, or what keeps it from being done."""
    now = outside.clock.now()
    step = next_step(
        subject,
        partial(outside.records.latest_mail, subject.id),
        now,
        kept_for=kept_for,
        close_at_once=close_at_once,
    )
    try:
        match step:
            case Close():
                outside.records.close(subject, now)
                return advance(
                    outside.records.read(subject.id),
                    facts,
                    outside,
                    kept_for=kept_for,
                    close_at_once=close_at_once,
                )
            case Kept(until) if close_at_once and subject.kept_until != until:
                outside.records.mark(subject, kept_until=until)
            case Erase(again):
                return _erase(subject, facts, outside, again=again)
    except HeldError as held:
        return Held(held.cases)
    except BusyError as busy:
        return Wait(now + BUSY, busy.code)
    except ChangedMeanwhileError:
        return Wait(now + BUSY)
    return step


def _erase(subject: Subject, facts: Facts, outside: Outside, *, again: bool) -> Step:
    told = erase_contents(subject.id, facts, outside)
    now = outside.clock.now()
    if again and not told:
        if not has_followed(subject.id, outside):
            return Wait(now + LAKE)
        outside.records.mark(outside.records.read(subject.id), finished=True)
        return Finished()
    outside.records.mark(subject, erased_at=now)
    return Wait(now + LATE)
