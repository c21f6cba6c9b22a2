"""An export waits for its own link: for how long, for what exactly, and what it says if that never comes."""

from collections.abc import Callable

import pytest

from cli.answers import Export
from cli.evidence.awaiting import PATIENCE, NotArchivedError, Waiting, await_signed
from parley.archive.keys import entry_key
from tests.support.evidence import CONVERSATION, Archived, Signer, archived


class Time:
    """Passes when somebody sleeps; at some seconds something happens."""

    def __init__(self, *happens: tuple[float, Callable[[], object]]) -> None:
        self.now, self.pauses = 1000.0, list[float]()
        self._happens = [(self.now + at, act) for at, act in happens]

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)
        for each in [each for each in self._happens if each[0] <= self.now]:
            each[1]()
            self._happens.remove(each)

    @property
    def waiting(self) -> Waiting:
        return Waiting(clock=lambda: self.now, sleep=self.sleep)


@pytest.fixture
def made() -> Archived:
    """The archive after an export was recorded and before anything of it is there."""
    return archived()


def coming(made: Archived, *, signer: Signer | None = None) -> tuple[Callable[[], None], Callable[[], None]]:
    """What lets the entry come, and what lets the checkpoint."""
    after = made.exported(signer=signer)
    new = {key: after.objects[key] for key in after.objects.keys() - made.objects.keys()}
    checkpoints = {key: each for key, each in new.items() if key.startswith("checkpoints/")}
    others = {key: each for key, each in new.items() if key not in checkpoints}
    return lambda: made.objects.update(others), lambda: made.objects.update(checkpoints)


def wait(made: Archived, time: Time) -> int:
    """How many steps were told."""
    steps: list[None] = []
    export = Export(id="x1", event="e6", at="2026-09-13T16:12:00+00:00", seq=6)
    await_signed(made.holdings(), export, [made.checkpoints.public], lambda: steps.append(None), time.waiting)
    return len(steps)


def test_an_export_whose_link_is_signed_already_does_not_wait(made: Archived) -> None:
    for come in coming(made):
        come()
    time = Time()
    assert (wait(made, time), time.pauses) == (2, [])


def test_an_export_waits_for_its_entry_and_for_a_checkpoint_that_counts_it(made: Archived) -> None:
    entry, checkpoint = coming(made)
    time = Time((3, entry), (20, checkpoint))
    assert wait(made, time) == 2
    assert 1020 <= time.now < 1026
    assert max(time.pauses) <= 5


def test_the_checkpoints_of_before_count_for_nothing(made: Archived) -> None:
    entry, _ = coming(made)
    entry()
    with pytest.raises(NotArchivedError, match="export-not-archived"):
        wait(made, Time())


def test_a_checkpoint_that_somebody_else_signed_counts_for_nothing(made: Archived) -> None:
    for come in coming(made, signer=Signer()):
        come()
    with pytest.raises(NotArchivedError):
        wait(made, Time())


def test_an_object_that_is_no_checkpoint_is_passed_over(made: Archived) -> None:
    entry, checkpoint = coming(made)
    entry()
    made.objects[f"checkpoints/{CONVERSATION}/0006_0.json"] = (b"{", "")
    assert wait(made, Time((1, checkpoint))) == 2


@pytest.mark.parametrize("come", [0, 1])
def test_it_waits_no_longer_than_it_says(made: Archived, come: int) -> None:
    """Whichever of the two is missing."""
    coming(made)[come]()
    time = Time()
    with pytest.raises(NotArchivedError, match=r"Nothing was exported: link 6, .* within 180 seconds"):
        wait(made, time)
    assert PATIENCE - 5 <= sum(time.pauses) <= PATIENCE


def test_an_entry_of_another_event_at_that_place_counts_for_nothing(made: Archived) -> None:
    entry, checkpoint = coming(made)
    entry()
    checkpoint()
    made.objects[entry_key(CONVERSATION, 6, "e7")] = made.objects.pop(entry_key(CONVERSATION, 6, "e6"))
    with pytest.raises(NotArchivedError):
        wait(made, Time())
