"""Every sample mail, whole and cut off anywhere, gets an outcome with codes that the table knows."""

import random
from pathlib import Path

import pytest

from parley.relaying.decide import Relay, decide
from parley.screening.policy import CODES, DEFAULT_POLICY
from sandbox.preview import read_setup
from sandbox.trial import Setup, arrival_of

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT.parent / "shared" / "corpus"
CUTS = 10


def mails() -> list[Path]:
    """The golden mails, and those of the sample corpus where it lies beside the project."""
    beside = SAMPLES.rglob("*") if SAMPLES.is_dir() else []
    return sorted([*ROOT.glob("tests/golden/*/in.eml"), *(path for path in beside if path.is_file())])


@pytest.fixture(scope="module")
def setup() -> Setup:
    return read_setup([])


@pytest.mark.parametrize("path", mails(), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_mail_cut_anywhere_gets_known_codes(path: Path, setup: Setup) -> None:
    raw = path.read_bytes()
    chance = random.Random(path.name)
    for end in [len(raw), *(chance.randrange(len(raw) + 1) for _ in range(CUTS))]:
        decision = decide(arrival_of(raw[:end], setup), DEFAULT_POLICY)
        assert set(decision.codes) <= set(CODES), end
        assert "pipeline-error" not in decision.codes, (end, decision.findings)
        assert isinstance(decision.outcome, Relay) or decision.codes
