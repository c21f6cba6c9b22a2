"""What is to be done with a conversation next. Pure.

    open ──close──> closed ──15 min──> erased ──25 h──> erased again ──the lake──> finished

A mail that was in the hands of receive_mail when the aliases went has ended before anything is erased. What
the table's stream, which keeps changes for 24 hours, or a late answer of SES writes afterwards is erased by
the second look. A hold in force stops every step.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from parley.erasing.matters import Subject

SETTLING = timedelta(minutes=15)
"""Longer than receive_mail works on a mail that it has begun with."""
LATE = timedelta(hours=25)
"""Longer than the table's stream keeps a change (24 hours), and than SES tries to deliver a mail (14 hours;
a bounce can put its mailbox onto the suppression list)."""

BUSY = timedelta(hours=1)
"""How long a conversation is left alone in which a mail is being worked on."""


@dataclass(frozen=True, slots=True)
class Held:
    """Nothing goes. cases: those for which holds are in force."""

    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """Its time is not over: retention's, or that of the ground on which it stays."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Close:
    """Its aliases go, so that no more mail comes."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Until then somebody works on it. why: "settling", or the code of what has to end first."""

    until: datetime
    why: str = "settling"


@dataclass(frozen=True, slots=True)
class Erase:
    """Its contents go. again: for the second time, with what came late."""

    again: bool


@dataclass(frozen=True, slots=True)
class Finished:
    """There is nothing left."""


Step = Held | Kept | Close | Wait | Erase | Finished


def over_at(latest_mail: datetime | None, kept_for: timedelta) -> datetime | None:
    """When the time of a conversation's contents is over; None if there was never anything.

    Days are spans of 24 hours from SES's receipt of the latest mail, or without any mail from the first
    event, whatever a calendar says.
    """
    return None if latest_mail is None else latest_mail + kept_for


def resting(subject: Subject, now: datetime, kept_for: timedelta) -> Held | Wait | Kept | None:
    """What keeps a conversation from its next step, as far as its head alone tells; None if nothing does.
    kept_for: as in `next_step`."""
    if subject.conversation.holds:
        return Held(tuple(hold.case for hold in subject.conversation.holds))
    if subject.is_finished or subject.closed_at is None:
        return None
    if now < subject.closed_at + SETTLING:
        return Wait(subject.closed_at + SETTLING)
    if subject.erased_at is not None:
        until = subject.erased_at + LATE
        return Wait(until) if now < until else None
    if kept_for and subject.kept_until is not None and now < subject.kept_until:
        return Kept(subject.kept_until)
    return None


def next_step(
    subject: Subject,
    latest_mail: Callable[[], datetime | None],
    now: datetime,
    *,
    kept_for: timedelta,
    close_at_once: bool,
) -> Step:
    """latest_mail: as `Records.latest_mail`; asked for only where it decides. kept_for: how long contents
    stay after it. close_at_once: whether aliases go before that is over, as for a party to be erased."""
    rest = resting(subject, now, kept_for)
    if rest is not None:
        return rest
    if subject.is_finished:
        return Finished()
    if subject.erased_at is not None:
        return Erase(again=True)
    over = over_at(latest_mail(), kept_for)
    if over is None and subject.closed_at is None and not close_at_once:
        # Nobody has written yet: there is nothing to erase, and its first mail must find its aliases.
        return Kept(now + kept_for)
    is_kept = over is not None and now < over
    if subject.closed_at is None and (close_at_once or not is_kept):
        return Close()
    return Kept(over) if over is not None and is_kept else Erase(again=False)
