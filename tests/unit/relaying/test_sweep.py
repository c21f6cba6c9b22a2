"""The sweep over the fakes: how much one run does, and where the next goes on."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from parley.conversation.aliases import AliasId
from parley.conversation.messages import State, message_id
from parley.mail.verdicts import Verdicts
from parley.relaying.ports import Told
from parley.relaying.sweep import GRACE, GRACE_BEHIND, OVERDUE, THOROUGH, Sweeping, Swept, sweep
from tests.support.fakes import FakeClock, FakeInbox, FakeMessages, FakeQueue, FakeRounds
from tests.support.samples import a_loose_message

START = datetime(2026, 9, 4, 16, 12, tzinfo=UTC)
OLD = timedelta(hours=1)


@dataclass
class Sea:
    """An inbox of many mails that nobody has received."""

    inbox: FakeInbox = field(default_factory=FakeInbox)
    messages: FakeMessages = field(default_factory=FakeMessages)
    rounds: FakeRounds = field(default_factory=FakeRounds)
    queue: FakeQueue = field(default_factory=FakeQueue)
    clock: FakeClock = field(default_factory=lambda: FakeClock(START))

    def write(self, count: int, *, first: int = 0, age: timedelta = OLD) -> None:
        for number in range(first, first + count):
            self.inbox.put(f"inbox/receipt-{number:06d}", b"", self.clock.now() - age)

    def claim(self, count: int, *, first: int = 0) -> None:
        for number in range(first, first + count):
            self.messages.claim_loose(a_loose_message(f"receipt-{number:06d}"))

    def sweep(self, max_pages: int = 1_000, has_time: Callable[[], bool] = lambda: True) -> Swept:
        outside = Sweeping(
            inbox=self.inbox,
            messages=self.messages,
            rounds=self.rounds,
            queue=self.queue,
            clock=self.clock,
            inbox_prefix="inbox/",
        )
        return sweep(outside, has_time, max_pages)


@pytest.fixture
def sea() -> Sea:
    return Sea()


def test_a_run_ends_after_its_pages_and_the_next_goes_on(sea: Sea) -> None:
    sea.write(3_500)
    sea.claim(3_499)
    runs = [sea.sweep(max_pages=1) for _ in range(4)]
    assert [(run.pages, run.is_through) for run in runs] == [(1, False)] * 3 + [(1, True)]
    assert [run.forgotten for run in runs] == [0, 0, 0, 1]


def test_a_run_ends_when_its_time_is_short_and_the_next_goes_on(sea: Sea) -> None:
    sea.write(3_500)
    left = iter([True, True, False])
    first = sea.sweep(has_time=lambda: next(left))
    second = sea.sweep()
    assert [(run.pages, run.forgotten, run.is_through) for run in (first, second)] == [
        (2, 2_000, False),
        (2, 1_500, True),
    ]


def test_a_run_that_dies_keeps_what_it_has_read(sea: Sea) -> None:
    sea.write(3_500)

    def die_in_the_third_page() -> bool:
        if sea.rounds.round is not None and sea.rounds.round.after == "inbox/receipt-001999":
            raise TimeoutError
        return True

    with pytest.raises(TimeoutError):
        sea.sweep(has_time=die_in_the_third_page)
    assert sea.sweep() == Swept(forgotten=1_500, pages=2, is_through=True)


def test_a_run_that_is_not_through_looks_at_the_time_at_which_its_round_began(sea: Sea) -> None:
    sea.write(1_500)
    sea.claim(1_500)
    assert not sea.sweep(max_pages=1).is_through
    sea.write(1, first=999_999, age=timedelta())
    sea.clock.pass_by(OLD)
    assert [sea.sweep().forgotten for _ in range(2)] == [0, 1]


def test_what_is_written_between_two_rounds_is_looked_up_by_the_second(sea: Sea) -> None:
    sea.sweep()
    sea.write(5, age=GRACE - timedelta(seconds=1))
    assert sea.sweep().forgotten == 0
    sea.clock.pass_by(timedelta(minutes=15))
    assert sea.sweep().forgotten == 5


def test_after_a_week_everything_is_looked_up_again(sea: Sea) -> None:
    sea.write(5)
    assert sea.sweep().forgotten == 5
    sea.clock.pass_by(THOROUGH - timedelta(seconds=1))
    assert sea.sweep().forgotten == 0
    sea.clock.pass_by(timedelta(seconds=1))
    assert sea.sweep().forgotten == 5


def test_an_hours_mail_is_looked_up_once_however_much_the_inbox_holds(sea: Sea) -> None:
    sea.write(2_000)
    sea.claim(2_000)
    sea.sweep()
    sea.clock.pass_by(timedelta(hours=1))
    sea.write(50, first=2_000, age=timedelta(minutes=31))
    sea.claim(50, first=2_000)
    sea.messages.looked_up.clear()
    assert sea.sweep().pages == 3
    assert sorted(sea.messages.looked_up) == [f"receipt-{number:06d}" for number in range(2_000, 2_050)]


def test_while_texts_wait_in_the_queue_a_late_notification_is_not_a_lost_one(sea: Sea) -> None:
    sea.write(5)
    sea.queue.behind = True
    assert sea.sweep().forgotten == 0
    sea.queue.behind = False
    assert sea.sweep().forgotten == 5


def test_in_a_queue_that_is_always_behind_nothing_stays_forgotten(sea: Sea) -> None:
    sea.queue.behind = True
    sea.write(5)
    sea.clock.pass_by(GRACE_BEHIND)
    assert sea.sweep().forgotten == 5


def test_what_is_worked_on_is_asked_for_once_it_is_overdue(sea: Sea) -> None:
    sea.write(1, age=timedelta())
    begun = a_loose_message("receipt-000000", state=State.ARCHIVED)
    sea.messages.claim_loose(begun)
    sea.clock.pass_by(OVERDUE - timedelta(seconds=1))
    assert sea.sweep().forgotten == 0
    sea.clock.pass_by(THOROUGH)
    assert sea.sweep().forgotten == 1


def test_what_has_an_outcome_is_never_overdue(sea: Sea) -> None:
    sea.write(1)
    sea.messages.claim_loose(a_loose_message("receipt-000000", state=State.HELD))
    sea.clock.pass_by(THOROUGH)
    assert sea.sweep().forgotten == 0


def test_one_recipient_without_an_outcome_is_enough_to_ask(sea: Sea) -> None:
    sea.write(1)
    one, other = (message_id("receipt-000000", AliasId(each)) for each in ("one", "other"))
    done = a_loose_message("receipt-000000", id=one, state=State.DISCARDED)
    told = Told(("one@relay.example", "other@relay.example"), Verdicts(), None)
    sea.messages.claim_loose(done, told=told)
    sea.clock.pass_by(THOROUGH)
    assert sea.sweep().forgotten == 1
    sea.messages.claim_loose(replace(done, id=other), told=told)
    sea.clock.pass_by(THOROUGH)
    assert sea.sweep().forgotten == 0
