"""What becomes of a text of the queue whose work could not be finished: later again, or to the dead letters.

Two kinds of failure are told apart. What lies outside of the mail (SES throttles or is paused, a service does
not answer, another invocation is at work) only puts the text off, each time for longer, and never counts
against it. What fails for its own sake is counted, and goes to the dead letters at the fifth time with the
reason beside it, instead of coming back for days. Counted is the text as the queue delivers it, not a
message: most of such failures happen before there is one. What only has to wait is given up in the same way
before the queue would forget it.

A text may be for several recipients. As long as one of them only has to wait, it comes back for all of them;
it is given up when nothing is left but what fails for its own sake.

What is put off or given up is noted under the receipt, so that the sweep does not take it for forgotten.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from parley.relaying.ports import Clock, Entropy

MAX_FAILURES = 5
"""Failures of its own after which a text goes to the dead letters."""
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=2)
"""Also how long a mail may still wait after SES takes mail again. SQS lets a text be hidden for 12 hours from
its receipt on (ChangeMessageVisibility)."""
PUT_OFF_FOR = timedelta(days=12)
"""How old a text becomes before it is given up although it only has to wait. After 14 days SQS forgets it and
tells nobody; as a dead letter it begins anew."""
COUNTED_FOR = timedelta(days=15)
"""A text lives 14 days in a queue, and one that is put into it again has another id."""
BROUGHT_AGAIN = timedelta(days=1)
"""How long a text that was put off is known to come: it is put off again before that. Much longer than
`LONGEST_PAUSE`, because the queue may be behind."""
KEPT_DEAD = timedelta(days=14)
"""How long a dead letter lies there for somebody to replay it."""
_JITTER_BITS = 16


@dataclass(frozen=True, slots=True)
class Delivery:
    """One receipt of a text from the queue. id: the same for each delivery of it. handle: of this one, for
    SQS. receives: how often it was delivered, this time included. receipt: the id of the receipt that it
    brings, None if it brings none. sent_at: when it was put into the queue."""

    id: str
    handle: str
    receives: int
    body: str
    receipt: str | None
    sent_at: datetime


class Deliveries(Protocol):
    """What can be done with a delivery besides acknowledging it."""

    def put_off(self, handle: str, span: timedelta) -> None:
        """Hides the text for so long from now on."""
        ...

    def give_up(self, body: str, cause: str) -> None:
        """Puts a text among the dead letters. cause: one of the codes that logs show."""
        ...


class Failures(Protocol):
    def count(self, text_id: str, receive: int, until: datetime) -> int:
        """Notes that the text's n-th delivery failed; returns how many of them did. The same delivery counts
        once. until: when it may be forgotten."""
        ...


class Receipts(Protocol):
    def note_request(self, receipt_id: str, until: datetime) -> None:
        """Notes that a text brings the receipt, and that the sweep need not ask for it before `until`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recourse:
    """What settling a failure needs from outside. passes: whether an error says nothing of the text itself,
    and ends without anybody changing the text or the software."""

    deliveries: Deliveries
    failures: Failures
    receipts: Receipts
    passes: Callable[[Exception], bool]
    clock: Clock
    entropy: Entropy


def settle(delivery: Delivery, errors: Sequence[Exception], recourse: Recourse) -> bool:
    """Whether the text was given up, and is to be acknowledged; otherwise it comes again after a pause."""
    own = [error for error in errors if not recourse.passes(error)]
    failures = _count(delivery, recourse) if own else 0
    has_failed = failures >= MAX_FAILURES and len(own) == len(errors)
    if has_failed or recourse.clock.now() - delivery.sent_at >= PUT_OFF_FOR:
        _note(delivery, KEPT_DEAD, recourse)
        recourse.deliveries.give_up(delivery.body, cause_of([*own, *errors][0]))
        return True
    recourse.deliveries.put_off(delivery.handle, pause(delivery.receives, recourse.entropy))
    _note(delivery, BROUGHT_AGAIN, recourse)
    return False


def _count(delivery: Delivery, recourse: Recourse) -> int:
    until = recourse.clock.now() + COUNTED_FOR
    return recourse.failures.count(delivery.id, delivery.receives, until)


def _note(delivery: Delivery, span: timedelta, recourse: Recourse) -> None:
    if delivery.receipt is not None:
        recourse.receipts.note_request(delivery.receipt, recourse.clock.now() + span)


def pause(receives: int, entropy: Entropy) -> timedelta:
    """Before the next delivery: doubles with each up to `LONGEST_PAUSE`, and is between half and the whole
    of that, so that mails which failed together do not come back together."""
    longest = LONGEST_PAUSE if receives > _DOUBLINGS else FIRST_PAUSE * (1 << (max(receives, 1) - 1))
    return longest / 2 * (1 + entropy.bits(_JITTER_BITS) / (1 << _JITTER_BITS))


_DOUBLINGS = (LONGEST_PAUSE // FIRST_PAUSE).bit_length()


def shortest_patience(receives: int) -> timedelta:
    """How long that many deliveries last at least, if each is put off; twice that at most."""
    return sum((pause(each, _Never()) for each in range(1, receives + 1)), timedelta())


class _Never:
    """Chance at its least."""

    def bits(self, _count: int) -> int:
        return 0


def cause_of(error: Exception) -> str:
    """How logs and dead letters name an error: by its code, or its type; never by its text."""
    return str(getattr(error, "code", None) or type(error).__name__)


def without_frames(error: Exception) -> Exception:
    """The same error without the frames that it came through. Each of them holds the mail, and would for as
    long as somebody keeps the error: until the next mail has come."""
    each: BaseException | None = error
    while each is not None:
        each.__traceback__ = None
        each = each.__cause__ or each.__context__
    return error
