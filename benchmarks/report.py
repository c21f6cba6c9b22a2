"""The tables: on the terminal and in docs/performance.md."""

import os
import platform
import shlex
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import cost
from benchmarks.contenders import COMPAT32, DEFAULT, LIMIT, MAIL_ALONE, PARLEY
from benchmarks.results import MailResult, Results
from benchmarks.wire import BOTOCORES, OURS

HEAD = """\
# Performance

Written by `{command}` on {date}; not to be edited. Python {python}, {processor}, {system}, {cores} cores.

CPU time of one thread. *Parley* is the whole way from the raw mail as SES stores it to the bytes handed
to SES: admission, screening, masking, composing and the leak gate, the same `decide` that
`receive_mail` calls. Beside it, on the same mails: *email* is the standard library, which only parses
and writes (with the policies `compat32` and `default`; the faster one counts); *parley.mail alone* does
the same as that, without masking; the *physical limit* is one `bytes.find` over the mail and one copy.
All take turns in one process, {runs} runs each, and the median counts. *Parley to email* says how many
times faster Parley is, *Parley to limit* how many times longer it takes than the limit. Small mails
come from 16 buyers by turns. *Peak* is the memory of a process of its own, from the idle process (all
imported, two small mails done) to the highest resident size that the kernel saw, the mail included. Against a
limit, mails and copies are counted to one decimal.
"""
Row = tuple[str, ...]
Rows = tuple[Row, list[Row]]
"""Header and rows."""


def verdict_rows(results: Results) -> Rows:
    """Each limit, and whether it is met."""
    rows: list[Row] = [(v.what, v.limit, v.measured, v.word) for v in results.verdicts()]
    return ("", "limit", "measured", ""), rows


def mail_rows(mails: Sequence[MailResult]) -> Rows:
    """One mail a row."""
    timed = (PARLEY, MAIL_ALONE, COMPAT32, DEFAULT, LIMIT)
    ratios = ("Parley to email", "parley.mail to email", "Parley to limit")
    header = ("mail", "size", *timed, *ratios, "peak", "outcome")
    return header, [_mail_row(mail) for mail in mails]


def _mail_row(mail: MailResult) -> Row:
    peak = mail.peak_mails(PARLEY)
    return (
        mail.name,
        _size(mail.octets),
        *(_milliseconds(mail, who) for who in (PARLEY, MAIL_ALONE, COMPAT32, DEFAULT, LIMIT)),
        _times(mail.times_faster()),
        _times(mail.times_faster(MAIL_ALONE)),
        _times(mail.times_limit()),
        "" if peak is None else _size(mail.peaks[PARLEY] or 0) + _in_mails(mail.octets, peak),
        mail.outcome,
    )


def _in_mails(octets: int, peak: float) -> str:
    """The peak in mails where the mail is what fills the memory."""
    return f" ({peak:.2f} mails)" if octets > 1024 * 1024 else ""


def _size(octets: int) -> str:
    return f"{octets / 1024:.1f} KB" if octets < 1024 * 1024 else f"{octets / 1024 / 1024:.1f} MB"


def _times(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2g} ×" if ratio < 10 else f"{ratio:,.0f} ×"


def _milliseconds(mail: MailResult, who: str) -> str:
    timing = mail.timings[who]
    if timing.seconds is None:
        return timing.failure or "not measured"
    value = 1_000 * timing.seconds
    return f"{value:.3f} ms" if value < 10 else f"{value:,.0f} ms"


def other_rows(results: Results) -> Iterator[tuple[str, Rows]]:
    """Titles and tables of what is not about a mail."""
    if (wire := results.wire) is not None:
        rows: list[Row] = []
        for who in (OURS, BOTOCORES):
            seconds, copied = wire.seconds[who], wire.copies(who)
            shown = "not measured" if seconds is None else f"{1_000 * seconds:.0f} ms"
            rows.append((who, shown, "not measured" if copied is None else f"{copied:.1f}"))
        title = (
            f"Wire to SES: SendEmail with a mail of {_size(wire.octets)}, body of {_size(wire.body_octets)}"
        )
        yield title, (("", "CPU, signature included", "copies of the body"), rows)
    if results.transcripts:
        rows = [
            (
                f"{each.messages} messages",
                f"{1_000 * each.seconds:,.0f} ms",
                f"{1_000 * each.per_message:.2f} ms",
                _size(each.page),
            )
            for each in results.transcripts
        ]
        yield "Transcripts, made anew as a whole", (("", "CPU", "CPU of one message", "page"), rows)
    yield from _lake_rows(results)
    if results.starts:
        names = {
            "interpreter": "Python alone",
            "boto3": "boto3 with three clients",
            "handler": "receive_mail, wired",
        }
        rows = [(names[what], f"{1_000 * results.starts[what]:.0f} ms") for what in names]
        yield (
            "Cold start: CPU time from the interpreter's start of work, everything compiled",
            (("", "CPU"), rows),
        )
    if results.calls is not None:
        yield (
            "Cost of a million small delivered mails besides SES",
            (cost.HEADER, cost.rows(results.calls)),
        )


def _lake_rows(results: Results) -> Iterator[tuple[str, Rows]]:
    if results.days:
        rows: list[Row] = [
            (
                day.name,
                f"{day.rows:,}",
                f"{day.objects:,}",
                f"{day.seconds:.1f} s",
                f"{day.cpu:.1f} s",
                _size(day.peak),
                _size(day.written),
            )
            for day in results.days
        ]
        header: Row = ("", "rows", "objects", "by the clock", "CPU", "peak", "Parquet")
        yield "Keeping a day of 100,000 messages in the lake", (header, rows)
    if results.queries:
        rows = [
            (
                f"{query.query} of {query.days} days",
                f"{query.seconds:.1f} s",
                f"{query.objects}",
                _size(query.octets),
                _size(query.peak_octets),
            )
            for query in results.queries
        ]
        header = ("", "by the clock", "objects", "read", "peak")
        yield "Queries over a year of 5 million messages, DuckDB with two threads", (header, rows)


def show(results: Results, console: Console) -> None:
    """The tables on the terminal."""
    ordinary = [mail for mail in results.mails if not mail.hostile]
    hostile = [mail for mail in results.mails if mail.hostile]
    for title, mails in (("Ordinary mails", ordinary), ("Mails built to be slow", hostile)):
        if mails:
            _print(console, title, mail_rows(mails))
    for title, table in other_rows(results):
        _print(console, title, table)
    _print(console, "Limits", verdict_rows(results))
    for line in results.skipped:
        console.print(f"not measured: {line}", markup=False)


def _print(console: Console, title: str, table: Rows) -> None:
    header, rows = table
    shown = Table(title=title, title_justify="left")
    for index, name in enumerate(header):
        shown.add_column(name, justify="left" if index == 0 else "right")
    for row in rows:
        style = {"met": "green", "not met": "bold red"}.get(row[-1])
        shown.add_row(*row, style=style)
    console.print(shown)


def page(results: Results, *, runs: int) -> str:
    """docs/performance.md."""
    ordinary = [mail for mail in results.mails if not mail.hostile]
    hostile = [mail for mail in results.mails if mail.hostile]
    sections = [("Limits", verdict_rows(results)), ("Ordinary mails", mail_rows(ordinary))]
    sections += [("Mails built to be slow", mail_rows(hostile)), *other_rows(results)]
    text = _head(runs) + "".join(
        f"\n## {title}\n\n{_markdown(table)}" for title, table in sections if table[1]
    )
    return text + "".join(f"\nNot measured: {line}\n" for line in results.skipped)


def _head(runs: int) -> str:
    options = shlex.join(sys.argv[1:])
    return HEAD.format(
        command=f"python -m benchmarks {options}".strip(),
        date=datetime.now(UTC).strftime("%-d %B %Y"),
        python=platform.python_version(),
        processor=processor(),
        system=platform.system(),
        cores=os.cpu_count(),
        runs=runs,
    )


def processor() -> str:
    """The model's name, as the kernel knows it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _markdown(table: Rows) -> str:
    header, rows = table
    alignment = ("---", *("---:" for _ in header[1:]))
    return "".join("| " + " | ".join(row) + " |\n" for row in (header, alignment, *rows))
