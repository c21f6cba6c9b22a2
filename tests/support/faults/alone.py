"""A process that does nothing but run the matrix: a child of it is small, and copies no other thread.

It may change what the whole process shares: nothing waits in it, and all that it prints is only listened to.
"""

import io
import sys
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from types import TracebackType
from typing import TYPE_CHECKING

from tests.support import canary

if TYPE_CHECKING:
    from tests.support.faults.scenario import Cell


class _Ear(io.TextIOBase):
    """Standard output, where metrics and logs go."""

    def write(self, text: str) -> int:
        canary.CAGE.note(text, "line of output")
        return len(text)


def alone() -> None:
    """Makes this process such a one. To be called before anything of the product is imported: what logs keeps
    the output that it finds."""
    canary.CAGE.listen()
    sys.stdout = _Ear()
    # botocore, and the stores, wait between their tries.
    time.sleep = lambda _: None
    # Of Powertools, that there are no metrics.
    warnings.simplefilter("ignore")


def cells_of(scenario: str, mistake: str | None = None) -> "list[Cell]":
    """For a process that is `alone`. mistake: one of the product's, a key of `MISTAKES`; then only as many
    cells as it takes to find it."""
    from tests.support.faults.matrix import run
    from tests.support.faults.mistakes import made
    from tests.support.faults.scenarios import SCENARIOS
    from tests.support.template import synthesised

    with made(mistake):
        return run(synthesised(), SCENARIOS[scenario], tuple(mistake.split("|")) if mistake else ())


class Apart:
    """Another process, which is alone, and its successor should it die: one scenario after the other."""

    def __enter__(self) -> "Apart":
        self._pool = _pool()
        return self

    def cells_of(self, scenario: str, mistake: str | None = None) -> "list[Cell]":
        """Raises what went wrong there, `BrokenProcessPool` if the process died."""
        try:
            return self._pool.submit(cells_of, scenario, mistake).result()
        except BrokenProcessPool:
            self._pool.shutdown()
            self._pool = _pool()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown()


def _pool() -> ProcessPoolExecutor:
    """Of one process, which is started anew rather than copied from this one."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=alone)
