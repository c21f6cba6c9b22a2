"""The folders of a sandbox: what is kept survives whatever happens, and what is temporary does not."""

import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.emulator.tools import ROOT
from sandbox.keeping import Kept, kept, temporary
from sandbox.mailboxes.files import DamagedError
from sandbox.starting import EMULATOR_PORT, StartError

PARTS = ("emulator", "mailboxes")


@contextmanager
def run(folder: Path, said: list[str] | None = None, *, saved: tuple[str, ...] = PARTS) -> Iterator[Kept]:
    """A run that begins, and in which these parts end in good order."""
    with kept(folder, [].append if said is None else said.append) as state:
        state.begun()
        yield state
        for part in saved:
            (state.working / part).mkdir(exist_ok=True)
            (state.working / part / "saved").touch()


def note(state: Kept, text: str) -> None:
    (state.working / "mailboxes").mkdir(exist_ok=True)
    (state.working / "mailboxes" / "mail").write_text(text)


def noted(folder: Path) -> str:
    """What the next run finds."""
    with kept(folder, lambda _: None) as state:
        return (state.working / "mailboxes" / "mail").read_text()


def test_a_run_finds_what_the_last_one_left(tmp_path: Path) -> None:
    with run(tmp_path) as state:
        note(state, "first")
    with run(tmp_path) as state:
        note(state, "second")
    assert noted(tmp_path) == "second"


@pytest.mark.parametrize("saved", [(), ("emulator",), ("mailboxes",)])
def test_a_run_of_which_a_part_was_not_saved_changes_nothing(tmp_path: Path, saved: tuple[str, ...]) -> None:
    said: list[str] = []
    with run(tmp_path) as state:
        note(state, "first")
    with run(tmp_path, said, saved=saved) as state:
        note(state, "half")
    assert said == ["this run did not end in good order; the state from before it is kept"]
    assert noted(tmp_path) == "first"


def test_a_start_that_fails_changes_nothing(tmp_path: Path) -> None:
    with run(tmp_path) as state:
        note(state, "first")
    with kept(tmp_path, lambda _: None) as state:
        note(state, "half")
        for part in PARTS:
            (state.working / part / "saved").touch()
    assert noted(tmp_path) == "first"


def test_what_a_killed_run_leaves_is_removed_and_told_of(tmp_path: Path) -> None:
    with run(tmp_path) as state:
        note(state, "first")
    (tmp_path / "working-killed" / "mailboxes").mkdir(parents=True)
    said: list[str] = []
    with run(tmp_path, said):
        assert len(list(tmp_path.glob("working-*"))) == 1
    assert said == ["the last run did not end in good order; going on from the state before it"]
    assert noted(tmp_path) == "first"


def test_a_run_that_is_killed_while_it_puts_its_state_in_place_is_complete(tmp_path: Path) -> None:
    with run(tmp_path) as state:
        note(state, "first")
    # `kept` was being removed.
    (tmp_path / "complete" / "mailboxes").mkdir(parents=True)
    (tmp_path / "complete" / "mailboxes" / "mail").write_text("second")
    (tmp_path / "kept" / "mailboxes" / "mail").unlink()
    assert noted(tmp_path) == "second"


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "working-hours.txt").write_text("9 to 5")
    with pytest.raises(StartError, match="holds files that are not a sandbox's"), run(tmp_path):
        pass
    assert [each.name for each in tmp_path.iterdir()] == ["working-hours.txt"]


@pytest.mark.parametrize("folder", ["/proc/x", "/dev/null", "/dev/null/x"])
def test_a_folder_that_cannot_be_written_is_named_with_the_way_out(folder: str) -> None:
    with pytest.raises(StartError, match=f"(?s){folder} cannot be used.*--keep DIR"), run(Path(folder)):
        pass


def test_damaged_state_is_named_with_the_way_out(tmp_path: Path) -> None:
    told = r"(?s)is damaged: mailboxes/0001/index.json.*Remove that folder"
    with pytest.raises(StartError, match=told), run(tmp_path):
        raise DamagedError("0001/index.json is bad")


def test_the_emulators_port_is_the_one_that_the_state_was_made_with(tmp_path: Path) -> None:
    with run(tmp_path) as state:
        assert state.emulator_port(4570) == 4570
    with run(tmp_path) as state:
        assert [state.emulator_port(asked) for asked in (None, 0, 4570)] == [4570] * 3
        with pytest.raises(StartError, match=r"(?s)port 4570.*Leave --emulator-port out.*--keep DIR"):
            state.emulator_port(4571)


def test_the_emulators_port_is_the_usual_one_if_none_is_asked_for(tmp_path: Path) -> None:
    with run(tmp_path) as state:
        assert state.emulator_port(None) == EMULATOR_PORT


@pytest.fixture
def temporaries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_temporary_folder_is_gone_at_the_end(temporaries: Path) -> None:
    with temporary() as folder:
        assert folder.parent == temporaries
    assert list(temporaries.iterdir()) == []


def test_the_temporary_folder_of_a_killed_sandbox_is_removed_by_the_next(temporaries: Path) -> None:
    program = "import os; from sandbox.keeping import temporary; f = temporary(); f.__enter__(); os._exit(9)"
    environment = {**os.environ, "TMPDIR": str(temporaries), "PYTHONPATH": f"{ROOT}:{ROOT / 'functions'}"}
    killed = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, timeout=60)
    assert killed.returncode == 9
    (left,) = temporaries.iterdir()
    with temporary():
        assert not left.exists()


def test_the_temporary_folders_of_the_living_and_of_others_stay(temporaries: Path) -> None:
    (temporaries / "parley-of-somebody").mkdir()
    with temporary() as living, temporary():
        assert living.is_dir()
    assert [each.name for each in temporaries.iterdir()] == ["parley-of-somebody"]


def test_a_folder_that_is_taken_for_stale_before_it_is_locked_is_made_anew(
    temporaries: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock, taken = fcntl.flock, []

    def late(lock: object, operation: int) -> None:
        if not taken:
            (stale,) = temporaries.glob("parley-*/sandbox.lock")
            taken.append(stale)
            stale.unlink()
            stale.parent.rmdir()
        flock(lock, operation)  # type: ignore[arg-type]

    monkeypatch.setattr(fcntl, "flock", late)
    with temporary() as folder:
        assert folder.is_dir()
        assert folder != taken[0].parent
