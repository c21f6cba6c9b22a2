"""The HTTP side of the stand-in for the SESv2 API: a server on loopback, answers in AWS's JSON.

AWS restJson1: an error is a JSON object with `message`, and the error's name stands in `x-amzn-ErrorType`.
"""

import json
import socket
import socketserver
import threading
import uuid
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler

from sandbox.ses.refusals import RefusalError

SEND_EMAIL = ("POST", "/v2/email/outbound-emails")
SUPPRESSED = ("DELETE", "/v2/email/suppression/addresses/")
"""DeleteSuppressedDestination. Who is suppressed here is told by a local-part, and nobody is on a list."""
# 40 MB are 54 MB in base64; beside them the JSON holds little.
_MAX_BODY = 80 * 1024 * 1024

Answered = Mapping[str, str]
Send = Callable[[bytes], Answered | None]
"""Takes the body of SendEmail; None is no answer at all."""


class ApiServer:
    """Serves on a listening socket until it is closed; each connection has a thread."""

    def __init__(self, bound: socket.socket, send: Send) -> None:
        self._server = _Server(bound, send)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="sandbox-ses-out"
        )
        self._thread.daemon = True
        self._thread.start()

    def close(self) -> None:
        self._server.end()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    """Threads are waited for when the server closes, so that none is left."""

    daemon_threads = False
    block_on_close = True

    def __init__(self, bound: socket.socket, send: Send) -> None:
        super().__init__(bound.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = bound
        self.server_address = bound.getsockname()[:2]
        self.send = send
        self.ending = threading.Event()
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()

    def process_request_thread(self, request: object, client_address: object) -> None:
        assert isinstance(request, socket.socket)  # noqa: S101  # of a TCP server
        with self._lock:
            if self.ending.is_set():
                self.shutdown_request(request)
                return
            self._connections.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._connections.discard(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no event; what else goes wrong is answered with 500."""

    def end(self) -> None:
        self.ending.set()
        self.shutdown()
        with self._lock:
            for each in self._connections:
                # A kept-alive connection waits for the next request.
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body of an answer are two writes; the second would wait for the client's acknowledgement.
    disable_nagle_algorithm = True
    server: _Server

    def _handle(self) -> None:
        try:
            body = self._body()
            if self.command == SUPPRESSED[0] and self.path.startswith(SUPPRESSED[1]):
                raise RefusalError("NotFoundException", "Not on the suppression list.", status=404)
            if (self.command, self.path.rstrip("/")) != SEND_EMAIL:
                text = f"The sandbox's SES only knows SendEmail ({' '.join(SEND_EMAIL)})."
                raise RefusalError("UnknownOperationException", text)
            if not self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 "):
                text = "Request is missing Authentication Token"
                raise RefusalError("MissingAuthenticationTokenException", text, status=403)
            answered = self.server.send(body)
        except RefusalError as refusal:
            self._answer(refusal.status, {"message": str(refusal)}, refusal.code)
        except Exception as error:
            self._answer(500, {"message": type(error).__name__}, "InternalFailure")
        else:
            if answered is None:
                self.server.ending.wait()
                self.close_connection = True
            else:
                self._answer(200, answered)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > _MAX_BODY:
            # What follows is not read, so nothing else can be understood on this connection.
            self.close_connection = True
            text = f"The request body may have {_MAX_BODY} octets."
            raise RefusalError("RequestEntityTooLargeException", text, status=413)
        return self.rfile.read(int(length))

    def _answer(self, status: int, body: Mapping[str, str], error: str | None = None) -> None:
        octets = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(octets)))
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        if error:
            self.send_header("x-amzn-ErrorType", error)
        self.end_headers()
        self.wfile.write(octets)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _handle  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Requests are nobody's news."""
