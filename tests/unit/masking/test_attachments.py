"""Attachments: opened and masked where that is possible, kept octet for octet where nothing is found."""

import email
import gzip
import io
import random
import zipfile

import pytest

from parley.mail.structure import read
from parley.masking.files import MAX_SEARCHED
from parley.masking.mask import ContactRules, Unmaskable, mask
from parley.screening.policy import DEFAULT_POLICY, Action
from tests.golden.pipeline import BUYER_TO_SELLER, RELAY_DOMAIN, Relayed, protected_for, relayed
from tests.golden.reading import shows
from tests.unit.masking.files import archive, jpeg, pdf, png, tnef
from tests.unit.masking.probes import DOMAIN, MAILBOX, leaf, mail, multipart

UTF_16 = ("utf-16-le", "utf-16-be")


def attached(content: bytes, media_type: str, name: str) -> bytes:
    extra = f'Content-Disposition: attachment; filename="{name}"\r\n'
    return multipart(leaf(content, media_type, "", "base64", extra))


def contents(result: Relayed) -> list[bytes]:
    """The decoded leaves of the outgoing mail."""
    parts = email.message_from_bytes(result.outgoing).walk()
    return [payload for part in parts if isinstance(payload := part.get_payload(decode=True), bytes)]


def names(result: Relayed) -> list[str | None]:
    return [part.get_filename() for part in email.message_from_bytes(result.outgoing).walk()]


@pytest.mark.parametrize(
    ("content", "media_type", "name"),
    [
        (pdf(MAILBOX), "application/pdf", "a.pdf"),
        (png(Author=MAILBOX), "image/png", "a.png"),
        (jpeg(MAILBOX), "image/jpeg", "a.jpg"),
        (b"\xd0\xcf\x11\xe0\0\0" + MAILBOX.encode("utf-16-le") + b"\0" * 20, "application/msword", "a.doc"),
    ],
)
def test_a_mailbox_in_a_files_metadata_is_taken_out(content: bytes, media_type: str, name: str) -> None:
    result = relayed(attached(content, media_type, name), BUYER_TO_SELLER)
    outgoing = contents(result)[1]
    for needle in (MAILBOX, DOMAIN):
        assert needle.encode() not in outgoing
        assert needle.encode("utf-16-le") not in outgoing
        assert needle.encode("utf-16-be") not in outgoing
    assert {"attachment-masked", "image-metadata-removed"} & set(result.codes)
    assert media_type.startswith("image/") or len(outgoing) == len(content)


def test_a_note_in_utf_16_that_lacks_its_last_octet_is_masked_as_text() -> None:
    note = f"Notiz von {MAILBOX}".encode("utf-16")[:-1]
    result = relayed(attached(note, "application/octet-stream", "notiz.txt"), BUYER_TO_SELLER)
    assert contents(result)[1].decode("utf-16") == "Notiz von b-7K2M@relay.example"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("extra", ["", "\0"])
def test_a_text_file_in_utf_16_keeps_its_octets_whatever_it_calls_itself(codec: str, extra: str) -> None:
    note = f"Größe M, Łódź.{extra}\r\nDanke".encode(codec)
    for media_type in ("text/plain; charset=utf-16", "text/plain", "application/octet-stream"):
        result = relayed(attached(note, media_type, "notiz.txt"), BUYER_TO_SELLER)
        assert contents(result)[1] == note
        assert result.codes == ()


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_file_in_utf_16_is_masked_in_its_own_charset(codec: str) -> None:
    result = relayed(attached(f"Von {MAILBOX}".encode(codec), "text/plain", "notiz.txt"), BUYER_TO_SELLER)
    assert contents(result)[1].decode(codec) == "Von b-7K2M@relay.example"


@pytest.mark.parametrize(("order", "mark"), [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")])
@pytest.mark.parametrize("gap", [0, 3, 8])
def test_a_text_in_utf_16_that_lost_an_octet_is_masked_behind_the_gap(
    order: str, mark: bytes, gap: int
) -> None:
    before, behind = f"Hallo, {DOMAIN} an ".encode(order), f"nach {DOMAIN} bitte".encode(order)
    content = mark + before + behind[:gap] + behind[gap + 1 :]
    masked = contents(relayed(attached(content, "text/plain", "notiz.txt"), BUYER_TO_SELLER))[1]
    assert masked.decode("utf-16", "replace").startswith("Hallo, masked.invalid an ")
    assert any("masked.invalid bitte" in masked.decode(reading, "replace") for reading in UTF_16)
    for reading in UTF_16:
        assert DOMAIN not in masked.decode(reading, "replace")


def test_a_text_in_utf_16_with_half_a_pair_is_masked_as_text() -> None:
    content = b"\xff\xfe" + f"Von {MAILBOX} ".encode("utf-16-le") + b"\x00\xd8" + " Gruß".encode("utf-16-le")
    masked = contents(relayed(attached(content, "text/plain", "notiz.txt"), BUYER_TO_SELLER))[1]
    assert masked.decode("utf-16", "replace") == "Von b-7K2M@relay.example \ufffd Gruß"


@pytest.mark.parametrize("end", [b"", b"."])
def test_octets_behind_a_mark_of_utf_16_are_searched_as_octets_too(end: bytes) -> None:
    content = b"\xff\xfe" + MAILBOX.encode() + end
    assert (
        "protected-in-attachment"
        in relayed(attached(content, "application/octet-stream", "a.bin"), BUYER_TO_SELLER).codes
    )


def test_a_document_is_masked_in_its_properties_and_text() -> None:
    members = {
        "[Content_Types].xml": "<Types/>",
        "docProps/core.xml": f"<p><dc:creator>{MAILBOX}</dc:creator></p>",
        "word/document.xml": "<w:t>Grüße anna.kaeufer</w:t><w:t>@privatmail</w:t><w:t>.example</w:t>",
        "word/media/image1.bin": "octets",
    }
    result = relayed(attached(archive(members), "application/octet-stream", "a.docx"), BUYER_TO_SELLER)
    opened = zipfile.ZipFile(io.BytesIO(contents(result)[1]))
    assert opened.namelist() == list(members)
    assert opened.read("word/media/image1.bin") == b"octets"
    text = opened.read("word/document.xml").decode()
    assert text.startswith("<w:t>Grüße b-7K2M@relay.example</w:t>")
    assert not any(MAILBOX in opened.read(name).decode() for name in members)


@pytest.mark.parametrize(
    ("content", "media_type", "name"),
    [
        (pdf(""), "application/pdf", "a.pdf"),
        (png(), "image/png", "a.png"),
        (archive({"a.txt": "Hallo", "docProps/core.xml": "<a/>"}), "application/zip", "a.zip"),
        (random.Random(3).randbytes(5_000), "application/octet-stream", "a.bin"),
        ("Grüße, nichts weiter".encode(), "application/octet-stream", "a.txt"),
    ],
)
def test_a_file_with_nothing_to_mask_keeps_every_octet(content: bytes, media_type: str, name: str) -> None:
    result = relayed(attached(content, media_type, name), BUYER_TO_SELLER)
    assert contents(result)[1] == content
    assert names(result)[2] == name
    assert result.codes == ()


@pytest.mark.parametrize(
    ("content", "media_type", "name"),
    [
        (b"\x89PNG\r\n\x1a\ngarbage", "image/png", "a.png"),
        (b"\xff\xd8\xff\xe1garbage", "image/jpeg", "a.jpg"),
        (archive({"a.txt": "Hallo"})[:-9], "application/zip", "broken.zip"),
    ],
)
def test_a_file_that_cannot_be_opened_is_reported_and_keeps_every_octet(
    content: bytes, media_type: str, name: str
) -> None:
    result = relayed(attached(content, media_type, name), BUYER_TO_SELLER)
    assert contents(result)[1] == content
    assert result.codes == ("attachment-unreadable",)


@pytest.mark.parametrize("name", ["Rechnung.pdf", "Rechnung", "foto.jpg"])
def test_a_program_is_refused_whatever_its_name_says(name: str) -> None:
    program = b"MZ\x90\0" + bytes(200) + b"This program cannot be run in DOS mode."
    result = relayed(attached(program, "application/pdf", name), BUYER_TO_SELLER)
    assert result.codes == ("attachment-program",)
    assert DEFAULT_POLICY.action("attachment-program") is Action.REFUSE


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (archive({"a.txt": "Hallo"}), "Rechnung.pdf"),
        (png(), "Rechnung.pdf"),
        ("<html>Bitte hier anmelden</html>", "foto.jpg"),
        (gzip.compress(b"Hallo"), "brief.docx"),
    ],
)
def test_a_file_that_is_something_else_than_it_says_is_reported(content: bytes | str, name: str) -> None:
    octets = content.encode() if isinstance(content, str) else content
    result = relayed(attached(octets, "application/octet-stream", name), BUYER_TO_SELLER)
    assert result.codes == ("attachment-type-mismatch",)
    assert contents(result)[1] == octets


@pytest.mark.parametrize(
    ("content", "media_type", "name"),
    [
        (jpeg("x")[:2] + jpeg("x")[7:], "image/png", "foto.png"),
        (b"Artikel;Preis", "application/vnd.ms-excel", "liste.xls"),
        (archive({"a.txt": "Hallo"}), "application/octet-stream", "a.docx"),
        (b"{\\rtf1 Hallo}", "application/msword", "brief.doc"),
    ],
)
def test_ordinary_ways_to_mislabel_a_file_are_not_reported(
    content: bytes, media_type: str, name: str
) -> None:
    assert relayed(attached(content, media_type, name), BUYER_TO_SELLER).codes == ()


def test_a_file_that_pgp_encrypted_is_reported() -> None:
    result = relayed(attached(b"\x85\1\0\0\xff", "application/octet-stream", "liste.gpg"), BUYER_TO_SELLER)
    assert result.codes == ("attachment-encrypted",)


def packet(tag: int, content: bytes) -> bytes:
    """An OpenPGP packet in the old form."""
    return bytes([0x80 | tag << 2 | 1]) + len(content).to_bytes(2, "big") + content


PUBLIC_KEY = packet(6, b"\4\x65\0\0\0\x16" + bytes(50)) + packet(13, f"Anna <{MAILBOX}>".encode())
SECRET_KEY = packet(5, b"\4\x65\0\0\0\x01" + bytes(90)) + packet(13, b"Anna")
SIGNATURE = packet(2, b"\4\0\x16\x08" + bytes(60))
ENCRYPTED = packet(1, b"\3" + bytes(60)) + b"\xd2\x20" + bytes(32)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (PUBLIC_KEY, "certificate-removed"),
        (PUBLIC_KEY + packet(2, b"\4\x13" + bytes(30)), "certificate-removed"),
        (SECRET_KEY, "certificate-removed"),
        (SIGNATURE, "signature-removed"),
    ],
)
@pytest.mark.parametrize("name", ["pubkey.gpg", "schluessel.bin", "anna"])
def test_a_binary_key_or_signature_is_taken_out_under_every_name(
    content: bytes, code: str, name: str
) -> None:
    result = relayed(attached(content, "application/octet-stream", name), BUYER_TO_SELLER)
    assert contents(result)[1] == b""
    assert result.codes == (code,)


def test_a_damaged_key_is_taken_out_by_its_name() -> None:
    result = relayed(attached(PUBLIC_KEY[:40], "application/octet-stream", "pubkey.gpg"), BUYER_TO_SELLER)
    assert result.codes == ("certificate-removed",)


def test_a_binary_encrypted_file_is_reported_under_every_name() -> None:
    result = relayed(attached(ENCRYPTED, "application/octet-stream", "liste.bin"), BUYER_TO_SELLER)
    assert result.codes == ("attachment-encrypted",)
    assert contents(result)[1] == ENCRYPTED


@pytest.mark.parametrize(
    "content",
    [
        PUBLIC_KEY[:-1],
        packet(6, b"\4\x65\0\0\0\x16" + bytes(50)),
        packet(6, b"\4\x65\0\0\0\x63" + bytes(50)) + packet(13, b"x"),
        packet(6, b"\4\x65\0\0\0\x16" + bytes(50)) + b"\0\0",
        packet(2, b"\4\0\x16\x63" + bytes(60)),
        packet(2, b"\4\0"),
        b"\x99",
    ],
)
def test_octets_that_only_begin_like_openpgp_stay(content: bytes) -> None:
    content += b"" if len(content) > 1 else b"\0"
    assert (
        contents(relayed(attached(content, "application/octet-stream", "a.bin"), BUYER_TO_SELLER))[1]
        == content
    )


@pytest.mark.parametrize("name", ["anna.cer", "anna.crt"])
def test_a_certificate_in_a_file_of_its_own_goes(name: str) -> None:
    result = relayed(attached(b"0\x82\1\0", "application/octet-stream", name), BUYER_TO_SELLER)
    assert result.codes == ("certificate-removed",)


@pytest.mark.parametrize(
    "content",
    [
        b"II*\0\x10\0\0\0CR\2\0" + bytes(40),
        b"\0\0\0\x18ftypcrx " + bytes(40),
        b"IIRO\x08\0\0\0" + bytes(40),
        b"FUJIFILMCCD-RAW 0201" + bytes(40),
    ],
)
def test_a_cameras_raw_picture_is_reported_and_keeps_every_octet(content: bytes) -> None:
    result = relayed(attached(content, "image/x-raw", "IMG_1.RAW"), BUYER_TO_SELLER)
    assert result.codes == ("attachment-unreadable",)
    assert contents(result)[1] == content


def test_a_mailbox_in_the_metadata_that_macos_sends_beside_a_file_is_overwritten() -> None:
    content = b"\0\5\x16\7\0\2\0\0" + MAILBOX.encode() + b"\0"
    result = relayed(attached(content, "application/applefile", "._a.jpg"), BUYER_TO_SELLER)
    assert contents(result)[1] == content.replace(MAILBOX.encode(), b"*" * len(MAILBOX))


def test_a_key_that_calls_itself_octets_is_taken_out() -> None:
    key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQEN\n-----END PGP PUBLIC KEY BLOCK-----\n"
    result = relayed(attached(key.encode(), "application/octet-stream", "0x1234.asc"), BUYER_TO_SELLER)
    assert b"mQEN" not in b"".join(contents(result))
    assert result.codes == ("certificate-removed",)


@pytest.mark.parametrize(
    ("media_type", "name"),
    [
        ("image/svg+xml", "logo.svg"),
        ("application/octet-stream", "logo.svg"),
        ("text/xml", "logo.svg"),
        ("image/png", "logo"),
    ],
)
def test_a_script_in_an_svg_goes_whatever_the_part_calls_itself(media_type: str, name: str) -> None:
    svg = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>x()</script><g/></svg>"
    result = relayed(attached(svg, media_type, name), BUYER_TO_SELLER)
    assert contents(result)[1] == b'<svg xmlns="http://www.w3.org/2000/svg"><g></g></svg>'


def test_an_archive_in_which_nothing_can_be_changed_is_reported() -> None:
    content = b"\x1f\x8b\x08\0" + MAILBOX.encode() + b"\0\1\2"
    result = relayed(attached(content, "application/gzip", "a.gz"), BUYER_TO_SELLER)
    assert "protected-in-attachment" in result.codes
    assert contents(result)[1] == content


def test_winmail_dat_is_opened_and_its_files_are_carried_over() -> None:
    stream = tnef(
        {"Übersicht.txt": f"Liste {MAILBOX}".encode(), "bild.png": png(), f"{MAILBOX}.bin": b"\0\1"}
    )
    result = relayed(attached(stream, "application/ms-tnef", "winmail.dat"), BUYER_TO_SELLER)
    assert names(result)[3:] == ["Übersicht.txt", "bild.png", "b-7K2M@relay.example.bin"]
    assert contents(result)[1:] == [b"Liste b-7K2M@relay.example", png(), b"\0\1"]
    assert not shows(result.outgoing, MAILBOX)
    assert "tnef-opened" in result.codes


def test_a_mail_that_is_winmail_dat_alone_gives_its_plain_body() -> None:
    stream = tnef({"a.bin": b"\0\1"}, body=f"Grüße von {MAILBOX}")
    result = relayed(mail(leaf(stream, "application/ms-tnef", "", "base64")), BUYER_TO_SELLER)
    assert contents(result)[0].decode().strip() == "Grüße von b-7K2M@relay.example"


def test_the_names_of_all_outgoing_files_are_told() -> None:
    stream = tnef({"setup.exe": b"MZ", f"{MAILBOX}.bin": b"\0"})
    inner = multipart(leaf(b"MZ", "application/octet-stream; name=run.bat", "", "base64"))
    raw = multipart(
        leaf(stream, "application/ms-tnef; name=winmail.dat", "", "base64"),
        leaf(inner, "application/octet-stream; name=weiter.eml", "", "base64"),
    )
    masked = mask(
        read(raw),
        protected_for(BUYER_TO_SELLER),
        ContactRules(),
        content_id_seed="seed",
        relay_domain=RELAY_DOMAIN,
    )
    assert masked.filenames == ("setup.exe", "b-7K2M@relay.example.bin", "weiter.eml", "run.bat")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (f"Rechnung {MAILBOX}", "Rechnung b-7K2M@relay.example_"),
        (f"Rechnung {MAILBOX}.pdf", "Rechnung b-7K2M@relay.example.pdf"),
        ("Rechnung.pdf", "Rechnung.pdf"),
        ("Rechnung", "Rechnung"),
    ],
)
def test_the_ending_of_an_alias_is_never_the_ending_of_a_file(name: str, shown: str) -> None:
    result = relayed(attached(b"\0\1", "application/octet-stream", name), BUYER_TO_SELLER)
    assert names(result)[-1] == shown


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (leaf(b"garbage", "application/ms-tnef", "", "base64"), "tnef"),
        (leaf(tnef({"a": b"b"})[:-4], "application/ms-tnef", "", "base64"), "tnef"),
        (leaf(b"0\x82", "application/pkcs7-mime; smime-type=enveloped-data", "", "base64"), "encrypted"),
        (leaf(b"0\x82", "application/pkcs7-mime; smime-type=signed-data", "", "base64"), "signed-opaque"),
        (leaf(b"Version: 1", "application/pgp-encrypted", ""), "encrypted"),
        (leaf("-----BEGIN PGP MESSAGE-----\r\n\r\nabc\r\n-----END PGP MESSAGE-----\r\n"), "encrypted"),
        (leaf(b"x", "message/partial; id=1; number=1", ""), "message-partial"),
        (leaf(b"x", "message/external-body; access-type=URL", ""), "message-external-body"),
    ],
)
def test_what_cannot_be_read_is_held_with_a_code(part: bytes, code: str) -> None:
    with pytest.raises(Unmaskable) as held:
        relayed(multipart(part), BUYER_TO_SELLER)
    assert held.value.finding.code == code
    assert held.value.finding.place == "part:1.2"


def test_an_empty_multipart_becomes_an_empty_text() -> None:
    body = multipart(leaf(b"x", "application/pgp-keys"), plain=False)
    result = relayed(body, BUYER_TO_SELLER)
    assert b"Content-Type: text/plain" in result.outgoing


@pytest.mark.parametrize("front", [True, False])
def test_the_author_of_a_large_pdf_is_found_at_either_end(front: bool) -> None:
    pages = (
        b"9 0 obj << >> stream\n" + b"\0\xff\1" * (MAX_SEARCHED // 3 + 1_000_000) + b"\nendstream endobj\n"
    )
    info = b"1 0 obj << /Author (CANARY) >> endobj\n"
    content = (
        b"%PDF-1.7\n" + (info + pages if front else pages + info) + b"trailer << /Info 1 0 R >>\n%%EOF\n"
    )
    result = relayed(attached(content, "application/pdf", "a.pdf"), BUYER_TO_SELLER)
    assert contents(result)[1] == content.replace(b"CANARY", b"      ")
    assert set(result.codes) == {"document-author-removed", "attachment-not-searched"}


def test_a_large_pdf_that_names_nobody_passes_without_being_searched() -> None:
    content = b"%PDF-1.7\n" + b"\0\xff\1" * (MAX_SEARCHED // 3 + 1_000_000) + b"\n%%EOF\n"
    result = relayed(attached(content, "application/pdf", "a.pdf"), BUYER_TO_SELLER)
    assert contents(result)[1] == content
    assert result.codes == ("attachment-not-searched",)
