"""What the matrix is made of: scenarios, and their cells."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.support.faults.invariants import told
from tests.support.market import Market


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """prepare: all that is there before. act: the work, tried once; whether it is acknowledged, in whatever
    way the handler's caller is told. again: tries it later. told: what became of it, without what is random:
    the same in every cell. check: what else is wrong."""

    name: str
    prepare: Callable[[Market], object]
    act: Callable[[Market], bool]
    again: Callable[[Market], bool]
    told: Callable[[Market], str] = told
    check: Callable[[Market], Iterator[str]] = lambda _: iter(())


@dataclass(frozen=True, slots=True)
class Cell:
    """problems: what is wrong with it; nothing in a green one."""

    scenario: str
    place: int
    call: str
    kind: str
    problems: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.scenario}, {self.place} {self.call}, {self.kind}: {'; '.join(self.problems)}"
