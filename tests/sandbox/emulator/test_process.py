"""The emulator as a process: on loopback only, gone when told, and with it whatever it started."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.emulator import process
from sandbox.emulator.process import Emulator, EmulatorError
from sandbox.emulator.tools import EMULATOR, MissingToolError, Tool
from sandbox.loopback import listening
from tests.sandbox.emulator.test_commands import gone

pytestmark = pytest.mark.slow
REGION = "eu-west-1"


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    try:
        EMULATOR.found()
    except MissingToolError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with Emulator.start(tmp_path_factory.mktemp("emulator"), region=REGION) as started:
        yield started


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
