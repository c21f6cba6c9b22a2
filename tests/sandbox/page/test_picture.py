"""The picture in the README is drawn by a script."""

from pathlib import Path

import pytest

from tests.sandbox.page.world import Served
from tools.picture import CHROMIUM, MAX_BYTES, PICTURE, draw

pytestmark = pytest.mark.slow


@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium (apt-get install chromium)")
def test_the_script_draws_a_real_exchange(world: Served, tmp_path: Path) -> None:
    target = tmp_path / "sandbox.png"
    draw(world.page.url, target)
    assert target.read_bytes().startswith(b"\x89PNG")
    states = [str(message.state) for message in world.exchange.archive.messages()]
    assert states == ["relayed"] * 3


def test_the_picture_is_there_and_small_enough_for_a_page() -> None:
    assert 20_000 < PICTURE.stat().st_size < MAX_BYTES
