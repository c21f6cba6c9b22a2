"""`up` as a person runs it: what it prints works as it stands, and Ctrl-C leaves nothing."""

import argparse
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox import up as up_command
from sandbox.emulator.process import STOPPING_SECONDS
from sandbox.emulator.tools import ROOT
from sandbox.loopback import HOST, listening
from tests.sandbox.emulator.test_process import free_port
from tests.support.correspondences import wait

pytestmark = pytest.mark.slow
ENDING_SECONDS = STOPPING_SECONDS + 30
"""The emulator is given so long on a busy machine."""

# The signal comes from within, so that the moment is the same on every machine.
INTERRUPTED_AT = """
import os, runpy, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "{}":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
sys.argv = ["sandbox", "up"]
runpy.run_module("sandbox", run_name="__main__", alter_sys=True)
"""


@dataclass
class Started:
    """A running `up`. said: what it printed until it was ready."""

    process: subprocess.Popen[str]
    said: str
    folder: Path

    def line(self, label: str) -> str:
        """The command that stands behind a label."""
        found = re.search(rf"^  {label} +(.*)$", self.said, re.MULTILINE)
        assert found, self.said
        return found[1]

    def run(self, label: str) -> str:
        """What the command prints, run by a shell as a person would."""
        command = ["sh", "-c", self.line(label)]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout


def start(
    folder: Path, *options: str, own_ports: bool = True, module: str = "tests.sandbox.ready_made"
) -> subprocess.Popen[str]:
    """own_ports: the emulator's too; otherwise that of what was kept."""
    names = ("smtp", "imap", "page", *(["emulator"] if own_ports else []))
    ports = [f"--{name}-port={free_port()}" for name in names]
    return subprocess.Popen(
        [sys.executable, "-m", module, "up", *ports, *options],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said_until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C ends everything" in line:
            return said
    assert process.stderr
    raise AssertionError(f"it ended:\n{said}\n{process.stderr.read()}")


def processes_in(folder: Path) -> list[str]:
    """The command lines of processes whose environment names the folder."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (each / "environ").read_bytes():
                found.append((each / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    folder = tmp_path_factory.mktemp("up")
    process = start(folder, module="sandbox")
    try:
        yield Started(process, said_until_ready(process), folder)
    finally:
        process.kill()
        process.communicate()


def test_the_page_is_served_where_it_says(up: Started) -> None:
    found = re.search(r"^  http://127\.0\.0\.1:(\d+)/$", up.said, re.MULTILINE)
    assert found
    connection = http.client.HTTPConnection(HOST, int(found[1]), timeout=30)
    connection.request("GET", "/")
    shown = connection.getresponse().read().decode()
    connection.close()
    assert "Anna Käufer" in shown
    assert "writes to" in shown


def test_progress_is_shown_with_the_time(up: Started) -> None:
    assert re.search(r"^ +\d+\.\d s  deploying the stack …$", up.said, re.MULTILINE)


def test_the_first_mail_by_python_arrives_masked(up: Started) -> None:
    up.run("Python")
    heard = wait(lambda: _read(up), "mail")
    assert "When will it come?" in heard
    assert "privatmail.example" not in heard


@pytest.mark.skipif(not shutil.which("swaks"), reason="needs swaks (Debian: swaks)")
def test_the_first_mail_by_swaks_is_accepted(up: Started) -> None:
    assert "<-  250 2.0.0 OK" in up.run("swaks")


def _read(up: Started) -> str | None:
    """What curl shows of the seller's first mail."""
    if not shutil.which("curl"):
        pytest.skip("needs curl (Debian: curl)")
    try:
        return up.run("curl")
    except subprocess.CalledProcessError:
        return None


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_ctrl_c_ends_all_that_was_started_and_leaves_nothing(tmp_path: Path) -> None:
    process = start(tmp_path)
    said_until_ready(process)
    assert len(processes_in(tmp_path)) > 1
    process.send_signal(signal.SIGINT)
    # An impatient person.
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=ENDING_SECONDS)
    assert (process.returncode, errors) == (0, "")
    wait(lambda: not processes_in(tmp_path), "end")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_start_that_is_interrupted_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    process = start(tmp_path)
    assert process.stdout
    # In the middle of the CDK's work.
    next(line for line in process.stdout if "bootstrapping" in line)
    time.sleep(0.3)
    process.send_signal(number)
    _, errors = process.communicate(timeout=ENDING_SECONDS)
    assert process.returncode == 130
    assert "what had been started is stopped" in errors
    assert "Traceback" not in errors
    wait(lambda: not processes_in(tmp_path), "end")
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_named_with_the_way_out(tmp_path: Path) -> None:
    with listening(HOST, 0) as taken:
        port = taken.getsockname()[1]
        process = start(tmp_path, f"--imap-port={port}")
        _, errors = process.communicate(timeout=ENDING_SECONDS)
    assert process.returncode == 1
    assert f"port {port}, for imap" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("imported", ["rich.console", "boto3", "pymap"])
def test_ctrl_c_while_the_program_is_still_being_loaded_is_answered_with_one_line(imported: str) -> None:
    program = INTERRUPTED_AT.format(imported)
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=ENDING_SECONDS
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "\ninterrupted\n")


def test_after_a_kill_the_next_start_goes_on_from_the_last_good_end(tmp_path: Path) -> None:
    state, temporary = tmp_path / "state", tmp_path / "temporary"
    temporary.mkdir()
    keep = f"--keep={state}"

    def stopped(process: subprocess.Popen[str], number: signal.Signals) -> None:
        process.send_signal(number)
        process.communicate(timeout=ENDING_SECONDS)
        wait(lambda: not processes_in(temporary), "end")

    process = start(temporary, keep)
    first = said_until_ready(process)
    stopped(process, signal.SIGINT)
    process = start(temporary, keep, own_ports=False)
    said_until_ready(process)
    stopped(process, signal.SIGKILL)
    process = start(temporary, keep, own_ports=False)
    again = said_until_ready(process)
    stopped(process, signal.SIGINT)
    assert "the last run did not end in good order; going on from the state before it" in again
    assert _aliases(again) == _aliases(first)
    assert sorted(each.name for each in state.iterdir()) == ["kept", "sandbox.lock"]
    assert list(temporary.iterdir()) == []


def _aliases(said: str) -> list[str]:
    return re.findall(r"writes to (\S+)", said)


def test_a_folder_that_cannot_be_kept_is_named_with_the_way_out(tmp_path: Path) -> None:
    process = start(tmp_path, "--keep=/proc/nowhere")
    _, errors = process.communicate(timeout=ENDING_SECONDS)
    assert process.returncode == 1
    assert "/proc/nowhere cannot be used to keep state" in errors
    assert "--keep DIR" in errors
    assert "Traceback" not in errors


def test_something_that_is_no_port_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong_usage(up_command.add_command, "up", "--imap-port=70000") == 2
    assert "70000 is not a port: a number from 1 to 65535" in capsys.readouterr().err


def wrong_usage(add_command: Callable[[Any], None], *arguments: str) -> object:
    """The exit status of arguments that are refused where they are read."""
    parser = argparse.ArgumentParser()
    add_command(parser.add_subparsers())
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(arguments)
    return ended.value.code
