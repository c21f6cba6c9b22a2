"""The inbox sweep: finds mail that nothing brings any more and asks for it to be received.

SES writes the object and publishes the notification in two steps; if the second fails, nobody would ever look
at the mail. And the text of a mail on which work has begun may be lost: it was a dead letter for too long, or
somebody emptied a queue. So a mail is asked for if none of its recipients has a message, and later on, if one
of them has no outcome, unless a text is known to bring it.

Objects are named by SES, without regard to their time, so the inbox is read from its first name to its last:
a round. How far it is, and which time it looks at, is noted after every page; a run reads a limited number of
pages and ends before its time is up, and the next goes on. A round looks up only what was written since the
one before began, each mail once; once a week it looks up all that the inbox still has.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from parley.relaying.ports import Clock, Inbox, Messages, Queue
from parley.relaying.receipts import SETUP_OBJECT, sweep_request

GRACE: Final = timedelta(minutes=30)
"""How old an object is before it counts as forgotten."""
GRACE_BEHIND: Final = timedelta(hours=6)
"""The same while the queue is behind: a notification in it is late, not lost."""
OVERDUE: Final = timedelta(days=1)
"""How old an object is when each of its recipients should have an outcome. Where work is put off, that is
noted. Processes that die over a mail can note nothing, and do so for four days (`infra.timing`): such a mail
is asked for besides, and rings."""
PATIENCE: Final = timedelta(hours=6)
"""How long a request may take before it is made again."""
THOROUGH: Final = timedelta(days=7)
"""How often a round looks up everything that is older than `GRACE`, to the oldest object of the inbox."""
MAX_PAGES: Final = 500
"""After so many a run ends: half a million names. To read them takes 25 seconds of a processor, or 55 if each
mail is looked up, and a quarter of a cent: 7 $ a month at most, however large the inbox is."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One reading of the inbox. It looks up what was written from `since` on and before `until`. after: the
    last key that was read, "" at the beginning, None when it is through. thorough_at: when the latest began
    that looked up everything."""

    since: datetime
    until: datetime
    after: str | None
    thorough_at: datetime


class Rounds(Protocol):
    def latest(self) -> Round | None: ...
    def note(self, round_: Round) -> None: ...


class Line(Queue, Protocol):
    """The queue that feeds receive_mail, and whether it keeps up."""

    def is_behind(self) -> bool:
        """Whether texts that nobody has received yet may have waited for long."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeping:
    """What the sweep needs from outside. inbox_prefix: with the slash at its end."""

    inbox: Inbox
    messages: Messages
    rounds: Rounds
    queue: Line
    clock: Clock
    inbox_prefix: str


@dataclass(frozen=True, slots=True)
class Swept:
    """forgotten: how many mails were asked for. pages: how many were read, of up to 1,000 names. is_through:
    whether the round has reached the end of the inbox."""

    forgotten: int
    pages: int
    is_through: bool


def _always() -> bool:
    return True


def sweep(outside: Sweeping, has_time: Callable[[], bool] = _always, max_pages: int = MAX_PAGES) -> Swept:
    """Puts a request into the queue for every object of this round that nothing brings. has_time: whether
    there is time for another page."""
    round_ = _going_on(outside)
    forgotten, pages = 0, 0
    while round_.after is not None and pages < max_pages and has_time():
        listed = outside.inbox.listed(round_.after)
        concerned = {
            key.removeprefix(outside.inbox_prefix): (key, written)
            for key, written in listed.objects
            if round_.since <= written < round_.until
        }
        concerned.pop(SETUP_OBJECT, None)
        forgotten += _ask_for_unattended(concerned, outside)
        round_ = replace(round_, after=listed.next)
        outside.rounds.note(round_)
        pages += 1
    return Swept(forgotten, pages, round_.after is None)


def _going_on(outside: Sweeping) -> Round:
    """The latest round if it is not through, or the one after it."""
    latest, now = outside.rounds.latest(), outside.clock.now()
    if latest is not None and latest.after is not None:
        return latest
    until = now - (GRACE_BEHIND if outside.queue.is_behind() else GRACE)
    if latest is None or now - latest.thorough_at >= THOROUGH:
        return Round(since=_EPOCH, until=until, after="", thorough_at=now)
    return replace(latest, since=latest.until, until=max(until, latest.until), after="")


def _ask_for_unattended(objects: Mapping[str, tuple[str, datetime]], outside: Sweeping) -> int:
    """objects: key and time by receipt. Returns how many it asked for."""
    if not objects:
        return 0
    now = outside.clock.now()
    overdue = [each for each, (_, written) in objects.items() if now - written >= OVERDUE]
    unattended = outside.messages.unattended(objects.keys(), now, overdue=overdue)
    for receipt_id in sorted(unattended):
        outside.queue.send(sweep_request(*objects[receipt_id]))
        outside.messages.note_request(receipt_id, now + PATIENCE)
    return len(unattended)
