"""Zip files: what is in them is masked, everything else stays octet for octet."""

import base64
import email
import io
import random
import struct
import zipfile
import zlib

import pytest

from parley.masking.budget import MAX_INFLATED, Budget, MaskedFile
from parley.masking.files import mask_file
from parley.masking.matcher import matcher_for
from parley.masking.zips import directory_of
from tests.golden.pipeline import BUYER_TO_SELLER, RELAY_DOMAIN, protected_for
from tests.unit.masking import documents, pictures
from tests.unit.masking.documents import encrypted, opened, streamed_zip, zipped
from tests.unit.masking.probes import MAILBOX

MATCHER = matcher_for(protected_for(BUYER_TO_SELLER), RELAY_DOMAIN)
PHOTO = pictures.jpeg(pictures.segment(0xFE, pictures.CANARY))


def masked(data: bytes) -> MaskedFile:
    return mask_file(data, MATCHER, Budget())


def spans(data: bytes) -> dict[str, bytes]:
    """Every member with its header, as it stands in the file."""
    return {member.name: data[member.start : member.end] for member in directory_of(data).members}


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_that_need_no_change_stay_packed_as_they_are(compression: int) -> None:
    noise = random.Random(5).randbytes(3_000)
    data = zipped({"a.bin": noise, "liste.txt": f"Mail {MAILBOX}", "b.xml": "<a/>"}, compression)
    result = masked(data)
    assert result.content is not None
    assert opened(result.content)["liste.txt"] == b"Mail b-7K2M@relay.example"
    before, after = spans(data), spans(result.content)
    assert {name for name in before if before[name] != after[name]} == {"liste.txt"}


def test_an_archive_that_was_written_as_a_stream_is_read_and_changed() -> None:
    data = streamed_zip({"a.txt": "Hallo", "b.txt": f"Mail {MAILBOX}", "c.bin": b"\0" * 100})
    result = masked(data)
    assert result.content is not None
    assert opened(result.content) == {
        "a.txt": b"Hallo",
        "b.txt": b"Mail b-7K2M@relay.example",
        "c.bin": b"\0" * 100,
    }


def test_the_name_of_a_member_is_masked() -> None:
    result = masked(zipped({f"Ü {MAILBOX}.bin": b"\0", "ordner/b.txt": "x"}))
    assert result.content is not None
    assert list(opened(result.content)) == ["Ü b-7K2M@relay.example.bin", "ordner/b.txt"]


def test_a_photograph_in_an_archive_loses_its_metadata() -> None:
    result = masked(zipped({"a/foto.jpg": PHOTO, "b.txt": "x"}))
    assert result.content is not None
    assert opened(result.content)["a/foto.jpg"] == pictures.CLEAN_JPEG
    assert result.codes == ("image-metadata-removed",)


def test_a_document_in_an_archive_in_an_archive_is_opened_and_no_deeper_one() -> None:
    data = zipped(documents.docx())
    for depth in range(3):
        data = zipped({"inner.zip" if depth else "a.docx": data})
        result = masked(data)
        assert (result.content is None) == (depth >= 2)


@pytest.mark.parametrize("name", ["setup.exe", "tief/unten/Rechnung.pdf.SCR", "start.lnk"])
def test_a_program_in_an_archive_is_reported(name: str) -> None:
    assert masked(zipped({name: b"\0"})).codes == ("program-in-archive",)


def test_an_archive_with_a_password_is_reported_and_passes_as_it_is() -> None:
    assert masked(encrypted(zipped({"a.txt": "geheim"}))) == MaskedFile(codes=("attachment-encrypted",))


def broken() -> dict[str, bytes]:
    whole = zipped({"a.txt": "Hallo", "b.txt": "Welt"})
    end = whole.rfind(b"PK\5\6")
    entry = whole.find(b"PK\1\2")
    second = whole.find(b"PK\1\2", entry + 1)

    def patched(at: int, value: bytes) -> bytes:
        return whole[:at] + value + whole[at + len(value) :]

    return {
        "no end": whole[:-9],
        "trailing octets": whole + b"x",
        "more members than there are": patched(end + 8, b"\3\0\3\0"),
        "two disks": patched(end + 4, b"\1\0"),
        "directory elsewhere": patched(end + 16, b"\0\0\0\0"),
        "two members in one place": patched(second + 42, b"\0\0\0\0"),
        "another name in the member itself": patched(30, b"x"),
        "another method in the member itself": patched(8, b"\0\0"),
        "zip64": patched(entry + 24, b"\xff\xff\xff\xff"),
        "a name twice": whole.replace(b"b.txt", b"a.txt"),
        "not its size": patched(entry + 24, b"\4\0\0\0"),
        "unknown compression": whole.replace(b"\x14\0\0\0\x08\0", b"\x14\0\0\0\x0c\0"),
        "nothing but a beginning": b"PK\3\4" + bytes(40),
    }


@pytest.mark.parametrize("name", broken())
def test_an_archive_that_programs_may_read_differently_is_reported_and_not_changed(name: str) -> None:
    assert masked(broken()[name]) == MaskedFile(codes=("attachment-unreadable",))


def test_a_bomb_is_not_inflated() -> None:
    bomb = zipped({"a.txt": b"\0" * (MAX_INFLATED + 1)})
    assert len(bomb) < 100_000
    assert masked(bomb) == MaskedFile(codes=("attachment-unreadable",))


def test_a_member_that_claims_to_be_small_is_not_inflated_beyond_its_claim() -> None:
    packed = zlib.compress(b" " * 10_000_000, 9)[2:-4]
    data = bytearray(zipped({"a.txt": b"x"}))
    whole = zipped({"a.txt": b" " * 10_000_000})
    for signature, size_at in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = whole.find(signature)
        whole = whole[: at + size_at] + struct.pack("<I", 5) + whole[at + size_at + 4 :]
    assert len(packed) < len(whole)
    assert len(data) < len(whole)
    assert masked(whole) == MaskedFile(codes=("attachment-unreadable",))


def test_many_members_that_are_a_bomb_together_share_one_budget() -> None:
    bomb = zipped({f"{index}.xml": b" " * 400_000 for index in range(20)})
    budget = Budget()  # of the mail: further attachments get what is left
    assert mask_file(bomb, MATCHER, budget).codes == ("attachment-unreadable",)
    assert 0 <= budget.octets < MAX_INFLATED


def test_properties_are_cleaned_before_large_members_use_up_the_budget() -> None:
    large = {f"word/{index}.xml": b" " * 4_000_000 for index in range(5)}
    result = masked(zipped({**large, **documents.docx()}))
    assert result.content is not None
    assert documents.AUTHOR.encode() not in b"".join(opened(result.content).values())
    assert set(result.codes) == {"attachment-unreadable", "document-author-removed"}


def test_what_all_attachments_of_a_mail_may_make_of_text_is_limited() -> None:
    budget = Budget(text=100)
    small, large = (zipped({"a.txt": f"{MAILBOX} {'x' * length}"}) for length in (10, 60))
    assert mask_file(small, MATCHER, budget).codes == ("attachment-masked",)
    assert mask_file(large, MATCHER, budget).codes == ("protected-in-attachment",)


@pytest.mark.parametrize("of_member", [False, True])
def test_a_mailbox_in_a_comment_goes_with_all_comments(of_member: bool) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        info = zipfile.ZipInfo("a.txt")
        info.comment = MAILBOX.encode() if of_member else b"x"
        written.writestr(info, b"Hallo")
        written.writestr("b.bin", b"\0")
        written.comment = b"" if of_member else MAILBOX.encode()
    result = masked(out.getvalue())
    assert result.content is not None
    assert opened(result.content) == {"a.txt": b"Hallo", "b.bin": b"\0"}
    assert directory_of(result.content).comments == ()
    assert result.codes == ("attachment-masked",)


def test_another_comment_stays() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        written.writestr("a.txt", b"Hallo")
        written.comment = b"Bilder vom Artikel"
    assert masked(out.getvalue()) == MaskedFile()


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_a_text_in_an_archive_is_masked_in_its_own_charset(codec: str) -> None:
    result = masked(zipped({"a.txt": f"Grüße von {MAILBOX}".encode(codec)}))
    assert result.content is not None
    assert opened(result.content)["a.txt"].decode(codec) == "Grüße von b-7K2M@relay.example"


LETTER = (
    b"From: x@y.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n%s\r\n"
    b"--b\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n"
)


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
@pytest.mark.parametrize("form", ["plain", "html"])
def test_what_a_mail_in_an_archive_hides_in_its_encoding_is_masked(encoding: str, form: str) -> None:
    text = "Grüße von anna.kaeufer@<b>privatmail</b>.example" if form == "html" else f"Grüße von {MAILBOX}"
    octets = text.encode()
    body = base64.b64encode(octets) if encoding == "base64" else "".join(f"={o:02X}" for o in octets).encode()
    letter = LETTER % (form.encode(), encoding.encode(), body, base64.b64encode(PHOTO))
    result = masked(zipped({"brief.eml": letter}))
    assert result.content is not None
    shown = email.message_from_bytes(opened(result.content)["brief.eml"])
    first, second = (part.get_payload(decode=True) for part in shown.walk() if not part.is_multipart())
    assert isinstance(first, bytes)
    assert first.decode().strip().startswith("Grüße von b-7K2M@relay.example")
    assert second == pictures.CLEAN_JPEG
    assert set(result.codes) == {"attachment-masked", "image-metadata-removed"}


def test_a_mail_in_an_archive_with_nothing_to_mask_stays_octet_for_octet() -> None:
    letter = LETTER % (b"plain", b"base64", base64.b64encode(b"Hallo"), base64.b64encode(pictures.CLEAN_JPEG))
    assert masked(zipped({"brief.eml": letter})) == MaskedFile()


def test_what_is_packed_a_thousand_times_is_not_inflated() -> None:
    assert masked(zipped({"a.xml": "&amp" * 500_000})) == MaskedFile(codes=("attachment-unreadable",))


def test_an_archive_too_deep_to_be_opened_is_reported() -> None:
    data = zipped({"a.txt": "Hallo"})
    for _ in range(4):
        data = zipped({"inner.zip": data}, zipfile.ZIP_STORED)
    assert masked(data) == MaskedFile(codes=("attachment-unreadable",))
