"""`python -m tests.fuzz`: random and damaged mails on trial until the time is over."""

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Manager
from pathlib import Path
from queue import Empty
from random import Random
from typing import Any

# The functions' asset is not installed as a package: Lambda, too, runs it from its folder.
ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "functions"))

from rich.console import Console  # noqa: E402
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: E402

from tests.fuzz.mails import Case, random_mail  # noqa: E402
from tests.fuzz.minimise import minimised  # noqa: E402
from tests.fuzz.mutations import mutated_mail  # noqa: E402
from tests.fuzz.seeds import SEEDS, store  # noqa: E402
from tests.fuzz.target import examine  # noqa: E402

CORPUS = (ROOT / "tests" / "golden", ROOT.parent / "shared" / "corpus")
BATCH = 25
EPILOG = """\
examples:
  half an hour on one core, leaving the other to somebody else:
    nice -n 10 python -m tests.fuzz --minutes 30
  the same mails again, findings into a folder of their own:
    python -m tests.fuzz --minutes 5 --seed 7 --out /tmp/findings
  both cores:
    python -m tests.fuzz --workers 2

Exit status: 0 if nothing was found, 1 if something was. Findings are minimised and kept as seeds; the tests
replay every seed.
"""


@dataclass(slots=True)
class Tally:
    """What happened so far; outcomes also of the mails by the rules alone."""

    mails: int = 0
    octets: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    ordinary: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)


def corpus() -> list[bytes]:
    """The sample mails that are there, those of moderate size."""
    suffixes = ("", ".eml", ".txt", ".msg", ".mbox")
    paths = sorted(path for folder in CORPUS for path in folder.rglob("*") if path.suffix in suffixes)
    return [path.read_bytes() for path in paths if path.is_file() and path.stat().st_size < 100_000]


def case_number(number: int, seed: int, samples: list[bytes]) -> Case:
    """The mail of that number: the same for the same seed and samples."""
    chance = Random(f"{seed}/{number}")
    return random_mail(chance) if chance.random() < 0.5 else mutated_mail(chance, samples)


def work(worker: int, arguments: argparse.Namespace, told: Any) -> None:
    """Puts every n-th mail on trial and tells what came of it."""
    samples = corpus()
    until = time.monotonic() + arguments.minutes * 60
    known: Counter[str] = Counter()
    number = worker
    while time.monotonic() < until:
        tally = Tally()
        found: list[str] = []
        for _ in range(BATCH):
            case = case_number(number, arguments.seed, samples)
            trial = examine(case)
            tally.mails += 1
            tally.octets += len(case.raw)
            tally.outcomes[trial.outcome] += 1
            if case.is_ordinary:
                tally.ordinary[trial.outcome] += 1
            for trouble in trial.troubles:
                tally.troubles[trouble.kind] += 1
                known[trouble.kind] += 1
                if known[trouble.kind] <= arguments.each:
                    small = minimised(case, trouble.kind)
                    again = [t for t in examine(small).troubles if t.kind == trouble.kind] or [trouble]
                    path = store(small, trouble.kind, again[0].detail, arguments.out)
                    found.append(
                        f"mail {number}: {trouble.kind}: {again[0].detail[:300]}\n    kept as {path}"
                    )
            number += arguments.workers
        told.put((tally, found))


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--minutes", type=float, default=5.0, help="how long (default: %(default)s)")
    add("--seed", type=int, default=1, help="another seed, other mails (default: %(default)s)")
    add("--workers", type=int, default=1, help="processes (default: %(default)s)")
    add("--each", type=int, default=5, help="how many findings of one kind are kept (default: %(default)s)")
    add("--out", type=Path, default=SEEDS, help="where findings are kept (default: tests/fuzz/seeds)")
    return parser.parse_args()


def main() -> int:
    arguments, total = read_arguments(), Tally()
    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with (
        Manager() as manager,
        ProcessPoolExecutor(arguments.workers) as pool,
        Progress(*columns, console=console) as progress,
    ):
        told = manager.Queue()
        working = [pool.submit(work, index, arguments, told) for index in range(arguments.workers)]
        started = time.monotonic()
        bar = progress.add_task("starting", total=arguments.minutes * 60)
        while not told.empty() or not all(job.done() for job in working):
            with suppress(Empty):
                tally, found = told.get(timeout=1)
                _add(total, tally, found, console)
            said = f"{total.mails} mails, {sum(total.troubles.values())} troubles"
            progress.update(bar, completed=time.monotonic() - started, description=said)
        for job in working:
            job.result()
    _report(total, console)
    return 1 if total.troubles else 0


def _add(total: Tally, tally: Tally, found: list[str], console: Console) -> None:
    total.mails += tally.mails
    total.octets += tally.octets
    total.outcomes += tally.outcomes
    total.ordinary += tally.ordinary
    total.troubles += tally.troubles
    for line in found:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _report(total: Tally, console: Console) -> None:
    relayed = total.ordinary["relayed"] / max(1, total.ordinary.total())
    console.print(f"{total.mails} mails, {total.octets / 1e6:.1f} MB, by process {os.getpid()}")
    console.print("outcomes: " + ", ".join(f"{count} {name}" for name, count in total.outcomes.most_common()))
    console.print(f"of {total.ordinary.total()} mails by the rules {relayed:.2%} were relayed")
    for kind, count in total.troubles.most_common():
        console.print(f"{count:6} {kind}")


if __name__ == "__main__":
    sys.exit(main())
