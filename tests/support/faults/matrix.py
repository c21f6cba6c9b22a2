"""The matrix of one scenario: at every call of an undisturbed run, a fork for every kind of fault."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from parley.stores.entropy import SystemEntropy
from tests.support import canary
from tests.support.aws import deployed
from tests.support.fakes import FakeEntropy
from tests.support.faults.ending import Ending, Pardon, Reached, Wanted, is_acknowledged, state_of
from tests.support.faults.forking import Child, fork, many_forks
from tests.support.faults.invariants import broken, written_to
from tests.support.faults.kinds import KILLED_AT_THE_END, Kind, kinds
from tests.support.faults.scenario import Cell, Scenario
from tests.support.faults.threads import no_threads
from tests.support.market import Market
from tests.support.resources import Template
from tests.support.runtime import Fault
from tests.support.wire import Answer, Call

_SEND = "SendEmail"
_READS = ("Get", "Query", "Scan", "List", "Head", "Describe")
"""How operations begin that record nothing."""


@dataclass(slots=True)
class _Forks:
    """The cells of a scenario, each in a copy of this process.

    Hooks of the wire: in the parent they fork before each call, in a child they do what its cell says.

    folder: where the process has its files. known: what `Ending` knows, in a child. place: the number of the
    call at hand. unrecorded: whether SES has a mail, and no write has followed yet. fault: what befalls a
    child. sought: no more cells follow one of whose problems has one of these in its words.
    """

    ending: Ending
    folder: Path
    sought: tuple[str, ...] = ()
    cells: list[Cell] = field(default_factory=list)
    known: dict[str, list[str]] = field(default_factory=dict)
    place: int = 0
    unrecorded: bool = False
    child: Child | None = None
    fault: Fault = field(default_factory=Fault)

    def before(self, call: Call) -> Answer | None:
        if self.child is None:
            self._at(call)
        return self.fault.before(call)

    def after(self, call: Call) -> None:
        self.fault.after(call)

    def _at(self, call: Call) -> None:
        """Forks for every kind of fault of this call. A child returns from it with its cell before it."""
        self.place += 1
        if self._is_found():
            return
        is_last = self.place == len(self.ending.wanted.calls)
        for kind in (*kinds(call), *([KILLED_AT_THE_END] if is_last else [])):
            if not self._is_known(call, kind) and self._is_in_its_cell(call, kind):
                return
        self.unrecorded = _leaves_unrecorded(call, self.unrecorded)

    def _is_found(self) -> bool:
        problems = [problem for cell in self.cells for problem in cell.problems]
        return any(words in problem for words in self.sought for problem in problems)

    def _pardon(self, call: Call, kind: Kind) -> Pardon:
        return Pardon(
            may_repeat=_leaves_unrecorded(call, self.unrecorded) if kind.has_effect else self.unrecorded,
            may_be_silent=(kind.is_another and call.is_claim)
            or (kind.is_in_doubt and call.operation == _SEND),
        )

    def _is_known(self, call: Call, kind: Kind) -> bool:
        """Whether the process would end in a state from which another child went on."""
        if not kind.is_the_end:
            return False
        state = state_of(self.ending.market, self._pardon(call, kind), Reached(is_acknowledged=False))
        if state in self.known:
            self._note(call, kind, self.known[state])
        return state in self.known

    def _note(self, call: Call, kind: Kind, problems: list[str]) -> None:
        name, scenario = f"{call.service}.{call.operation}", self.ending.scenario.name
        self.cells.append(Cell(scenario, self.place, name, kind.name, tuple(problems)))

    def _is_in_its_cell(self, call: Call, kind: Kind) -> bool:
        """Forks; whether this is the child, which has the cell before it."""
        forked = fork(self.folder)
        if isinstance(forked, Child):
            self.child, self.fault = forked, kind.fault(call)
            self.ending.known, self.ending.pardon = self.known, self._pardon(call, kind)
            return True
        states, problems = forked.answer() or ([], ["the process died without a word"])
        self.known.update(dict.fromkeys(states, problems))
        self._note(call, kind, problems)
        return False


def run(template: Template, scenario: Scenario, sought: tuple[str, ...] = ()) -> list[Cell]:
    """Every cell of the scenario. sought: words of problems; then no more than it takes to find any."""
    _warm_up(template, scenario)
    with deployed(template) as deployment, no_threads(), _same_chance(), _own_folder() as folder:
        market = Market(deployment)
        scenario.prepare(market)
        with many_forks():
            wanted = _undisturbed(market, scenario, folder)
            forks = _Forks(Ending(market, scenario, wanted, len(market.sent)), folder, sought)
            problems = _forked(market, forks)
        problems += canary.CAGE.heard
        if forks.place != len(wanted.calls):
            problems.append("the same work made other calls")
        return [Cell(scenario.name, 0, "no call", "undisturbed", tuple(problems)), *forks.cells]


def _forked(market: Market, forks: _Forks) -> list[str]:
    """What is wrong with the undisturbed run. A child ends in here."""
    market.fault = Fault(before=forks.before, after=forks.after)
    try:
        problems = forks.ending.problems()
    except BaseException as error:
        # No child may return into the test that forked it.
        if forks.child is None:
            raise
        problems = [f"{type(error).__name__}: {error}"]
    if forks.child is not None:
        forks.child.end([forks.ending.states, [*problems, *sorted(set(canary.CAGE.heard))]])
    return problems


@contextmanager
def _own_folder() -> Iterator[Path]:
    """For temporary files, also for those of a child that is not there any more."""
    with TemporaryDirectory() as folder, patch.object(tempfile, "tempdir", folder):
        yield Path(folder)


@contextmanager
def _same_chance() -> Iterator[None]:
    """What is drawn is the same in every child, so that equal states can be told to be equal."""
    entropy = FakeEntropy()
    with patch.object(SystemEntropy, "bits", lambda _, count: entropy.bits(count)):
        yield


def _warm_up(template: Template, scenario: Scenario) -> None:
    """What is made once in a process is made before there are many of it: here a call is denied, and then
    everything goes well."""
    with deployed(template) as deployment:
        market = Market(deployment)
        scenario.prepare(market)
        denials = iter([Answer(403, "AccessDenied")])
        market.fault = Fault(before=lambda _: next(denials, None))
        is_acknowledged(scenario.act, market)
        market.fault = Fault()
        is_acknowledged(scenario.again, market)
        list(broken(market, may_repeat=False))
        scenario.told(market)


def _leaves_unrecorded(call: Call, was: bool) -> bool:
    """Whether nobody has recorded yet that SES took a mail, when this call has had its effect."""
    return call.operation == _SEND or (was and call.operation.startswith(_READS))


def _undisturbed(market: Market, scenario: Scenario, folder: Path) -> Wanted:
    """By a copy of this process."""
    forked = fork(folder)
    if not isinstance(forked, Child):
        calls, became, went = forked.answer() or ([], "it died without a word", [])
        assert calls, f"the undisturbed run failed: {became}"
        return Wanted(tuple(Call(*each) for each in calls), became, tuple(went))
    try:
        made: list[Call] = []
        market.fault = Fault(before=made.append)
        assert scenario.act(market), "it was not acknowledged"
        forked.end(astuple(Wanted(tuple(made), scenario.told(market), tuple(written_to(market)))))
    except Exception as error:
        forked.end([[], f"{type(error).__name__}: {error}", []])
