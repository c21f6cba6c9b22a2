"""The server: `Page` serves an exchange on loopback until it is closed.

with Page(port=8025, exchange=exchange) as page:
    print(page.url)
"""

import asyncio
import socket
from types import TracebackType

import uvicorn

from sandbox.loopback import HOST, LoopThread, listening
from sandbox.page.exchange import Exchange
from sandbox.page.guard import Guard, Secrets
from sandbox.page.serving import Site

_CLOSING_SECONDS = 10


class Page:
    """port: 0 for any free one; then `port` tells which. bound: a listening socket in place of it. Raises
    OSError (EADDRINUSE) if the port is taken."""

    def __init__(self, *, exchange: Exchange, port: int = 0, bound: socket.socket | None = None) -> None:
        bound = bound or listening(HOST, port)
        self.port: int = bound.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}/"
        secrets, self._closing = Secrets(), asyncio.Event()
        hosts = frozenset({f"{HOST}:{self.port}", f"localhost:{self.port}"})
        app = Guard(Site(exchange, secrets, self._closing).app(), hosts=hosts, policy=secrets.policy)
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_CLOSING_SECONDS // 2,
            )
        )
        self._thread = LoopThread("sandbox-page")
        # The socket listens already: who connects before the server runs is answered once it does.
        self._serving = asyncio.run_coroutine_threadsafe(self._server.serve([bound]), self._thread.loop)

    def close(self) -> None:
        """Ends streams and requests; nothing is left."""
        if self._thread.loop.is_closed():
            return
        self._thread.loop.call_soon_threadsafe(self._closing.set)
        self._server.should_exit = True
        self._serving.result(_CLOSING_SECONDS)
        self._thread.close()

    def __enter__(self) -> "Page":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
