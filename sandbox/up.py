"""`up`: starts the whole stack on this machine, says how to write to it, and runs until Ctrl-C."""

import argparse
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from cli.marketplace import ApiProblem, ApiUnreachableError
from sandbox.emulator.commands import CommandError
from sandbox.emulator.deployment import DeploymentError, Progress
from sandbox.emulator.process import EmulatorError
from sandbox.emulator.stripping import AssemblyError
from sandbox.emulator.tools import ROOT, MissingToolError
from sandbox.instructions import instructions
from sandbox.stack import Ports, Sandbox, StartError, running

KEPT = ROOT / "build" / "sandbox" / "kept"
# What running() is documented to raise: the person who started it can do something about each.
FAILURES = (
    StartError,
    MissingToolError,
    EmulatorError,
    CommandError,
    AssemblyError,
    DeploymentError,
    ApiProblem,
    ApiUnreachableError,
)
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_POLL_SECONDS = 0.5
EPILOG = """\
examples:
  start, and stop with Ctrl-C:
    make sandbox
  go on where the last one ended:
    make sandbox ARGS=--keep
  beside another one:
    make sandbox ARGS='--smtp-port 2526 --imap-port 1144 --page-port 8026 --emulator-port 4567'
"""


def add_command(commands: Any) -> None:
    parser = commands.add_parser(
        "up",
        help="run the whole stack on this machine",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name, what in (
        ("smtp", "where mail programs send"),
        ("imap", "where mail programs read"),
        ("page", "where the page is served"),
        ("emulator", "where AWS's services are"),
    ):
        parser.add_argument(
            f"--{name}-port",
            type=_port,
            default=getattr(Ports(), name),
            metavar="PORT",
            help=f"{what} (default: %(default)s)",
        )
    parser.add_argument(
        "--keep",
        nargs="?",
        type=Path,
        const=KEPT,
        metavar="DIR",
        help="keep mail, table and archive for the next start (in DIR; default: build/sandbox/kept)",
    )
    parser.set_defaults(run=run)


def run(_: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    """Exit status: 0 after Ctrl-C, 1 if it could not start."""
    ports = Ports(
        smtp=arguments.smtp_port,
        imap=arguments.imap_port,
        page=arguments.page_port,
        emulator=arguments.emulator_port,
    )
    try:
        with _interruptible(), running(arguments.keep, ports=ports, progress=_progress()) as up:
            print(instructions(up), flush=True)
            return _serve(up)
    except FAILURES as error:
        print(f"\nThe sandbox did not start.\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted; what had been started is stopped", file=sys.stderr)
        return 128 + signal.SIGINT


def _serve(up: Sandbox) -> int:
    try:
        while up.emulator.alive:
            time.sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        print("\nstopping", flush=True)
        return 0
    print(f"\nThe local AWS emulator ended by itself.\n{up.emulator.last_words()}", file=sys.stderr)
    return 1


@contextmanager
def _interruptible() -> Iterator[None]:
    """The first signal to end is a KeyboardInterrupt; those after it do not disturb the stopping."""

    def interrupt(_: int, __: FrameType | None) -> None:
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, interrupt) for each in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _progress() -> Progress:
    """Prints each step with the seconds since the start."""
    begin = time.monotonic()

    def step(what: str) -> None:
        print(f"{time.monotonic() - begin:5.1f} s  {what} …", flush=True)

    return step


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 1 << 16:
        raise argparse.ArgumentTypeError(f"{text} is not a port: a number from 1 to 65535")
    return int(text)
