"""Writes findings for a person (a table) or for a program (JSON)."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.doctor import Found
from cli.findings import Finding, Status

_SHOWN = {
    Status.OK: "[green]ok[/]",
    Status.WARN: "[yellow]warn[/]",
    Status.FAIL: "[bold red]FAIL[/]",
    Status.UNKNOWN: "[magenta]unknown[/]",
    Status.ABSENT: "[dim]-[/]",
}
_WORDS = {
    Status.FAIL: "failed",
    Status.WARN: "to look at",
    Status.UNKNOWN: "unknown",
    Status.OK: "ok",
    Status.ABSENT: "not in the sandbox",
}


def show(title: str, found: Sequence[Found], console: Console) -> None:
    """A table, grouped by concern."""
    table = Table(title=escape(title), title_justify="left", show_lines=False, expand=False)
    table.add_column("concern")
    table.add_column("is", no_wrap=True)
    table.add_column("what was found, and what to do", overflow="fold")
    before = ""
    for each in found:
        if before and each.concern != before:
            table.add_section()
        concern = each.concern if each.concern != before else ""
        table.add_row(escape(concern), _SHOWN[each.finding.status], _told(each))
        before = each.concern
    console.print(table)


def line(finding: Finding) -> str:
    """A finding as one line with markup."""
    return f"{_SHOWN[finding.status]} {escape(finding.text)}"


def show_end(found: Sequence[Found], console: Console) -> None:
    """How it ended, when each finding was told already: once more what is not ok, and a summary."""
    if troubles := [each for each in found if each.finding.status is not Status.OK]:
        show("What is not as it should be", troubles, console)
    console.print(summary(found), highlight=False)


def summary(found: Sequence[Found]) -> str:
    """A line that counts."""
    count = Counter(each.finding.status for each in found)
    return ", ".join(f"{count[status]} {word}" for status, word in _WORDS.items() if count[status]) + "."


def as_json(found: Sequence[Found], **about: object) -> str:
    """about: what the report is about; becomes members beside `findings` and `summary`."""
    findings = [{"concern": each.concern, "check": each.check, **asdict(each.finding)} for each in found]
    count = Counter(each.finding.status for each in found)
    summed = {status.value: count[status] for status in Status}
    return json.dumps({**about, "summary": summed, "findings": findings}, indent=1)


def _told(each: Found) -> str:
    finding = each.finding
    if finding.status is Status.ABSENT:
        return f"[dim]{escape(each.check)}: not in the sandbox[/]"
    # The code is what docs and scripts refer to.
    code = "" if finding.status is Status.OK else f" [dim]({finding.code})[/]"
    then = f"\n→ {escape(finding.next)}" if finding.next else ""
    return f"{escape(finding.text)}{code}{then}"
