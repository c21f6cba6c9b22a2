"""What a start of the receiving function imports: what every mail needs, since each start pays for it."""

import subprocess
import sys
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
STARTED = "import sys; sys.path.insert(0, {folder!r}); import parley.relaying.receive; print(*sys.modules)"


@pytest.fixture(scope="module")
def imported() -> set[str]:
    command = (sys.executable, "-c", STARTED.format(folder=str(FUNCTIONS)))
    done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=60)
    return set(done.stdout.split())


@pytest.mark.parametrize("needed", ["parley.masking.text", "parley.masking.gate", "parley.mail.compose"])
def test_what_every_mail_needs_is_imported_at_the_start(imported: set[str], needed: str) -> None:
    assert needed in imported


@pytest.mark.parametrize(
    "rarely_needed",
    [
        "parley.masking.attachments",
        "parley.masking.archives",
        "parley.masking.hypertext",
        "parley.masking.svg",
        "parley.masking.phones",
        "parley.masking.survivors",
        "parley.masking.obfuscated",
        "nh3",
        "email.headerregistry",
    ],
)
def test_what_some_mails_need_is_not_imported_at_the_start(imported: set[str], rarely_needed: str) -> None:
    assert rarely_needed not in imported
