"""`demo`: plays a whole exchange in its own sandbox, shows both sides and the archive, and checks it all."""

import argparse
import io
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from rich.console import Console
from rich.text import Text

from sandbox.demo.checks import Check, status
from sandbox.demo.events import Listener
from sandbox.demo.scenes import SCENES, Scene, play
from sandbox.demo.stage import Stage
from sandbox.demo.telling import Teller
from sandbox.guarding import guarded
from sandbox.stack import running

DEFAULT_PAUSE = 8.0
LONGEST_PAUSE = 600.0
EPILOG = """\
examples:
  all at once:
    make demo
  on a stage, at your own pace:
    make demo ARGS=--step
  by itself, with 12 seconds to read after each scene:
    make demo ARGS='--slow 12'
  into a file, without colour:
    make demo > story.txt

Exit status: 0 if every check holds, 1 if one fails or the sandbox does not start, 130 after Ctrl-C.
"""


def add_command(commands: Any) -> None:
    parser = commands.add_parser(
        "demo",
        help="play a whole exchange, show what each side sees, and check it",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    pace = parser.add_mutually_exclusive_group()
    pace.add_argument("--step", action="store_true", help="wait for Enter after each scene")
    pace.add_argument(
        "--slow",
        nargs="?",
        type=_seconds,
        const=DEFAULT_PAUSE,
        metavar="SECONDS",
        help="wait after each scene (default: %(const)g s)",
    )
    parser.set_defaults(run=run)


def run(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    """Exit status: see `EPILOG`."""
    if arguments.step and not sys.stdin.isatty():
        parser.error("--step waits for Enter, and nobody can press it here: standard input is no terminal")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal without UTF-8 shows question marks for signs, which all have words beside them.
        sys.stdout.reconfigure(errors="replace")
    console = Console(highlight=False, emoji=False, markup=False)
    pause = _pause(console, step=arguments.step, seconds=arguments.slow or 0.0)
    return guarded(lambda: _demo(console, pause))


def perform(scenes: Sequence[Scene], stage: Stage, teller: Teller, pause: Callable[[], None]) -> list[Check]:
    """Plays and tells all scenes, whatever fails; all that was checked."""
    checks: list[Check] = []
    for number, scene in enumerate(scenes, 1):
        teller.scene(number, scene.title, scene.caption)
        with teller.busy("the mail is on its way"):
            act = play(scene, stage)
        teller.act(act)
        checks += act.checks
        if number < len(scenes):
            pause()
    return checks


def _demo(console: Console, pause: Callable[[], None]) -> int:
    teller, begin = Teller(console), time.monotonic()
    with ExitStack() as stack:
        with teller.busy("starting a sandbox") as progress:
            sandbox = stack.enter_context(running(progress=progress))
        teller.opening(sandbox.first, time.monotonic() - begin)
        checks = perform(SCENES, Stage(sandbox, Listener(sandbox)), teller, pause)
    teller.ending(checks, time.monotonic() - begin)
    return status(checks)


def _pause(console: Console, *, step: bool, seconds: float) -> Callable[[], None]:
    def wait_for_enter() -> None:
        try:
            console.input(Text("\nEnter goes on ", style="dim"))
        except EOFError:
            console.print()

    return wait_for_enter if step else lambda: time.sleep(seconds)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_PAUSE:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds from 0 to {LONGEST_PAUSE:g}")
    return seconds
