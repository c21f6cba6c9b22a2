"""Zip files that hold more than their files, or say two things of one of them."""

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.evidence.checking import WHOLE, check
from cli.evidence.wording import checked_told
from parley.archive.evidence_files import FileCode, FileFault
from tests.support.bundles import read
from tests.support.evidence import archived, rewritten, signed_anew

PACKING = FileFault(WHOLE, FileCode.PACKING)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bundle") / "evidence.zip"
    archived().bundle(out)
    return out


def another_zip() -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as made:
        made.writestr("transcript.html", b"another")
    return octets.getvalue()


def commented(raw: bytes) -> bytes:
    return raw[:-2] + struct.pack("<H", 5) + b"hello"


def hidden_from_the_directory(raw: bytes) -> bytes:
    octets = io.BytesIO(raw)
    with zipfile.ZipFile(octets, "a") as made:
        made.writestr("hidden.eml", b"never listed")
        made.filelist.pop()
    return octets.getvalue()


def with_another_local_size(raw: bytes) -> bytes:
    return raw[:22] + b"\x01" + raw[23:]


def with_a_comment_on_a_file(raw: bytes) -> bytes:
    octets = io.BytesIO(raw)
    with zipfile.ZipFile(octets, "a") as made:
        made.infolist()[0].comment = b"hello"
        made.writestr("x", b"")
        made.filelist.pop()
    return octets.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: another_zip() + raw,
        lambda raw: raw + b"more",
        lambda raw: raw + another_zip()[:40] + b"\0" * 60,
        commented,
        hidden_from_the_directory,
        with_another_local_size,
        with_a_comment_on_a_file,
    ],
)
def test_what_lies_beside_the_files_is_named(
    bundle: Path, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    (tmp_path / "x.zip").write_bytes(change(bundle.read_bytes()))
    checked = check(tmp_path / "x.zip")
    assert PACKING in checked.faults
    assert not checked.is_intact


@pytest.mark.parametrize("attributes", [0o120777 << 16, 0o040755 << 16, 0x10])
def test_what_is_no_regular_file_is_named(bundle: Path, tmp_path: Path, attributes: int) -> None:
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(tmp_path / "x.zip", "w") as new:
        for info in old.infolist():
            copy = zipfile.ZipInfo(info.filename)
            copy.external_attr = attributes if info.filename == "README.txt" else 0o600 << 16
            new.writestr(copy, old.read(info))
    assert check(tmp_path / "x.zip").faults == (PACKING,)


@pytest.mark.parametrize("extra", [b"up\x06\x00\x01\x00\x00\x00\x00x", b"\x01\x00"])
def test_a_file_with_a_second_name_or_more_in_its_headers_is_named(
    bundle: Path, tmp_path: Path, extra: bytes
) -> None:
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(tmp_path / "x.zip", "w") as new:
        for info in old.infolist():
            copy = zipfile.ZipInfo(info.filename)
            copy.extra = extra if info.filename == "README.txt" else b""
            new.writestr(copy, old.read(info))
    assert PACKING in check(tmp_path / "x.zip").faults


def test_a_bundle_with_more_files_than_old_zip_files_can_list_is_tight(bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(tmp_path / "x.zip", "w") as new:
        for name in old.namelist():
            with new.open(name, "w", force_zip64=True) as file:
                file.write(old.read(name))
    assert check(tmp_path / "x.zip").faults == ()


def test_a_key_or_entry_that_is_too_large_is_named_and_not_kept(bundle: Path, tmp_path: Path) -> None:
    name = f"keys/{'0' * 64}.pem"
    bomb = signed_anew(archived(), bundle, tmp_path / "x.zip", {name: b"\0" * (1 << 20)})
    assert FileFault(name, FileCode.OVERSIZE) in check(bomb).faults


def test_nothing_in_a_bundle_reaches_the_terminal(bundle: Path, tmp_path: Path) -> None:
    manifest = json.loads(read(bundle, "manifest.json")) | {"case": "17\nintact\x1b[8m"}
    changes = {"manifest.json": json.dumps(manifest).encode(), "conversations/c1/x\x1b[8m\n.eml": b""}
    for some in (changes, dict([changes.popitem()])):
        checked = check(rewritten(bundle, tmp_path / "x.zip", some))
        assert not checked.is_intact
        assert not any(sign in line for line in checked_told(checked) for sign in "\x1b\n")


@pytest.mark.parametrize("member", ["case", "tool", "made_by", "conversation"])
def test_a_manifest_holds_no_control_characters(bundle: Path, tmp_path: Path, member: str) -> None:
    checked = check(signed_anew(archived(), bundle, tmp_path / "x.zip", {}, **{member: "a\x1b[8m"}))
    assert FileFault("manifest.json", FileCode.MALFORMED) in checked.faults
