"""The commands for reviewers on the stack as it is deployed into the local emulator."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from cli.evidence.checking import check
from cli.evidence.signing import Pins
from parley.archive.keys import entry_prefix
from sandbox.stack import Sandbox
from tests.cli.reviewed import BILL, CASE, LINKS, Reviewed, exchanged
from tests.support.correspondences import wait
from tests.support.evidence import rewritten

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reviewed(sandbox: Sandbox) -> Reviewed:
    return exchanged(sandbox)


def test_a_conversation_is_found_by_its_order_and_its_parties(reviewed: Reviewed) -> None:
    order = reviewed.sandbox.api.conversation(reviewed.id).order or ""
    for option, value in (("--order", order), ("--party", reviewed.both.seller.person.id)):
        found = reviewed.told("review", "find", option, value)
        assert [each["id"] for each in found["conversations"]] == [reviewed.id]


def test_show_tells_what_the_parties_saw_and_records_the_case_first(reviewed: Reviewed) -> None:
    told = reviewed.told("review", "show", reviewed.id, "--case", CASE)
    messages = [each for each in told["happenings"] if each["kind"] == "message"]
    assert [each["content"]["text"].strip() for each in messages] == ["Is it blue?", "It is green."]
    assert reviewed.accesses()[-1] == ("transcript", CASE)


def test_nothing_is_read_without_a_case(reviewed: Reviewed) -> None:
    before = reviewed.accesses()
    for command in (["review", "show"], ["verify"], ["export", "--out", "never.zip"], ["review", "open"]):
        ended = reviewed.run(*command, reviewed.id)
        assert (ended.exit_code, "--case" in ended.output) == (2, True)
    assert reviewed.accesses() == before


def test_a_note_and_a_hold_are_taken_and_shown(reviewed: Reviewed) -> None:
    reviewed.told("review", "note", reviewed.id, "Seller was called.", "--case", CASE)
    hold = reviewed.told("review", "hold", "place", reviewed.id, "--case", CASE, "--reason", "Claim filed.")
    assert [each["id"] for each in reviewed.told("review", "hold", "list", reviewed.id)["holds"]] == [
        hold["id"]
    ]
    lifted = reviewed.told("review", "hold", "lift", reviewed.id, hold["id"], "--reason", "Settled.")
    assert (lifted["in_force"], lifted["others_in_force"]) == (False, 0)
    wait(lambda: len(reviewed.archived(entry_prefix(reviewed.id))) == LINKS + 3, "entries")
    shown = reviewed.run("review", "show", reviewed.id, "--case", CASE).output
    assert "Seller was called." in shown
    assert "Claim filed." in shown


def test_the_archive_verifies_and_ends_where_the_table_ends(reviewed: Reviewed) -> None:
    ended = reviewed.run("verify", reviewed.id, "--case", CASE, "--json")
    told = json.loads(ended.stdout)
    assert (ended.exit_code, told["faults"], told["unopened"]) == (0, [], [])
    assert told["table"] in ("same", "following")


def test_an_exported_bundle_verifies_offline_and_holds_everything(reviewed: Reviewed, tmp_path: Path) -> None:
    out = tmp_path / "evidence.zip"
    told = reviewed.told("export", reviewed.id, "--case", CASE, "--out", str(out))
    checked = check(out, Pins(frozenset(told["checkpoint_keys"]), frozenset((told["manifest_key"],))))
    assert checked.is_intact
    assert checked.manifest is not None
    (own,) = [
        each for each in reviewed.sandbox.api.history(reviewed.id) if each.id == checked.manifest.exported
    ]
    assert (own.kind, own.facts, own.at) == (
        "exported",
        {"case": CASE, "for": "everything"},
        checked.manifest.made_at,
    )
    assert [name for name in checked.manifest.files if name.endswith("original.eml")]
    assert any(BILL in content for content in reviewed.contents(out))


def test_a_bundle_for_the_seller_holds_nothing_that_only_the_buyer_knows(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    out = tmp_path / "seller.zip"
    reviewed.told("export", reviewed.id, "--case", CASE, "--for", "seller", "--out", str(out))
    checked = check(out)
    assert checked.is_intact
    assert checked.verdict is not None
    assert checked.verdict.count >= 2
    buyer = reviewed.both.buyer.person.account.mailbox
    contents = reviewed.contents(out)
    assert not [each for each in contents if str(buyer).encode() in each]
    assert not [each for each in contents if b"Seller was called." in each]
    assert any(b"It is green." in each for each in contents)
    assert any(b"Is it blue?" in each for each in contents)
    shown = reviewed.run("verify", str(out))
    assert shown.exit_code == 0
    assert "what the seller saw" in shown.output


def test_held_mail_is_listed_released_and_shown(sandbox: Sandbox) -> None:
    reviewed = exchanged(sandbox)
    reviewed.write(reviewed.both.seller, "A catalogue.", verdicts="spam=FAIL")

    def waiting() -> list[str]:
        held = reviewed.told("review", "held", "list")["messages"]
        return [each["message"] for each in held if each["conversation"] == reviewed.id]

    (message,) = wait(waiting, "held message")
    decision = ["--case", CASE, "--reason", "A catalogue.", "--yes"]
    assert reviewed.told("review", "held", "release", reviewed.id, message, *decision)["state"] == "releasing"
    wait(lambda: not waiting(), "release")
    # The mail, what was asked for and done, and that SES sent and delivered it.
    wait(lambda: len(reviewed.archived(entry_prefix(reviewed.id))) == LINKS + 5, "entries")
    told = reviewed.told("review", "show", reviewed.id, "--case", CASE)["happenings"]
    (released,) = [each for each in told if each["kind"] == "released"]
    assert released["content"]["text"].strip() == "A catalogue."


def test_an_archive_that_was_tampered_with_is_told_link_by_link(sandbox: Sandbox) -> None:
    reviewed = exchanged(sandbox)
    s3, bucket = sandbox.deployed.local.client("s3"), sandbox.settings.archive_bucket
    first, *_, last = sorted(reviewed.archived(entry_prefix(reviewed.id)))
    s3.delete_object(Bucket=bucket, Key=last)
    (original,) = [
        key for key in reviewed.archived(f"conversations/{reviewed.id}/0001_") if "original" in key
    ]
    s3.put_object(Bucket=bucket, Key=original, Body=b"altered", Metadata={"salt": "0" * 32})
    ended = reviewed.run("verify", reviewed.id, "--case", CASE)
    assert ended.exit_code == 1
    lines = ended.output.splitlines()
    # What was first written is still there, below the other version and the delete marker.
    assert [line.split(":")[0] for line in lines[:2]] == ["link 1", f"link {LINKS}"]
    assert "object-overwritten" in lines[0]
    assert "object-hidden" in lines[1]
    assert lines[2].startswith(f"{LINKS} links")
    assert lines[-1] == "NOT INTACT"
    assert first in reviewed.archived(entry_prefix(reviewed.id))


def test_a_transcript_with_originals_shows_them_beside(reviewed: Reviewed, tmp_path: Path) -> None:
    out = tmp_path / "originals.html"
    ended = reviewed.run("review", "open", reviewed.id, "--case", CASE, "--originals", "--out", str(out))
    assert ended.exit_code == 0, ended.output
    page = out.read_text()
    assert "Is it blue?" in page
    assert str(reviewed.both.buyer.person.account.mailbox) in page
    assert reviewed.accesses()[-1] == ("originals", CASE)


def test_each_file_of_an_exported_bundle_that_is_altered_is_named(reviewed: Reviewed, tmp_path: Path) -> None:
    out = tmp_path / "evidence.zip"
    reviewed.told("export", reviewed.id, "--case", CASE, "--out", str(out))
    with ZipFile(out) as opened:
        names = opened.namelist()
    kinds = {name.rpartition(".")[2]: name for name in names} | {
        name.partition("/")[0]: name for name in names
    }
    assert len(kinds) > 8
    for name in kinds.values():
        altered = rewritten(out, tmp_path / "altered.zip", {name: b"something else"})
        ended = reviewed.run("verify", str(altered))
        assert ended.exit_code == 1
        assert [line for line in ended.output.splitlines() if line.startswith(name)]
