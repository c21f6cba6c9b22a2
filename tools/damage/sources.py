"""The mails that are tried: the scenarios of the tests, the samples beside the project, and those given."""

from pathlib import Path

from tools.damage.relaying import Source

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
SAMPLES = ROOT.parent / "shared" / "corpus" / "samples"
SCENARIO, SAMPLE, GIVEN = "scenarios", "samples", "given"
_NO_MAIL = (".json", ".jsonl", ".md", ".py")


def scenarios() -> list[Source]:
    """Each mail of tests/golden. It is ordinary if a mail to be expected lies beside it; where there is
    none, the mail must not be relayed."""
    return [
        Source(SCENARIO, path.parent.name, path, is_ordinary=(path.parent / "expected.eml").exists())
        for path in sorted(GOLDEN.glob("*/in.eml"))
    ]


def samples() -> list[Source]:
    """Each mail of the sample corpus beside the project; empty if it is not there."""
    paths = sorted(path for path in SAMPLES.rglob("*") if path.is_file() and path.suffix not in _NO_MAIL)
    return [Source(SAMPLE, path.relative_to(SAMPLES).as_posix(), path) for path in paths]


def given(paths: list[Path]) -> list[Source]:
    """Mails from anywhere."""
    return [Source(GIVEN, path.name, path) for path in paths]
