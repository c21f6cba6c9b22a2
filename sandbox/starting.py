"""What a start needs before anything runs: the ports, bound and held, so that nobody takes them meanwhile."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sandbox.loopback import HOST, listening

EMULATOR_PORT = 4566
WAY_OUT = (
    "Stop what uses it (another sandbox?), or choose others: `make sandbox ARGS=--help` names the options."
)


class StartError(RuntimeError):
    """The sandbox cannot start as it was asked to; the text says why and what can be done."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where programs find the sandbox. 0 is any free one. emulator: None for 4566, or for the one that a kept
    folder was made with."""

    smtp: int = 2525
    imap: int = 1143
    page: int = 8025
    emulator: int | None = None


FREE_PORTS = Ports(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Listeners:
    """Sockets that listen already; who connects before a server runs is answered once it does."""

    smtp: socket.socket
    imap: socket.socket
    page: socket.socket


@contextmanager
def bound(ports: Ports) -> Iterator[Listeners]:
    """Holds the ports until the end. The emulator binds its own itself: it is tried only.

    Raises `StartError` that names every port that is taken or was given twice.
    """
    wanted = {
        "smtp": ports.smtp,
        "imap": ports.imap,
        "page": ports.page,
        "emulator": EMULATOR_PORT if ports.emulator is None else ports.emulator,
    }
    if twice := _given_twice(wanted):
        raise StartError("\n".join([*twice, "Give each a port of its own."]))
    held: dict[str, socket.socket] = {}
    problems = []
    with ExitStack() as stack:
        for name, port in wanted.items():
            try:
                held[name] = stack.enter_context(listening(HOST, port))
            except OSError as error:
                reason = os.strerror(error.errno) if error.errno else str(error)
                problems.append(f"port {port}, for {name}, cannot be used: {reason}.")
        if problems:
            raise StartError("\n".join([*problems, WAY_OUT]))
        held.pop("emulator").close()
        yield Listeners(**held)


def _given_twice(wanted: dict[str, int]) -> list[str]:
    names: dict[int, list[str]] = {}
    for name, port in wanted.items():
        if port:
            names.setdefault(port, []).append(name)
    return [
        f"port {port} was given more than once: for {' and '.join(each)}."
        for port, each in names.items()
        if len(each) > 1
    ]


@contextmanager
def failing_for_people() -> Iterator[None]:
    """What this machine refuses at a start becomes a `StartError`."""
    try:
        yield
    except TimeoutError as error:
        text = "the sandbox's servers did not answer in time; is the machine busy? Try again."
        raise StartError(text) from error
    except OSError as error:
        raise StartError(f"this machine refuses: {error}") from error
