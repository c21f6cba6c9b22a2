"""Programs end, with all that they started, and say why they failed."""

import os
import sys
import time
from pathlib import Path

import pytest

from sandbox.emulator.commands import CommandError, run


def python(program: str, folder: Path, seconds: float = 20) -> str:
    command = [sys.executable, "-c", program]
    return run(command, what="the program", environment=os.environ, folder=folder, seconds=seconds)


def test_what_it_printed_is_returned(tmp_path: Path) -> None:
    assert python("import os; print(os.getcwd())", tmp_path).strip() == str(tmp_path)


def test_a_failure_shows_the_end_of_what_it_printed(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="the program failed") as failed:
        python("import sys; print('first\\n' * 100, flush=True); sys.exit('the reason')", tmp_path)
    assert str(failed.value).endswith("the reason")
    assert str(failed.value).count("first") < 40


def test_a_program_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    sleeper = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {sleeper!r}])"
    with pytest.raises(CommandError, match="did not end within 1 s") as failed:
        python(program, tmp_path, seconds=1)
    assert gone(int(str(failed.value).split()[-1]))


def gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        status = Path(f"/proc/{pid}/stat")
        # An orphan may stay a zombie where nobody reaps it.
        if status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False
