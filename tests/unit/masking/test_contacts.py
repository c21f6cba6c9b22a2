"""Other contact data in whole mails: masked, flagged or let through by rule, wherever it stands."""

from dataclasses import replace

import pytest

from parley.mail.compose import MultipartPart, OutgoingPart, TextPart
from parley.mail.structure import read
from parley.masking.contact_rules import ContactKind, ContactRules, Treatment, contact_code
from parley.masking.mask import Masked, mask
from parley.masking.matcher import Matcher
from parley.masking.protected import Protected
from parley.masking.text import mask_text
from parley.screening.policy import CODES, Action
from tests.golden.pipeline import BUYER_TO_SELLER, RELAY_DOMAIN, SELLER_TO_BUYER, protected_for
from tests.unit.masking.probes import HEAD, html, leaf, mail, multipart, text

MASK, FLAG, PASS = Treatment.MASK, Treatment.FLAG, Treatment.PASS
MASKING = ContactRules(phones=MASK, ibans=MASK, handles=MASK, links=MASK)
PASSING = ContactRules(mailboxes=PASS, phones=PASS, ibans=PASS, handles=PASS, links=PASS, obfuscated=PASS)
PHONE, IBAN, HANDLE = "+49 711 5550123", "DE89 3704 0044 0532 0130 00", "https://wa.me/4915112345678"


def masked(raw: bytes, rules: ContactRules = MASKING, protected: Protected | None = None) -> Masked:
    protected = protected or protected_for(BUYER_TO_SELLER)
    return mask(read(raw), protected, rules, content_id_seed="seed", relay_domain=RELAY_DOMAIN)


def found(raw: bytes, rules: ContactRules = MASKING) -> dict[tuple[str, str], int]:
    return {(finding.code, finding.place): finding.count for finding in masked(raw, rules).findings}


def shown(part: OutgoingPart) -> str:
    if isinstance(part, MultipartPart):
        return "\n".join(map(shown, part.children))
    return part.text if isinstance(part, TextPart) else ""


def in_text(content: str, rules: ContactRules = MASKING) -> str:
    return mask_text(content, Matcher(protected_for(BUYER_TO_SELLER), RELAY_DOMAIN, rules)).text


@pytest.mark.parametrize(
    ("content", "after"),
    [
        (f"Tel. {PHONE}, bitte", "Tel. ***, bitte"),
        (f"IBAN {IBAN} bitte", "IBAN *** bitte"),
        (f"hier: {HANDLE}.", "hier: ***."),
        ("Telegram: @anna_k", "Telegram: ***"),
        ("siehe https://mueller.shop/a?b=c.", "siehe https://masked.invalid/."),
        ("siehe mueller.shop/a", "siehe masked.invalid"),
        ("\uff0b\uff14\uff19 \uff17\uff11\uff11 5550123", "***"),
        ("+49\u200b 711\u200d 555\u20600123", "***"),
        ("+49\u00a0711\u202f5550123", "***"),
        ("Anruf &#43;49 711 5550123", "Anruf ***"),
        (f"{PHONE} {IBAN} x@web.example", "*** *** ***@***"),
        ("anna (at) mail dot de", "anna (at) mail dot de"),
        ("Sendung 00340434161094042557 vom 13.11.2026: 49,99 €", None),
        ("https://www.dhl.de/x https://a.relay.example/ s-9Q4T@relay.example", None),
    ],
)
def test_what_is_to_be_masked_becomes_a_short_placeholder(content: str, after: str | None) -> None:
    assert in_text(content) == (content if after is None else after)


def test_by_default_mailboxes_are_masked_and_links_pass_and_the_rest_is_flagged() -> None:
    content = f"{PHONE}\n{IBAN}\n{HANDLE}\nhttps://mueller.shop\nx@web.example\nanna (at) mail dot de\n"
    assert found(text(content), ContactRules()) == {
        ("contact-mailbox-masked", "part:1"): 1,
        ("contact-phone", "part:1"): 1,
        ("contact-iban", "part:1"): 1,
        ("contact-handle", "part:1"): 1,
        ("contact-obfuscated", "part:1"): 1,
    }
    assert in_text(content, ContactRules()) == content.replace("x@web.example", "***@***")


def test_what_passes_by_rule_is_neither_changed_nor_told() -> None:
    content = f"{PHONE}\n{IBAN}\n{HANDLE}\nhttps://mueller.shop\nx@web.example\nanna (at) mail dot de\n"
    assert found(text(content), PASSING) == {}
    assert in_text(content, PASSING) == content


def test_a_part_in_which_contact_data_is_only_flagged_is_kept_as_it_is() -> None:
    raw = multipart(leaf(f"{PHONE}\r\n"), leaf(f"BEGIN:VCARD\r\nTEL:{PHONE}\r\nEND:VCARD\r\n", "text/vcard"))
    body = masked(raw, ContactRules()).body
    assert isinstance(body, MultipartPart)
    assert [type(part).__name__ for part in body.children] == ["KeptPart"] * 3
    assert found(raw, ContactRules()) == {("contact-phone", "part:1.2"): 1, ("contact-phone", "part:1.3"): 1}


@pytest.mark.parametrize(
    "content",
    [
        "<p>+49<b> 711</b> 5550123</p>",
        "<p>+49&nbsp;711&nbsp;5550123</p>",
        "<p>+4&#57; 711 <span>555</span><span>0123</span></p>",
        "<td>0711<wbr>/<i>5550123</i></td>",
        "<p>DE89 <b>3704</b> 0044 0532&nbsp;0130 00</p>",
        "<p>Telegram: <b>@anna_k</b></p>",
        "<p>https://wa<b>.me/4915112345678</b></p>",
    ],
)
def test_contact_data_is_found_across_the_tags_of_html(content: str) -> None:
    body = shown(masked(html(content)).body)
    assert "***" in body
    assert not any(piece in body for piece in ("5550", "0123", "0532", "anna_k", "49151"))
    assert any(code.startswith("contact-") for code, _ in found(html(content), ContactRules()))


def test_cells_of_a_table_are_no_number_together() -> None:
    content = "<tr><td>0711</td><td>5550123</td></tr><p>0711</p><p>5550123</p>"
    assert found(html(f"<table>{content}</table>"), ContactRules()) == {}


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ("tel:+497115550123", "contact-phone"),
        ("sms:+497115550123?body=x", "contact-phone"),
        ("https://wa.me/4915112345678", "contact-handle"),
        ("https://t.me/anna_k", "contact-handle"),
        ("https://api.whatsapp.com/send?phone=4915112345678", "contact-handle"),
        ("https://mueller.shop/x", "contact-link"),
    ],
)
def test_a_link_that_leads_to_somebody_is_found_in_its_attribute(link: str, code: str) -> None:
    page = html(f'<p><a href="{link}">hier</a></p>')
    assert found(page) == {(f"{code}-masked", "part:1"): 1}
    assert link not in shown(masked(page).body)
    assert found(page, replace(MASKING, phones=FLAG, handles=FLAG, links=FLAG)) == {(code, "part:1"): 1}


def test_the_source_that_a_quote_names_is_a_link() -> None:
    page = html('<blockquote cite="https://mueller.shop/x">y</blockquote>')
    assert "mueller" not in shown(masked(page).body)
    assert found(page, ContactRules()) == {}


@pytest.mark.parametrize("name", ["title", "alt"])
def test_attributes_that_people_read_are_masked_like_text(name: str) -> None:
    page = html(f'<p><img src="cid:x" {name}="Tel. {PHONE}" alt="x">x</p>')
    assert PHONE not in shown(masked(page).body)
    assert found(page) == {("contact-phone-masked", "part:1"): 1}


def test_a_link_to_an_unlisted_scheme_goes_with_its_attribute() -> None:
    page = html('<p><a href="whatsapp://send?phone=4915112345678">hier</a></p>')
    assert "whatsapp" not in shown(masked(page, ContactRules()).body)


def test_subject_and_file_names_are_masked_and_told() -> None:
    head = HEAD.replace("Re: Bestellung 4711", f"Ruf an: {PHONE}")
    name = 'Content-Disposition: attachment; filename="Tel +49 711 5550123.pdf"\r\n'
    part = leaf(b"%PDF-1.4", "application/pdf", "", "base64", name)
    raw = mail(multipart(part)[len(HEAD) :], head)
    result = masked(raw)
    assert result.subject == "Ruf an: ***"
    assert not any("5550123" in name for name in result.filenames)
    assert found(raw)["contact-phone-masked", "subject"] == 1
    assert found(raw)["contact-phone-masked", "part:1.2:filename"] == 1


def test_calendars_and_vcards_are_masked_line_by_line() -> None:
    lines = (
        "BEGIN:VCARD",
        f"TEL;TYPE=CELL:{PHONE}",
        f"URL:{HANDLE}",
        "REV:20261113T091244Z",
        "END:VCARD",
        "",
    )
    card = "\r\n".join(lines)
    body = shown(masked(multipart(leaf(card, "text/vcard"))).body)
    assert "TEL;TYPE=CELL:***\r\nURL:***\r\nREV:20261113T091244Z" in body
    event = f"BEGIN:VCALENDAR\r\nDTSTART:20261113T090000Z\r\nUID:0711-5550123\r\nLOCATION:Tel. {PHONE}\r\n"
    body = shown(masked(multipart(leaf(f"{event}END:VCALENDAR\r\n", "text/calendar"))).body)
    assert "DTSTART:20261113T090000Z\r\nUID:0711-5550123\r\nLOCATION:Tel. ***" in body


def test_an_enclosed_mail_is_searched_with_its_header_section() -> None:
    inner = f"From: Bob <bob@web.example>\r\nSubject: Tel. {PHONE}\r\n\r\n{IBAN}\r\n"
    enclosed = b"Content-Type: message/rfc822\r\n\r\n" + inner.encode()
    assert found(multipart(enclosed), ContactRules()) == {
        ("enclosed-header-reduced", "part:1.2"): 1,
        ("contact-mailbox-masked", "part:1.2:header"): 1,
        ("contact-phone", "part:1.2:header"): 1,
        ("contact-iban", "part:1.2.1"): 1,
    }


def test_what_a_trader_declared_public_passes_to_the_buyer() -> None:
    public = frozenset({"+49 711 5550123", "mueller.shop", "https://wa.me/4915112345678", "info@web.example"})
    protected = replace(protected_for(SELLER_TO_BUYER), public_contacts=public)
    content = (
        "0711 5550123, +49 (0)711 5550123, 0049 711 5550123, https://mueller.shop/agb, www.mueller.shop\r\n"
        "https://wa.me/4915112345678 info@web.example\r\n"
    )
    assert not masked(text(content), MASKING, protected).findings
    other = "0711 5550124 https://evil-mueller.shop https://wa.me/49151123456781 b@web.example"
    codes = {finding.code for finding in masked(text(other), MASKING, protected).findings}
    assert codes == {f"contact-{kind}-masked" for kind in ("phone", "link", "handle", "mailbox")}


def test_domains_that_the_rules_know_pass_with_what_is_below_them() -> None:
    rules = replace(MASKING, known_domains=frozenset({"markt.example"}))
    content = "https://markt.example/order/4711 help.markt.example https://notmarkt.example/"
    assert in_text(content, rules) == content.replace("https://notmarkt.example/", "https://masked.invalid/")


def test_a_protected_mailbox_is_never_taken_for_somebody_elses() -> None:
    rules = replace(MASKING, mailboxes=FLAG)
    raw = text("anna.kaeufer@privatmail.example, anna.kaeufer (at) privatmail.example")
    assert found(raw, rules) == {("protected-masked", "part:1"): 2}


def test_obfuscated_contact_data_cannot_be_masked() -> None:
    with pytest.raises(ValueError, match="obfuscated"):
        ContactRules(obfuscated=MASK)


@pytest.mark.parametrize("kind", ContactKind)
def test_every_kind_has_its_codes_in_the_table(kind: ContactKind) -> None:
    assert CODES[contact_code(kind, FLAG)].action is Action.FLAG
    if kind is not ContactKind.OBFUSCATED:
        assert CODES[contact_code(kind, MASK)].action is Action.MASK


def test_half_of_an_escape_keeps_no_protected_mailbox_from_being_found() -> None:
    assert in_text("\\ud834 anna.kaeufer@privatmail.example") == "\\ud834 b-7K2M@relay.example"
