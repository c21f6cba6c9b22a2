"""The emulator as a process: on loopback only, gone when told, and with it whatever it started."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.emulator import process
from sandbox.emulator.process import SAVED, Emulator, EmulatorError
from sandbox.emulator.tools import MissingToolError, Tool
from sandbox.loopback import listening
from tests.sandbox.emulator.test_commands import gone

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("installed")]
REGION = "eu-west-1"


def port_of(emulator: Emulator) -> int:
    return int(emulator.local.endpoint.rpartition(":")[2])


def free_port() -> int:
    with listening("127.0.0.1", 0) as probe:
        return int(probe.getsockname()[1])


def test_it_serves_and_is_nobodys_account(emulator: Emulator) -> None:
    told = emulator.local.client("sts").get_caller_identity()
    assert told["Account"] == "000000000000"


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs /proc/net/tcp")
def test_it_listens_on_loopback_and_nowhere_else(emulator: Emulator) -> None:
    inodes = {str(link.readlink()) for link in Path(f"/proc/{emulator._process.pid}/fd").iterdir()}
    listeners = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                listeners.append(fields[1])
    # 127.0.0.1 as the kernel writes it.
    assert listeners == [f"0100007F:{port_of(emulator):04X}"]


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EmulatorError, match=f"port {port} is taken"):
            Emulator.start(tmp_path, region=REGION, port=port)


@contextmanager
def answering(port: int, answer: bytes) -> Iterator[None]:
    """A program that has the port, and says this to whatever it is asked."""
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            with connection:
                # The emulator only looks whether somebody listens, and says nothing.
                connection.settimeout(1)
                try:
                    connection.recv(1000)
                except TimeoutError:
                    continue
                connection.sendall(answer)

    with listening("127.0.0.1", port) as server:
        server.settimeout(0.1)
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nX-Sandbox-Emulator: none\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"220 mx.example ESMTP\r\n",
        b"",
    ],
    ids=["another emulator", "another nonce", "a web server", "a mail server", "silent"],
)
def test_a_port_that_is_lost_to_another_program_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    """Between the look whether it is free and the emulator's own bind."""
    port = free_port()
    monkeypatch.setattr(process, "_free", lambda port: port)
    with (
        answering(port, answer),
        pytest.raises(EmulatorError, match=f"port {port} is taken by another program"),
    ):
        Emulator.start(tmp_path, region=REGION, port=port)


def test_an_emulator_that_ends_while_it_starts_shows_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit('no such thing')")
    monkeypatch.setattr(process, "_LAUNCHER", broken)
    with pytest.raises(EmulatorError, match="no such thing"):
        Emulator.start(tmp_path, region=REGION)


def test_an_emulator_that_never_serves_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = tmp_path / "silent.py"
    silent.write_text("import os, time; print(os.getpid(), flush=True); time.sleep(600)")
    monkeypatch.setattr(process, "_LAUNCHER", silent)
    with pytest.raises(EmulatorError, match="did not serve within 1 s") as failed:
        Emulator.start(tmp_path, region=REGION, seconds=1)
    assert gone(int(str(failed.value).split()[-1]))


def test_a_tool_that_is_missing_is_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "EMULATOR", Tool(tmp_path / "missing"))
    with pytest.raises(MissingToolError, match="missing is not installed; run: make setup"):
        Emulator.start(tmp_path, region=REGION)


def test_state_that_is_kept_wants_a_port_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="give one"):
        Emulator.start(tmp_path, region=REGION, keep=True)


def test_state_survives_a_restart_only_if_it_is_kept(tmp_path: Path) -> None:
    def buckets(name: str, *, keep: bool) -> list[str]:
        with Emulator.start(tmp_path / name, region=REGION, port=ports[name], keep=keep) as emulator:
            s3 = emulator.local.client("s3")
            found = [each["Name"] for each in s3.list_buckets()["Buckets"]]
            location = {"LocationConstraint": REGION}
            s3.create_bucket(Bucket=f"bucket-{len(found)}", CreateBucketConfiguration=location)
            s3.put_object(Bucket=f"bucket-{len(found)}", Key="key", Body=b"body")
            if found:
                assert s3.get_object(Bucket="bucket-0", Key="key")["Body"].read() == b"body"
            return found

    ports = {"kept": free_port(), "forgotten": free_port()}
    assert [buckets("kept", keep=True) for _ in range(3)] == [[], ["bucket-0"], ["bucket-0", "bucket-1"]]
    assert [buckets("forgotten", keep=False) for _ in range(2)] == [[], []]


def test_when_it_has_stopped_nobody_listens_and_nothing_runs(tmp_path: Path) -> None:
    emulator = Emulator.start(tmp_path, region=REGION)
    port, pid = port_of(emulator), emulator._process.pid
    emulator.stop()
    emulator.stop()
    assert not emulator.alive
    assert members(pid) == []
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture
def with_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Emulators have a worker that does not end by itself."""
    launcher = tmp_path / "with_worker.py"
    launcher.write_text(
        "import runpy, subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-I', '-c', 'import time; time.sleep(600)'])\n"
        f"runpy.run_path({str(process._LAUNCHER)!r}, run_name='__main__')\n"
    )
    monkeypatch.setattr(process, "_LAUNCHER", launcher)


@pytest.mark.usefixtures("with_worker")
def test_when_it_stops_in_good_order_its_workers_end_too(tmp_path: Path) -> None:
    emulator = Emulator.start(tmp_path, region=REGION)
    group = emulator.process_id
    assert len(members(group)) == 2
    emulator.stop()
    assert eventually_no(members, group)


@pytest.mark.usefixtures("with_worker")
def test_when_it_has_died_its_workers_and_its_folder_of_code_go_as_well(tmp_path: Path) -> None:
    emulator = Emulator.start(tmp_path, region=REGION)
    group = emulator.process_id
    os.kill(group, signal.SIGKILL)
    assert eventually_no(lambda _: emulator.alive, group)
    assert members(group) != []
    assert (tmp_path / "tmp").is_dir()
    emulator.stop()
    assert eventually_no(members, group)
    assert not (tmp_path / "tmp").exists()


def test_that_all_was_saved_is_marked_until_it_starts_again(tmp_path: Path) -> None:
    port = free_port()
    with Emulator.start(tmp_path, region=REGION, port=port, keep=True):
        pass
    assert (tmp_path / SAVED).is_file()
    with Emulator.start(tmp_path, region=REGION, port=port, keep=True) as again:
        assert not (tmp_path / SAVED).exists()
        os.kill(again.process_id, signal.SIGKILL)
    assert not (tmp_path / SAVED).exists()


def test_what_is_not_kept_is_not_marked_as_saved(tmp_path: Path) -> None:
    with Emulator.start(tmp_path, region=REGION):
        pass
    assert not (tmp_path / SAVED).exists()


def test_an_emulator_that_is_stopped_the_hard_way_is_not_marked_as_saved(tmp_path: Path) -> None:
    emulator = Emulator.start(tmp_path, region=REGION, port=free_port(), keep=True)
    os.kill(emulator.process_id, signal.SIGSTOP)
    emulator.stop(seconds=0.2)
    assert not emulator.alive
    assert not (tmp_path / SAVED).exists()


def test_state_that_could_not_be_saved_is_not_marked_as_saved(tmp_path: Path) -> None:
    with Emulator.start(tmp_path, region=REGION, port=free_port(), keep=True) as emulator:
        emulator.local.client("sqs").create_queue(QueueName="queue")
        # Where its file is written.
        (tmp_path / "state" / "sqs.json.tmp").mkdir()
    assert "failed to save sqs" in emulator.log.read_text()
    assert not (tmp_path / SAVED).exists()


def test_it_ends_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from sandbox.emulator.process import Emulator\n"
        f"emulator = Emulator.start(Path({str(tmp_path)!r}), region='eu-west-1')\n"
        "print(emulator._process.pid, flush=True); time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    assert gone(pid)


def members(group: int) -> list[int]:
    """The processes of a group, by /proc where there is one."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def eventually_no(look: Callable[[int], object], group: int) -> bool:
    """Whether nothing is seen any more; what was killed may take a moment."""
    for _ in range(100):
        if not look(group):
            return True
        time.sleep(0.05)
    return False
