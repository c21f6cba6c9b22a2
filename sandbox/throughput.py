"""`throughput`: measures how many mails a second go through the deployed stack here, and what they cost.

Mails are handed over by several connections at once, to as many conversations; the clock stops when the last
one lies in its mailbox. The CPU of each process that took part tells what limits it.
"""

import argparse
import os
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from parley.conversation.parties import Role
from sandbox.accounts import Account
from sandbox.guarding import guarded
from sandbox.mailboxes.mailboxes import Mailboxes
from sandbox.measured import Measured, table_of
from sandbox.seeding import PASSWORD, Correspondence, Correspondent, Person
from sandbox.ses.ports import Deliver
from sandbox.stack import Sandbox, running

PATIENCE_SECONDS = 300.0
_POLL_SECONDS = 0.01
_WARMING = 8
_SUBJECT = re.compile(rb"^Subject: Number (\d+)\r$", re.MULTILINE)
EPILOG = """\
example:
  python -m sandbox throughput --mails 500 --connections 8

The numbers are those of this machine; nothing here says what AWS does.
"""


def add_command(commands: Any) -> None:
    parser = commands.add_parser(
        "throughput",
        help="measure mails per second through the whole stack",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--mails", type=_positive, default=300, help="how many (default: %(default)s)")
    add("--connections", type=_positive, default=4, help="at once (default: %(default)s)")
    add("--conversations", type=_positive, default=20, help="among which (default: %(default)s)")
    add("--size", type=_positive, default=2_000, help="octets of text each (default: %(default)s)")
    parser.set_defaults(run=run)


def run(_: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    """Exit status: 0 if every mail arrived, else 1."""
    return guarded(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    console, arrivals = Console(), Arrivals()
    with (
        console.status("starting") as status,
        running(deliver=arrivals.before, progress=status.update) as sandbox,
    ):
        status.update("opening conversations")
        opened = [_correspond(sandbox, number) for number in range(arguments.conversations)]
        _send(sandbox, opened, range(_WARMING), arguments)
        arrivals.wait_for(_WARMING, lambda _: None)
        status.stop()
        measured = _measure(sandbox, opened, arrivals, arguments, console)
    if measured is None:
        console.print(f"[bold]mails were missing after {PATIENCE_SECONDS:.0f} s[/]")
        return 1
    console.print(table_of(measured))
    return 0


class Arrivals:
    """When each mail came to its mailbox, by the number in its Subject."""

    def __init__(self) -> None:
        self.times: dict[int, float] = {}

    def before(self, mailboxes: Mailboxes) -> Deliver:
        def deliver(mailbox: str, raw: bytes) -> bool:
            delivered = mailboxes.deliver(mailbox, raw)
            if found := _SUBJECT.search(raw):
                self.times[int(found[1])] = time.monotonic()
            return delivered

        return deliver

    def wait_for(self, count: int, tell: Callable[[int], None]) -> bool:
        until = time.monotonic() + PATIENCE_SECONDS
        while len(self.times) < count:
            if time.monotonic() > until:
                return False
            tell(len(self.times))
            time.sleep(_POLL_SECONDS)
        tell(count)
        return True


def _measure(
    sandbox: Sandbox,
    opened: Sequence[Correspondence],
    arrivals: Arrivals,
    arguments: argparse.Namespace,
    console: Console,
) -> Measured | None:
    numbers = range(_WARMING, _WARMING + arguments.mails)
    before, begin = _cpu(sandbox), time.monotonic()
    with Progress(console=console) as progress, ThreadPoolExecutor(1) as sender:
        task = progress.add_task("mails arrived", total=len(numbers) + _WARMING)
        sending = sender.submit(_send, sandbox, opened, numbers, arguments)
        complete = arrivals.wait_for(
            len(numbers) + _WARMING, lambda count: progress.update(task, completed=count)
        )
        handed, accepted = sending.result()
    if not complete:
        return None
    after = _cpu(sandbox)
    return Measured(
        mails=len(numbers),
        accepted=accepted - begin,
        arrived=max(arrivals.times.values()) - begin,
        latencies=tuple(arrivals.times[number] - handed[number] for number in numbers),
        cpu={name: after[name] - before.get(name, 0) for name in after},
    )


def _send(
    sandbox: Sandbox, opened: Sequence[Correspondence], numbers: range, arguments: argparse.Namespace
) -> tuple[dict[int, float], float]:
    """When each mail was handed over, and when the last one was accepted."""
    handed: dict[int, float] = {}

    def send(number: int) -> None:
        author = opened[number % len(opened)].buyer
        handed[number] = time.monotonic()
        sandbox.submit(author.account, _mail(author, number, arguments.size), [author.writes_to])

    with ThreadPoolExecutor(arguments.connections) as pool:
        list(pool.map(send, numbers))
    return handed, time.monotonic()


def _mail(author: Correspondent, number: int, size: int) -> bytes:
    line = f"Please write to {author.account.mailbox} when it is on its way.\r\n"
    return (
        f"From: {author.account.mailbox}\r\nTo: {author.writes_to}\r\nSubject: Number {number}\r\n"
        f"Message-ID: <{number}@{author.account.domain}>\r\n\r\n{line * (size // len(line) + 1)}"
    ).encode()


def _correspond(sandbox: Sandbox, number: int) -> Correspondence:
    buyer, seller = (
        Person(
            id=f"throughput-{role}-{number}",
            role=role,
            locale="en",
            display_name=role.title(),
            account=Account(f"{role}@{role}-{number}.example", PASSWORD),
        )
        for role in (Role.BUYER, Role.SELLER)
    )
    return sandbox.open(f"order-{number}", buyer, seller)


def _cpu(sandbox: Sandbox) -> dict[str, float]:
    """Seconds of CPU so far: of this process, of the emulator, and of the functions, which it starts."""
    emulator = sandbox.emulator.process_id
    functions = [
        int(child)
        for children in Path(f"/proc/{emulator}/task").glob("*/children")
        for child in children.read_text().split()
    ]
    return {
        "SES in and out, mailboxes, this client": time.process_time(),
        "the emulator": _seconds(emulator),
        "the functions": sum(map(_seconds, functions)),
    }


def _seconds(process: int) -> float:
    """proc(5): utime and stime are fields 14 and 15; the second one, in parentheses, may hold blanks."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1")
    return int(text)
