"""Runs ministack in its own virtual environment, until told to stop or until whoever started it is gone.

It is the program that `process` starts. Its standard input is a pipe which nobody writes to; it ends when the
other end is closed, be it by a crash. Its status is 0 only if all of the state that is kept was saved.

ministack answers whoever asks, any web page too: it lets every origin read, and takes code to run. `Guard`
stands before it and lets through what programs send and no page of a browser can.
"""

import importlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

# Read by `process`, which cannot be imported here.
NONCE_VARIABLE = "SANDBOX_EMULATOR_NONCE"
NONCE_FIELD = "X-Sandbox-Emulator"
READY_PATH = "/_ministack/ready"
NOT_SAVED_STATUS = 3
_STREAM_POLL_SECONDS = 0.05

# What only a browser sends, and always when a page of another origin asks it to: Sec-Fetch-* with everything
# (Fetch Metadata §2), Origin with all but a plain GET (Fetch §3.2), and with a CORS preflight its questions.
_BROWSERS_FIELDS = (b"origin", b"sec-fetch-", b"access-control-request-")
# A page whose name was rebound to this machine is of the same origin, and sends the name it knows.
_HOSTS = ("127.0.0.1", "localhost")

Field = tuple[bytes, bytes]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


class Guard:
    """ASGI middleware: 403 for browsers, other hosts and WebSockets, and no leave for any origin to read.

    port: that clients name. nonce: is told where readiness is asked, so that the asker knows who answers.
    """

    def __init__(self, app: Application, *, port: int, nonce: str) -> None:
        self._app = app
        self._hosts = {f"{host}:{port}".encode() for host in _HOSTS}
        self._nonce: Field = (NONCE_FIELD.lower().encode(), nonce.encode())

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            # Of a WebSocket that is not accepted the server makes a 403 (ASGI, "WebSocket close").
            await send({"type": "websocket.close"})
        elif not self._admits(scope["headers"]):
            await _refuse(send)
        else:
            told = [self._nonce] if scope["path"] == READY_PATH else []
            # The policies of the buckets deny what does not come by TLS, and loopback needs none.
            scope["headers"] = [*scope["headers"], (b"x-forwarded-proto", b"https")]
            await self._app(scope, receive, _closed_to_origins(send, told))

    def _admits(self, fields: Iterable[Field]) -> bool:
        named = [(name.lower(), value.lower()) for name, value in fields]
        hosts = [value for name, value in named if name == b"host"]
        return (
            len(hosts) == 1
            and hosts[0] in self._hosts
            and not any(name.startswith(_BROWSERS_FIELDS) for name, _ in named)
        )


def _closed_to_origins(send: Send, more: list[Field]) -> Send:
    async def send_closed(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [each for each in message["headers"] if not each[0].lower().startswith(b"access-control-")]
            message = {**message, "headers": [*kept, *more]}
        await send(message)

    return send_closed


async def _refuse(send: Send) -> None:
    body = b"The sandbox's emulator answers programs on this machine, not web pages.\n"
    fields = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    # What follows of the request is not read.
    fields.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": 403, "headers": fields})
    await send({"type": "http.response.body", "body": body})


def follow_streams_beside_queues(functions: Any, windows: Callable[[], Iterable[float]]) -> None:
    """Has a thread of its own call the functions that follow streams, and wait for their windows.

    ministack polls queues and streams on one thread: as long as a stream's function works, no queue's is
    called. AWS polls each mapping by itself. functions: its module `lambda_svc`.
    """
    poll = functions._poll_dynamodb_streams
    functions._poll_dynamodb_streams = lambda: False

    def follow() -> None:
        while True:
            took = False
            try:
                took = poll()
            except Exception:
                # As ministack's own loop does, which must go on for the others.
                functions.logger.exception("a stream's function could not be called")
            # AWS gathers records for that long before it calls; here they gather behind the first ones.
            time.sleep(max(windows(), default=0.0) if took else _STREAM_POLL_SECONDS)

    threading.Thread(target=follow, daemon=True, name="sandbox-streams").start()


def _windows(functions: Any) -> Iterable[float]:
    """The batching window in seconds of every mapping of a stream."""
    return [
        float(mapping.get("MaximumBatchingWindowInSeconds") or 0)
        for _, _, mapping in functions._iter_all_esms()
        if ":dynamodb:" in mapping.get("EventSourceArn", "")
    ]


class _Errors(logging.Handler):
    """Remembers them. What ministack cannot save it writes down only, and goes on."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def _stop_with_the_parent() -> None:
    # Not sys.stdin, whose lock the interpreter wants when it ends.
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> int:
    """The status to end with."""
    threading.Thread(target=_stop_with_the_parent, daemon=True).start()
    # The functions inherit this environment.
    nonce = os.environ.pop(NONCE_VARIABLE)
    unsaved = _Errors()
    logging.getLogger("persistence").addHandler(unsaved)
    ministack: Any = importlib.import_module("ministack.app")
    functions: Any = importlib.import_module("ministack.services.lambda_svc")
    follow_streams_beside_queues(functions, lambda: _windows(functions))
    ministack.app = Guard(ministack.app, port=int(os.environ["GATEWAY_PORT"]), nonce=nonce)
    ministack.main()
    return NOT_SAVED_STATUS if unsaved.records else 0


if __name__ == "__main__":
    sys.exit(main())
