"""Plain text: what is replaced, by what, and what stays as it is."""

from dataclasses import replace

import pytest

from parley.mail.address import Mailbox
from parley.masking.matcher import Matcher
from parley.masking.text import UnsettledError, mask_text
from parley.masking.views import TooComplexError
from tests.golden.pipeline import BUYER_TO_SELLER, protected_for

OWN_DOMAIN = Matcher(protected_for(BUYER_TO_SELLER), "relay.example")
FREEMAIL = Matcher(
    protected_for(BUYER_TO_SELLER, buyer=Mailbox("anna.schmidt", "gmail.com")), "relay.example"
)
ALIAS = "b-7K2M@relay.example"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Hallo anna.kaeufer@privatmail.example, Danke", f"Hallo {ALIAS}, Danke"),
        ("<anna.kaeufer+shop@PRIVATMAIL.example>", f"<{ALIAS}>"),
        ("Käufer <\nanna.kaeufer@privat\nmail.example>", f"Käufer <\n{ALIAS}>"),
        ("> anna.kaeufer@privat\n> mail.example\n> bitte", f"> {ALIAS}\n> bitte"),
        ("Mail: anna.kaeufer@privatmail.example.Danke", f"Mail: {ALIAS}.Danke"),
        ("Rechnung_anna.kaeufer@privatmail.example.pdf", f"Rechnung_{ALIAS}.pdf"),
        ("bounce-1-anna.kaeufer=privatmail.example@list.example", ALIAS),
        ("petra@privatmail.example", ALIAS),
        ("anna.kaeufer (at) privatmail.example", ALIAS),
        ("https://www.haendler-mueller.example/agb?x=1", "https://masked.invalid/agb?x=1"),
        ("?domain=privatmail.example&x=1", "?domain=masked.invalid&x=1"),
        (
            "https://t.example/u?e=YW5uYS5rYWV1ZmVyQHByaXZhdG1haWwuZXhhbXBsZQ&id=4711",
            "https://t.example/u?e=masked&id=4711",
        ),
        ("shop@haendler-mueller.example", "s-9Q4T@relay.example"),
        ("third@web.example", "***@***"),
        ("third@web.example.Danke", "***@***.Danke"),
    ],
)
def test_a_protected_string_becomes_its_alias(text: str, masked: str) -> None:
    assert mask_text(text, OWN_DOMAIN).text == masked


def test_a_tag_does_not_take_the_lines_below_along() -> None:
    broken = "anna.kaeufer@\r\nprivatmail.example"
    text = f"anna.kaeufer+AEA-haendler-mueller.example\r\nTermin am Freitag\r\n{broken}"
    assert mask_text(text, OWN_DOMAIN).text == f"s-9Q4T@relay.example\r\nTermin am Freitag\r\n{ALIAS}"


def test_a_tag_that_a_line_end_breaks_belongs_to_its_mailbox() -> None:
    assert mask_text("anna.kaeufer+sh\r\nop@privatmail.example", OWN_DOMAIN).text == ALIAS


def test_a_letter_that_looks_alike_is_seen_through_its_entity() -> None:
    assert mask_text("anna.kaeufer@priv&#1072;tmail.example", OWN_DOMAIN).text == ALIAS


def test_many_protected_domains_are_found_as_few_are() -> None:
    others = frozenset(Mailbox("anna", f"domain{number}.example") for number in range(40))
    protected = protected_for(BUYER_TO_SELLER)
    author = replace(protected.author, mailboxes=protected.author.mailboxes | others)
    many = Matcher(replace(protected, author=author), "relay.example")
    text = "anna@domain7.example, joanna@domain7.example, Grüße von anna.kaeufer@privatmail.example"
    assert mask_text(text, many).text == f"{ALIAS}, ***@***, Grüße von {ALIAS}"
    assert mask_text(f"{text} 漢字", many).text.endswith(f"{ALIAS} 漢字")


@pytest.mark.parametrize(
    "text",
    [
        "privatmail.example.evil.org und xprivatmail.example und x-privatmail.example",
        "Ich bin privat mail.example",
        "Ticket #4711@Q4, Kurs 3@4, @mueller, Preis 5€@Stück",
        "b-7K2M@relay.example S-9Q4T@RELAY.EXAMPLE",
        "[cid:image001.png@01DB0F5E.A1B2C3D0] logo@2x.png",
        "https://user:pass@host.example/a https://maps.example/@48.1,11.5,15z",
        "Bestellung 00340434161094042557 am 13.11.2026, 5,00 €, DE89 3704 0044 0532 0130 00",
        "100 % Grüße &amp; mehr \\u0041 =41 +AEA- >>> \u00ad\u200b",
        "",
        " \r\n\t",
    ],
)
def test_other_text_keeps_every_character(text: str) -> None:
    assert mask_text(text, OWN_DOMAIN).text == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("annaschmidt@googlemail.com", ALIAS),
        ("a.n.n.aschmidt+x@GMAIL.com", ALIAS),
        ("joanna.schmidt@gmail.com", "***@***"),
        ("jo.anna.schmidt@gmail.com", "***@***"),
        ("bob@gmail.com, gmail.com", "***@***, gmail.com"),
        ("anna.schmidt at gmail.com", ALIAS),
        ("Hallo anna.schmidt@\ngmail.com Bob", f"Hallo {ALIAS} Bob"),
        ("eHhKb2FubmEuc2NobWlkdEBnbWFpbC5jb20", "eHhKb2FubmEuc2NobWlkdEBnbWFpbC5jb20"),
    ],
)
def test_only_the_registered_mailbox_of_a_freemail_domain_is_protected(text: str, masked: str) -> None:
    assert mask_text(text, FREEMAIL).text == masked


@pytest.mark.parametrize("line_end", ["\n", "\r\n", " \r\n", "\r\n\r\n"])
@pytest.mark.parametrize(
    "line",
    [
        "Termin 13.11.2026 um 17:40 Uhr",
        "Grüße aus Köln",
        "日本語テスト",
        "Ende.",
        "x = y @ 5 Euro",
        "https://shop.example/artikel?id=77&x=1#top",
        "Sendungsnummer 00340434161094042557",
    ],
)
@pytest.mark.parametrize(
    ("own", "masked"),
    [
        ("mail.privatmail.example", "masked.invalid"),
        ("privatmail.example", "masked.invalid"),
        ("kollege@privatmail.example", ALIAS),
        ("kollege@mail.privatmail.example", ALIAS),
        ("anna.kaeufer@privatmail.example", ALIAS),
    ],
)
def test_a_line_before_a_private_domain_or_mailbox_stays_whole(
    line: str, line_end: str, own: str, masked: str
) -> None:
    found = mask_text(f"{line}{line_end}{own}{line_end}{line}", OWN_DOMAIN).text
    assert found == f"{line}{line_end}{masked}{line_end}{line}"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Anna <joanna.kaeufer@\nmail.privatmail.example>", f"Anna <{ALIAS}>"),
        ("Mail kollege@privat\nmail.example an", f"Mail {ALIAS} an"),
        ("Mail anna.kaeufer\n@privatmail.example an", f"Mail {ALIAS} an"),
        ("Anna Käufer <anna.kaeufer \n> @privatmail.example>:\n", f"Anna Käufer <{ALIAS}>:\n"),
        ('"Händler Müller" <petra\n> @privatmail.example>', '"Händler Müller" <petra\n> @masked.invalid>'),
        ("> 2 < 4\n> @privatmail.example", "> 2 < 4\n> @masked.invalid"),
        ("anna.kae<b\n>ufer@privatmail.example", ALIAS),
        ("17:40 Uhr\n@privat\nmail.example", f"17:40 Uhr\n{ALIAS}"),
        ("17:40 Uhr\n> @privatmail.example", "17:40 Uhr\n> @masked.invalid"),
        ("Mail:petra@privatmail.exampleDanke", f"Mail:{ALIAS}Danke"),
        ("Mail kollege@mail.\nprivatmail.example an", f"Mail {ALIAS} an"),
        ("Mail anna.kae\nufer@privatmail.example an", f"Mail {ALIAS} an"),
        ("Uhr\nwww.privat\nmail.example", "Uhr\nmasked.invalid"),
        ("joanna.kaeufer@\nkollege@privatmail.example", f"joanna.kaeufer@\n{ALIAS}"),
    ],
)
def test_a_mailbox_or_host_that_a_line_end_breaks_is_masked_as_one(text: str, masked: str) -> None:
    assert mask_text(text, OWN_DOMAIN).text == masked


def test_a_list_of_thousands_of_colleagues_is_masked() -> None:
    text = "".join(f"k{number}@privatmail.example\n" for number in range(5_000))
    assert mask_text(text, OWN_DOMAIN).text == f"{ALIAS}\n" * 5_000


def test_a_line_after_an_encoded_run_stays_whole() -> None:
    link = "https://t.example/dXNlcj1hbm5hLmthZXVmZXJAcHJpdmF0bWFpbC5leGFtcGxlJmlkPTk"
    text = f"{link}\nPreis 4,99 €\nmail.privatmail.example"
    assert mask_text(text, OWN_DOMAIN).text == "https://t.example/masked\nPreis 4,99 €\nmasked.invalid"


def test_a_wrapped_link_that_reveals_its_reader_is_unwrapped() -> None:
    wrapped = (
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.example%2Fx%3Fa%3D1"
        "&data=05%7C01%7Canna.kaeufer%40privatmail.example%7Cabc"
    )
    assert mask_text(f"<{wrapped}>", OWN_DOMAIN).text == "<https://shop.example/x?a=1>"
    harmless = wrapped.replace("anna.kaeufer%40privatmail", "nobody")
    assert mask_text(harmless, OWN_DOMAIN).text == harmless


def test_other_mailboxes_stay_where_the_rules_let_them_pass() -> None:
    text = "third@web.example und anna.kaeufer@privatmail.example"
    assert mask_text(text, OWN_DOMAIN, mask_contacts=False).text == f"third@web.example und {ALIAS}"


@pytest.mark.parametrize(
    "piece",
    [
        "@", "a@", " ", "<", "&", "&#64;", "%40", "%25", "privatmail.example ", "a.", "QUFB", "6161",
        "\xad", "a\u0300", "\u0430", "\n> ", "anna.kaeufer@privat\n> mail.example\n> ", "a n n a @ ",
        "x@gmail.com ", "://", "+AEA-", "=40", "\\u0040", "privatmail.example-",
        "anna.kaeufer=privatmail.example@a", '"', "https://www.google.com/url?q=a%40 ",
    ],
)  # fmt: skip
def test_hostile_text_is_masked_or_held(piece: str) -> None:
    text = f"{piece * (100_000 // len(piece))}anna.kaeufer@privatmail.example"
    try:
        masked = mask_text(text, OWN_DOMAIN).text
    except (TooComplexError, UnsettledError):
        return
    assert "anna.kaeufer@privatmail.example" not in masked


@pytest.mark.parametrize(
    ("link", "masked"),
    [
        ("?u=https%3A%2F%2Fwww.privatmail.example%2Fx&z=1", "?u=https%3A%2F%2Fmasked.invalid%2Fx&z=1"),
        ("?u=https%253A%252F%252Fwww.privatmail.example", "?u=https%253A%252F%252Fmasked.invalid"),
        ("?m=%22anna.kaeufer@privatmail.example%22", f"?m=%22{ALIAS}%22"),
        (
            "?to=max%2Cmoritz%2Canna.kaeufer@privatmail.example",
            f"?to=max%2Cmoritz%2C{ALIAS}",
        ),
        ("?q=a%20anna.kaeufer@privatmail.example%20b", f"?q=a%20{ALIAS}%20b"),
        ("?q=a%2520anna.kaeufer%40privatmail.example%2520b", f"?q=a%2520{ALIAS}%2520b"),
        ("?m=anna%2Ekaeufer@privatmail.example", f"?m={ALIAS}"),
        ("?m=anna.kaeufer%u0040privatmail.example", f"?m={ALIAS}"),
        ("?m=anna.kaeufer_40privatmail.example", f"?m={ALIAS}"),
    ],
)
def test_of_a_percent_encoded_link_only_what_is_protected_goes(link: str, masked: str) -> None:
    address = "https://web.example/"
    assert mask_text(address + link, OWN_DOMAIN).text == address + masked


@pytest.mark.parametrize("at", ["[@]", "(@)", "{@}", " (at) "])
def test_an_at_sign_in_brackets_does_not_hide_a_registered_mailbox(at: str) -> None:
    assert mask_text(f"Mail: anna.schmidt{at}gmail.com", FREEMAIL).text == f"Mail: {ALIAS}"


@pytest.mark.parametrize("char", "'&/!#~*?|$={`^}%+")
@pytest.mark.parametrize("text", ["{} ist meine", "Mail {}.", "<{}>", '"{}"'])
def test_a_mailbox_with_a_rare_character_is_replaced_wherever_it_stands(text: str, char: str) -> None:
    matcher = Matcher(
        protected_for(BUYER_TO_SELLER, buyer=Mailbox(f"o{char}brien", "gmx.de")), "relay.example"
    )
    assert mask_text(text.format(f"o{char}brien@gmx.de"), matcher).text == text.format(ALIAS)


def test_a_link_whose_target_shows_a_mailbox_only_unwrapped_is_unwrapped() -> None:
    link = "https://urldefense.com/v3/__https://web.example/?m=anna*schmidt*gmail*com__;LkAu!!abc!def$"
    assert mask_text(f"Siehe {link} bitte", FREEMAIL).text == f"Siehe https://web.example/?m={ALIAS} bitte"


def test_a_wrapped_link_that_shows_nothing_stays_wrapped() -> None:
    link = "https://urldefense.com/v3/__https://web.example/?m=anna*web*example__;LSst!!abc!def$"
    assert mask_text(link, FREEMAIL).text == link


def test_a_domain_that_only_repeats_itself_is_too_complex() -> None:
    with pytest.raises(TooComplexError):
        mask_text("privatmail.example." * 50_000, OWN_DOMAIN)
