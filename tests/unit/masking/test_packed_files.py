"""Gzip and tar files: opened within limits, what is in them masked, everything else kept."""

import gzip
import io
import random
import tarfile

import pytest

from parley.masking.budget import MAX_INFLATED, Budget, MaskedFile
from parley.masking.files import mask_file
from parley.masking.matcher import matcher_for
from tests.golden.pipeline import BUYER_TO_SELLER, RELAY_DOMAIN, protected_for, relayed
from tests.unit.masking import documents, pictures
from tests.unit.masking.documents import zipped
from tests.unit.masking.probes import MAILBOX
from tests.unit.masking.test_attachments import attached

MATCHER = matcher_for(protected_for(BUYER_TO_SELLER), RELAY_DOMAIN)
PHOTO = pictures.jpeg(pictures.segment(0xFE, pictures.CANARY))
UNREADABLE = MaskedFile(codes=("attachment-unreadable",))


def masked(data: bytes) -> MaskedFile:
    return mask_file(data, MATCHER, Budget())


def tar(members: dict[str, bytes], form: int = tarfile.PAX_FORMAT, owner: str = "") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as written:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.uname, info.gname = len(content), owner, owner
            written.addfile(info, io.BytesIO(content))
    return out.getvalue()


def untarred(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        assert not any(member.uname or member.gname for member in archive)
        return {member.name: read.read() for member in archive if (read := archive.extractfile(member))}


def test_a_text_in_a_gzip_file_is_masked_and_its_name_stays() -> None:
    out = io.BytesIO()
    with gzip.GzipFile("liste.txt", "wb", fileobj=out, mtime=5) as written:
        written.write(f"Mail {MAILBOX}".encode())
    result = masked(out.getvalue())
    assert result.content is not None
    assert gzip.decompress(result.content) == b"Mail b-7K2M@relay.example"
    assert result.content[10:20] == b"liste.txt\0"
    assert result.codes == ("attachment-masked",)


def test_the_name_in_a_gzip_file_is_masked() -> None:
    out = io.BytesIO()
    with gzip.GzipFile(f"{MAILBOX}.txt", "wb", fileobj=out) as written:
        written.write(b"Hallo")
    result = masked(out.getvalue())
    assert result.content is not None
    assert MAILBOX.encode() not in result.content
    assert gzip.decompress(result.content) == b"Hallo"


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(b"Hallo") + gzip.compress(b" Welt") + bytes(20),
        gzip.compress(random.Random(4).randbytes(3_000)),
        tar({"a.txt": b"Hallo", "b.bin": b"\0\1" * 300, f"{'tief/' * 30}c.txt": b"x"}),
        tar({}),
    ],
)
def test_a_file_with_nothing_to_mask_stays_octet_for_octet(data: bytes) -> None:
    assert masked(data) == MaskedFile()


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
@pytest.mark.parametrize("compressed", [False, True])
def test_members_of_a_tar_file_are_masked_and_their_owners_names_go(form: int, compressed: bool) -> None:
    deep = f"d/{'x' * 90}/liste.txt"
    data = tar({"a.bin": b"\1" * 700, deep: f"Mail {MAILBOX}".encode(), "foto.jpg": PHOTO}, form, "anna")
    result = masked(gzip.compress(data) if compressed else data)
    assert result.content is not None
    content = gzip.decompress(result.content) if compressed else result.content
    assert untarred(content) == {
        "a.bin": b"\1" * 700,
        deep: b"Mail b-7K2M@relay.example",
        "foto.jpg": pictures.CLEAN_JPEG,
    }
    assert set(result.codes) == {"attachment-masked", "image-metadata-removed", "document-author-removed"}


def test_the_name_of_a_member_of_a_tar_file_is_overwritten() -> None:
    result = masked(tar({f"{MAILBOX}.bin": b"\0", f"Ü {MAILBOX}": b"\1"}))
    assert result.content is not None
    assert MAILBOX.encode() not in result.content
    assert list(untarred(result.content).values()) == [b"\0", b"\1"]


def broken_tars() -> dict[str, bytes]:
    whole = tar({"a.txt": MAILBOX.encode()})
    sparse = bytearray(whole)
    sparse[156] = ord("S")
    sparse[148:156] = b"%06o\0 " % (sum(sparse[:148]) + 256 + sum(sparse[156:512]))
    return {
        "wrong checksum": b"b" + whole[1:],
        "cut off": whole[:520],
        "a kind that is not known": bytes(sparse),
        "too many members": tar({f"{number}": b"" for number in range(2_001)}),
    }


@pytest.mark.parametrize("name", broken_tars())
def test_a_tar_file_that_is_not_understood_is_reported(name: str) -> None:
    assert "attachment-unreadable" in masked(broken_tars()[name]).codes


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(b"\0" * (MAX_INFLATED + 1)),
        gzip.compress(b"Hallo")[:-3],
        gzip.compress(b"") * 101,
        b"BZh91AY&SY",
        b"\xfd7zXZ\0",
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!\x1a\7\1\0",
    ],
)
def test_an_archive_that_is_not_opened_is_reported(data: bytes) -> None:
    assert masked(data) == UNREADABLE


def test_a_file_that_was_compressed_again_and_again_is_reported() -> None:
    data = b"Hallo"
    for _ in range(5):
        data = gzip.compress(data)
    assert masked(data) == UNREADABLE


@pytest.mark.parametrize("name", ["b.gz", "b.TGZ", "b.tar.gz"])
def test_a_gzip_file_in_an_archive_is_opened(name: str) -> None:
    assert masked(zipped({name: gzip.compress(MAILBOX.encode())})).codes == ("attachment-masked",)


def test_an_archive_of_another_kind_in_an_archive_is_reported() -> None:
    assert masked(zipped({"b.7z": b"7z\xbc\xaf\x27\x1c"})) == UNREADABLE


def test_a_document_in_a_compressed_tar_file_loses_its_author() -> None:
    result = masked(gzip.compress(tar({"a.docx": zipped(documents.docx())})))
    assert result.codes == ("document-author-removed",)


def test_a_compressed_attachment_goes_out_masked() -> None:
    raw = attached(gzip.compress(MAILBOX.encode()), "application/gzip", "a.txt.gz")
    assert set(relayed(raw, BUYER_TO_SELLER).codes) == {"attachment-masked", "protected-masked"}
