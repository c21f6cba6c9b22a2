"""Forms that the leak gate reads on its own, whatever the masker makes of them."""

import base64

import pytest

from parley.mail.address import Mailbox
from parley.masking.gate_forms import reveals
from parley.masking.gate_needles import Needles
from parley.masking.gate_spellings import spellings
from parley.masking.protected import Identity, Protected, domain_forms

ANNA = "anna.schmidt@gmx.example"
BASE64 = base64.b64encode(f"Guten Tag, ich bin {ANNA}, bitte schreiben.".encode()).decode()
HEX = f"ich bin {ANNA}, bitte".encode().hex()


def needles(mailbox: str, *private: str) -> Needles:
    local, domain = mailbox.rsplit("@", 1)
    author = Identity(
        mailboxes=frozenset({Mailbox(local, domain)}),
        private_domains=frozenset(private),
        alias=Mailbox("b-7K2M", "relay.example"),
    )
    recipient = Identity(
        mailboxes=frozenset({Mailbox("shop", "haendler.example")}),
        private_domains=frozenset(),
        alias=Mailbox("s-9Q4T", "relay.example"),
    )
    return Needles(Protected(author=author, recipient=recipient))


def lines(run: str, length: int, end: str) -> str:
    return end.join(run[start : start + length] for start in range(0, len(run), length))


@pytest.mark.parametrize(
    "text",
    [
        "bounce-81-anna.schmidt=gmx.example@esp.example",
        "bounce-81-anna.schmidt=gmx.example",
        "SRS0=Ab1c=XY=gmx.example=anna.schmidt@esp.example",
        "gmx.example!anna.schmidt@esp.example",
        "anna.schmidt_gmx.example#EXT#@tenant.example",
        "anna.schmidt_gmx.example@gateway.example",
        "anna.schmidt%gmx.example@gateway.example",
        "anna.schmidt[@]gmx.example",
        "anna.schmidt (at) gmx.example",
        "anna.schmidt(privat)@gmx.example",
        "anna.schmidt@gmx\u22c5example",
        "anna.schmidt@gmx\u06d4example",
        "anna.schmidt@gmx\u00b7example",
        "anna.s\u20ddchm\ufffcid\U0001bca0t@gmx.example",
    ],
)
def test_a_mailbox_that_lists_gateways_and_people_write_otherwise_is_found(text: str) -> None:
    assert reveals(f"Hallo {text} ende", needles(ANNA))


@pytest.mark.parametrize(
    "text",
    [
        "joanna.schmidt=gmx.example@esp.example",
        "jo-anna.schmidt@gmx.example",
        "anna.schmidt@gmx.example.org",
        "gmx.example=joanna.schmidt@esp.example",
        "Anna Schmidt (neu) @gmx.example",
    ],
)
def test_a_mailbox_of_somebody_else_in_such_a_form_is_none(text: str) -> None:
    assert not reveals(f"Hallo {text} ende", needles(ANNA))


def test_a_private_mailbox_with_its_domain_first_is_found_behind_a_hyphen() -> None:
    text = "bounce-81-privatmail.example=o'brien_77@esp.example"
    assert reveals(text, needles("o'brien_77@privatmail.example", "privatmail.example"))


@pytest.mark.parametrize(
    "text",
    [
        lines(BASE64, 20, "\n"),
        lines(BASE64, 9, "\r\n"),
        lines(BASE64, 40, "\r\n\r\n"),
        lines(BASE64, 20, "\n \n"),
        "Hallo\n> " + lines(BASE64, 12, "\n> ") + "\nGruß",
        f"<p>{lines(BASE64, 12, '<br>')}</p>",
        f"<p>{lines(BASE64, 12, '</p>' + chr(10) + '<p>')}</p>",
        lines(HEX, 12, "\n"),
    ],
)
def test_an_encoded_run_is_read_across_line_ends_and_tags(text: str) -> None:
    assert reveals(f"Guten Tag\n{text}\n", needles(ANNA))


@pytest.mark.parametrize(
    "page",
    [
        '<p>anna.schmidt@g<span style="display:none"> und </span>mx.example</p>',
        '<p>anna.schm<i hidden="">z</i>idt@gmx.example</p>',
        '<p>anna.schm<i style="font-size: 0px">z<b>u</b>z</i>idt@gmx.example</p>',
        '<p>anna.schm<i style="color:red; visibility:hidden">z</i>idt@gmx.example</p>',
        '<style>p .x, #y{color:red;display:none}</style>anna.schm<b class="a x">z</b>idt@gmx.example',
        '<p><bdo dir="rtl">elpmaxe.xmg@t<b>di</b>mhcs.anna</bdo></p>',
        f"Hallo \u202e{ANNA[::-1]}\u202c ende",
        f"Hallo \u202e{ANNA[::-1]}",
    ],
)
def test_text_is_read_as_it_is_seen(page: str) -> None:
    assert reveals(page, needles(ANNA))


@pytest.mark.parametrize("style", ["font-size:0.5em", "opacity:0.5", "width:0.1%", "display:block"])
def test_what_is_small_but_seen_parts_what_stands_around_it(style: str) -> None:
    assert not reveals(f'anna.schm<i style="{style}">z</i>idt@gmx.example', needles(ANNA))


@pytest.mark.parametrize(
    "text",
    [
        "<i hidden><b hidden><u hidden><span hidden>",
        "<bdo dir=rtl>",
        "<div hidden>x",
        "<style>.a{",
        "display:none{",
        '<p class="x y z" style="width:0">',
        "\u202eabc ",
        "abcdefgh\n",
    ],
)
def test_hidden_text_without_end_is_read_in_linear_time(text: str) -> None:
    """It would take hours otherwise."""
    reveals(f"<style>.a{{display:none}}</style>{text * (300_000 // len(text))}", needles(ANNA))


@pytest.mark.parametrize(
    ("registered", "written"),
    [
        ("xn--strae-oqa.example", "straße.example"),
        ("xn--strae-oqa.example", "STRAẞE.example"),
        ("xn--strae-oqa.example", "strasse.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("xn--nxasmm1c.example", "βόλος.example"),
        ("xn--nxasmm1c.example", "xn--nxasmq6b.example"),
        ("xn--mgba3gch31f060k.example", "نامه\u200cای.example"),
        ("xn--mgba3gch31f060k.example", "xn--mgba3gch31f.example"),
    ],
)
def test_a_domain_of_other_letters_is_found_as_idna2003_and_idna2008_write_it(
    registered: str, written: str
) -> None:
    assert reveals(f"https://www.{written}/x", needles(f"anna@{registered}", registered))
    assert reveals(f"anna@{written}", needles(f"anna@{registered}"))


@pytest.mark.parametrize(
    "domain", ["xn--a.example", "xn--a-.example", "xn--\x00.example", "xn--9999999.example"]
)
def test_what_only_begins_like_an_a_label_has_no_other_spelling(domain: str) -> None:
    assert spellings(domain) == {domain}
    assert domain_forms(domain) == {domain}
