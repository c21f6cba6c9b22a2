"""Documents lose the names in their properties, and nothing else."""

import zipfile
from collections.abc import Callable

import pytest

from parley.masking.budget import Budget, MaskedFile
from parley.masking.files import MAX_SEARCHED, mask_file
from parley.masking.matcher import matcher_for
from tests.golden.pipeline import BUYER_TO_SELLER, RELAY_DOMAIN, protected_for
from tests.unit.masking import documents, pictures
from tests.unit.masking.documents import AUTHOR, XMP, ole, opened, packed_pdf, pdf, zipped
from tests.unit.masking.probes import MAILBOX

MATCHER = matcher_for(protected_for(BUYER_TO_SELLER), RELAY_DOMAIN)


def masked(data: bytes) -> MaskedFile:
    return mask_file(data, MATCHER, Budget())


def test_an_office_document_loses_author_company_and_manager_and_nothing_else() -> None:
    data = zipped(documents.docx())
    result = masked(data)
    assert result.content is not None
    before, after = opened(data), opened(result.content)
    assert list(before) == list(after)
    assert after["docProps/core.xml"] == documents.CORE.format(name="").encode()
    assert after["docProps/app.xml"] == documents.APP.format(name="").encode()
    assert {name for name in before if before[name] != after[name]} == {
        "docProps/core.xml",
        "docProps/app.xml",
    }
    assert result.codes == ("document-author-removed",)
    assert masked(result.content) == MaskedFile()


def test_an_open_document_loses_its_authors_and_keeps_its_type_in_front() -> None:
    result = masked(zipped(documents.odt()))
    assert result.content is not None
    assert next(iter(opened(result.content))) == "mimetype"
    assert opened(result.content)["meta.xml"] == documents.META.format(name="").encode()


@pytest.mark.parametrize("name", ["", " ", "python-docx", "Unknown", "Windows User"])
def test_a_document_that_names_nobody_stays_as_it_is(name: str) -> None:
    assert masked(zipped(documents.docx(name))) == MaskedFile()
    assert masked(pdf(b"(" + name.encode() + b")", XMP.format(name=name).encode())) == MaskedFile()


@pytest.mark.parametrize("signature", ["_xmlsignatures/sig1.xml", "META-INF/documentsignatures.xml"])
def test_the_author_of_a_signed_document_is_reported_and_the_signature_stays_good(signature: str) -> None:
    result = masked(zipped({**documents.docx(), signature: "<Signature/>"}))
    assert result == MaskedFile(codes=("document-names-author",))


@pytest.mark.parametrize(
    "author",
    [
        b"(Anna K\xe4ufer)",
        b"(Anna \\(K\\) \\\\ \\344ufer)",
        b"(Anna (die) Kaeufer)",
        b"(\xfe\xff" + AUTHOR.encode("utf-16-be") + b")",
        b"<FEFF" + AUTHOR.encode("utf-16-be").hex().encode() + b">",
        b"<416E6E612>",
        b"5 0 R",
    ],
)
def test_the_author_of_a_pdf_becomes_blanks_of_the_same_length(author: bytes) -> None:
    data = pdf(author, b"5 0 obj\n(Anna)\nendobj", b"15 0 obj\n(Rechnung)\nendobj")
    result = masked(data)
    assert result.content is not None
    assert len(result.content) == len(data)
    if author.endswith(b"R"):
        assert result.content == data.replace(b"(Anna)", b"(    )")
    else:
        start = data.index(author)
        left = result.content[start + 1 : start + len(author) - 1]
        assert left in (b" " * len(left), (b"20" * len(left))[: len(left)])
        assert result.content[:start] + author + result.content[start + len(author) :] == data
    assert result.codes == ("document-author-removed",)
    assert masked(result.content) == MaskedFile()


def test_the_xmp_of_a_pdf_keeps_its_length_and_title() -> None:
    data = pdf(b"()", XMP.format(name=AUTHOR).encode())
    result = masked(data)
    assert result.content == pdf(b"()", XMP.format(name=" " * len(AUTHOR.encode())).encode())


@pytest.mark.parametrize("whole", [lambda inner: pdf(b"()", inner), lambda inner: ole("", extra=inner)])
def test_a_photograph_that_stands_plainly_in_a_document_loses_its_exif_in_place(
    whole: Callable[[bytes], bytes],
) -> None:
    exif = b"Exif\0\0" + pictures.exif(6)
    photo = pictures.jpeg(pictures.segment(0xE1, exif))
    result = masked(whole(b"<< /Filter /DCTDecode >> stream\n" + photo + b"\nendstream Exif\0\0 is not this"))
    blank = photo.replace(exif, b"Exif\0\0" + bytes(len(exif) - 6))
    assert result.content == whole(
        b"<< /Filter /DCTDecode >> stream\n" + blank + b"\nendstream Exif\0\0 is not this"
    )
    assert result.codes == ("image-metadata-removed",)
    assert masked(result.content) == MaskedFile()


def test_a_signed_pdf_is_not_changed_and_its_author_reported() -> None:
    data = pdf(b"(Anna)", b"9 0 obj << /Type /Sig /ByteRange [0 10 20 30] >> endobj")
    assert masked(data) == MaskedFile(codes=("document-names-author",))


def test_the_author_in_a_compressed_object_of_a_pdf_is_reported() -> None:
    assert masked(packed_pdf(b"(Anna)")) == MaskedFile(codes=("document-names-author",))
    assert masked(packed_pdf(b"(anonymous)")) == MaskedFile()


def test_an_encrypted_pdf_is_reported_and_not_changed() -> None:
    data = pdf(b"(\x12\x34)", b"trailer << /Encrypt 7 0 R >>")
    assert masked(data) == MaskedFile(codes=("attachment-encrypted",))


def test_what_a_pdf_says_on_its_pages_about_authors_stays() -> None:
    data = pdf(b"()", b"4 0 obj << /Length 30 >> stream\n(/Author: Anna) Tj\nendstream endobj")
    assert masked(data) == MaskedFile()


@pytest.mark.parametrize("wide", [False, True])
def test_an_old_office_file_loses_its_names_in_place(wide: bool) -> None:
    data = ole(wide=wide)
    result = masked(data)
    assert result.content is not None
    assert len(result.content) == len(data)
    codec = "utf-16-le" if wide else "cp1252"
    assert AUTHOR.encode(codec) not in result.content
    assert "Angebot".encode(codec) in result.content
    assert result.codes == ("document-author-removed",)
    assert masked(result.content) == MaskedFile()


def test_macros_and_passwords_are_reported() -> None:
    office = {**documents.docx(""), "word/vbaProject.bin": b"\0"}
    assert masked(zipped(office)).codes == ("attachment-macros",)
    assert masked(ole("", extra="_VBA_PROJECT".encode("utf-16-le"))).codes == ("attachment-macros",)
    assert masked(ole("", extra="EncryptedPackage".encode("utf-16-le"))).codes == ("attachment-encrypted",)


@pytest.mark.parametrize("cut", range(0, 1_536, 37))
def test_an_old_office_file_cut_anywhere_never_raises(cut: int) -> None:
    result = masked(ole()[:cut])
    assert result.content is None or len(result.content) == cut


def test_a_large_file_of_unknown_kind_says_that_it_was_not_searched() -> None:
    large = b"\0\xff" * (MAX_SEARCHED // 2 + 1)
    assert masked(large).codes == ("attachment-not-searched",)


def test_a_mailbox_in_the_properties_of_a_pdf_goes_with_the_name() -> None:
    result = masked(pdf(f"({MAILBOX})".encode(), f"(mail {MAILBOX})".encode()))
    assert result.content is not None
    assert MAILBOX.encode() not in result.content
    assert result.codes == ("document-author-removed", "attachment-masked")


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        b"/Author(",
        b"/Author 1 0 R ",
        b"/ObjStm stream\n",
        b"<x:xmpmeta",
        b"<dc:creator>",
        b"1 0 obj ",
        b"\\((",
    ],
)
def test_a_pdf_made_of_beginnings_ends_soon(piece: bytes) -> None:
    assert (
        len(masked(b"%PDF-1.7\n<x:xmpmeta>" + piece * (1_000_000 // len(piece)) + b"</x:xmpmeta>").codes) < 3
    )


@pytest.mark.parametrize(
    ("member", "content"),
    [
        ("word/document.xml", '<w:ins w:id="1" w:author="{}" w:date="2026-11-20T10:00:00Z">'),
        ("word/comments.xml", '<w:comment w:author="{}"/>'),
        ("ppt/commentAuthors.xml", '<p:cmAuthor id="1" name="{}" initials="AK"/>'),
        ("xl/comments1.xml", "<comments><authors><author>{}</author></authors></comments>"),
        ("xl/persons/person.xml", '<person displayName="{}" id="1"/>'),
        ("content.xml", "<office:annotation><dc:creator>{}</dc:creator></office:annotation>"),
    ],
)
def test_who_changed_or_commented_a_document_is_reported_and_stays(member: str, content: str) -> None:
    for name, is_told in ((documents.AUTHOR, True), ("Author", False), ("", False)):
        codes = ("document-names-author",) if is_told else ()
        assert masked(documents.zipped({member: content.format(name)})) == MaskedFile(codes=codes)


def test_the_name_of_a_drawing_or_style_is_nobodys() -> None:
    members = {
        "word/document.xml": '<pic:cNvPr name="Bild 1"/><w:style w:name="Titel"/>',
        "ppt/a.xml": ' name="x"',
    }
    assert masked(documents.zipped(members)) == MaskedFile()


def test_properties_with_more_names_than_any_program_writes_are_reported() -> None:
    core = " ".join(f'creator="a{number}"' for number in range(10_001))
    data = documents.zipped({"docProps/core.xml": f"<a {core}/>"}, zipfile.ZIP_STORED)
    assert masked(data) == MaskedFile(codes=("attachment-unreadable",))
