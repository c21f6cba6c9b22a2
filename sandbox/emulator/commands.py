"""Runs a program to its end or to its time-out, with everything that it started."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_SHOWN_LINES = 30


class CommandError(RuntimeError):
    """A program failed or took too long; the text says which, and the end of what it printed."""


def run(
    command: Sequence[str | Path],
    *,
    what: str,
    environment: Mapping[str, str],
    folder: Path,
    seconds: float,
) -> str:
    """What the program printed on both outputs. what: how messages call it. Raises `CommandError`."""
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        # A group of its own, so that what it started can be ended with it.
        start_new_session=True,
    ) as process:
        try:
            printed, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            end_group(process.pid)
            printed, _ = process.communicate()
            raise CommandError(
                f"{what} did not end within {seconds:g} s; it was stopped.\n{tail(printed)}"
            ) from None
        except BaseException:
            # Ctrl-C reaches this process only, and nothing may be left.
            end_group(process.pid)
            raise
    if process.returncode:
        raise CommandError(f"{what} failed.\n{tail(printed)}")
    return printed


def end_group(leader: int) -> None:
    """Ends what is left of a process group at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def tail(text: str) -> str:
    """The last lines, which say what went wrong."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines()[-_SHOWN_LINES:])
