"""Attachments are what they are, not what they say."""

import pytest

from parley.mail.media import sniff

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
DOCX = (
    b"PK\3\4\x14\0\6\0\x08\0\0\0!\0"
    + bytes(12)
    + b"\x13\0\0\0[Content_Types].xml"
    + bytes(40)
    + b"word/document.xml"
)


@pytest.mark.parametrize(
    ("head", "declared", "filename", "kind"),
    [
        (PNG, "image/png", "x.png", "image/png"),
        (PNG, "text/plain", "x.txt", "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "application/octet-stream", "x", "image/jpeg"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/png", "x.png", "image/webp"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image/jpeg", "x.jpg", "image/heic"),
        (b"%PDF-1.7\n%\xe2\xe3", "application/octet-stream", "x", "application/pdf"),
        (b"junk\r\n%PDF-1.4", "application/pdf", "x.pdf", "application/pdf"),
        (b"MZ\x90\0\3\0", "application/pdf", "x.pdf", "application/vnd.microsoft.portable-executable"),
        (b"MZ is a place", "text/plain", "x.txt", "text/plain"),
        (
            DOCX,
            "application/zip",
            "x.zip",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (b"PK\3\4\x14\0\0\0", "application/zip", "x.zip", "application/zip"),
        (
            b"PK\3\4" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.textPK\3\4",
            "application/octet-stream",
            "x.odt",
            "application/vnd.oasis.opendocument.text",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "application/octet-stream", "x.doc", "application/msword"),
        (b"\x78\x9f\x3e\x22\1\0", "application/octet-stream", "winmail.dat", "application/ms-tnef"),
        (b"<?xml version='1.0'?><svg xmlns='x'>", "image/png", "x.png", "image/svg+xml"),
        (b"<svg onload=alert(1)>", "image/svg+xml", "x.svg", "image/svg+xml"),
        (b"<!DOCTYPE html><p>", "application/octet-stream", "x", "text/html"),
        (b"\xef\xbb\xbf<html>", "text/plain", "x.html", "text/html"),
        (b"<html> is a tag", "text/plain", "", "text/plain"),
        (b"BEGIN:VCARD\r\nVERSION:3.0", "application/octet-stream", "x.vcf", "text/vcard"),
        (b"BEGIN:VCALENDAR\r\n", "application/ics", "x.ics", "text/calendar"),
        (b"a,b\n1,2\n", "application/octet-stream", "x.csv", "text/csv"),
        (b"Subject: x\r\n\r\ny", "application/octet-stream", "x.eml", "message/rfc822"),
        (b"write to anna@example.org", "image/png", "x.png", "text/plain"),
        (b"write to anna@example.org", "application/pdf", "x.pdf", "text/plain"),
        (b"write to anna@example.org", "application/octet-stream", "", "text/plain"),
        (b"\0\1\2\3", "image/png", "x.png", "application/octet-stream"),
        (b"\0\1\2\3", "text/plain", "x.txt", "application/octet-stream"),
        (b"\0\1\2\3", "application/x-thing", "x", "application/x-thing"),
        (b"thing", "application/x-thing", "x", "application/x-thing"),
        (b"\xff\xfea\0b\0", "text/plain", "x.txt", "text/plain"),
        (b"", "application/pdf", "x.pdf", "text/plain"),
        (b"", "", "", "text/plain"),
    ],
)
def test_content_decides_what_an_attachment_is(head: bytes, declared: str, filename: str, kind: str) -> None:
    assert sniff(head, declared=declared, filename=filename) == kind
