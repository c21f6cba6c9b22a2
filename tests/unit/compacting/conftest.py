"""A lake in memory."""

from pathlib import Path

import pytest

from tests.support.fake_lake import LakeWorld


@pytest.fixture
def world(tmp_path: Path) -> LakeWorld:
    return LakeWorld(tmp_path / "lake")
