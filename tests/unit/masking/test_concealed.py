"""What a reader sees of a mailbox, whatever stands hidden in it and in whatever order it is written."""

import re
from time import process_time

import pytest

from parley.mail.structure import read
from parley.masking.armor import ArmoredMessageError
from parley.masking.hypertext import mask_html
from parley.masking.parts import new_content_ids
from parley.masking.text import mask_text
from tests.unit.masking.test_text import ALIAS, FREEMAIL, OWN_DOMAIN

MAILBOX = "anna.kaeufer@privatmail.example"
BACKWARDS = MAILBOX[::-1]
SAFE_LINK = (
    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.example%2Fa"
    "&amp;data=05%7C01%7Canna.kaeufer%40privatmail.example%7C1"
)


def shown(html: str) -> str:
    """The text of the masked page, without its style sheet."""
    page = re.sub("<style>.*?</style>", "", mask_html(html, OWN_DOMAIN, {}).text, flags=re.DOTALL)
    return re.sub("<[^<>]*>", "", page)


@pytest.mark.parametrize(
    "decoy",
    [
        '<span style="display:none"> und </span>',
        '<span style="display : NONE !important"> und </span>',
        '<span style="visibility:hidden"> und </span>',
        '<span style="opacity:0.0"> und </span>',
        '<span style="font-size:0"> und </span>',
        '<span style="font:0/0 a"> und </span>',
        '<span style="display:inline-block;width:0;overflow:hidden"> und </span>',
        '<span style="display:inline-block;text-indent:-999px;width:0"> und </span>',
        "<div hidden> und <p>mehr</p></div>",
        "<rp> und </rp>",
        "<style>.x{display:none}</style><span class=x> und </span>",
        "<style>p .x.y:not(b), #z{opacity:0}</style><span class='y x'> und </span>",
        "<style>@media screen{i{visibility:hidden}}</style><i> und </i>",
        "<style>.x{display:none!important}</style><i class=x style='display:inline'> und </i>",
        "<i style='display:none'> <b>und</b> <img src='cid:x' alt=y><br> so </i>",
    ],
)
def test_hidden_text_does_not_keep_a_mailbox_from_being_found(decoy: str) -> None:
    assert shown(f"<p>anna.kaeufer@privat{decoy}mail.example</p>").strip() == ALIAS


def test_text_that_shows_within_hidden_text_is_found() -> None:
    page = (
        "<body style='font-size:0'>a <b style='font-size:13px'>anna.kaeufer@privat</b> und "
        "<b style='font-size:13px'>mail.example</b></body>"
    )
    assert "mail.example" not in shown(page)


def test_a_rule_that_is_overridden_hides_nothing() -> None:
    page = (
        "<style>b{display:none} .x{display:inline}</style><b class=x>anna.kaeufer@privat</b><b> und </b>"
        "<b class=x>mail.example</b>"
    )
    assert ALIAS in shown(page)


def test_a_freemail_mailbox_with_hidden_text_in_it_is_masked() -> None:
    page = '<p>Ich: anna.schmidt<i style="display:none">xyz</i>@gmail.com</p>'
    assert "schmidt" not in mask_html(page, FREEMAIL, {}).text


def test_a_preheader_stays_as_it_is() -> None:
    page = '<div style="display:none;max-height:0;overflow:hidden">Nur heute</div><p>Hallo</p>'
    assert mask_html(page, OWN_DOMAIN, {}).text == page


@pytest.mark.parametrize(
    "html",
    [
        f"<bdo dir=rtl>{BACKWARDS}</bdo>",
        f"<p dir=rtl><bdo dir='rtl'>{BACKWARDS[:9]}<b>{BACKWARDS[9:]}</b></bdo></p>",
        f"\u202e{BACKWARDS}\u202c",
        f"&#x202e;{BACKWARDS[:9]}<i>{BACKWARDS[9:]}</i>",
    ],
)
def test_text_under_an_override_is_read_as_it_is_shown(html: str) -> None:
    assert shown(html) == ALIAS


def test_plain_text_under_an_override_is_read_as_it_is_shown() -> None:
    assert mask_text(f"Ich: \u202e{BACKWARDS}\u202c, danke", OWN_DOMAIN).text == f"Ich: {ALIAS}, danke"


@pytest.mark.parametrize(
    "html",
    [
        '<p dir="rtl">\u05e9\u05dc\u05d5\u05dd <span dir="ltr">Shop 47</span></p>',
        '<p style="direction:rtl">\u05e9\u05dc\u05d5\u05dd</p>',
        "<p>\u2067\u05e9\u05dc\u05d5\u05dd\u2069 x\u200f</p>",
        '<p><span style="float:right">47,11 \u20ac</span>Summe</p>',
    ],
)
def test_pages_that_run_from_right_to_left_stay_as_they_are(html: str) -> None:
    assert mask_html(html, OWN_DOMAIN, {}).text == html


@pytest.mark.parametrize(
    "style", ["float:right", "display:inline-block;direction:rtl", "flex-direction:row-reverse"]
)
def test_layout_that_would_put_a_private_domain_together_goes(style: str) -> None:
    pieces = "".join(f'<i style="{style}">{char}</i>' for char in "elpmaxe.liamtavirp")
    result = mask_html(f"<p>{pieces}</p>", OWN_DOMAIN, {})
    assert "style" not in result.text
    assert result.protected


@pytest.mark.parametrize("line", ["<div>{}</div>", "{}<br>", "<p>&gt;&nbsp;{}</p>"])
def test_inline_keys_are_taken_out_of_html(line: str) -> None:
    key = (
        "-----BEGIN PGP PUBLIC KEY BLOCK-----",
        "",
        "mDMEawJgxRYJ",
        "=D8lG",
        "-----END PGP PUBLIC KEY BLOCK-----",
    )
    result = mask_html("<p>Vor</p>" + "\n".join(map(line.format, key)) + "<p>Nach</p>", OWN_DOMAIN, {})
    assert result.codes == ("certificate-removed",)
    assert re.sub(r"<[^<>]*>|\s|&gt;|&nbsp;", "", result.text) == "VorNach"


def test_an_encrypted_message_in_html_cannot_be_read() -> None:
    with pytest.raises(ArmoredMessageError):
        mask_html("<pre>-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----</pre>", OWN_DOMAIN, {})


def test_a_link_that_is_spelled_out_is_unwrapped() -> None:
    assert shown(f"<p>Siehe {SAFE_LINK} dazu</p>") == "Siehe https://shop.example/a dazu"


def test_an_unwrapped_link_does_not_end_a_value() -> None:
    wrapped = SAFE_LINK.replace("%2Fa", "%2Fa%22onclick=x%22")
    assert 'a"' not in mask_html(f"<p title='Siehe {wrapped} x'>x</p>", OWN_DOMAIN, {}).text


def test_a_relative_link_does_not_become_one_to_a_host() -> None:
    assert mask_html('<a href="nofile.vcd">x</a>', OWN_DOMAIN, {}).text == "<a>x</a>"


@pytest.mark.parametrize(
    "source", ["image001.png", "x_files/image001.png", "http://t.example/x_files/image001.png"]
)
def test_a_picture_named_by_its_content_location_stays(source: str) -> None:
    mail = read(
        b"Content-Type: image/png\r\nContent-Location: http://t.example/x_files/image001.png\r\n\r\nx"
    )
    ids = new_content_ids(mail, "seed", "relay.example")
    assert mask_html(f'<img src="{source}">', OWN_DOMAIN, ids).text == '<img src="cid:seed.1@relay.example">'


@pytest.mark.parametrize("piece", ["&a", "&#", "&", "&amp;", "\xad", "\xa9"])
def test_a_long_text_of_ampersands_takes_no_more_than_its_share_of_time(piece: str) -> None:
    html = f"<p>{piece * (400_000 // len(piece))}"
    started = process_time()
    assert mask_html(html, OWN_DOMAIN, {}).is_html
    # Half of it is measured on a slow machine; what grew with the square of the length took seconds.
    assert process_time() - started < 1.2
