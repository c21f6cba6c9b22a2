"""What a measurement of the throughput found, and how it is shown."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Seconds from the first connection until all mails were accepted, and until all had arrived; for each
    mail from being handed over to its arrival; and of CPU, by process."""

    mails: int
    accepted: float
    arrived: float
    latencies: tuple[float, ...]
    cpu: Mapping[str, float]


def table_of(measured: Measured) -> Table:
    table = Table(title=f"{measured.mails} mails from end to end", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("accepted by SES in", f"{measured.mails / measured.accepted:.1f} mails/s")
    table.add_row("in their mailboxes", f"{measured.mails / measured.arrived:.1f} mails/s")
    for percent in (50, 95, 99):
        latency = _percentile(measured.latencies, percent)
        table.add_row(f"latency, p{percent}", f"{latency:.2f} s")
    for name, seconds in measured.cpu.items():
        table.add_row(f"CPU: {name}", f"{seconds / measured.mails * 1000:.1f} ms a mail")
    busy = sum(measured.cpu.values()) / measured.arrived
    table.add_row(f"cores busy, of {os.cpu_count()}", f"{busy:.2f}")
    return table


def _percentile(values: Sequence[float], percent: int) -> float:
    """The nearest rank: at least so many percent of the values are not above it."""
    return sorted(values)[-(-len(values) * percent // 100) - 1]
