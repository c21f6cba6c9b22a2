"""Files that stand in a bundle by its exporter's word alone, and what was done to the archive before."""

from pathlib import Path

import pytest

from cli.evidence.checking import check
from parley.archive.chain import digest
from parley.archive.evidence_files import FileCode, FileFault
from parley.archive.keys import attachment_key
from parley.archive.verification import Code
from tests.support.evidence import (
    CONVERSATION,
    Archived,
    archived,
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


@pytest.mark.parametrize("viewer", [None, "buyer"])
def test_an_attachment_that_no_mail_in_the_bundle_has_is_named(
    made: Archived, tmp_path: Path, viewer: str | None
) -> None:
    made.bundle(tmp_path / "whole.zip", viewer)
    foreign = attachment_key(CONVERSATION, digest(b"%PDF another bill"), "bill.pdf")
    added = {foreign: b"%PDF another bill"}
    checked = check(signed_anew(made, tmp_path / "whole.zip", tmp_path / "x.zip", added))
    assert checked.faults == (FileFault(foreign, FileCode.UNPROVED),)


def test_an_attachment_of_the_archive_that_no_mail_has_is_exported_and_named(tmp_path: Path) -> None:
    made = archived()
    foreign = attachment_key(CONVERSATION, digest(b"%PDF another bill"), "bill.pdf")
    made.objects[foreign] = (b"%PDF another bill", "")
    made.bundle(tmp_path / "evidence.zip")
    assert check(tmp_path / "evidence.zip").faults == (FileFault(foreign, FileCode.UNPROVED),)


@pytest.mark.parametrize(
    "name",
    [
        f"conversations/{CONVERSATION}/0009_2026-09-04T161200Z_buyer-to-seller_m9/original.eml",
        f"conversations/{CONVERSATION}/note.txt",
        "conversations/c2/0001_2026-09-04T161200Z_buyer-to-seller_m1/original.eml",
        "entries/c2/0001_m1.json",
        "more.html",
    ],
)
def test_a_file_that_its_exporter_added_and_no_link_knows_is_named(
    made: Archived, bundle: Path, tmp_path: Path, name: str
) -> None:
    checked = check(signed_anew(made, bundle, tmp_path / "x.zip", {name: b"new"}))
    assert checked.faults == (FileFault(name, FileCode.UNPROVED),)


def test_what_was_done_to_the_archive_is_told_in_the_bundle_of_what_was_first_written(tmp_path: Path) -> None:
    made = archived()
    (mine,) = [each for each in made.objects if each.endswith("m1/original.eml")]
    (others,) = [each for each in made.objects if each.endswith("m2/original.eml")]
    disturbed = {mine: Code.OBJECT_OVERWRITTEN, others: Code.OBJECT_HIDDEN}
    made.bundle(tmp_path / "whole.zip", disturbed=disturbed)
    made.bundle(tmp_path / "buyer.zip", "buyer", disturbed=disturbed)
    whole, part = check(tmp_path / "whole.zip"), check(tmp_path / "buyer.zip")
    assert {each.key: each.code for each in whole.unread} == disturbed
    # The buyer is not told the name of what is not in it.
    assert {each.key: each.code for each in part.unread} == {mine: Code.OBJECT_OVERWRITTEN}
    assert (whole.is_intact, whole.is_complete) == (True, False)
