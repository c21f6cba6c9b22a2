"""Bundles: written, checked without AWS, and tampered with."""

import json
import subprocess
import tomllib
import zipfile
from pathlib import Path
from random import Random

import pytest

from cli import TOOL
from cli.connecting import UsageError
from cli.evidence.checking import check
from cli.evidence.party_page import party_page
from cli.evidence.signing import Pins
from cli.evidence.wording import checked_told
from parley.archive.chain import Committed
from parley.archive.entries import read_entry
from parley.archive.evidence_files import FileCode, FileFault
from parley.archive.keys import ORIGINAL, entry_key
from parley.archive.records import EventKind
from parley.archive.redaction import NoSuchPartyError, shares
from parley.archive.verification import Code
from tests.support.bundles import codes, everything, names, pins_of, read
from tests.support.evidence import (
    BUYER,
    CONVERSATION,
    SELLER,
    START,
    Archived,
    Signer,
    archived,
    mail,
    rewritten,
    signed_anew,
)

NAMES_IN_FULL = 28


@pytest.fixture(scope="module")
def made() -> Archived:
    return archived()


@pytest.fixture(scope="module")
def bundle(made: Archived, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bundle") / "evidence.zip"
    made.bundle(out)
    return out


def test_a_bundle_of_everything_is_intact_and_leaves_nothing_unopened(bundle: Path) -> None:
    checked = check(bundle)
    assert checked.is_intact
    assert checked.verdict is not None
    assert (checked.verdict.count, checked.verdict.signed, checked.verdict.unopened) == (6, 6, ())
    assert checked.unread == ()


def test_a_bundle_holds_every_object_of_the_archive_under_its_key(made: Archived, bundle: Path) -> None:
    assert made.objects.keys() <= set(names(bundle))


def test_the_same_archive_gives_the_same_bundle_but_for_the_signature(made: Archived, tmp_path: Path) -> None:
    one, other, exported = tmp_path / "one.zip", tmp_path / "other.zip", made.exported()
    exported.bundle(one)
    exported.bundle(other)
    assert names(one) == names(other)
    assert all(read(one, name) == read(other, name) for name in names(one) if name != "manifest.sig")


@pytest.mark.parametrize("place", range(NAMES_IN_FULL))
def test_each_file_that_is_altered_is_named(bundle: Path, tmp_path: Path, place: int) -> None:
    name = sorted(names(bundle))[place]
    content = read(bundle, name)
    # A digit in the middle of JSON, else any octet, becomes another.
    changed = content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]
    checked = check(rewritten(bundle, tmp_path / "altered.zip", {name: changed}))
    assert not checked.is_intact
    assert name in {fault.path for fault in checked.faults}


def test_the_parametrised_places_are_all_files_of_the_bundle(bundle: Path) -> None:
    assert len(names(bundle)) == NAMES_IN_FULL


@pytest.mark.parametrize("place", range(NAMES_IN_FULL))
def test_each_file_that_is_missing_is_named(bundle: Path, tmp_path: Path, place: int) -> None:
    name = sorted(names(bundle))[place]
    checked = check(rewritten(bundle, tmp_path / "less.zip", {name: None}))
    assert not checked.is_intact
    assert name in {fault.path for fault in checked.faults}


def test_a_file_that_is_added_is_named(bundle: Path, tmp_path: Path) -> None:
    checked = check(rewritten(bundle, tmp_path / "more.zip", {"conversations/c1/new.eml": b"new"}))
    assert checked.faults == (FileFault("conversations/c1/new.eml", FileCode.UNLISTED),)


def test_a_file_that_is_in_it_twice_is_named(bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "twice.zip"
    out.write_bytes(bundle.read_bytes())
    with zipfile.ZipFile(out, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr("errors.json", b"other")
    assert FileFault("errors.json", FileCode.TWICE) in check(out).faults


@pytest.mark.parametrize(
    "name", ["../outside.eml", "/etc/passwd", "a/../../b", "c:\\x", ".hidden", "a//b", "a/./b"]
)
def test_a_path_that_leads_elsewhere_is_a_fault(bundle: Path, tmp_path: Path, name: str) -> None:
    checked = check(rewritten(bundle, tmp_path / "slip.zip", {name: b"x"}))
    assert FileCode.MALFORMED in {fault.code for fault in checked.faults}


def test_a_file_that_unpacks_to_more_than_the_manifest_tells_is_not_read_on(
    bundle: Path, tmp_path: Path
) -> None:
    bomb = rewritten(bundle, tmp_path / "bomb.zip", {"transcript.html": b"0" * (64 << 20)})
    assert FileFault("transcript.html", FileCode.ALTERED) in check(bomb).faults


def test_a_file_whose_packing_is_damaged_is_named(made: Archived, bundle: Path, tmp_path: Path) -> None:
    raw = bytearray(bundle.read_bytes())
    with zipfile.ZipFile(bundle) as opened:
        info = opened.getinfo("transcript.html")
    data = info.header_offset + 30 + len(info.filename)
    raw[data + 3] ^= 0xFF
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(raw)
    assert FileFault("transcript.html", FileCode.UNREADABLE) in check(damaged).faults


def test_no_octet_of_a_bundle_can_change_unnoticed(bundle: Path, tmp_path: Path) -> None:
    """Unless it is one of those that say how a file is packed, and every file is as it was."""
    raw, damaged, random = bundle.read_bytes(), tmp_path / "damaged.zip", Random(5)
    for _ in range(400):
        changed = bytearray(raw)
        changed[random.randrange(len(raw))] ^= 1 << random.randrange(8)
        damaged.write_bytes(changed)
        try:
            checked = check(damaged)
        except UsageError:
            continue
        assert not checked.is_intact or everything(damaged) == everything(bundle)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"\0" * 4096])
def test_what_is_no_zip_file_is_told_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "none.zip"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="no zip file"):
        check(path)


def test_a_bundle_that_is_cut_off_is_told_so(bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.zip"
    path.write_bytes(bundle.read_bytes()[:-200])
    with pytest.raises(UsageError, match="only the beginning"):
        check(path)


def test_a_key_that_the_reader_did_not_name_counts_for_nothing(made: Archived, bundle: Path) -> None:
    assert check(bundle, pins_of(made)).is_intact
    stranger = check(bundle, Pins(frozenset((Signer().public.fingerprint,)), pins_of(made).exports))
    assert FileFault(f"keys/{made.checkpoints.public.fingerprint}.pem", FileCode.UNTRUSTED) in stranger.faults
    assert Code.CHECKPOINT_FORGED in codes(stranger)


def test_a_bundle_made_anew_with_other_keys_is_told_by_their_fingerprints(
    made: Archived, tmp_path: Path
) -> None:
    forged = archived()
    forged.bundle(tmp_path / "forged.zip")
    assert check(tmp_path / "forged.zip").is_intact
    assert not check(tmp_path / "forged.zip", pins_of(made)).is_intact


def test_who_signs_manifests_cannot_sign_a_checkpoint(tmp_path: Path) -> None:
    made = Archived()
    made.message("buyer", "seller", "Is it blue?")
    made.exported(signer=made.exports).bundle(tmp_path / "forged.zip")
    assert codes(check(tmp_path / "forged.zip")) == [
        Code.CHECKPOINT_FORGED,
        Code.EXPORT_UNPROVED,
        Code.NOTHING_SIGNED,
    ]


def test_a_signature_and_a_file_can_be_checked_with_openssl(bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle) as opened:
        opened.extractall(tmp_path)
    key = json.loads((tmp_path / "manifest.json").read_text())["key"]
    command = [
        "openssl",
        "dgst",
        "-sha256",
        "-verify",
        f"keys/{key}.pem",
        "-signature",
        "manifest.sig",
        "manifest.json",
    ]
    try:
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("openssl is missing (Debian and Ubuntu: apt-get install openssl)")
    assert (ended.returncode, ended.stdout.strip()) == (0, "Verified OK")


def test_an_archive_that_was_tampered_with_gives_a_bundle_that_says_so(tmp_path: Path) -> None:
    made = archived()
    (key,) = [each for each in made.objects if each.endswith("m2/original.eml")]
    made.objects[key] = (mail(SELLER, "something else"), made.objects[key][1])
    made.bundle(tmp_path / "evidence.zip")
    checked = check(tmp_path / "evidence.zip")
    assert checked.faults == ()
    assert checked.verdict is not None
    assert [(fault.seq, fault.code, fault.key) for fault in checked.verdict.faults] == [
        (2, Code.OBJECT_ALTERED, key)
    ]


def test_an_attachment_that_its_exporter_swapped_is_named(
    made: Archived, bundle: Path, tmp_path: Path
) -> None:
    name = next(name for name in names(bundle) if "/attachments/" in name)
    checked = check(signed_anew(made, bundle, tmp_path / "x.zip", {name: b"%PDF another bill"}))
    assert checked.faults == (FileFault(name, FileCode.ALTERED),)


def test_a_bundle_of_everything_cannot_keep_a_record_back(
    made: Archived, bundle: Path, tmp_path: Path
) -> None:
    chain = json.loads(read(bundle, "chain.json"))
    chain["links"][3] |= {"bare": True, "salts": {}, "folder": ""}
    hidden = [name for name in names(bundle) if "m4" in name]
    changes = {**dict.fromkeys(hidden), "chain.json": json.dumps(chain).encode()}
    checked = check(signed_anew(made, bundle, tmp_path / "x.zip", changes))
    assert checked.faults == (FileFault("chain.json", FileCode.MALFORMED),)
    assert codes(checked) == [Code.LINK_MISSING]


def test_a_mail_that_a_partys_bundle_says_it_opens_cannot_be_left_out(made: Archived, tmp_path: Path) -> None:
    made.bundle(tmp_path / "part.zip", "buyer")
    name = next(name for name in names(tmp_path / "part.zip") if name.endswith("m2/relayed.eml"))
    checked = check(signed_anew(made, tmp_path / "part.zip", tmp_path / "x.zip", {name: None}))
    assert codes(checked) == [Code.OBJECT_MISSING]


def test_a_key_counts_only_in_the_role_that_the_reader_gave_it(tmp_path: Path) -> None:
    retired, made = Signer(), Archived()
    published, made.checkpoints = made.checkpoints, retired
    made.message("seller", "buyer", "never written")
    made.bundle(tmp_path / "forged.zip")
    exports = frozenset((retired.public.fingerprint, made.exports.public.fingerprint))
    checked = check(tmp_path / "forged.zip", Pins(frozenset((published.public.fingerprint,)), exports))
    assert FileFault(f"keys/{retired.public.fingerprint}.pem", FileCode.UNTRUSTED) in checked.faults
    assert codes(checked) == [Code.CHECKPOINT_FORGED, Code.EXPORT_UNPROVED, Code.NOTHING_SIGNED]


def test_links_that_were_never_signed_are_no_part_of_an_intact_bundle(tmp_path: Path) -> None:
    made = archived().exported()
    made.at = START
    made.message("seller", "buyer", "I will pay everything back")
    made.bundle(tmp_path / "tail.zip")
    assert codes(check(tmp_path / "tail.zip")) == [Code.UNSIGNED_TAIL]


@pytest.mark.parametrize("compression", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_file_that_was_packed_otherwise_and_damaged_is_named(
    bundle: Path, tmp_path: Path, compression: int
) -> None:
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(packed, "w", compression) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        place = new.getinfo("transcript.html").header_offset + 30 + len("transcript.html")
    raw = bytearray(packed.read_bytes())
    raw[place + 9 : place + 30] = b"\xff" * 21
    packed.write_bytes(raw)
    assert check(packed).faults == (FileFault("transcript.html", FileCode.UNREADABLE),)


def test_a_list_of_files_that_asks_for_another_program_is_told_so(bundle: Path, tmp_path: Path) -> None:
    raw = bytearray(bundle.read_bytes())
    raw[raw.rindex(b"PK\x01\x02") + 6] = 200
    (tmp_path / "new.zip").write_bytes(raw)
    with pytest.raises(UsageError, match="damaged"):
        check(tmp_path / "new.zip")


def test_no_part_is_made_for_a_role_that_the_conversation_has_nobody_for(
    made: Archived, tmp_path: Path
) -> None:
    with pytest.raises(NoSuchPartyError):
        made.bundle(tmp_path / "part.zip", "buyer", roles=["seller"])
    assert list(tmp_path.iterdir()) == []


def test_what_could_not_be_read_is_told_and_everything_else_is_there(tmp_path: Path) -> None:
    made = archived()
    denied = frozenset(key for key in made.objects if key.endswith(ORIGINAL))
    written = made.bundle(tmp_path / "evidence.zip", denied=denied, page=None)
    checked = check(tmp_path / "evidence.zip")
    assert {each.key: each.code for each in checked.unread} == {
        **dict.fromkeys(denied, "access-denied"),
        "transcript.html": "object-missing",
    }
    assert written.unread == checked.unread
    assert (checked.is_intact, checked.is_complete) == (True, False)
    assert list(checked_told(checked))[-1].startswith("intact, but NOT COMPLETE")
    assert checked.verdict is not None
    assert checked.verdict.unopened == (1, 2, 3, 4)


def test_a_mail_that_is_gone_from_the_archive_is_a_fault_of_the_chain(tmp_path: Path) -> None:
    made = archived()
    (key,) = [each for each in made.objects if each.endswith("m1/relayed.eml")]
    del made.objects[key]
    made.bundle(tmp_path / "evidence.zip")
    assert codes(check(tmp_path / "evidence.zip")) == [Code.OBJECT_MISSING]


def test_an_entry_that_cannot_be_read_goes_along_and_is_named(tmp_path: Path) -> None:
    made = archived()
    key = entry_key(CONVERSATION, 2, "m2")
    made.objects[key] = (b"{", "")
    made.bundle(tmp_path / "evidence.zip")
    checked = check(tmp_path / "evidence.zip")
    assert codes(checked)[0] == Code.ENTRY_UNREADABLE
    assert read(tmp_path / "evidence.zip", key) == b"{"


def test_an_export_that_fails_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    class BrokenError(Exception):
        pass

    made, out = archived(), tmp_path / "evidence.zip"
    out.write_bytes(b"the old one")

    def broken(_: bytes) -> bytes:
        raise BrokenError

    made.exports.sign = broken  # type: ignore[method-assign]
    with pytest.raises(BrokenError):
        made.bundle(out)
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [(out.name, b"the old one")]


def test_a_bundle_can_be_read_by_its_owner_alone(bundle: Path) -> None:
    assert bundle.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("viewer", "seen", "unseen"),
    [
        (
            "buyer",
            ["original: Is it blue?", "original: a threat", "relayed: It is green.", BUYER, "of the seller"],
            ["original: It is green.", "relayed: Is it blue?", "a bank account", SELLER],
        ),
        (
            "seller",
            [
                "original: It is green.",
                "original: a bank account",
                "relayed: Is it blue?",
                SELLER,
                "of the buyer",
            ],
            ["original: Is it blue?", "relayed: It is green.", "a threat", BUYER],
        ),
    ],
)
def test_a_bundle_for_a_party_holds_what_it_saw_and_nothing_else(
    made: Archived, tmp_path: Path, viewer: str, seen: list[str], unseen: list[str]
) -> None:
    out = tmp_path / "part.zip"
    made.bundle(out, viewer)
    raw = everything(out)
    assert [each for each in seen if attached(each) not in raw] == []
    assert [
        each for each in [*unseen, "called the seller", "arn:of:staff", "_note_"] if each.encode() in raw
    ] == []
    checked = check(out)
    assert checked.is_intact
    assert checked.verdict is not None
    assert (checked.verdict.count, checked.verdict.signed) == (6, 6)
    # Of its own mail that was kept back there is nothing but the original.
    assert checked.verdict.unopened == ((1, 2, 4, 5, 6) if viewer == "buyer" else (1, 2, 3, 5, 6))


def attached(text: str) -> bytes:
    return f"%PDF-1.4 {text}".encode() if text.startswith("of the") else text.encode()


def test_a_bundle_for_a_party_tells_nothing_of_how_the_others_mail_was_screened(
    made: Archived, tmp_path: Path
) -> None:
    made.bundle(tmp_path / "part.zip", "buyer")
    entries = [name for name in names(tmp_path / "part.zip") if name.startswith("entries/")]
    # Its own mails, and that it was given this.
    assert entries == [entry_key(CONVERSATION, seq, id_) for seq, id_ in ((1, "m1"), (3, "m3"), (6, "e6"))]


def test_a_link_of_a_partys_bundle_cannot_be_altered_or_left_out(made: Archived, tmp_path: Path) -> None:
    out = tmp_path / "part.zip"
    made.bundle(out, "buyer")
    chain = json.loads(read(out, "chain.json"))
    without = {**chain, "links": [each for each in chain["links"] if each["link"]["seq"] != 2]}
    checked = check(rewritten(out, tmp_path / "x.zip", {"chain.json": json.dumps(without).encode()}))
    assert FileFault("chain.json", FileCode.ALTERED) in checked.faults
    assert Code.LINK_MISSING in codes(checked)
    chain["links"][1]["link"]["at"] = "2026-09-04T17:00:00+00:00"
    checked = check(rewritten(out, tmp_path / "y.zip", {"chain.json": json.dumps(chain).encode()}))
    assert FileFault("chain.json", FileCode.MALFORMED) in checked.faults


def test_a_message_that_was_released_is_what_the_other_party_saw(tmp_path: Path) -> None:
    made = Archived()
    held = made.message("seller", "buyer", "a catalogue", "held")
    relayed = mail("seller-alias@relay.example.com", "released: a catalogue")
    contents = {Committed.RELAYED: relayed, Committed.CONTENT: b"{}"}
    made.event(EventKind.RELEASED, held, contents=contents)
    made.sign()
    made.bundle(tmp_path / "buyer.zip", "buyer")
    assert b"released: a catalogue" in everything(tmp_path / "buyer.zip")
    assert check(tmp_path / "buyer.zip").is_intact


def test_a_release_that_failed_was_seen_by_nobody(tmp_path: Path) -> None:
    made = Archived()
    held = made.message("seller", "buyer", "a catalogue", "held")
    relayed = mail("seller-alias@relay.example.com", "released: a catalogue")
    made.event(EventKind.RELEASED, held, contents={Committed.RELAYED: relayed})
    made.event(EventKind.OUTCOME, held, facts={"outcome": "held", "codes": "ses-rejected"})
    made.sign()
    made.bundle(tmp_path / "buyer.zip", "buyer")
    assert b"released: a catalogue" not in everything(tmp_path / "buyer.zip")
    assert check(tmp_path / "buyer.zip").is_intact


def test_an_own_mail_that_ended_otherwise_still_verifies_for_its_author(tmp_path: Path) -> None:
    made = Archived()
    sent = made.message("buyer", "seller", "Is it blue?", "held", intended="relayed")
    made.event(EventKind.OUTCOME, sent, facts={"outcome": "held", "codes": ""})
    made.sign()
    made.bundle(tmp_path / "buyer.zip", "buyer")
    made.bundle(tmp_path / "seller.zip", "seller")
    assert check(tmp_path / "buyer.zip").is_intact
    assert check(tmp_path / "seller.zip").is_intact
    assert b"Is it blue?" not in everything(tmp_path / "seller.zip")


def test_an_erased_conversation_gives_a_bundle_that_is_intact_and_says_what_is_gone(tmp_path: Path) -> None:
    made = archived()
    made.event(EventKind.ERASED)
    made.sign()
    for key in [each for each in made.objects if each.startswith(("conversations/", "contents/", "notes/"))]:
        del made.objects[key]
    for viewer in (None, "buyer"):
        made.bundle(tmp_path / "evidence.zip", viewer)
        checked = check(tmp_path / "evidence.zip")
        assert checked.is_intact
        assert checked.verdict is not None
        assert checked.verdict.erased == (1, 2, 3, 4, 5)
        assert checked.unread != ()


def page_of(made: Archived, viewer: str, locale: str = "en", order: str | None = "303-11") -> str:
    entries = [read_entry(raw) for key, (raw, _) in made.objects.items() if key.startswith("entries/")]
    stored = {key: content for key, (content, _) in made.objects.items()}
    opened = shares(entries, viewer, roles=("buyer", "seller"))
    return party_page(opened, stored.get, conversation=CONVERSATION, order=order, locale=locale).decode()


def test_the_page_for_a_party_shows_its_own_mails_and_those_that_reached_it(made: Archived) -> None:
    page = page_of(made, "buyer")
    assert [
        text in page for text in ("original: Is it blue?", "relayed: It is green.", "original: a threat")
    ] == [True] * 3
    assert [
        text in page for text in ("relayed: Is it blue?", "original: It is green.", "a bank account")
    ] == [False] * 3
    assert "Written by you, 2026-09-04 16:14 UTC: refused" in page


@pytest.mark.parametrize(("locale", "words"), [("de-AT", "Von Ihnen geschrieben"), ("fr", "Written by you")])
def test_the_page_for_a_party_is_in_its_language(made: Archived, locale: str, words: str) -> None:
    assert words in page_of(made, "buyer", locale)


def test_nothing_in_the_page_for_a_party_can_run_or_load() -> None:
    made, hostile = Archived(), "<script>alert(1)</script><img src=https://evil.example/x>\"'>"
    made.message("buyer", "seller", hostile)
    page = page_of(made, "buyer", order=hostile)
    assert page.count("&lt;script&gt;") == 2
    assert "<script" not in page
    assert "<img" not in page
    assert "default-src 'none'" in page


def test_a_mail_that_cannot_be_read_is_still_on_the_page_for_its_author() -> None:
    made = Archived()
    made.message("buyer", "seller", "Is it blue?")
    made.message("buyer", "seller", "And now?")
    (key,) = [each for each in made.objects if each.endswith("m1/original.eml")]
    made.objects[key] = (b"\0" * 10, made.objects[key][1])
    page = page_of(made, "buyer")
    assert "And now?" in page
    assert key.removesuffix("original.eml") in page


def test_a_bundle_names_the_version_of_this_program() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert f"{project['name']} {project['version']}" == TOOL
