"""The leak gate on its own: it sees what the masker missed, and lets clean mail pass."""

import ast
import base64
import hashlib
import random
from pathlib import Path

import pytest

from parley.mail.address import Mailbox
from parley.masking import gate
from parley.masking.gate import LEAK, UNREADABLE, leaks
from tests.golden.pipeline import BUYER, BUYER_TO_SELLER, SELLER, protected_for
from tests.property.masking.disguises import HTML, TEXT
from tests.unit.masking.probes import leaf, mail, multipart

PROTECTED = protected_for(BUYER_TO_SELLER)
HEAD = (
    b"From: b-7K2M@relay.example\r\nTo: shop@haendler-mueller.example\r\n"
    b"Subject: Frage\r\nMIME-Version: 1.0\r\n"
)


def outgoing(body: bytes, head: bytes = HEAD) -> bytes:
    return head + body


def codes(octets: bytes) -> set[str]:
    return {finding.code for finding in leaks(octets, PROTECTED, SELLER)}


@pytest.mark.parametrize("encoding", ["7bit", "base64", "quoted-printable"])
@pytest.mark.parametrize("name", sorted(set(TEXT) - {"json"}))
def test_a_planted_mailbox_in_text_is_found(name: str, encoding: str) -> None:
    content = f"Hallo \u00fc {TEXT[name](str(BUYER))} ende"
    assert codes(outgoing(leaf(content, encoding=encoding))) == {LEAK}


@pytest.mark.parametrize("name", sorted(set(HTML) - {"json"}))
def test_a_planted_mailbox_in_html_is_found(name: str) -> None:
    assert codes(outgoing(leaf(f"<p>{HTML[name](str(BUYER))} ende</p>", "text/html"))) == {LEAK}


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-7", "gb18030", "iso-2022-jp"])
def test_a_planted_mailbox_is_found_in_every_charset(charset: str) -> None:
    assert codes(outgoing(leaf(f"Hallo {BUYER}", charset=charset, encoding="base64"))) == {LEAK}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<a ", " b>"),
        ("Hallo <!--", "--> Hallo"),
        ("x", "x"),
        ("x.", ".com"),
        ("%4", "0x"),
        ("&am", "p; &#6"),
        ("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo"),
        ("6162636465666162636465666", "6162636465666162636465666"),
        ("joanna@", "@example"),
        ("\u00fc", "\u0308"),
    ],
)
@pytest.mark.parametrize(
    "name", ["plain", "percent", "entities", "line broken after the at", "link base64url"]
)
def test_no_part_hides_what_stands_in_its_neighbour(name: str, before: str, after: str) -> None:
    parts = (leaf(before), leaf(TEXT[name](str(BUYER))), leaf(after))
    octets = multipart(*parts, plain=False)
    raw = outgoing(octets.partition(b"MIME-Version: 1.0\r\n")[2])
    assert {finding.place for finding in leaks(raw, PROTECTED, SELLER)} == {"part:1.2"}


@pytest.mark.parametrize(
    "field",
    [
        b"X-A: anna.kaeufer@privatmail.example\r\n",
        b"References: <1@privatmail.example>\r\n",
        b"Subject: =?utf-8?Q?anna=2Ekaeu?= =?utf-8?B?ZmVyQHByaXZhdG1haWwuZXhhbXBsZQ==?=\r\n",
        b"Subject: a\r\n anna.kaeufer@privat\r\n mail.example\r\n",
        b"To: anna.kaeufer@privatmail.example\r\n",
        b"Cc: shop@haendler-mueller.example\r\n",
    ],
)
def test_a_planted_mailbox_in_a_header_field_is_found(field: bytes) -> None:
    assert codes(outgoing(b"\r\nHallo", HEAD.replace(b"Subject: Frage\r\n", field))) == {LEAK}


def test_a_planted_mailbox_in_parts_and_parameters_is_found() -> None:
    planted = [
        multipart(leaf(b"\0", f'image/png; name="{BUYER}.png"', "", "base64")).replace(b".png", b""),
        multipart(leaf(b"\0", "image/png", "", "base64", f"Content-ID: <1@{BUYER.domain}>\r\n")),
        multipart(leaf(f"From: {BUYER}\r\n\r\nInnen".encode(), "message/rfc822", "")),
        multipart(leaf(f"From: x\r\n\r\nInnen {BUYER}".encode(), "message/rfc822", "")),
        multipart(boundary=f"=_{BUYER.domain}"),
        multipart() + str(BUYER).encode(),
        multipart(leaf(f"a;{BUYER}".encode(), "application/octet-stream", "", "base64")),
    ]
    for octets in planted:
        body = b"Content-Type: " + octets.partition(b"Content-Type: ")[2]
        assert codes(outgoing(body)) == {LEAK}, octets


def test_the_addressee_may_stand_in_the_mails_own_to_field_only() -> None:
    assert codes(outgoing(b"\r\nHallo")) == set()
    assert codes(outgoing(b"\r\nHallo shop@haendler-mueller.example")) == {LEAK}


@pytest.mark.parametrize(
    "content",
    [
        "Von: b-7K2M@relay.example An: s-9Q4T@relay.example",
        "joanna.kaeufer@web.example, privatmail.example.evil.org, x-privatmail.example, myprivatmail.example",
        "Das ist privat mail.example gesagt",
        "Bestellung 00340434161094042557, Kurs 3@4",
    ],
)
def test_clean_text_passes(content: str) -> None:
    assert codes(outgoing(leaf(content))) == set()


def test_opaque_attachments_pass_and_large_mails_are_searched() -> None:
    noise = random.Random(1).randbytes(1_500_000)
    large = multipart(leaf(noise, "application/pdf", "", "base64"))
    body = b"Content-Type: " + large.partition(b"Content-Type: ")[2]
    assert codes(outgoing(body)) == set()
    leaking = body.replace(b"Das Paket", f"{BUYER} Das Paket".encode(), 1)
    assert codes(outgoing(leaking)) == {LEAK}
    assert codes(outgoing(body + str(BUYER).encode())) == {LEAK}
    assert codes(outgoing(body.replace(b"application/pdf", b"text/plain"))) == set()
    enclosed = multipart(leaf(mail(body), "message/rfc822", ""), boundary="=_outer")
    assert codes(outgoing(b"Content-Type: " + enclosed.partition(b"Content-Type: ")[2])) == {LEAK}


def test_a_large_mail_that_cannot_be_read_is_not_cleared() -> None:
    broken = b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n' + b"a" * 1_100_000
    assert codes(outgoing(broken)) == {UNREADABLE}
    assert codes(b"\xff" * 1_100_000) == {UNREADABLE}


def test_the_gate_shares_no_decoder_and_no_matcher_with_what_it_checks() -> None:
    own = {path.stem for path in Path(gate.__file__).parent.glob("gate*.py")}
    allowed = {f"parley.masking.{name}" for name in own}
    allowed |= {"parley.mail.address", "parley.mail.findings", "parley.masking.protected"}
    imported = {
        node.module or ""
        for name in own
        for node in ast.walk(ast.parse(Path(gate.__file__).with_stem(name).read_text()))
        if isinstance(node, ast.ImportFrom)
    }
    assert len(own) > 1
    assert {module for module in imported if module.startswith("parley")} <= allowed


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_an_accent_in_wide_characters_makes_another_mailbox(charset: str) -> None:
    text = "Notiz: anna.kaeufer@priva\u0301tmail.example"
    assert codes(outgoing(leaf(text, charset=charset, encoding="base64"))) == set()


def test_a_file_with_a_byte_order_mark_is_read_as_text() -> None:
    planted, accented = (
        leaf(f"Notiz: anna.kaeufer@{domain}".encode("utf-16"), "application/octet-stream", "", "base64")
        for domain in ("privatmail.example", "priva\u0301tmail.example")
    )
    assert codes(outgoing(planted)) == {LEAK}
    assert codes(outgoing(accented)) == set()


@pytest.mark.parametrize("label", ["utf-16", "utf-32", "x-unknown", "utf-7"])
def test_a_wrong_label_hides_nothing(label: str) -> None:
    body = leaf(f"Hallo {BUYER}".encode(), f"text/plain; charset={label}", "", "base64")
    assert codes(outgoing(body)) == {LEAK}


@pytest.mark.parametrize(
    "text",
    [
        "anna.kaeufer@\u0440rivatmail.example",
        "https://t.example/?h=" + hashlib.md5(str(BUYER).encode(), usedforsecurity=False).hexdigest(),
        "https://t.example/?h=" + hashlib.sha256(str(BUYER).encode()).hexdigest().upper(),
        base64.b64encode(base64.b64encode(b"Hallo " + str(BUYER).encode())).decode(),
        base64.b64encode(str(BUYER).replace("@", "%40").encode()).decode(),
        base64.b64encode(str(BUYER).encode().hex().encode()).decode(),
    ],
)
def test_what_only_programs_and_careful_eyes_read_is_found(text: str) -> None:
    assert codes(outgoing(leaf(f"Hallo {text} ende"))) == {LEAK}


@pytest.mark.parametrize(
    ("before", "shown", "behind"),
    [("quoted-printable 00", "anna.schmidt@gmail.com", ""), ("", "1 anna.schmidt@gmail.com", "a")],
)
def test_characters_beside_the_whole_groups_of_a_run_hide_nothing(
    before: str, shown: str, behind: str
) -> None:
    protected = protected_for(BUYER_TO_SELLER, buyer=Mailbox("anna.schmidt", "gmail.com"))
    coded = base64.b64encode(shown.encode()).decode().rstrip("=")
    assert leaks(outgoing(leaf(f"{before}{coded}{behind}")), protected, SELLER)


def test_a_run_that_folding_broke_in_a_subject_is_found() -> None:
    coded = base64.b64encode(str(BUYER).encode()).decode()
    head = HEAD.replace(b"Subject: Frage", f"Subject: {coded[:28]} {coded[28:]}".encode())
    assert codes(outgoing(leaf("Hallo"), head)) == {LEAK}


def test_a_percent_encoded_international_domain_in_a_run_is_found() -> None:
    protected = protected_for(BUYER_TO_SELLER, buyer=Mailbox("anna.k", "xn--mller-tee-q9a.de"))
    coded = base64.b64encode(b"anna.k@m%C3%BCller-tee.de").decode()
    assert leaks(outgoing(leaf(f"https://t.example/?t={coded}")), protected, SELLER)


@pytest.mark.parametrize(("order", "mark"), [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")])
def test_a_file_in_utf_16_that_lost_an_octet_is_read_behind_the_gap(order: str, mark: bytes) -> None:
    octets = mark + f"Notiz von {BUYER}, bitte".encode(order)
    body = multipart(leaf("Hallo"), leaf(octets[:9] + octets[10:], "application/x-note", "", "base64"))
    assert codes(HEAD + body.partition(b"MIME-Version: 1.0\r\n")[2]) == {LEAK}


def test_line_ends_that_became_two_on_their_way_part_nothing() -> None:
    text = "Schreiben Sie an anna.kae\r\r\n\r\r\nufer@privat\r\r\nmail.example bitte."
    assert codes(outgoing(leaf(text, encoding="base64"))) == {LEAK}


def test_a_boundary_may_begin_like_another() -> None:
    body = leaf("Hallo")
    for number in range(12, -1, -1):
        octets = multipart(body, boundary=f"=_x_{number}", plain=False)
        body = octets.partition(b"MIME-Version: 1.0\r\n")[2]
    assert codes(outgoing(body)) == set()
    assert codes(outgoing(body.replace(b"Hallo", str(BUYER).encode()))) == {LEAK}


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Transfer-Encoding: x-own\r\n\r\nHallo",
        b"Content-Transfer-Encoding: base64\r\n\r\nSGFsbG",
        b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nHallo",
        b"Content-Type: multipart/mixed\r\n\r\nHallo",
        b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n\r\nHallo',
        b"no field\r\n\r\nHallo",
        b"\r\n".join((b"Content-Type: message/rfc822\r\n",) * 40),
        b"X-A: b",
    ],
)
def test_what_nobody_would_write_is_not_cleared(body: bytes) -> None:
    assert codes(outgoing(body)) == {UNREADABLE}


def test_a_name_in_pieces_is_read_whole() -> None:
    name = "filename*0*=utf-8''anna.kaeufer%40pri; filename*1*=vatmail.example.pdf"
    body = f"Content-Type: application/pdf\r\nContent-Disposition: attachment; {name}\r\n\r\n%PDF"
    assert codes(outgoing(body.replace(".pdf", "").encode())) == {LEAK}


def test_declared_public_contacts_pass() -> None:
    public = protected_for("seller_to_buyer")
    declared = type(public)(
        author=public.author,
        recipient=public.recipient,
        public_contacts=frozenset(
            {"service@haendler-mueller.example", "https://www.haendler-mueller.example/agb"}
        ),
    )
    clean = outgoing(
        leaf("service@haendler-mueller.example https://www.haendler-mueller.example/agb"),
        HEAD.replace(b"shop@haendler-mueller.example", str(BUYER).encode()),
    )
    assert leaks(clean, declared, BUYER) == ()
    assert leaks(clean, public, BUYER) != ()
    leaking = clean.replace(b"service@", b"shop@")
    assert leaks(leaking, declared, BUYER) != ()


def test_base64_noise_is_no_leak() -> None:
    noise = base64.b64encode(random.Random(2).randbytes(200_000)).decode()
    assert codes(outgoing(leaf(f"<img src='data:image/png;base64,{noise}'>", "text/html"))) == set()
