"""winmail.dat: nothing in it is lost, and nothing in it goes out unmasked."""

import email
import random
import struct

import pytest

from parley.masking.edits import FormatError
from parley.masking.mask import Unmaskable
from parley.masking.rtf import plain_text, unpacked
from parley.masking.tnef import TnefError, read_tnef
from tests.golden.pipeline import BUYER_TO_SELLER, relayed
from tests.golden.reading import missing, shows
from tests.unit.masking.files import mapi, tnef
from tests.unit.masking.probes import DOMAIN, MAILBOX, leaf, mail, multipart

HTML, RTF = 0x1013, 0x1009


def alone(stream: bytes) -> bytes:
    return mail(leaf(stream, "application/ms-tnef; name=winmail.dat", "", "base64"))


def as_rtf(text: str) -> bytes:
    content = text.encode()
    return struct.pack("<II4sI", len(content) + 12, len(content), b"MELA", 0) + content


def texts(raw: bytes) -> list[tuple[str, str]]:
    """Media type and content of every text of the outgoing mail."""
    parts = email.message_from_bytes(raw).walk()
    return [
        (part.get_content_type(), str(part.get_payload(decode=True), "utf-8").strip())  # type: ignore[arg-type]
        for part in parts
        if part.get_content_maintype() == "text"
    ]


def test_the_html_of_a_mail_that_is_winmail_dat_alone_is_sanitised_and_sent() -> None:
    html = f"<p>Gr\u00fc\u00dfe <b>{MAILBOX}</b><script>x</script></p>".encode("cp1252")
    result = relayed(alone(tnef({}, properties=mapi((0x0E08, 3, 5), (HTML, 0x102, html)))), BUYER_TO_SELLER)
    assert texts(result.outgoing) == [("text/html", "<p>Grüße <b>b-7K2M@relay.example</b></p>")]


def test_rich_text_is_sent_as_plain_text_where_there_is_no_other() -> None:
    rtf = as_rtf(r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}Gr\'fc\'dfe \u8364?\par von " + MAILBOX + "}")
    result = relayed(alone(tnef({"a.bin": b"\0"}, properties=mapi((RTF, 0x102, rtf)))), BUYER_TO_SELLER)
    ((_, text),) = texts(result.outgoing)
    assert text.splitlines() == ["Grüße €", "von b-7K2M@relay.example"]


def test_the_text_goes_out_where_the_mail_has_no_other() -> None:
    stream = leaf(tnef({}, body="Nur hier steht etwas"), "application/ms-tnef", "", "base64")
    only = relayed(multipart(leaf(" \r\n"), stream, plain=False), BUYER_TO_SELLER)
    assert not missing(only.outgoing, ["Nur hier steht etwas"])
    besides = relayed(multipart(stream), BUYER_TO_SELLER)
    assert missing(besides.outgoing, ["Nur hier steht etwas"])


def test_a_mail_attached_to_a_winmail_dat_comes_with_text_and_files() -> None:
    inner = tnef({"innen.txt": MAILBOX.encode()}, body=f"Innen von {MAILBOX}")
    stream = tnef({"aussen.bin": b"\0\1"}, body="Aussen", mails={"Weiterleitung": inner})
    result = relayed(multipart(leaf(stream, "application/ms-tnef", "", "base64")), BUYER_TO_SELLER)
    names = [part.get_filename() for part in email.message_from_bytes(result.outgoing).walk()]
    assert [name for name in names if name] == ["aussen.bin", "innen.txt"]
    assert ("text/plain", "Innen von b-7K2M@relay.example") in texts(result.outgoing)
    assert not shows(result.outgoing, DOMAIN)


def test_mails_attached_to_each_other_without_end_are_held() -> None:
    stream = tnef({}, body="x")
    for _ in range(10):
        stream = tnef({}, body="x", mails={"": stream})
    with pytest.raises(Unmaskable) as held:
        relayed(alone(stream), BUYER_TO_SELLER)
    assert held.value.finding.code == "tnef"


def test_a_winmail_dat_that_says_nothing_is_held_only_where_the_mail_says_nothing_else() -> None:
    with pytest.raises(Unmaskable):
        relayed(alone(tnef({})), BUYER_TO_SELLER)
    stream = leaf(tnef({}), "application/ms-tnef", "", "base64")
    assert relayed(multipart(stream), BUYER_TO_SELLER).codes == ("tnef-opened",)


def test_a_stream_cut_or_changed_anywhere_is_an_error_or_read() -> None:
    whole = tnef({"a": b"bcd"}, body="x", properties=mapi((HTML, 0x102, b"<p>x")), mails={"m": tnef({})})
    chance = random.Random(7)
    for length in range(len(whole)):
        damaged = bytearray(whole)
        damaged[length] = chance.randrange(256)
        for stream in (whole[:length], bytes(damaged)):
            try:
                read_tnef(stream)
            except TnefError:
                continue


@pytest.mark.parametrize(
    ("stream", "rtf"),
    [
        # [MS-OXRTFCP] §3.1.1 and §3.1.2: a simple text, and references that go on into themselves.
        (
            "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af3"
            "2068656c090020627705b06c647d0a800fa0",
            rb"{\rtf1\ansi\ansicpg1252\pard hello world}" + b"\r\n",
        ),
        ("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0", rb"{\rtf1 WXYZWXYZWXYZWXYZWXYZ}"),
    ],
)
def test_packed_rich_text_is_unpacked(stream: str, rtf: bytes) -> None:
    assert unpacked(bytes.fromhex(stream)) == rtf


@pytest.mark.parametrize(
    "stream",
    [
        b"",
        struct.pack("<II4sI", 0, 5, b"ABCD", 0) + b"12345",
        struct.pack("<II4sI", 0, 5, b"LZFu", 0) + b"\x00ab",
        struct.pack("<II4sI", 0, 1 << 30, b"LZFu", 0),
    ],
)
def test_rich_text_that_does_not_add_up_is_an_error(stream: bytes) -> None:
    with pytest.raises(FormatError):
        unpacked(stream)


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (r"{\rtf1 a\b b\b0  c}", "ab c"),
        (r"{\rtf1 {\*\htmltag84 <b>}fett{\*\htmltag92 </b>}\par}", "fett\n"),
        (r"{\rtf1 {\info{\author Anna}}x\tab y\{z\}\\}", "x\ty{z}\\"),
        (r"{\rtf1 \u-10179?\u-8704? \'e4\'f6}", "\U0001f600 äö"),
        (r"{\rtf1 {{{}}}}}}} unbalanced", " unbalanced"),
        ("", ""),
    ],
)
def test_rich_text_reads_as_its_reader_sees_it(rtf: str, text: str) -> None:
    assert plain_text(rtf, "cp1252") == text
