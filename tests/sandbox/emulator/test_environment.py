"""Nothing reaches AWS, whatever the environment of the person says and whatever a program asks for."""

import http.server
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import botocore.awsrequest
import pytest
from botocore.exceptions import ReadTimeoutError

from sandbox.emulator import environment as sealing
from sandbox.emulator.environment import (
    ACCOUNT,
    NOWHERE,
    Local,
    NotLocalError,
    local_environment,
    require_loopback,
)
from sandbox.emulator.tools import ROOT
from sandbox.loopback import listening, url_of

# What a person may have who works with AWS all day.
PERSON = {
    "PATH": os.environ["PATH"],
    "LANG": "C.UTF-8",
    "HOME": "/home/person",
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/token",
    "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/admin",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2/",
    "AWS_ENDPOINT_URL_S3": "https://s3.eu-west-1.amazonaws.com",
    "AWS_ENDPOINT_URL_DYNAMODB": "https://dynamodb.eu-west-1.amazonaws.com",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_CA_BUNDLE": "/etc/ssl/person.pem",
    "HTTPS_PROXY": "http://proxy.example:3128",
    "https_proxy": "http://proxy.example:3128",
    "NO_PROXY": "amazonaws.com",
    "CDK_DEFAULT_ACCOUNT": "111122223333",
    "NODE_OPTIONS": "--require /home/person/hook.js",
    "PYTHONPATH": "/home/person/hooks",
}
ENDPOINT = "http://127.0.0.1:1"

# Has a program write down whom it connects to or sends to, by name or address, before it does.
AUDITED = (
    "import socket, sys\n"
    "def audit(event, args):\n"
    "    if event in ('socket.connect', 'socket.sendto') and args[0].family != socket.AF_UNIX:\n"
    "        print(args[1][0])\n"
    "    if event == 'socket.getaddrinfo': print(args[0])\n"
    "sys.addaudithook(audit)\n"
)


def sealed(home: Path, **changes: str) -> dict[str, str]:
    return local_environment(PERSON, endpoint=ENDPOINT, region="eu-west-1", home=home, **changes)


def test_of_the_persons_variables_only_those_on_the_list_pass() -> None:
    environment = sealed(Path("/somewhere"))
    passed = {name for name, value in environment.items() if PERSON.get(name) == value}
    assert passed == {"PATH", "LANG"}
    assert not any(text in repr(environment) for text in ("real", "production", "111122223333", "person"))


def test_everything_about_aws_is_nobodys_and_on_loopback(tmp_path: Path) -> None:
    environment = sealed(tmp_path, sesv2="http://127.0.0.1:2")
    assert environment["AWS_ACCESS_KEY_ID"] == ACCOUNT
    assert environment["AWS_CONFIG_FILE"] == environment["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert environment["AWS_EC2_METADATA_DISABLED"] == "true"
    endpoints = {name: value for name, value in environment.items() if "ENDPOINT_URL" in name}
    assert endpoints == {
        "AWS_ENDPOINT_URL": ENDPOINT,
        "AWS_ENDPOINT_URL_SESV2": "http://127.0.0.1:2",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
    }


def test_without_a_stand_in_nobody_answers_for_ses(tmp_path: Path) -> None:
    assert sealed(tmp_path)["AWS_ENDPOINT_URL_SESV2"] == NOWHERE


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.eu-west-1.amazonaws.com",
        "http://169.254.169.254/latest",
        "http://0.0.0.0:4566",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com",
        "http://localhost.example.com",
        # What a name stands for is decided elsewhere.
        "http://localhost:4566",
        "127.0.0.1:4566",
        "",
    ],
)
def test_an_endpoint_elsewhere_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(NotLocalError):
        require_loopback(url)
    with pytest.raises(NotLocalError):
        sealed(tmp_path, sesv2=url or "http://")
    with pytest.raises(NotLocalError):
        Local(url, "eu-west-1").client("s3")


@pytest.mark.parametrize(
    "call",
    [
        # The endpoint of the environment, where nobody listens here.
        "session.client('s3').list_buckets()",
        "session.client('sts').get_caller_identity()",
        # A program that insists on AWS.
        "session.client('s3', endpoint_url='https://s3.eu-west-1.amazonaws.com').list_buckets()",
        "session.client('sts', endpoint_url='https://sts.amazonaws.com').get_caller_identity()",
        "urllib.request.urlopen('https://checkip.amazonaws.com', timeout=10)",
        "urllib.request.urlopen('http://169.254.169.254/latest/meta-data', timeout=10)",
    ],
)
def test_a_program_that_calls_aws_gets_no_further_than_loopback(tmp_path: Path, call: str) -> None:
    """Every connection that the program tries is written down, by name or address, before it is made."""
    program = (
        f"{AUDITED}"
        "import urllib.request, boto3\n"
        "from botocore.config import Config\n"
        "session = boto3.Session()\n"
        "try:\n"
        f"    {call}\n"
        "except OSError as error: pass\n"
        "except Exception as error:\n"
        "    assert 'Connect' in type(error).__name__, repr(error)\n"
        "else: sys.exit('somebody answered')\n"
    )
    environment = sealed(tmp_path) | {"AWS_MAX_ATTEMPTS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == {"127.0.0.1"}


def known_variables() -> set[str]:
    """Every variable of the environment that is named in botocore's source."""
    sources = Path(botocore.awsrequest.__file__).parent.glob("*.py")
    found = {
        name
        for path in sources
        for name in re.findall(r"[\"']((?:AWS|BOTO)[A-Z0-9_]+)[\"']", path.read_text())
    }
    assert {"AWS_DEFAULTS_MODE", "AWS_RETRY_MODE", "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT"} <= found
    return found


@contextmanager
def refusing_everything() -> Iterator[str]:
    """The URL of an endpoint that answers 404 to all requests."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(404)
            answer = b"<ErrorResponse><Error><Code>Refused</Code></Error></ErrorResponse>"
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Nobody's news."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("value", ["hostile", "auto", "true", "-1", "", "https://aws.example"])
def test_no_variable_and_no_file_of_the_person_changes_what_clients_of_this_process_do(
    tmp_path: Path, value: str
) -> None:
    files = tmp_path / ".aws"
    files.mkdir()
    for name in ("config", "credentials"):
        (files / name).write_text("[default\nthis is no configuration")
    environment = {
        **dict.fromkeys(known_variables(), value),
        **dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY"), "http://192.0.2.1:3128"),
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
    }
    calls = (
        ("s3", "list_buckets()"),
        ("sts", "get_caller_identity()"),
        ("dynamodb", "list_tables()"),
        ("lambda", "list_functions()"),
        ("cloudformation", "list_stacks()"),
    )
    with refusing_everything() as endpoint:
        program = (
            f"{AUDITED}"
            "from botocore.exceptions import ClientError\n"
            "from sandbox.emulator.environment import Local\n"
            f"local = Local({endpoint!r}, 'eu-west-1')\n"
        ) + "".join(
            f"try: local.client({service!r}).{call}\n"
            "except ClientError as error:\n"
            "    assert error.response['ResponseMetadata']['HTTPStatusCode'] == 404, error\n"
            "else: sys.exit('not asked')\n"
            for service, call in calls
        )
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == {"127.0.0.1"}


def test_an_endpoint_that_does_not_answer_is_asked_twice_and_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert sealing.ATTEMPTS * (sealing.CONNECTING_SECONDS + sealing.READING_SECONDS) < 35
    monkeypatch.setattr(sealing, "READING_SECONDS", 0.2)
    with listening("127.0.0.1", 0) as silent:
        client = Local(url_of(silent), "eu-west-1").client("sts")
        begin = time.monotonic()
        with pytest.raises(ReadTimeoutError):
            client.get_caller_identity()
        assert time.monotonic() - begin < 10
        assert connections(silent) == 2


def connections(bound: socket.socket) -> int:
    """How many have been made and not been taken."""
    bound.settimeout(0.2)
    count = 0
    while True:
        try:
            bound.accept()[0].close()
        except TimeoutError:
            return count
        count += 1


def test_clients_of_this_process_have_nobodys_credentials_and_no_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in PERSON.items():
        if name not in ("PATH", "HOME"):
            monkeypatch.setenv(name, value)
    client = Local("http://127.0.0.1:4566", "eu-north-1").client("s3")
    credentials = client._request_signer._credentials
    assert (client.meta.endpoint_url, client.meta.region_name) == ("http://127.0.0.1:4566", "eu-north-1")
    assert (credentials.access_key, credentials.token) == (ACCOUNT, None)
    assert client.meta.config.proxies == {}


def test_a_client_of_this_process_refuses_to_send_elsewhere() -> None:
    client = Local("http://127.0.0.1:4566", "eu-west-1").client("s3")
    request = botocore.awsrequest.AWSRequest("GET", "https://s3.eu-west-1.amazonaws.com/").prepare()
    with pytest.raises(NotLocalError, match=r"s3\.eu-west-1\.amazonaws\.com is not on this machine"):
        client.meta.events.emit("before-send.s3.ListBuckets", request=request)


@pytest.mark.parametrize("service", ["ses", "sesv2"])
def test_there_is_no_client_for_the_emulators_ses(service: str) -> None:
    with pytest.raises(NotLocalError):
        Local("http://127.0.0.1:4566", "eu-west-1").client(service)
