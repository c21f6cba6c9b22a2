"""A mail as the page shows it."""

import time
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from sandbox.page.quoting import Run, runs
from sandbox.page.reading import SHOWN_BYTES, attachment, files, heading, letter, plain_text
from tests.sandbox.page.hostile import mails, raw_mail

GOLDEN = Path(__file__).parents[2] / "golden"
HOSTILE = dict(mails("anna@privatmail.example"))


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_no_mail_is_an_error(raw: bytes) -> None:
    made = letter(raw)
    assert made.bodies or made.files or made.source
    assert isinstance(plain_text(raw), str)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*/in.eml")), ids=lambda path: path.parent.name)
def test_mails_of_real_programs_show_author_and_text(path: Path) -> None:
    made = letter(path.read_bytes())
    assert made.heading.author is not None
    assert made.source == ""
    assert made.bodies or made.files


def test_a_mail_that_cannot_be_read_is_shown_as_source() -> None:
    made = letter(b"no mail \xe9 <script>")
    assert (made.bodies, made.files, made.source) == ((), (), "no mail é <script>")


def test_html_stands_first_and_says_that_the_text_is_the_same() -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "anna@privatmail.example"
    mail.set_content("Hello")
    mail.add_alternative("<p>Hello</p>", subtype="html")
    html, plain = letter(mail.as_bytes()).bodies
    assert (plain.is_alternative, html.is_alternative) == (True, False)
    assert plain_text(mail.as_bytes()).strip() == "Hello"


def test_of_a_large_text_the_beginning_is_shown_in_no_time() -> None:
    raw = raw_mail("anna@privatmail.example", b"text/plain; charset=utf-8", "Grüße\r\n".encode() * 3_000_000)
    began = time.process_time()
    (body,) = letter(raw).bodies
    assert time.process_time() - began < 1
    assert body.is_cut
    assert SHOWN_BYTES // 2 < len(body.text) < SHOWN_BYTES
    assert set(body.text.split("\n")) == {"Grüße"}


def test_a_small_text_is_not_cut() -> None:
    (body,) = letter(raw_mail("anna@privatmail.example", b"text/plain", b"Hello\r\n")).bodies
    assert (body.text, body.is_cut) == ("Hello", False)


def test_an_attachment_is_listed_with_its_size_and_comes_out_octet_for_octet() -> None:
    content = bytes(range(256)) * 40
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "anna@privatmail.example"
    mail.set_content("Here it is.")
    mail.add_attachment(content, maintype="application", subtype="pdf", filename="Rechnung März.pdf")
    (file,) = letter(mail.as_bytes()).files
    assert (file.name, file.media_type, file.size) == ("Rechnung März.pdf", "application/pdf", len(content))
    assert attachment(mail.as_bytes(), file.path) == ("Rechnung März.pdf", content)
    assert attachment(mail.as_bytes(), "1.1") is None, "a text is no attachment"


def test_a_mail_that_is_enclosed_is_one_file() -> None:
    inner = EmailMessage(policy=SMTP)
    inner["Subject"] = "Before"
    inner.set_content("Earlier.")
    inner.add_attachment(b"x", maintype="application", subtype="pdf", filename="a.pdf")
    outer = EmailMessage(policy=SMTP)
    outer["From"] = "anna@privatmail.example"
    outer.set_content("See below.")
    outer.add_attachment(inner)
    ((file, content),) = files(outer.as_bytes())
    assert (file.media_type, b"Earlier." in content) == ("message/rfc822", True)
    assert plain_text(outer.as_bytes()).strip() == "See below."


def test_a_heading_without_anything_is_empty() -> None:
    assert heading(b"").subject == ""
    assert heading(b"Subject: x\r\nDate: Mon, 99 Foo 10000\r\n\r\n").written_at is None


def test_quoted_lines_are_told_from_others() -> None:
    assert runs("Yes\n> one\n>> two\nNo") == (
        Run("Yes", is_quote=False, lines=1),
        Run("one\n> two", is_quote=True, lines=2),
        Run("No", is_quote=False, lines=1),
    )
