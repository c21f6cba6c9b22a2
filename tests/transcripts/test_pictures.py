"""The pictures in the reviewers' guide are made by a script."""

import struct
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from parley.archive.transcript.rendering import render
from parley.conversation.messages import State
from tests.support.transcripts import Exchange, text_mail
from tools.transcript_pictures import FOLDER, MAX_BYTES, SHOTS, photograph

GUIDE = FOLDER.parent / "reviewing.md"


def size(picture: Path) -> tuple[int, int]:
    """Width and height in pixels, of a PNG."""
    octets = picture.read_bytes()
    assert octets.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", octets[16:24])
    return width, height


def test_each_is_in_the_guide_and_small_enough_for_a_page() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    for shot in SHOTS:
        assert size(FOLDER / shot.file) == (shot.width, shot.height)
        assert 10_000 < (FOLDER / shot.file).stat().st_size < MAX_BYTES
        assert f"](pictures/{shot.file})" in guide


@pytest.mark.slow
def test_the_script_makes_each_in_its_size(tmp_path: Path, browser: Browser) -> None:
    exchange = Exchange()
    for _ in range(7):
        exchange.mail(text_mail("Is the pot blue?"), State.HELD)
    masked, originals = tmp_path / "masked.html", tmp_path / "originals.html"
    masked.write_bytes(render(exchange.transcript(), "en"))
    whole = exchange.transcript(with_originals=True)
    originals.write_bytes(render(whole, "en", with_originals=True))
    photograph(masked, originals, tmp_path, browser)
    assert {shot.file: size(tmp_path / shot.file) for shot in SHOTS} == {
        shot.file: (shot.width, shot.height) for shot in SHOTS
    }
