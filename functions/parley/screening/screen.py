"""Runs the table of rules over a mail and records hits and misses."""

from dataclasses import dataclass

from parley.mail.findings import Finding
from parley.screening.context import Context
from parley.screening.rules import RULES


@dataclass(frozen=True, slots=True)
class Screening:
    """findings: all, in the order of the table. hits, misses: the rules that did and did not find any."""

    findings: tuple[Finding, ...]
    hits: tuple[str, ...]
    misses: tuple[str, ...]


def screen(context: Context) -> Screening:
    """Asks every rule; no finding ends the round, so that the record shows everything."""
    found = {rule.name: tuple(rule.look(context)) for rule in RULES}
    return Screening(
        tuple(finding for findings in found.values() for finding in findings),
        tuple(name for name, findings in found.items() if findings),
        tuple(name for name, findings in found.items() if not findings),
    )
