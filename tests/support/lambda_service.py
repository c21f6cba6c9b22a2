"""Lambda's side of a function: the runtime API that its client polls, and as much of AWS as handlers ask for
when there is nothing to do.

with service() as lambda_:
    answer = lambda_.invoke(folder, "receive_mail.handler.handler", variables, event)

Lambda Developer Guide, "Using the Lambda runtime API": the client asks for the next invocation, and posts its
response or its error. Here there is one; the request for a second one is never answered.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_RUNTIME = "/2018-06-01/runtime"
_REQUEST = "8a3c0f1e-6b1d-4c9a-9a51-1f2e3d4c5b6a"
_SECONDS = 30.0
_TIMEOUT_SECONDS = 120
"""As the functions are told of it."""
# What the runtime brings into every function, besides Python itself.
CLIENT = "awslambdaric"
_CLIENTS_OWN = (CLIENT, "runtime_client", "simplejson", "snapshot_restore_py")
_START = (
    "import runpy, sys; sys.path[:0] = {paths!r}; sys.argv = [{client!r}, {handler!r}]; "
    "runpy.run_module({client!r}, run_name='__main__')"
)
_AWS: Mapping[str, tuple[str, str]] = {
    "DynamoDB_20120810.GetItem": ("application/x-amz-json-1.0", "{}"),
    "DynamoDB_20120810.PutItem": ("application/x-amz-json-1.0", "{}"),
    "DynamoDB_20120810.Query": ("application/x-amz-json-1.0", '{"Items": [], "Count": 0}'),
    "DynamoDB_20120810.UpdateItem": ("application/x-amz-json-1.0", '{"Attributes": {}}'),
    "AmazonSQS.GetQueueAttributes": (
        "application/x-amz-json-1.0",
        '{"Attributes": {"ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesNotVisible": "0"}}',
    ),
    "list-type=2": (
        "application/xml",
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated>'
        "<KeyCount>0</KeyCount></ListBucketResult>",
    ),
    "Action=DescribeActiveReceiptRuleSet": (
        "text/xml",
        "<DescribeActiveReceiptRuleSetResponse><DescribeActiveReceiptRuleSetResult/>"
        "</DescribeActiveReceiptRuleSetResponse>",
    ),
}
"""What is answered to whom asks for it in target, query or form."""


@dataclass(frozen=True, slots=True)
class Answer:
    """what: `response`, or `error` of the invocation or of the start. printed: the function's log."""

    what: str
    body: Any
    printed: str


@dataclass
class Service:
    """For one invocation. client: the folder with the runtime client. unknown: what AWS was asked in vain."""

    address: str
    client: Path
    events: "queue.Queue[Any]" = field(default_factory=queue.Queue)
    answers: "queue.Queue[tuple[str, Any]]" = field(default_factory=queue.Queue)
    unknown: list[str] = field(default_factory=list)

    def invoke(self, folder: Path, handler: str, variables: Mapping[str, str], event: object) -> Answer:
        """A fresh process that has nothing on its path but Python, the runtime client and the bundle."""
        self.events.put(event)
        start = _START.format(paths=[str(folder), str(self.client)], client=CLIENT, handler=handler)
        process = subprocess.Popen(
            # -I and -S: no variable, no package of this environment and none of the user.
            [sys.executable, "-I", "-S", "-c", start],
            cwd=folder,
            env={**self._environment(folder), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            what, body = self._answer(process)
        finally:
            process.kill()
            printed, _ = process.communicate()
        return Answer(what, body, printed)

    def _answer(self, process: "subprocess.Popen[str]") -> tuple[str, Any]:
        until = time.monotonic() + _SECONDS
        while time.monotonic() < until:
            try:
                return self.answers.get(timeout=0.2)
            except queue.Empty:
                if process.poll() is not None and self.answers.empty():
                    return "error", {"errorType": f"ended with {process.returncode}"}
        return "error", {"errorType": "no answer"}

    def _environment(self, folder: Path) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", ""),
            "LAMBDA_TASK_ROOT": str(folder),
            "AWS_LAMBDA_RUNTIME_API": self.address,
            "AWS_LAMBDA_FUNCTION_NAME": "function",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
            "AWS_LAMBDA_LOG_GROUP_NAME": "group",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_ENDPOINT_URL": f"http://{self.address}",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def _client_alone(folder: Path) -> None:
    """Links the client and what it needs, which lie among all other packages of this environment."""
    for name in _CLIENTS_OWN:
        found = find_spec(name)
        if found is None or found.origin is None:
            raise ModuleNotFoundError(name)
        origin = Path(found.origin)
        package = origin.parent if origin.name.startswith("__init__.") else origin
        (folder / package.name).symlink_to(package)


@contextmanager
def service() -> Iterator[Service]:
    with TemporaryDirectory(prefix="parley-runtime-") as folder:
        _client_alone(Path(folder))
        server = _Server(("127.0.0.1", 0), _Handler)
        server.made = made = Service(f"127.0.0.1:{server.server_address[1]}", Path(folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield made
        finally:
            server.shutdown()
            server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    made: Service

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A process that has answered is ended, and its connection with it."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == f"{_RUNTIME}/invocation/next":
            self._hand_over(self._service.events.get())
        else:
            self._aws("")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if not self.path.startswith(_RUNTIME):
            self._aws(body)
            return
        self._send(202, "application/json", '{"status": "OK"}')
        what = self.path.rpartition("/")[2]
        self._service.answers.put((what, json.loads(body) if body else None))

    def _hand_over(self, event: object) -> None:
        self._send(
            200,
            "application/json",
            json.dumps(event),
            {
                "Lambda-Runtime-Aws-Request-Id": _REQUEST,
                "Lambda-Runtime-Deadline-Ms": str(int(1000 * (time.time() + _TIMEOUT_SECONDS))),
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:123456789012:function:f",
            },
        )

    def _aws(self, body: str) -> None:
        asked = f"{self.headers.get('X-Amz-Target', '')} {self.path} {body}"
        for wanted, (media_type, answer) in _AWS.items():
            if wanted in asked:
                self._send(200, media_type, answer)
                return
        self._service.unknown.append(asked[:200])
        self._send(400, "application/json", '{"__type": "ValidationException"}')

    def _send(self, status: int, media_type: str, body: str, fields: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(fields or {}), "Content-Type": media_type}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    @property
    def _service(self) -> Service:
        assert isinstance(self.server, _Server)
        return self.server.made

    def log_message(self, *_: Any) -> None:
        """Says nothing."""
