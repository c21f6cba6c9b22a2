"""What a load found, for people and for programs."""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

from sandbox.load.judging import Judgement
from sandbox.load.reconciling import Books

_PERCENT = (50, 95, 99)
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """busy: seconds from the first mail until none waited in the queue any more. arrived: how many mails were
    delivered in that time. latencies: seconds from SES's 250 to the delivery. delayed: of mails that took as
    long as the queue hides one, because a worker was killed. cpu: seconds in that time, by who used them.
    machine: seconds that the cores were busy, with this and with whatever else. memory: octets. killed: by
    package; kills_asked: how many were to be. unproved: conversations whose archive does not prove itself.
    behind: those whose archive did not catch up in time."""

    busy: float
    arrived: int
    latencies: tuple[float, ...]
    delayed: tuple[float, ...]
    cpu: Mapping[str, float]
    machine: float
    memory: Mapping[str, int]
    killed: Mapping[str, int]
    kills_asked: int
    repeated_notifications: int
    refused_by_ses: int
    unproved: tuple[str, ...]
    behind: tuple[str, ...]
    dead_letters: int

    @property
    def per_second(self) -> float:
        return self.arrived / self.busy if self.busy else 0.0

    @property
    def cpu_a_mail(self) -> float:
        """Seconds."""
        return sum(self.cpu.values()) / self.arrived if self.arrived else 0.0

    @property
    def with_the_machine_alone(self) -> float:
        """Mails a second, if the work filled all cores: what this much CPU allows at most."""
        return (os.cpu_count() or 1) / self.cpu_a_mail if self.cpu_a_mail else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    books: Books
    judgement: Judgement
    measured: Measured

    @property
    def faults(self) -> dict[str, tuple[str, ...]]:
        """What is wrong, by name; empty if all is well."""
        measured = self.measured
        found = {
            **self.books.faults,
            **self.judgement.faults,
            "unproved": measured.unproved,
            "behind": measured.behind,
        }
        faults = {name: ids for name, ids in found.items() if ids}
        if (made := sum(measured.killed.values())) != measured.kills_asked:
            faults["kills"] = (f"{made} of {measured.kills_asked}",)
        if measured.dead_letters:
            faults["dead_letters"] = (str(measured.dead_letters),)
        if not faults and not self.books.balances:
            faults["balance"] = (str(self.books.accepted),)
        return faults

    def to_json(self) -> dict[str, Any]:
        measured = asdict(self.measured)
        for name in ("latencies", "delayed"):
            measured[name] = {f"p{each}": percentile(measured[name], each) for each in _PERCENT}
        return {
            "books": asdict(self.books),
            "measured": {
                **measured,
                "mails_per_second": self.measured.per_second,
                "cpu_seconds_a_mail": self.measured.cpu_a_mail,
            },
            "judged": asdict(self.judgement),
            "faults": self.faults,
        }


def percentile(values: Sequence[float], percent: int) -> float:
    """The nearest rank: at least so many percent of the values are not above it. 0.0 of nothing."""
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1] if values else 0.0


def table_of(report: Report) -> Table:
    books, measured = report.books, report.measured
    table = Table(title=f"{books.accepted:,} mails accepted", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    add = table.add_row
    for outcome, count in sorted(books.outcomes.items(), key=lambda each: -each[1]):
        add(outcome, f"{count:,}")
    add("lost, or without an outcome", f"{len(books.lost) + len(books.unfinished):,}")
    add("twice in a mailbox", f"{len(books.doubled):,}")
    add("leaks in delivered mail", f"{len(report.judgement.leaks):,}", end_section=True)
    killed = ", ".join(f"{count} {name}" for name, count in measured.killed.items())
    add("workers killed", killed or "none")
    add("sent again after a kill, with the same id", f"{len(books.repeated):,}")
    add("notifications that came twice", f"{measured.repeated_notifications:,}", end_section=True)
    add("relayed", f"{measured.per_second:.1f} mails/s")
    for percent in _PERCENT:
        add(f"latency, p{percent}", f"{percentile(measured.latencies, percent):.2f} s")
    if measured.delayed:
        add(f"the {len(measured.delayed)} that came again after a kill", f"≤ {max(measured.delayed):.0f} s")
    add("accepted, and refused by SES itself", f"{measured.refused_by_ses:,}", end_section=True)
    for name, seconds in measured.cpu.items():
        add(f"CPU: {name}", f"{seconds / max(1, measured.arrived) * 1000:.1f} ms a mail")
    add("cores busy with it", f"{sum(measured.cpu.values()) / max(measured.busy, 1e-9):.2f}")
    add(
        f"cores busy with other things, of {os.cpu_count()}",
        f"{(measured.machine - sum(measured.cpu.values())) / max(measured.busy, 1e-9):.2f}",
    )
    add("with the machine alone, at most", f"{measured.with_the_machine_alone:.0f} mails/s", end_section=True)
    for name, octets in measured.memory.items():
        add(f"memory: {name}", f"{octets / _MB:.0f} MB")
    return table
