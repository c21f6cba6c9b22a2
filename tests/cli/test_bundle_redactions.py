"""Bundles for a party that hide what it saw, or show what it did not, by somebody who may sign manifests."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.evidence.checking import Checked, check
from parley.archive.chain import Committed, nothing
from parley.archive.entries import read_entry
from parley.archive.evidence_files import FileCode, FileFault
from parley.archive.records import EventKind
from parley.archive.verification import Code
from tests.support.bundles import names, pins_of, read
from tests.support.evidence import Archived, archived, signed_anew


@pytest.fixture(scope="module")
def made() -> Archived:
    return archived()


@pytest.fixture(scope="module")
def part(made: Archived, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bundle") / "buyer.zip"
    made.bundle(out, "buyer")
    return out


def links(bundle: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(read(bundle, "chain.json"))
    return told


def changed(made: Archived, part: Path, out: Path, told: dict[str, Any], *gone: str) -> Checked:
    changes = {name: None for name in names(part) if name.startswith(gone)} if gone else {}
    raw = {"chain.json": json.dumps(told).encode()}
    return check(signed_anew(made, part, out, {**changes, **raw}), pins_of(made))


def differing(checked: Checked) -> list[int]:
    assert checked.verdict is not None
    return [each.seq for each in checked.verdict.faults if each.code is Code.EXPORT_DIFFERS]


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_a_link_that_the_party_may_see_cannot_be_given_bare(
    made: Archived, part: Path, tmp_path: Path, seq: int
) -> None:
    told = links(part)
    folder = told["links"][seq - 1]["folder"]
    told["links"][seq - 1] |= {"bare": True, "salts": {}, "folder": ""}
    checked = changed(made, part, tmp_path / "x.zip", told, folder, f"entries/c1/000{seq}_")
    assert differing(checked) == [seq]


def test_everything_at_once_cannot_be_hidden(made: Archived, part: Path, tmp_path: Path) -> None:
    told = links(part)
    for each in told["links"][:5]:
        each |= {"bare": True, "salts": {}, "folder": ""}
    gone = ("conversations/", *(f"entries/c1/000{seq}_" for seq in range(1, 6)))
    assert differing(changed(made, part, tmp_path / "x.zip", told, *gone)) == [1, 2, 3]


def test_a_mail_that_reached_the_party_cannot_be_said_to_go_the_other_way(
    made: Archived, part: Path, tmp_path: Path
) -> None:
    told = links(part)
    old = told["links"][1]["folder"]
    new = old.replace("seller-to-buyer", "buyer-to-seller")
    told["links"][1]["folder"] = new
    mails = {name: read(part, name) for name in names(part) if name.startswith(old)}
    changes = {**dict.fromkeys(mails), **{name.replace(old, new): each for name, each in mails.items()}}
    changes |= {"chain.json": json.dumps(told).encode()}  # type: ignore[dict-item]
    checked = check(signed_anew(made, part, tmp_path / "x.zip", changes))
    assert differing(checked) == [2]


def test_a_mail_that_did_not_reach_the_party_cannot_be_shown(made: Archived, tmp_path: Path) -> None:
    whole, part = tmp_path / "whole.zip", tmp_path / "part.zip"
    exported = made.exported("buyer")
    exported.bundle(part, "buyer")
    exported.bundle(whole)
    told, everything = links(part), links(whole)
    told["links"][3] = everything["links"][3] | {"bare": True}
    folder = told["links"][3]["folder"]
    mails = {name: read(whole, name) for name in names(whole) if name.startswith(folder)}
    changes = {**mails, "chain.json": json.dumps(told).encode()}
    assert differing(check(signed_anew(made, part, tmp_path / "x.zip", changes))) == [4]


def test_what_the_party_saw_is_missed_even_where_the_chain_names_no_salt_of_it(
    made: Archived, part: Path, tmp_path: Path
) -> None:
    told = links(part)
    told["links"][1]["salts"] = {}
    checked = changed(made, part, tmp_path / "x.zip", told, told["links"][1]["folder"])
    assert checked.verdict is not None
    assert {each.code for each in checked.verdict.faults} == {Code.OBJECT_MISSING}


def test_a_mail_that_was_worked_on_at_the_time_of_the_export_is_kept_back(tmp_path: Path) -> None:
    """Its entry came between the export's link and the bundle."""
    made = archived()
    held = made.message("seller", "buyer", "later", done=False)
    exported = made.exported("buyer")
    whole = archived_entry_of(exported, held)
    exported.objects |= whole
    exported.bundle(tmp_path / "part.zip", "buyer")
    assert check(tmp_path / "part.zip", pins_of(made)).is_intact
    assert not any("_m6/" in name for name in names(tmp_path / "part.zip"))


def archived_entry_of(made: Archived, id_: str) -> dict[str, tuple[bytes, str]]:
    (key,) = [key for key in made.late if key.endswith(f"_{id_}.json")]
    return {key: made.late[key]}


def test_bare_links_are_all_of_one_form(part: Path) -> None:
    bare = [each for each in links(part)["links"] if each["bare"]]
    assert {tuple(sorted(each["link"]["commitments"])) for each in bare} == {
        ("content", "original", "record", "relayed")
    }


def test_of_a_bare_link_nobody_tells_what_there_is_not(made: Archived, part: Path) -> None:
    """Of the held mail there is only an original; of the note only a content."""
    salts = {
        read_entry(raw).seq: read_entry(raw).record_salt
        for key, (raw, _) in made.objects.items()
        if "entries" in key
    }
    for place in (4, 5):
        link = links(part)["links"][place - 1]
        assert link["link"]["commitments"]["relayed"] == nothing(salts[place], Committed.RELAYED)
        assert salts[place].encode() not in part.read_bytes()
        assert (link["folder"], link["salts"]) == ("", {})


def test_attachments_of_what_is_in_a_bundle_cannot_be_left_out(
    made: Archived, part: Path, tmp_path: Path
) -> None:
    made.bundle(tmp_path / "whole.zip")
    for bundle, count in ((part, 1), (tmp_path / "whole.zip", 2)):
        gone = [name for name in names(bundle) if "/attachments/" in name]
        assert len(gone) == count
        checked = check(signed_anew(made, bundle, tmp_path / "x.zip", dict.fromkeys(gone)))
        assert checked.faults == tuple(FileFault(name, FileCode.MISSING) for name in sorted(gone))


def test_an_attachment_has_the_name_that_its_mail_gives_it(made: Archived, tmp_path: Path) -> None:
    made.bundle(tmp_path / "whole.zip")
    name = next(name for name in names(tmp_path / "whole.zip") if "/attachments/" in name)
    other = name.replace("attachment.pdf", "paid-in-full.exe")
    added = {other: read(tmp_path / "whole.zip", name)}
    checked = check(signed_anew(made, tmp_path / "whole.zip", tmp_path / "x.zip", added))
    assert checked.faults == (FileFault(other, FileCode.UNPROVED),)


def test_an_attachment_of_a_mail_that_was_held_after_all_need_not_be_there(tmp_path: Path) -> None:
    made = Archived()
    sent = made.message("buyer", "seller", "Is it blue?", "held", intended="relayed", attachment=b"%PDF")
    made.event(EventKind.OUTCOME, sent, facts={"outcome": "held", "codes": ""})
    made.sign()
    for key in [key for key in made.objects if "/attachments/" in key]:
        del made.objects[key]
    made.bundle(tmp_path / "whole.zip")
    assert check(tmp_path / "whole.zip").is_intact
