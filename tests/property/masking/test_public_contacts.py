"""What a trader declared public goes out as it was written, whatever stands beside it; nothing else does."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.mail.address import Mailbox
from parley.masking.gate_forms import reveals
from parley.masking.gate_needles import Needles
from parley.masking.hypertext import mask_html
from parley.masking.matcher import Matcher
from parley.masking.protected import Identity, Protected
from parley.masking.text import mask_text

DOMAIN = "haendler-mueller.example"
ALIAS = "s-9Q4T@relay.example"
PROTECTED = Protected(
    author=Identity(
        mailboxes=frozenset({Mailbox("shop", DOMAIN), Mailbox("kundenservice", DOMAIN)}),
        private_domains=frozenset({DOMAIN}),
        alias=Mailbox("s-9Q4T", "relay.example"),
    ),
    recipient=Identity(
        mailboxes=frozenset({Mailbox("anna.schmidt", "gmx.example")}),
        private_domains=frozenset(),
        alias=Mailbox("b-7K2M", "relay.example"),
    ),
    public_contacts=frozenset({f"service@{DOMAIN}", f"https://www.{DOMAIN}/", "tel:+4989123456"}),
)
MATCHER = Matcher(PROTECTED, "relay.example")
NEEDLES = Needles(PROTECTED)
HIDDEN = f"shop@{DOMAIN}"

DECLARED = st.sampled_from(
    (
        f"service@{DOMAIN}",
        f"Service@{DOMAIN.title()}",
        f"mailto:service@{DOMAIN}",
        f"<service@{DOMAIN}>",
        f"https://www.{DOMAIN}",
        f"https://www.{DOMAIN}/agb?a=1",
        f"https://www.{DOMAIN}:443/x",
        f"www.{DOMAIN}",
        f"https://t.example/?u=https%3A%2F%2Fwww.{DOMAIN}%2Fagb",
    )
)
WORDS = st.sampled_from(
    (
        "Schreiben Sie an",
        "Mail",
        "E-Mail:",
        "Kontakt:",
        "Müller GmbH",
        "Tel. 089 1",
        "oder",
        "请联系",
        "--",
        "• ",
    )
)
APART = st.sampled_from(
    (" ", "  ", "\n", "\r\n", "\n\n", "\n> ", " \n", ", ", "; ", " | ", "\t", " (", ") ", ": ")
)
PIECES = st.lists(st.tuples(st.one_of(DECLARED, WORDS, st.just(HIDDEN)), APART), min_size=1, max_size=7)
BLOCKS = st.sampled_from(("p", "div", "td", "li"))


def text_of(pieces: list[tuple[str, str]]) -> str:
    return "".join(piece + apart for piece, apart in pieces)


@given(PIECES)
def test_a_declared_contact_in_ordinary_text_passes_and_its_neighbour_does_not(
    pieces: list[tuple[str, str]],
) -> None:
    text = text_of(pieces)
    masked = mask_text(text, MATCHER).text
    assert masked == text.replace(HIDDEN, ALIAS)
    assert not reveals(masked, NEEDLES)


@given(st.lists(st.tuples(BLOCKS, PIECES), min_size=1, max_size=4))
def test_a_declared_contact_in_ordinary_html_passes_and_its_neighbour_does_not(
    blocks: list[tuple[str, list[tuple[str, str]]]],
) -> None:
    page = "".join(
        f"<{name}>{html.escape(text_of(pieces), quote=False).replace(chr(10), '<br>')}</{name}>"
        for name, pieces in blocks
    )
    page = f"<table><tr>{page}</tr></table>" if "<td>" in page else page
    clean = mask_html(page.replace(HIDDEN, "xx"), MATCHER, {}).text
    masked = mask_html(page, MATCHER, {}).text
    assert masked == clean.replace("xx", ALIAS)
    assert not reveals(masked, NEEDLES)


@given(WORDS, st.sampled_from(("", " ", "<br>", "</td><td>")))
def test_a_link_to_a_declared_mailbox_stays(word: str, apart: str) -> None:
    link = f'<a href="mailto:service@{DOMAIN}?subject=Frage">service@{DOMAIN}</a>'
    masked = mask_html(
        f"<table><tbody><tr><td>{word} {apart}{link}</td></tr></tbody></table>", MATCHER, {}
    ).text
    assert link in masked
    assert not reveals(masked, NEEDLES)


@pytest.mark.parametrize(
    "text",
    [
        f"xservice@{DOMAIN}",
        f"my-service@{DOMAIN}",
        f"service+tag@{DOMAIN}",
        f"info@www.{DOMAIN}",
        f"shop (at) {DOMAIN}",
        f"kunden\nservice@{DOMAIN}",
        f"Kunden-Mail: kunden\n> service@{DOMAIN}",
        f"shop={DOMAIN}@esp.example",
        DOMAIN,
    ],
)
def test_what_only_ends_like_a_declared_contact_is_masked(text: str) -> None:
    masked = mask_text(text, MATCHER)
    assert masked.protected
    assert not reveals(masked.text, NEEDLES)
    assert reveals(text, NEEDLES)


@pytest.mark.parametrize("text", [f"Mail an service@\n{DOMAIN}", f"Mail an service@ \r\n> {DOMAIN} bitte"])
def test_a_declared_mailbox_that_a_line_end_breaks_passes(text: str) -> None:
    assert mask_text(text, MATCHER).text == text
    assert not reveals(text, NEEDLES)


def test_letters_that_stand_for_contacts_while_they_are_aside_are_told_from_those_of_the_text() -> None:
    text = f"¤0¤ ¦ ¶1¶ service@{DOMAIN} {HIDDEN} \ue000"
    assert mask_text(text, MATCHER).text == text.replace(HIDDEN, ALIAS)


def test_a_declared_domain_lets_its_web_host_pass_and_no_mailbox() -> None:
    declared = Protected(
        author=PROTECTED.author, recipient=PROTECTED.recipient, public_contacts=frozenset({DOMAIN})
    )
    matcher, needles = Matcher(declared, "relay.example"), Needles(declared)
    text = f"Siehe www.{DOMAIN} oder http://{DOMAIN}/"
    assert mask_text(text, matcher).text == text
    assert not reveals(text, needles)
    assert mask_text(f"privat@{DOMAIN}", matcher).text == ALIAS
    assert reveals(f"privat@{DOMAIN}", needles)
