"""Watches a load until it is done: lets authors send, kills workers at moments of chance, notes when nothing
waited any more."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sandbox.load.arrivals import Arrivals
from sandbox.load.traffic import Traffic
from sandbox.load.workers import Cost, Workers
from sandbox.queues import Depth

_LOOK_SECONDS = 0.2
_LAST_KILL = 80
"""Percent of the mails."""
_STALLED = 3
"""Nothing moves any more if nothing did for so many times the queue's visibility."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of a load. at: monotonic seconds. machine: seconds that its cores were busy since it started,
    with whatever. arrived: how many mails had been delivered."""

    at: float
    cost: Cost
    machine: float
    arrived: int


class Killer:
    """moments: at how many accepted mails a worker is killed; none among the last, so that somebody works
    still if nobody was to be killed at its moment."""

    def __init__(self, workers: Workers, kills: int, mails: int, seed: int) -> None:
        self._workers = workers
        self._chance = Random(seed)  # noqa: S311  # nothing here is a secret
        last = max(1, mails * _LAST_KILL // 100)
        self._moments = sorted(self._chance.randrange(last) for _ in range(kills)) if mails else []

    def look(self, accepted: int) -> None:
        """Kills one if its moment has come and somebody works; else it is tried at the next look."""
        if self._moments and accepted > self._moments[0] and self._workers.kill_one(self._chance):
            self._moments.pop(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """depth: of the queue of receipts. visibility: its own, in seconds. window: how many mails may wait there
    at once. tell: is given how many mails SES has accepted, and how many are in the queue."""

    depth: Callable[[], Depth]
    traffic: Traffic
    arrivals: Arrivals
    workers: Workers
    killer: Killer
    visibility: int
    window: int
    tell: Callable[[int, int], None]

    def until_done(self, all_sent: Callable[[], bool]) -> Mark:
        """Returns once nothing is in the queue, or nothing has moved for long. The mark is of the moment when
        all was sent and nothing waited; what was hidden then, because its worker was killed, came later."""
        drained: Mark | None = None
        seen, moved = (-1, -1), time.monotonic()
        while True:
            # Asked in this order: what is sent after the first answer is seen by the second.
            sent, depth = all_sent(), self.depth()
            accepted = len(self.traffic.accepted)
            self.traffic.admit(self.window - depth.waiting)
            self.tell(accepted, depth.messages)
            self.workers.look()
            self.killer.look(accepted)
            if sent and not depth.waiting and drained is None:
                drained = self.mark()
            if sent and not depth.messages:
                return drained or self.mark()
            now = time.monotonic()
            if (accepted, depth.messages) != seen:
                seen, moved = (accepted, depth.messages), now
            elif now - moved > _STALLED * self.visibility:
                return drained or self.mark()
            time.sleep(_LOOK_SECONDS)

    def mark(self) -> Mark:
        return Mark(time.monotonic(), self.workers.cost(), _machine_seconds(), len(self.arrivals.all))


def _machine_seconds() -> float:
    """proc(5), /proc/stat: user, nice, system, idle, iowait, irq, softirq and what follows, in ticks."""
    fields = [int(each) for each in Path("/proc/stat").read_text().splitlines()[0].split()[1:8]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")
