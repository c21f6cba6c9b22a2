"""What the sandbox's servers stand on: sockets on loopback only, and an event loop in a thread of its own.

Nothing here binds another address, whatever it is asked for; and nothing of a server is left once it is
closed, neither a socket nor a thread.
"""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

HOST = "127.0.0.1"
CLOSING_SECONDS = 5

T = TypeVar("T")


class NotLoopbackError(ValueError):
    """The sandbox was asked to listen where others could reach it."""


def listening(host: str, port: int) -> socket.socket:
    """A bound socket that listens. port: 0 for any free one.

    Raises `NotLoopbackError`, or OSError (EADDRINUSE) if the port is taken.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise NotLoopbackError(f"{host} is not an address of this machine's loopback") from None
    if not address.is_loopback:
        raise NotLoopbackError(f"{host} is not an address of this machine's loopback")
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    # Only where the protocol is named does asyncio turn off Nagle's algorithm, which costs 40 ms a dialogue.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # A port of the run before this one is still in TIME_WAIT.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(128)
    except OSError:
        bound.close()
        raise
    return bound


def url_of(bound: socket.socket) -> str:
    """The http URL of a bound socket."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if bound.family == socket.AF_INET6 else f"http://{host}:{port}"


class LoopThread:
    """An event loop that runs in a thread until it is closed."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T], seconds: float | None = 60) -> T:
        """What the coroutine returns; called from any thread but the loop's own."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(seconds)

    def close(self) -> None:
        """Cancels what runs, and waits until the thread has ended."""
        if self.loop.is_closed():
            return
        self.run(self._end(), CLOSING_SECONDS)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(CLOSING_SECONDS)
        self.loop.close()

    async def _end(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Transports that were told to close do so in the next rounds of the loop.
        for _ in range(3):
            await asyncio.sleep(0)
        await self.loop.shutdown_asyncgens()
        await self.loop.shutdown_default_executor()
