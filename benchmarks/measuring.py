"""Timing: all contenders by turns in one process, so that what disturbs the machine disturbs each of them."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.contenders import Contender

LEAST_SECONDS = 0.02
"""A run of a small mail works through many, so that the clock's steps do not matter."""
TOO_SLOW_SECONDS = 5.0
"""A contender that needs longer is not asked again."""


@dataclass(frozen=True, slots=True)
class Timing:
    """seconds: CPU seconds of one mail, the median of `runs`; None if it raised `failure`. spread: from the
    fastest to the slowest run, as a share of the median."""

    seconds: float | None
    runs: int
    spread: float = 0.0
    failure: str = ""


def timed(
    contenders: Sequence[Contender], mails: int, runs: int, *, after_run: Callable[[], None]
) -> dict[str, Timing]:
    """The timing of each contender by name. mails: how many there are to take by turns."""
    repeats: dict[str, int] = {}
    samples: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    failures: dict[str, str] = {}
    for turn in range(runs):
        for contender in contenders:
            known = samples[contender.name]
            if contender.name in failures or (known and known[0] > TOO_SLOW_SECONDS):
                continue
            try:
                if turn == 0:
                    repeats[contender.name] = _warm_up(contender, mails)
                known.append(_run(contender, mails, repeats[contender.name]))
            except Exception as error:
                failures[contender.name] = type(error).__name__
        after_run()
    return {name: _timing(known, failures.get(name, "")) for name, known in samples.items()}


def _warm_up(contender: Contender, mails: int) -> int:
    """Works once on every mail, and says how many mails make a run."""
    seconds = _run(contender, mails, 1)
    if seconds < TOO_SLOW_SECONDS / 10:
        seconds = _run(contender, mails, mails)
    return max(1, round(LEAST_SECONDS / max(seconds, 1e-7)))


def _run(contender: Contender, mails: int, repeats: int) -> float:
    gc.collect()
    work = contender.work
    started = time.thread_time()
    for turn in range(repeats):
        work(turn % mails)
    return (time.thread_time() - started) / repeats


def _timing(known: list[float], failure: str) -> Timing:
    if failure or not known:
        return Timing(None, len(known), failure=failure)
    middle = median(known)
    return Timing(middle, len(known), (max(known) - min(known)) / middle if middle else 0.0)
