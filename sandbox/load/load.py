"""`load`: sends many mails at once through the deployed stack here, kills workers in the middle of their
work, and checks the books: what SES accepted was relayed, held, refused or discarded, each exactly once.

Everything that is delivered is read by a judge of its own: no mailbox shows. The numbers are those of this
machine and of the emulator; nothing here says how fast AWS is.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from sandbox.guarding import guarded
from sandbox.load.arrivals import Arrivals
from sandbox.load.plan import MB, Sizes, plan
from sandbox.load.repeating import Repeating
from sandbox.load.report import Report, table_of
from sandbox.load.running import Running
from sandbox.stack import running

DEFAULTS = {
    "small": (2_000, "small ones"),
    "large": (100, "with an attachment of --large-size MB"),
    "huge": (10, "with an attachment of --huge-size MB"),
    "hostile": (100, "that hide both parties' mailboxes"),
    "duplicated": (50, "that their author's server hands over twice"),
    "several": (50, "to two aliases"),
    "held": (50, "to be held"),
    "refused": (60, "to be refused"),
    "discarded": (50, "to be discarded"),
}
EPILOG = """\
examples:
  python -m sandbox load
  python -m sandbox load --small 300 --large 0 --huge 0 --kills 0
  python -m sandbox load --json > load.json
"""


def add_command(commands: Any) -> None:
    parser = commands.add_parser(
        "load",
        help="send many mails through the whole stack, kill workers, check that nothing is lost or doubled",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    for name, (count, what) in DEFAULTS.items():
        add(f"--{name}", type=_count, default=count, help=f"how many {what} (default: %(default)s)")
    sizes = Sizes()
    add("--small-size", type=_positive, default=sizes.small, help="octets of text (default: %(default)s)")
    add("--large-size", type=_positive, default=sizes.large // MB, help="MB (default: %(default)s)")
    add("--huge-size", type=_positive, default=sizes.huge // MB, help="MB (default: %(default)s)")
    add("--repeat", type=_count, default=20, help="every which notification comes twice, 0 for none (20)")
    add("--kills", type=_count, default=10, help="workers to kill (default: %(default)s)")
    add("--conversations", type=_positive, default=400, help="among which (default: %(default)s)")
    add("--connections", type=_positive, default=8, help="of authors, at once (default: %(default)s)")
    add("--window", type=_positive, default=30, help="mails that may wait at once (default: %(default)s)")
    add(
        "--timeout", type=_positive, default=30, help="seconds a worker has for a mail (default: %(default)s)"
    )
    add(
        "--patience",
        type=_count,
        default=600,
        help="seconds the archive may lag behind (default: %(default)s)",
    )
    add("--seed", type=_count, default=1, help="of chance (default: %(default)s)")
    add("--json", action="store_true", help="print what was found as JSON")
    parser.set_defaults(run=run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """counts: of mails by group (`plan.GROUPS`). repeat: every which notification comes twice, 0 for none.
    conversations: an even number. window: how many mails may wait at once. timeout: seconds a worker has.
    patience: seconds that the archive may lag behind."""

    counts: Mapping[str, int]
    sizes: Sizes
    repeat: int
    kills: int
    conversations: int
    connections: int
    window: int
    timeout: int
    patience: int
    seed: int


def run(_: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    """Exit status: 0 if the books balance and nothing leaked, else 1."""
    return guarded(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    options = Options(
        counts={name: getattr(arguments, name) for name in DEFAULTS},
        sizes=Sizes(
            small=arguments.small_size, large=arguments.large_size * MB, huge=arguments.huge_size * MB
        ),
        # Each buyer has two.
        conversations=arguments.conversations + arguments.conversations % 2,
        **{
            name: getattr(arguments, name)
            for name in ("repeat", "kills", "connections", "window", "timeout", "patience", "seed")
        },
    )
    report = loaded(options, Console(stderr=True))
    _print(report, as_json=arguments.json)
    return 1 if report.faults else 0


def loaded(options: Options, console: Console, assembly: Path | None = None) -> Report:
    """Starts a sandbox, lets the load through it, and says what came of it. console: for progress. assembly:
    as in `running`, whose errors are raised."""
    letters = plan(options.counts, options.sizes, options.conversations, options.seed)
    repeating = Repeating(options.repeat)
    with tempfile.TemporaryDirectory(prefix="parley-load-") as folder:
        arrivals = Arrivals(Path(folder))
        with (
            console.status("starting") as status,
            running(
                assembly=assembly,
                deliver=lambda _: arrivals.take,
                publishing=repeating.around,
                progress=status.update,
            ) as sandbox,
        ):
            status.update(f"opening {options.conversations} conversations")
            load = Running(sandbox, arrivals, options.conversations, options.timeout, console)
            status.stop()
            begin, drained = load.work(
                letters,
                connections=options.connections,
                window=options.window,
                kills=options.kills,
                seed=options.seed,
            )
            return load.report(begin, drained, repeating.repeated, options.patience)


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        json.dump(report.to_json(), sys.stdout, indent=2)
        print()
        return
    console = Console()
    console.print(table_of(report))
    for name, ids in report.faults.items():
        console.print(f"[bold red]{name}: {len(ids)}[/] {', '.join(ids[:5])}")
    if not report.faults:
        console.print(f"The books balance. Load average: {os.getloadavg()[0]:.1f}")


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1")
    return int(text)
