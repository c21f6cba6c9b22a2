"""Bundles whose end was cut off, by somebody who may sign manifests and no checkpoint."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from cli.evidence.checking import check
from cli.evidence.wording import checked_told
from parley.archive.evidence_files import FileCode, FileFault
from parley.archive.exporting import export_facts
from parley.archive.keys import entry_key
from parley.archive.records import EventKind
from parley.archive.verification import Code
from tests.support.bundles import codes, names, pins_of, read
from tests.support.evidence import (
    CONVERSATION,
    EXPORTED_AT,
    Archived,
    archived,
    cut_off,
    signed_anew,
)


@pytest.fixture(scope="module")
def made() -> Archived:
    return archived()


@pytest.fixture(scope="module")
def bundle(made: Archived, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bundle") / "evidence.zip"
    made.bundle(out)
    return out


def with_two_exports() -> Archived:
    """Exported a day before, too; since then there is another answer, and the newest export is signed."""
    made = archived()
    made.made_at = EXPORTED_AT - timedelta(days=1)
    made = made.exported()
    made.message("seller", "buyer", "I will pay everything back")
    made.made_at = EXPORTED_AT
    return made


@pytest.mark.parametrize("viewer", [None, "buyer", "seller"])
def test_an_end_that_was_cut_off_with_its_checkpoint_is_named(tmp_path: Path, viewer: str | None) -> None:
    made = archived()
    made.message("seller", "buyer", "I will pay everything back")
    made.bundle(tmp_path / "whole.zip", viewer)
    cut = cut_off(made, tmp_path / "whole.zip", tmp_path / "cut.zip", 5)
    checked = check(cut, pins_of(made))
    assert (checked.faults, codes(checked)) == ((), [Code.EXPORT_UNPROVED])
    assert "its end may have been cut off" in "\n".join(checked_told(checked))


def test_an_end_that_was_cut_off_down_to_an_older_export_is_told_by_its_time(tmp_path: Path) -> None:
    made = with_two_exports()
    made.exported().bundle(tmp_path / "whole.zip")
    cut = cut_off(made, tmp_path / "whole.zip", tmp_path / "cut.zip", 6, exported="e6")
    assert [(each.seq, each.code) for each in check(cut).verdict.faults] == [(6, Code.EXPORT_STALE)]  # type: ignore[union-attr]


def test_a_bundle_that_tells_the_time_of_an_older_export_is_that_older_bundle(tmp_path: Path) -> None:
    """It is what could be exported then, and says when that was."""
    made, then = with_two_exports(), EXPORTED_AT - timedelta(days=1)
    made.exported().bundle(tmp_path / "whole.zip")
    older = cut_off(
        made, tmp_path / "whole.zip", tmp_path / "cut.zip", 6, exported="e6", made_at=then.isoformat()
    )
    checked = check(older, pins_of(made))
    assert checked.is_intact
    assert f"It lacks no link that was there when it was made, {then.isoformat()}." in checked_told(checked)
    # Anybody makes such a bundle with keys of their own.
    assert "It lacks no link" not in "\n".join(checked_told(check(older)))


@pytest.mark.parametrize("link", ["m4", "e5", "e7"])
def test_no_other_link_stands_for_that_of_the_export(made: Archived, tmp_path: Path, link: str) -> None:
    made.bundle(tmp_path / "whole.zip")
    other = signed_anew(made, tmp_path / "whole.zip", tmp_path / "x.zip", {}, exported=link)
    assert codes(check(other)) == [Code.EXPORT_UNPROVED]


def test_an_event_of_another_kind_that_tells_the_same_is_no_export(tmp_path: Path) -> None:
    made = archived()
    made.at = EXPORTED_AT
    made.event(EventKind.NOTE, facts=export_facts("case-17", None))
    made.sign()
    made.export = "e6"
    made.bundle(tmp_path / "x.zip")
    assert codes(check(tmp_path / "x.zip")) == [Code.EXPORT_UNPROVED]


@pytest.mark.parametrize(("viewer", "case"), [("buyer", "case-17"), (None, "case-18")])
def test_the_link_of_an_export_counts_for_its_reader_and_its_case_alone(
    made: Archived, tmp_path: Path, viewer: str | None, case: str
) -> None:
    made.exported(viewer, case=case).bundle(tmp_path / "x.zip")
    assert codes(check(tmp_path / "x.zip")) == [Code.EXPORT_UNPROVED]


def test_the_link_of_an_export_that_no_checkpoint_counts_proves_nothing(
    made: Archived, bundle: Path, tmp_path: Path
) -> None:
    newest = max(name for name in names(bundle) if name.startswith("checkpoints/"))
    checked = check(signed_anew(made, bundle, tmp_path / "x.zip", {newest: None}))
    assert [(each.seq, each.code) for each in checked.verdict.faults] == [(6, Code.EXPORT_UNPROVED)]  # type: ignore[union-attr]


def test_a_partys_bundle_cannot_keep_the_record_of_its_export_back(made: Archived, tmp_path: Path) -> None:
    made.bundle(tmp_path / "part.zip", "buyer")
    chain = json.loads(read(tmp_path / "part.zip", "chain.json"))
    chain["links"][5] |= {"bare": True, "folder": ""}
    changes = {entry_key(CONVERSATION, 6, "e6"): None, "chain.json": json.dumps(chain).encode()}
    checked = check(signed_anew(made, tmp_path / "part.zip", tmp_path / "x.zip", changes))
    assert codes(checked) == [Code.EXPORT_UNPROVED]


@pytest.mark.parametrize(
    "told", ["2026-09-13T16:18:00+00:00", "2026-09-13T16:06:00+00:00", "2026-09-13T16:12:00", "yesterday", ""]
)
def test_the_manifests_time_is_that_of_its_export(
    made: Archived, bundle: Path, tmp_path: Path, told: str
) -> None:
    checked = check(signed_anew(made, bundle, tmp_path / "x.zip", {}, made_at=told))
    assert Code.EXPORT_STALE in codes(checked)


@pytest.mark.parametrize("members", [{"count": 5}, {"tip": "0" * 64}])
def test_the_manifest_tells_the_end_that_the_chain_has(
    made: Archived, bundle: Path, tmp_path: Path, members: dict[str, object]
) -> None:
    checked = check(signed_anew(made, bundle, tmp_path / "x.zip", {}, **members))
    assert checked.faults == (FileFault("manifest.json", FileCode.MALFORMED),)
