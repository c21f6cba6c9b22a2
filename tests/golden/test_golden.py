"""Golden mails: in.eml becomes expected.eml, octet for octet. On a mismatch actual.eml is written beside it.
Where there is no expected.eml the mail must not be relayed.

Each folder's README says the one point. `facts.jsonl` says what must and must not be readable.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.golden.pipeline import previewed, relayed
from tests.golden.reading import missing, shows

HERE = Path(__file__).parent
FACTS: list[dict[str, Any]] = [
    json.loads(line) for line in (HERE / "facts.jsonl").read_text(encoding="utf-8").splitlines()
]


def folder(fact: dict[str, Any]) -> Path:
    return HERE / fact["file"].removesuffix(".eml")


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["file"])
def test_mail_goes_out_exactly_as_expected(fact: dict[str, Any], tmp_path: Path) -> None:
    place = folder(fact)
    actual = previewed(place / "in.eml", fact["direction"], tmp_path)
    expected = (place / "expected.eml").read_bytes() if (place / "expected.eml").exists() else None
    if actual != expected:
        (place / "actual.eml").write_bytes(actual or b"")
        pytest.fail(f"{place.name}: compare expected.eml with actual.eml; copy it if the change is meant")
    (place / "actual.eml").unlink(missing_ok=True)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["file"])
def test_mail_shows_nothing_forbidden_and_keeps_its_text(fact: dict[str, Any]) -> None:
    result = relayed((folder(fact) / "in.eml").read_bytes(), fact["direction"])
    assert [needle for needle in fact["must_not_appear"] if shows(result.outgoing, needle)] == []
    assert not missing(result.outgoing, fact["must_survive"])
    assert result.leaks == ()


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["file"])
def test_the_sample_would_show_what_is_forbidden(fact: dict[str, Any]) -> None:
    raw = (folder(fact) / "in.eml").read_bytes()
    assert all(shows(raw, needle) for needle in fact["must_not_appear"])
