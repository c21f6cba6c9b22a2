"""A conversation in the shared sandbox for each test, and a home for each program."""

from pathlib import Path

import pytest

from sandbox.seeding import Correspondence
from sandbox.stack import Sandbox
from tests.programs.running import Home
from tests.support.correspondences import correspond

# What they find wrong is told with its values, as in a test's own module.
pytest.register_assert_rewrite(
    "tests.programs.desk", "tests.programs.exchange", "tests.programs.outcomes", "tests.programs.threads"
)


@pytest.fixture
def conversation(sandbox: Sandbox) -> Correspondence:
    """Between two new people, whose mailboxes are empty."""
    return correspond(sandbox)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    def made(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        return folder

    return made
