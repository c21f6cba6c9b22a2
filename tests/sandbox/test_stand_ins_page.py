"""What docs/stand-ins.md shows is run."""

import re
import subprocess
import sys
from pathlib import Path

from sandbox.ses.simulator import Wish

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "stand-ins.md").read_text()


def test_the_program_on_the_page_runs() -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=30
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert "Subject: Hello" in run.stdout


def test_the_page_names_every_wish() -> None:
    assert {wish for wish in Wish if f"| `{wish}`" not in PAGE} == set()
