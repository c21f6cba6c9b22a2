"""Who may ask the running emulator: programs on this machine, no page that somebody opens in a browser."""

import base64
import http.client
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from sandbox.emulator.launcher import follow_streams_beside_queues
from sandbox.emulator.process import Emulator

pytestmark = pytest.mark.slow

BUCKETS = ("GET", "/")
FUNCTIONS = ("POST", "/2015-03-31/functions")
PREFLIGHT = {
    "Origin": "https://shop.example",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization",
    "Access-Control-Request-Private-Network": "true",
}


def answer(
    emulator: Emulator, method: str, path: str, fields: dict[str, str]
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """To a request with these header fields; Host is the emulator's own unless it is among them."""
    connection = http.client.HTTPConnection(urlsplit(emulator.local.endpoint).netloc, timeout=10)
    try:
        connection.request(method, path, headers=fields)
        told = connection.getresponse()
        return told.status, told.headers, told.read()
    finally:
        connection.close()


def port_of(emulator: Emulator) -> int:
    return urlsplit(emulator.local.endpoint).port or 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_a_program_that_names_this_machine_is_answered(emulator: Emulator, host: str) -> None:
    status, _, body = answer(emulator, *BUCKETS, {"Host": f"{host}:{port_of(emulator)}"})
    assert (status, b"ListAllMyBucketsResult" in body) == (200, True)


@pytest.mark.parametrize("request_line", [BUCKETS, FUNCTIONS, ("GET", "/_ministack/ready")])
@pytest.mark.parametrize(
    "fields",
    [
        {"Origin": "https://shop.example"},
        {"Origin": "null"},
        {"origin": ""},
        {"Origin": "http://127.0.0.1:8025"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Mode": "no-cors"},
        {"sec-fetch-dest": "image"},
    ],
    ids=str,
)
def test_what_a_browser_sends_for_a_page_is_refused(
    emulator: Emulator, request_line: tuple[str, str], fields: dict[str, str]
) -> None:
    status, told, body = answer(emulator, *request_line, fields)
    assert (status, told["X-Sandbox-Emulator"]) == (403, None)
    assert b"not web pages" in body


def test_a_page_cannot_have_code_run(emulator: Emulator) -> None:
    """The request itself is one that the emulator obeys."""
    client = emulator.local.client("s3")
    path, fields = "/bucket-of-a-page", {"Origin": "https://shop.example", "Content-Type": "text/plain"}
    assert answer(emulator, "PUT", path, fields)[0] == 403
    assert "bucket-of-a-page" not in [each["Name"] for each in client.list_buckets()["Buckets"]]
    assert answer(emulator, "PUT", path, {})[0] == 200
    client.delete_bucket(Bucket="bucket-of-a-page")


@pytest.mark.parametrize("left_out", ["", "Origin"])
def test_a_preflight_is_refused_and_allows_nothing(emulator: Emulator, left_out: str) -> None:
    fields = {name: value for name, value in PREFLIGHT.items() if name != left_out}
    status, told, _ = answer(emulator, "OPTIONS", "/2015-03-31/functions", fields)
    assert status == 403
    assert allowances(told) == []


@pytest.mark.parametrize(
    "host",
    [
        "shop.example",
        "shop.example:{port}",
        "bucket.localhost:{port}",
        "127.0.0.1.shop.example:{port}",
        "localhost.shop.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1{port}",
        "0.0.0.0:{port}",
        "",
    ],
)
def test_a_name_that_was_rebound_to_this_machine_is_refused(emulator: Emulator, host: str) -> None:
    status, _, body = answer(emulator, *BUCKETS, {"Host": host.format(port=port_of(emulator))})
    assert (status, b"ListAllMyBucketsResult" in body) == (403, False)


def test_no_answer_lets_any_origin_read_it(emulator: Emulator) -> None:
    for request_line in (BUCKETS, ("GET", "/_ministack/ready"), ("GET", "/none/none")):
        _, told, _ = answer(emulator, *request_line, {})
        assert allowances(told) == []


def test_no_web_socket_is_opened(emulator: Emulator) -> None:
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET /_aws/execute-api/00000000/$default HTTP/1.1\r\nHost: 127.0.0.1:{port_of(emulator)}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port_of(emulator)), timeout=10) as program:
        program.sendall(request.encode())
        assert program.recv(1000).startswith(b"HTTP/1.1 403 ")


def test_only_where_readiness_is_asked_the_emulator_says_who_it_is(emulator: Emulator) -> None:
    status, told, _ = answer(emulator, *BUCKETS, {})
    assert (status, told["X-Sandbox-Emulator"]) == (200, None)
    assert answer(emulator, "GET", "/_ministack/ready", {})[1]["X-Sandbox-Emulator"]


def allowances(told: http.client.HTTPMessage) -> list[str]:
    return [name for name in told if name.lower().startswith("access-control-")]


class Functions:
    """Of ministack's module what the launcher touches. poll: that of streams."""

    def __init__(self, poll: Callable[[], bool]) -> None:
        self._poll_dynamodb_streams = poll
        self.logger = logging.getLogger("functions")


def test_a_function_that_follows_a_stream_keeps_no_queue_waiting() -> None:
    working, ended = threading.Event(), threading.Event()

    def work_for_long() -> bool:
        if ended.is_set():
            raise SystemExit  # Which ends the thread: tests of other modules run beside it.
        working.set()
        return ended.wait(10)

    functions = Functions(work_for_long)
    follow_streams_beside_queues(functions, lambda: [60.0])
    assert working.wait(10)
    # What ministack's own thread calls between two looks at the queues.
    assert functions._poll_dynamodb_streams() is False
    assert not ended.is_set()
    ended.set()


def test_a_stream_goes_on_after_an_error_and_waits_for_its_window() -> None:
    times: list[float] = []
    thrice = threading.Event()

    def poll() -> bool:
        if thrice.is_set():
            raise SystemExit
        times.append(time.monotonic())
        if len(times) == 1:
            raise RuntimeError
        if len(times) == 3:
            thrice.set()
            return True
        return len(times) < 3

    follow_streams_beside_queues(Functions(poll), lambda: [0.2 if len(times) < 3 else 60.0, 0.0])
    assert thrice.wait(10)
    assert times[2] - times[1] >= 0.2
