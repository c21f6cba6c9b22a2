"""How commands that start the sandbox end: in good order when interrupted, with a reason when they fail."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from cli.marketplace import ApiProblem, ApiUnreachableError
from sandbox.emulator.commands import CommandError
from sandbox.emulator.deployment import DeploymentError
from sandbox.emulator.process import EmulatorError
from sandbox.emulator.stripping import AssemblyError
from sandbox.emulator.tools import MissingToolError
from sandbox.mailboxes.files import UnsavedError
from sandbox.ses.sending import UndeliveredError
from sandbox.starting import StartError

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
    UndeliveredError,
    UnsavedError,
    # Of a server's thread that does not end.
    TimeoutError,
)
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def guarded(work: Callable[[], int]) -> int:
    """The exit status: that of `work`, 1 if the sandbox fails to start, 130 if it is interrupted."""
    try:
        with _interruptible():
            return work()
    except FAILURES as error:
        reason = str(error) or "a server of the sandbox did not answer in time; is the machine busy?"
        print(f"\nIt failed, and what had been started is stopped.\n{reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted; what had been started is stopped", file=sys.stderr)
        return 128 + signal.SIGINT


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
