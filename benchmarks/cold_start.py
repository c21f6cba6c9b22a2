"""Cold start: receive_mail imported and wired in a fresh interpreter, beside bare boto3 with its clients.

The packages are the locked ones of the functions for this machine, compiled as the bundle is. Lambda's own
start (its runtime, the sandbox) is in neither.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from infra.bundling import FUNCTIONS
from parley.settings import RelaySettings
from sandbox.emulator.bundle import fetch_packages
from sandbox.emulator.tools import EMULATOR

_CLOCK = (
    "import sys, time; started = time.process_time(); sys.path.insert(0, {folder!r}); {work}; "
    "sys.stdout.write(repr(time.process_time() - started))"
)
WORK = {
    "boto3": "import boto3; made = boto3.session.Session(); "
    "clients = [made.client(name) for name in ('dynamodb', 's3', 'sesv2')]",
    "handler": "import receive_mail.handler, parley.wiring; parley.wiring.wire()",
    "interpreter": "pass",
}
"""boto3 alone, receive_mail with all its ports, and nothing."""
_SECONDS = 60.0


@contextmanager
def bundle() -> Iterator[Path]:
    """The functions and their packages for this machine, compiled. Raises `MissingToolError`."""
    with TemporaryDirectory(prefix="parley-bench-") as scratch:
        folder = Path(scratch, "task")
        shutil.copytree(fetch_packages(), folder)
        shutil.copytree(FUNCTIONS, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        compiling = ("-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(folder))
        subprocess.run([_python(), "-I", *compiling], check=True)  # noqa: S603
        yield folder


def _python() -> str:
    return str(EMULATOR.found())


def start(folder: Path, what: str) -> float:
    """CPU seconds of one start."""
    done = subprocess.run(  # noqa: S603
        [_python(), "-I", "-S", "-c", _CLOCK.format(folder=str(folder), work=WORK[what])],
        env=_environment(),
        capture_output=True,
        check=True,
        text=True,
        timeout=_SECONDS,
    )
    return float(json.loads(done.stdout))


def _environment() -> dict[str, str]:
    settings = RelaySettings.variables(
        table="table",
        inbox_bucket="inbox",
        inbox_prefix="inbox/",
        relay_domain="relay.example",
        marketplace_name="Market",
        operator_mailbox="operator@market.example",
        region="eu-west-1",
        archive_bucket="archive",
        configuration_set="Parley",
        mailbox_key_secret="arn:aws:secretsmanager:eu-west-1:000000000000:secret:x",  # noqa: S106
        lease_seconds=180,
        queue_url="https://sqs.eu-west-1.amazonaws.com/000000000000/receipts",
        dead_letters_url="https://sqs.eu-west-1.amazonaws.com/000000000000/dead-letters",
    )
    aws = {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    powertools = {"POWERTOOLS_SERVICE_NAME": "parley", "POWERTOOLS_METRICS_NAMESPACE": "Parley"}
    return {"PATH": os.environ.get("PATH", ""), **aws, **powertools, **settings}


def starts(folder: Path, runs: int, progress: Iterator[None]) -> dict[str, float]:
    """The median of each kind of start, by turns; the first turn only warms the disk's cache."""
    samples: dict[str, list[float]] = {what: [] for what in WORK}
    for turn in range(runs + 1):
        for what, known in samples.items():
            seconds = start(folder, what)
            if turn:
                known.append(seconds)
        next(progress, None)
    return {what: median(known) for what, known in samples.items()}
