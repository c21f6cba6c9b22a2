"""The emulator's processes: what they cost, and the sudden end of some of them.

The emulator runs each function in worker processes of its own. One that is killed while it works is what AWS
calls an environment that crashed: whatever it was doing stops between two instructions.
"""

import os
import re
import signal
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

_WORKER = re.compile(rb"ministack-lambda-([^/\0]+?)-[^-/\0]+/_worker")
_LOOK_SECONDS = 0.02
_STARTING_SECONDS = 3.0
"""One that dies while it starts takes all others of its function along, which is the emulator's own way."""
_TICKS = os.sysconf("SC_CLK_TCK")
_KB = 1024
# Places in `_stat`: utime, stime and starttime are fields 14, 15 and 22 of proc(5).
_USER, _SYSTEM, _STARTED = 11, 12, 19


@dataclass(frozen=True, slots=True)
class Worker:
    """function: its physical name. started: in ticks since the machine did, for numbers of processes come
    again."""

    process: int
    function: str
    started: int


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU so far, by who used them, and the most octets of memory each ever had resident."""

    cpu: Mapping[str, float]
    memory: Mapping[str, int]


CLIENT = "SES in and out, this client"
EMULATOR = "the emulator"


class Workers:
    """functions: physical name → package. emulator: its process id."""

    def __init__(self, emulator: int, functions: Mapping[str, str]) -> None:
        self._emulator = emulator
        self._functions = functions
        self._used: dict[Worker, float] = {}
        self._largest: dict[str, int] = {}
        self.killed: list[str] = []

    def alive(self) -> list[Worker]:
        return [
            Worker(process, name[1].decode(), int(fields[_STARTED]))
            for process in _children(self._emulator)
            if (name := _WORKER.search(_read(process, "cmdline"))) and (fields := _stat(process))
        ]

    def kill_one(self, chance: Random) -> str | None:
        """SIGKILLs one of those that work just now; the package of its function, None if nobody works."""
        before = {each: _ran(each.process) for each in self.alive() if _age(each) > _STARTING_SECONDS}
        time.sleep(_LOOK_SECONDS)
        busy = [each for each, ran in before.items() if _ran(each.process) > ran]
        if not busy:
            return None
        chosen = chance.choice(busy)
        try:
            os.kill(chosen.process, signal.SIGKILL)
        except ProcessLookupError:
            return None
        package = self._package(chosen)
        self.killed.append(package)
        return package

    def look(self) -> None:
        """Notes what each worker has used so far; what one uses after the last look at it is not known."""
        for each in self.alive():
            package = self._package(each)
            self._used[each] = max(self._used.get(each, 0.0), _cpu(each.process))
            self._largest[package] = max(self._largest.get(package, 0), _high_water(each.process))

    def cost(self) -> Cost:
        self.look()
        by_package: dict[str, float] = defaultdict(float)
        for worker, seconds in self._used.items():
            by_package[self._package(worker)] += seconds
        return Cost(
            cpu={CLIENT: time.process_time(), EMULATOR: _cpu(self._emulator), **by_package},
            memory={
                CLIENT: _high_water(os.getpid()),
                EMULATOR: _high_water(self._emulator),
                **self._largest,
            },
        )

    def _package(self, worker: Worker) -> str:
        return self._functions.get(worker.function, worker.function)


def _children(process: int) -> Sequence[int]:
    listed = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for children in listed for child in _text(children).split()]


def _stat(process: int) -> Sequence[bytes]:
    """proc(5), /proc/pid/stat from the third field on; the second, in parentheses, may hold blanks. Empty for
    a process that has ended."""
    return _read(process, "stat").rpartition(b")")[2].split()


def _cpu(process: int) -> float:
    fields = _stat(process)
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS if fields else 0.0


def _ran(process: int) -> int:
    """Nanoseconds on a processor (Linux, "sched-stats")."""
    fields = _read(process, "schedstat").split()
    return int(fields[0]) if fields else 0


def _age(worker: Worker) -> float:
    """Seconds."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) - worker.started / _TICKS


def _high_water(process: int) -> int:
    found = re.search(rb"^VmHWM:\s+(\d+) kB$", _read(process, "status"), re.MULTILINE)
    return int(found[1]) * _KB if found else 0


def _read(process: int, name: str) -> bytes:
    return _text(Path(f"/proc/{process}/{name}"))


def _text(file: Path) -> bytes:
    """b"" for a process that has ended meanwhile."""
    try:
        return file.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
