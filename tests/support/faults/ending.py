"""How the work of a scenario ends: redelivered until it is acknowledged, and then looked at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.support.faults.invariants import broken, unarchived, written_to
from tests.support.faults.peek import Peek
from tests.support.faults.scenario import Scenario
from tests.support.market import Market
from tests.support.runtime import Fault
from tests.support.wire import Call, Killed

MOST_REDELIVERIES = 12


@dataclass(frozen=True, slots=True)
class Pardon:
    """What may be in a cell, and not in others. may_repeat: that a mail goes out twice, in the one window for
    it: SES has it, and nobody could record that. may_be_silent: that somebody is not written to, because SES
    may have the mail, or another has claimed it."""

    may_repeat: bool = False
    may_be_silent: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """An undisturbed run. calls: those that it makes. became: what `Scenario.told` tells. written_to: who got
    which kind of mail."""

    calls: tuple[Call, ...]
    became: str
    written_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a cell has come. tries: how often it was redelivered. found: what was already wrong with it."""

    is_acknowledged: bool
    tries: int = 0
    found: tuple[str, ...] = ()


@dataclass(slots=True)
class Ending:
    """One end. sent_before: how many mails went out in preparation. known: what was wrong in the end, by the
    state from which another went on. states: those from which this one did, or would have, in their order."""

    market: Market
    scenario: Scenario
    wanted: Wanted
    sent_before: int
    known: dict[str, list[str]] = field(default_factory=dict)
    pardon: Pardon = Pardon()
    states: list[str] = field(default_factory=list)

    def problems(self) -> list[str]:
        """Works until the end, from the first try on; whatever fault the market has ends with that. It
        ends early in a state from which another has gone on."""
        acknowledged = is_acknowledged(self.scenario.act, self.market)
        self.market.fault = Fault()
        known = self._known(Reached(acknowledged))
        if known is not None:
            return known
        found = tuple(unarchived(self.market, self.market.sent[self.sent_before :]))
        for tries in range(1, MOST_REDELIVERIES + 1):
            if acknowledged:
                break
            acknowledged = is_acknowledged(self.scenario.again, self.market)
            known = self._known(Reached(acknowledged, tries, found))
            if known is not None:
                return known
        return [*found, *self._in_the_end(acknowledged=acknowledged)]

    def _known(self, reached: Reached) -> list[str] | None:
        self.states.append(state_of(self.market, self.pardon, reached))
        return self.known.get(self.states[-1])

    def _in_the_end(self, *, acknowledged: bool) -> Iterator[str]:
        if not acknowledged:
            yield "the work was never finished"
        yield from broken(self.market, may_repeat=self.pardon.may_repeat)
        yield from self.scenario.check(self.market)
        became = self.scenario.told(self.market)
        if became != self.wanted.became:
            yield f"{became} instead of {self.wanted.became}"
        missing = set(self.wanted.written_to) - set(written_to(self.market))
        if missing and not self.pardon.may_be_silent:
            yield f"nobody sent a {', '.join(missing)}"


def state_of(market: Market, pardon: Pardon, reached: Reached) -> str:
    """What follows from here follows from every equal state."""
    return f"{Peek(market.deployment).state()} {market.clock.now()} {market.stream} {pardon} {reached}"


def is_acknowledged(work: Callable[[Market], bool], market: Market) -> bool:
    try:
        return work(market)
    except AssertionError:
        raise
    except (Exception, Killed):
        # An invocation that ends with an error, or not at all, has acknowledged nothing.
        return False
