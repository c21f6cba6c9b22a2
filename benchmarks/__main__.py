"""`python -m benchmarks`: measures, shows the tables and writes docs/performance.md."""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

# The functions' asset is not installed as a package: Lambda, too, runs it from its folder.
ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "functions"))

from rich.console import Console  # noqa: E402
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: E402

from benchmarks import (  # noqa: E402
    asset,
    cold_start,
    cost,
    hostile,
    lake,
    mails,
    memory,
    queries,
    transcript,
    wire,
)
from benchmarks.contenders import COMPAT32, DEFAULT, PARLEY, Contender, arrivals, contenders, outcome  # noqa: E402
from benchmarks.measuring import timed  # noqa: E402
from benchmarks.report import page, show  # noqa: E402
from benchmarks.results import MailResult, Results, WireResult  # noqa: E402
from parley.relaying.decide import decide  # noqa: E402
from parley.screening.policy import DEFAULT_POLICY  # noqa: E402
from sandbox.emulator.tools import MissingToolError  # noqa: E402

LEAST_RUNS = 7
QUICK_RUNS = 3
PAGE = ROOT / "docs" / "performance.md"
SECTIONS = ("mails", "hostile", "wire", "transcript", "lake", "queries", "start", "size", "cost")
EPILOG = """\
examples:
  everything, and the page in docs written anew:
    python -m benchmarks
  a first look in some seconds, nothing written:
    python -m benchmarks --quick
  one section, while working on it:
    python -m benchmarks --only mails
"""


@dataclass(frozen=True, slots=True)
class Run:
    """How to measure: quick or not, how many times each, and where progress is shown."""

    quick: bool
    times: int
    progress: Progress


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure CPU time, memory, start-up and size on this machine.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="fewer mails and runs; nothing is written")
    add(
        "--only",
        choices=SECTIONS,
        action="append",
        metavar="SECTION",
        help=f"of {', '.join(SECTIONS)}; nothing is written",
    )
    add(
        "--runs",
        type=int,
        metavar="N",
        help=f"turns of each measurement (default: {LEAST_RUNS}, the least for the page)",
    )
    add("--strict", action="store_true", help="exit with 1 if a limit is not met")
    return parser.parse_args()


def main() -> int:
    arguments, console, results = read_arguments(), Console(), Results()
    runs = arguments.runs or (QUICK_RUNS if arguments.quick else LEAST_RUNS)
    wanted = arguments.only or SECTIONS
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        for section in wanted:
            _SECTIONS[section](results, Run(arguments.quick, runs, progress))
    show(results, console)
    if arguments.quick or arguments.only or runs < LEAST_RUNS:
        console.print("nothing written: the page takes a whole run (python -m benchmarks)")
    else:
        PAGE.write_text(page(results, runs=runs), encoding="utf-8")
        console.print(f"written: {PAGE.relative_to(ROOT)}")
    return 1 if arguments.strict and not all(verdict.met for verdict in results.verdicts()) else 0


def _measure_mails(results: Results, run: Run) -> None:
    for sample in mails.samples(quick=run.quick):
        results.mails.append(_mail(sample, run, is_hostile=False))


def _measure_hostile(results: Results, run: Run) -> None:
    for sample in hostile.samples(quick=run.quick):
        results.mails.append(_mail(sample, run, is_hostile=True))


def _mail(sample: mails.Sample, run: Run, *, is_hostile: bool) -> MailResult:
    task = run.progress.add_task(sample.name, total=run.times + 3)
    decision = decide(arrivals(sample.mails)[0], DEFAULT_POLICY)
    timings = timed(
        contenders(sample.mails), len(sample.mails), run.times, after_run=lambda: run.progress.advance(task)
    )
    peaks = {}
    for who in (PARLEY, COMPAT32, DEFAULT):
        peaks[who] = memory.peak_octets(who, sample.mails[0])
        run.progress.advance(task)
    return MailResult(sample.name, sample.size, outcome(decision), is_hostile, timings, peaks)


def _measure_wire(results: Results, run: Run) -> None:
    (*_, sample) = (s for s in mails.samples(quick=run.quick) if s.name.endswith("attachment"))
    raw = sample.mails[0]
    task = run.progress.add_task("wire to SES", total=run.times + 2)
    senders = {who: wire.sender(who) for who in (wire.OURS, wire.BOTOCORES)}
    both = [Contender(who, partial(_send, send, raw)) for who, send in senders.items()]
    timings = timed(both, 1, run.times, after_run=lambda: run.progress.advance(task))
    peaks = {}
    for who in senders:
        peaks[who] = memory.peak_octets(who, raw)
        run.progress.advance(task)
    results.wire = WireResult(
        octets=len(raw),
        body_octets=wire.body_octets(raw),
        identical=wire.bodies_agree(raw),
        seconds={who: timing.seconds for who, timing in timings.items()},
        peaks=peaks,
    )


def _send(send: Callable[[bytes], object], raw: bytes, _number: int) -> object:
    return send(raw)


def _measure_transcript(results: Results, run: Run) -> None:
    task = run.progress.add_task("transcripts", total=run.times)
    results.transcripts = transcript.measure(run.times, after_run=lambda: run.progress.advance(task))


def _measure_lake(results: Results, run: Run) -> None:
    if run.quick:
        results.skipped.append("the lake takes minutes: --only lake")
        return
    task = run.progress.add_task("a day of the lake", total=len(lake.NAMES))
    for name in lake.NAMES:
        results.days.append(lake.measure(name))
        run.progress.advance(task)


def _measure_queries(results: Results, run: Run) -> None:
    if run.quick:
        results.skipped.append("queries over a year take minutes: --only queries")
        return
    task = run.progress.add_task("queries over a year", total=1)
    results.queries = queries.measure()
    run.progress.advance(task)


def _measure_start(results: Results, run: Run) -> None:
    task = run.progress.add_task("cold start", total=run.times + 1)

    def steps() -> Iterator[None]:
        while True:
            run.progress.advance(task)
            yield

    try:
        with cold_start.bundle() as folder:
            results.starts = cold_start.starts(folder, run.times, steps())
    except MissingToolError as missing:
        results.skipped.append(f"cold start: {missing}")


def _measure_size(results: Results, run: Run) -> None:
    task = run.progress.add_task("size of the bundle", total=1)
    results.zip_octets = asset.zip_octets()
    run.progress.advance(task)


def _measure_cost(results: Results, run: Run) -> None:
    task = run.progress.add_task("calls and cost", total=1)
    results.calls = cost.measured()
    run.progress.advance(task)


_SECTIONS = {
    "mails": _measure_mails,
    "hostile": _measure_hostile,
    "wire": _measure_wire,
    "transcript": _measure_transcript,
    "lake": _measure_lake,
    "queries": _measure_queries,
    "start": _measure_start,
    "size": _measure_size,
    "cost": _measure_cost,
}


if __name__ == "__main__":
    sys.exit(main())
