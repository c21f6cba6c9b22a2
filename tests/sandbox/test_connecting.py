"""The end of a sandbox that is kept: what is waited for, for how long, and what is said."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from sandbox import connecting
from sandbox.queues import Queues


class Client:
    """A queue that holds so many messages each time that it is asked: (waiting, taken)."""

    def __init__(self, depths: Iterable[tuple[int, int]]) -> None:
        self._depths: Iterator[tuple[int, int]] = iter(depths)

    def get_queue_attributes(self, **_: object) -> dict[str, dict[str, str]]:
        waiting, taken = next(self._depths)
        names = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
        return {"Attributes": dict(zip(names, (str(waiting), str(taken)), strict=True))}


def queues(depths: Iterable[tuple[int, int]]) -> Queues:
    client: Any = Client(depths)
    return Queues(client, (("ReceiptsQueue", "url"), ("Other", "other")))


def forever(waiting: int, taken: int) -> Iterator[tuple[int, int]]:
    while True:
        yield waiting, taken


class Clock:
    """Time passes while somebody sleeps, and not otherwise."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(connecting, "time", made)
    return made


def said(depths: Iterable[tuple[int, int]]) -> list[str]:
    steps: list[str] = []
    connecting.finish(queues(depths), steps.append)
    return steps


def test_mail_that_is_worked_on_is_waited_for_as_long_as_it_goes_on(clock: Clock) -> None:
    # Longer than without progress it would last.
    assert said([(200 - number, 1) for number in range(200)] + [(0, 1), (0, 0)]) == []
    assert clock.now - 1_000 > connecting.STALLED_SECONDS


def test_mail_that_nobody_works_on_is_counted_after_a_while(clock: Clock) -> None:
    assert said(forever(2, 1)) == ["mails that still wait in the queue, for the next start: 3"]
    assert clock.now - 1_000 == pytest.approx(connecting.STALLED_SECONDS, abs=0.1)


def test_it_gives_up_in_the_end_though_it_goes_on(clock: Clock) -> None:
    assert len(said((1_000 - number, 0) for number in range(1_000))) == 1
    assert clock.now - 1_000 == pytest.approx(connecting.FINISHING_SECONDS, abs=0.1)


def test_an_emulator_that_is_gone_is_not_waited_for() -> None:
    def gone() -> Iterator[tuple[int, int]]:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
        yield 0, 0

    assert said(gone()) == ["the local AWS emulator does not answer any more"]


def test_mails_that_were_begun_before_are_told_of() -> None:
    steps: list[str] = []
    connecting.tell_of_taken(queues([(0, 2)]), steps.append)
    connecting.tell_of_taken(queues([(3, 0)]), steps.append)
    assert steps == ["mails in work: 2; what the last run had begun comes back within 12 min"]
