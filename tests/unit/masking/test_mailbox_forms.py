"""Mailboxes in the forms that lists, gateways and hurried people write, and where each begins and ends."""

import base64

import pytest

from parley.mail.address import Mailbox
from parley.mail.structure import read
from parley.masking.contact_rules import ContactRules
from parley.masking.labels import media_type
from parley.masking.mailboxes import other_mailboxes
from parley.masking.matcher import Matcher
from parley.masking.protected import Identity, Protected
from parley.masking.text import mask_text
from parley.masking.views import View
from tests.golden.pipeline import BUYER_TO_SELLER, protected_for

ALIAS = "b-7K2M@relay.example"
FREEMAIL = Matcher(
    protected_for(BUYER_TO_SELLER, buyer=Mailbox("anna.schmidt", "gmail.com")), "relay.example"
)
APOSTROPHE = Matcher(
    Protected(
        author=Identity(
            mailboxes=frozenset({Mailbox("o'brien_77", "sub.privatmail.example")}),
            private_domains=frozenset({"sub.privatmail.example"}),
            alias=Mailbox("b-7K2M", "relay.example"),
        ),
        recipient=Identity(
            mailboxes=frozenset({Mailbox("shop", "haendler.example")}),
            private_domains=frozenset(),
            alias=Mailbox("s-9Q4T", "relay.example"),
        ),
    ),
    "relay.example",
)
OWN_DOMAIN = Matcher(protected_for(BUYER_TO_SELLER), "relay.example")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("bounce-81-anna.schmidt=gmail.com@esp.example", ALIAS),
        ("<bounce+81+anna.schmidt=gmail.com@esp.example>", f"<{ALIAS}>"),
        ("bounce.anna.schmidt==gmail.com@esp.example", ALIAS),
        ("bounce-anna.schmidt=40gmail.com@esp.example", ALIAS),
        ("prvs=12345=anna.schmidt@gmail.com", f"prvs=12345={ALIAS}"),
        ("SRS0=Ab1c=XY=gmail.com=anna.schmidt@esp.example", f"SRS0=Ab1c=XY={ALIAS}"),
        ("gmail.com!anna.schmidt@esp.example", ALIAS),
        ("anna.schmidt_gmail.com#EXT#@tenant.example", ALIAS),
        ("anna.schmidt_gmail.com@esp.example", ALIAS),
        ("bounce-81-joanna.schmidt=gmail.com@esp.example", "bounce-81-joanna.schmidt=***@***"),
        ("bounce-81-anna.schmidt=gmail.com", f"bounce-81-{ALIAS}"),
        ("bounce-anna.schmidt@gmail.com", "***@***"),
        ("jo-anna.schmidt at gmail.com", "jo-anna.schmidt at gmail.com"),
    ],
)
def test_her_mailbox_inside_that_of_a_list_or_gateway_is_hers(text: str, masked: str) -> None:
    assert mask_text(text, FREEMAIL).text == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("o'brien_77@sub.privatmail.example", ALIAS),
        ("o'brie=\nn_77@sub.privatmail.example", ALIAS),
        ("an o'brie=\r\nn_77@sub.privatmail.example.", f"an {ALIAS}."),
        ("'o'brien_77@sub.privatmail.example'", f"'{ALIAS}'"),
        ("o'kelly@sub.privatmail.example", ALIAS),
        ("'kelly@sub.privatmail.example'", f"'{ALIAS}'"),
        ("l'adresse d'anne@sub.privatmail.example", f"l'adresse d'{ALIAS}"),
        ("L'indirizzo dell'agente@sub.privatmail.example", f"L'indirizzo dell'{ALIAS}"),
        ("qu'anne@sub.privatmail.example", f"qu'{ALIAS}"),
        ("o'kelly@web.example, l'ami@web.example", "***@***, l'***@***"),
    ],
)
def test_an_apostrophe_belongs_to_a_local_part_but_that_of_an_article_does_not(
    text: str, masked: str
) -> None:
    assert mask_text(text, APOSTROPHE).text == masked


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ('("port"@ue1.rz.RWTH-Aachen.DE)', '"port"@ue1.rz.RWTH-Aachen.DE'),
        ("a@rz.Uni-Koeln.De", "a@rz.Uni-Koeln.De"),
        ("a@mail.it.Uni-Koeln.DE", "a@mail.it.Uni-Koeln.DE"),
        ("a@web.example.Danke", "a@web.example"),
        ("a@web.de.Es geht", "a@web.de"),
        ("a@web.de.ABER bitte", "a@web.de"),
        ("a@web.museum.Danke", "a@web.museum"),
        ("A@WEB.EXAMPLE", "A@WEB.EXAMPLE"),
    ],
)
def test_a_domain_ends_where_a_sentence_begins_and_not_at_a_capital(text: str, mailbox: str) -> None:
    assert [text[slice(*span)] for span in other_mailboxes(View(text), OWN_DOMAIN)] == [mailbox]


RUN = base64.b64encode(b"anna.kaeufer@privatmail.example!").decode()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"https://t.example/?d={RUN}", "https://t.example/?d=masked"),
        (f"https://t.example/?d={RUN}&id=4711", "https://t.example/?d=masked&id=4711"),
        (f"https://t.example/?d={RUN.replace('=', '%3D')}", "https://t.example/?d=masked"),
        (f"{RUN.rstrip('=')}=4711", "masked=4711"),
    ],
)
def test_the_padding_of_a_masked_run_goes_with_it(text: str, masked: str) -> None:
    assert RUN.endswith("=")
    assert mask_text(text, OWN_DOMAIN).text == masked


def test_a_contact_waits_where_a_line_end_may_break_something_protected() -> None:
    text = "anna.schmidt@gmail.com third@web.example\nanna.schm\nidt@gmail.com"
    assert mask_text(text, FREEMAIL).text == f"{ALIAS} ***@***\n{ALIAS}"


@pytest.mark.parametrize("subtype", ["privatmail.example", b"privatmail.example".hex(), "x-unknown"])
def test_a_multipart_stays_one_whatever_its_type_reveals(subtype: str) -> None:
    head = f"From: a@web.example\r\nContent-Type: multipart/{subtype}; boundary=x\r\n\r\n"
    assert (
        media_type(read(f"{head}--x\r\n\r\nHi\r\n--x--\r\n".encode()).root, OWN_DOMAIN) == "multipart/mixed"
    )


@pytest.mark.parametrize(
    "text",
    [
        "anna.schmidt[@]gmail.com",
        "anna.schmidt (@) gmail.com",
        "anna.schmidt(privat)@gmail.com",
        "anna.schmidt@(privat)gmail.com",
        "anna.schmidt@gmail\u22c5com",
        "anna.schmidt@gmail\u06d4com",
        "a\u20ddnna.schmidt@gmail.com",
        "anna.s\ufffcchm\U0001bca0idt@gmail.com",
    ],
)
def test_her_mailbox_is_hers_however_at_sign_and_dot_are_written(text: str) -> None:
    assert mask_text(f"Hallo {text}, bitte", FREEMAIL).text == f"Hallo {ALIAS}, bitte"


def test_words_in_brackets_before_an_at_sign_stay() -> None:
    text = "Siehe Anna (neu) @gmail.com"
    assert mask_text(text, FREEMAIL).text == text


def test_her_mailbox_with_its_domain_first_is_hers_behind_a_hyphen() -> None:
    text = "bounce-81-sub.privatmail.example=o'brien_77@esp.example"
    assert mask_text(text, APOSTROPHE).text == f"bounce-81-{ALIAS}"


@pytest.mark.parametrize("end", ["\u202c danke", "", "\n"])
def test_what_is_written_backwards_in_an_override_is_read_as_it_is_seen(end: str) -> None:
    masked = mask_text(f"Hallo \u202e{'anna.schmidt@gmail.com'[::-1]}{end}", FREEMAIL).text
    assert masked == f"Hallo {ALIAS}{end.removeprefix(chr(0x202C))}"


@pytest.mark.parametrize("mailbox", ["noreply@dhl.de", "info@mail.dpd.com", "hilfe@markt.example"])
def test_mailboxes_of_carriers_and_of_the_marketplace_pass(mailbox: str) -> None:
    rules = ContactRules(known_domains=frozenset({"markt.example"}))
    matcher = Matcher(protected_for(BUYER_TO_SELLER), "relay.example", rules)
    text = f"Fragen an {mailbox} oder noreply@notdhl.de"
    assert mask_text(text, matcher).text == text.replace("noreply@notdhl.de", "***@***")


@pytest.mark.parametrize(
    ("registered", "written"),
    [
        ("xn--strae-oqa.example", "stra\u00dfe.example"),
        ("xn--strae-oqa.example", "STRA\u1e9eE.example"),
        ("xn--strae-oqa.example", "strasse.example"),
        ("stra\u00dfe.example", "xn--strae-oqa.example"),
        ("xn--nxasmm1c.example", "\u03b2\u03cc\u03bb\u03bf\u03c2.example"),
        ("xn--nxasmm1c.example", "xn--nxasmq6b.example"),
        ("xn--mgba3gch31f060k.example", "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.example"),
        ("xn--mgba3gch31f060k.example", "xn--mgba3gch31f.example"),
    ],
)
def test_a_domain_of_other_letters_is_hers_as_idna2003_and_idna2008_write_it(
    registered: str, written: str
) -> None:
    matcher = Matcher(protected_for(BUYER_TO_SELLER, buyer=Mailbox("anna", registered)), "relay.example")
    masked = mask_text(f"https://www.{written}/x und anna@{written}", matcher).text
    assert masked == f"https://masked.invalid/x und {ALIAS}"


def test_a_percent_encoded_slash_does_not_belong_to_a_host() -> None:
    masked = mask_text("?u=https%3A%2F%2Fwww.privatmail.example%2Fx", OWN_DOMAIN).text
    assert masked == "?u=https%3A%2F%2Fmasked.invalid%2Fx"
