"""`up`: starts the whole stack on this machine, says how to write to it, and runs until Ctrl-C."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from sandbox.emulator.deployment import Progress
from sandbox.emulator.tools import ROOT
from sandbox.guarding import guarded
from sandbox.instructions import instructions
from sandbox.page.connecting import exchange_of
from sandbox.page.page import Page
from sandbox.stack import Sandbox, running
from sandbox.starting import EMULATOR_PORT, Ports

KEPT = ROOT / "build" / "sandbox" / "kept"
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
    defaults = Ports()
    for name, what, default in (
        ("smtp", "where mail programs send", defaults.smtp),
        ("imap", "where mail programs read", defaults.imap),
        ("page", "where the page is served", defaults.page),
        ("emulator", "where AWS's services are", f"{EMULATOR_PORT}, or that of what was kept"),
    ):
        parser.add_argument(
            f"--{name}-port",
            type=_port,
            default=getattr(defaults, name),
            metavar="PORT",
            help=f"{what} (default: {default})",
        )
    parser.add_argument(
        "--keep",
        nargs="?",
        type=Path,
        const=KEPT,
        metavar="DIR",
        help="keep mail, table, archive and queues for the next start (in DIR; default: build/sandbox/kept)."
        " They are kept when the sandbox ends by Ctrl-C; after a crash the next start goes on from the last"
        " end by Ctrl-C, and mail since then is lost",
    )
    parser.set_defaults(run=run)


def run(_: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    """Exit status: 0 after Ctrl-C, 1 if it could not start, 130 if it was interrupted before."""
    return guarded(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    ports = Ports(
        smtp=arguments.smtp_port,
        imap=arguments.imap_port,
        page=arguments.page_port,
        emulator=arguments.emulator_port,
    )
    with (
        running(arguments.keep, ports=ports, progress=_progress()) as up,
        Page(bound=up.page, exchange=exchange_of(up)) as page,
    ):
        return _serve(up, page.url)


def _serve(up: Sandbox, page: str) -> int:
    try:
        print(instructions(up, page), flush=True)
        while up.emulator.alive:
            time.sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        print("\nstopping", flush=True)
        return 0
    print(f"\nThe local AWS emulator ended by itself.\n{up.emulator.last_words()}", file=sys.stderr)
    return 1


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
