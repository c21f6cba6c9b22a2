"""Programs as the tests start them: with a home of their own, and never for longer than they are given."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sandbox.emulator.commands import end_group

SECONDS = 20.0
_POLL_SECONDS = 0.05
_ROWS, _COLUMNS = 40, 120

T = TypeVar("T")
Home = Callable[[str], Path]
"""Makes a program's home folder, by a name."""


class ProgramError(AssertionError):
    """A program failed or hung; the text holds what it said last."""


def environment(home: Path, **more: str) -> dict[str, str]:
    """All that a program learns of this machine."""
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "TERM": "xterm", "TZ": "UTC", **more}


def run(
    command: Sequence[str], *, home: Path, text: bytes = b"", variables: Mapping[str, str] | None = None
) -> str:
    """What it printed, errors too. text: what is typed. variables: of its environment, besides `environment`.

    Raises `ProgramError` unless it ends with 0 in time.
    """
    with _started(command, home, variables or {}, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            said, _ = process.communicate(text, SECONDS)
        except subprocess.TimeoutExpired:
            end_group(process.pid)
            said, _ = process.communicate()
            raise ProgramError(f"{_late(command)}; it said\n{_last_words(said)}") from None
    return _judged(command, process.returncode, said)


def run_in_terminal(command: Sequence[str], *, home: Path) -> str:
    """As `run`, for programs that draw on a terminal; what they print is what they drew."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    try:
        with _started(command, home, {}, stdin=theirs, stdout=theirs) as process:
            os.close(theirs)
            said = _drawn(ours, command)
            process.wait(SECONDS)
    finally:
        os.close(ours)
    return _judged(command, process.returncode, said)


@contextmanager
def _started(
    command: Sequence[str], home: Path, variables: Mapping[str, str], *, stdin: int, stdout: int
) -> Iterator[subprocess.Popen[bytes]]:
    """In a session of its own, of which nothing is left at the end."""
    process = subprocess.Popen(
        command,
        cwd=home,
        env=environment(home, **variables),
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        end_group(process.pid)
        process.wait()


def _drawn(terminal: int, command: Sequence[str]) -> bytes:
    said, until = b"", time.monotonic() + SECONDS
    while time.monotonic() < until:
        if not select.select([terminal], [], [], _POLL_SECONDS)[0]:
            continue
        try:
            said += os.read(terminal, 65_536)
        except OSError:  # Linux says EIO once nobody holds the other end any more.
            return said
    raise ProgramError(f"{_late(command)}; it showed\n{_last_words(said)!r}")


def _judged(command: Sequence[str], code: int, said: bytes) -> str:
    if code != 0:
        raise ProgramError(f"{command[0]} ended with {code}:\n{_last_words(said)}")
    return said.decode("utf-8", "replace")


def _late(command: Sequence[str]) -> str:
    return f"{command[0]} did not end within {SECONDS:.0f} s"


def _last_words(said: bytes) -> str:
    return said[-3000:].decode("utf-8", "replace")


def wait_for(look: Callable[[], T | None], what: str, seconds: float = SECONDS) -> T:
    """What `look` sees as soon as it sees something. Raises `ProgramError` with `what` after `seconds`."""
    until = time.monotonic() + seconds
    while (seen := look()) is None:
        if time.monotonic() > until:
            raise ProgramError(f"no {what} within {seconds:.0f} s")
        time.sleep(_POLL_SECONDS)
    return seen
