"""Seeds: mails that once made trouble, each beside what is expected of it."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.mails import Case
from tests.fuzz.parties import Parties

SEEDS = Path(__file__).with_name("seeds")


def store(case: Case, kind: str, detail: str, folder: Path = SEEDS) -> Path:
    """Writes `<kind>-<digest>.eml` and the expectation beside it. Returns the mail's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{kind}-{hashlib.sha256(case.raw).hexdigest()[:8]}.eml"
    path.write_bytes(case.raw)
    expectation = {
        "was": f"{kind}: {detail}",
        "buyer": case.parties.buyer,
        "seller": case.parties.seller,
        "texts": case.texts,
        "is_ordinary": case.is_ordinary,
    }
    path.with_suffix(".json").write_text(json.dumps(expectation, indent=2, ensure_ascii=False) + "\n")
    return path


def load(path: Path) -> Case:
    """The case of one stored mail."""
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return Case(
        raw=path.read_bytes(),
        parties=Parties(expected["buyer"], expected["seller"]),
        texts=tuple(expected["texts"]),
        is_ordinary=expected["is_ordinary"],
    )


def stored(folder: Path = SEEDS) -> Iterator[Path]:
    """The stored mails."""
    yield from sorted(folder.glob("*.eml"))
