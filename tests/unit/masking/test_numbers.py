"""Telephone numbers and IBANs among all the other numbers that mails of shops are full of."""

import pytest

from parley.masking.contact_rules import ContactKind, ContactRules, Treatment
from parley.masking.contacts import contact_hits
from parley.masking.matcher import Matcher
from parley.masking.readings import glance
from parley.masking.text import mask_text
from parley.masking.views import TooComplexError
from parley.masking.wrapped import wrapped_phones
from tests.golden.pipeline import BUYER_TO_SELLER, protected_for
from tests.unit.masking.number_examples import (
    OF_SOMETHING_ELSE,
    TO_CALL,
    WRAPPED_IBANS,
    WRAPPED_OF_SOMETHING_ELSE,
    WRAPPED_TO_CALL,
)

MATCHER = Matcher(protected_for(BUYER_TO_SELLER), "relay.example")
MASKING = Matcher(
    protected_for(BUYER_TO_SELLER),
    "relay.example",
    ContactRules(phones=Treatment.MASK, ibans=Treatment.MASK),
)
NUMBERS = frozenset({ContactKind.PHONE, ContactKind.IBAN})


def found(text: str, *kinds: ContactKind) -> list[str]:
    seen = glance(text)
    return [
        seen.text[hit.start : hit.end] for hit in contact_hits(seen, MATCHER, frozenset(kinds or NUMBERS))
    ]


@pytest.mark.parametrize("text", TO_CALL)
def test_a_number_to_call_is_found(text: str) -> None:
    assert found(text, ContactKind.PHONE)


@pytest.mark.parametrize("text", OF_SOMETHING_ELSE)
def test_a_number_of_something_else_is_none_to_call(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", WRAPPED_TO_CALL)
def test_a_number_to_call_is_found_across_a_line_end(text: str) -> None:
    assert found(text, ContactKind.PHONE)


@pytest.mark.parametrize("text", WRAPPED_IBANS)
def test_an_iban_is_found_across_line_ends(text: str) -> None:
    assert len(found(text, ContactKind.IBAN)) == 1
    assert found(text, ContactKind.PHONE, ContactKind.IBAN) == found(text, ContactKind.IBAN)


@pytest.mark.parametrize("text", WRAPPED_OF_SOMETHING_ELSE)
def test_numbers_in_two_lines_are_not_one_to_call(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("> Tel. +49 711\n> 5550123 abends", "> Tel. *** abends"),
        ("Tel. 0711 \r\n5550123\r\nGruß", "Tel. ***\r\nGruß"),
        ("Handy 0711-555-\n0123.", "Handy ***."),
        ("IBAN DE89 3704 0044\n> 0532 0130 00, danke", "IBAN ***, danke"),
        ("Tel. 0711 5550123\n4711 Tassen", "Tel. ***\n4711 Tassen"),
    ],
)
def test_a_wrapped_number_is_replaced_and_nothing_beside_it(text: str, masked: str) -> None:
    assert mask_text(text, MASKING).text == masked


def test_a_number_of_the_same_form_below_an_order_number_is_another() -> None:
    assert found("Bestellungen: 0711 5550123, 0711 5550124 und\n0711 5550125") == []
    assert found("Bestellung: 0711 5550123, Tel. 0711 5550124") == ["0711 5550124"]


def test_a_number_to_call_below_what_is_no_number_at_all_is_found() -> None:
    assert found("0000 0000000\n0711 5550124") == ["0711 5550124"]


def test_a_number_to_call_about_an_order_is_one() -> None:
    assert found("Call about the order on 020 7946 0958") == ["020 7946 0958"]
    assert found("Bei Fragen zur Rechnung: 0711 5550123") == ["0711 5550123"]
    assert found("Bei Fragen zur Rechnung Nr. 0711 5550123") == []


def test_words_with_the_check_digits_of_an_iban_are_none() -> None:
    after = "tagen und danach nicht"  # eighteen letters, as many as the number of an account in Germany
    assert not any(found(f"de {check:02} {after}", ContactKind.IBAN) for check in range(100))


def test_more_broken_numbers_than_anybody_writes_are_held_where_they_are_to_be_masked() -> None:
    text = "1\n2\n" * 20_000
    assert list(wrapped_phones(text, text)) == []
    with pytest.raises(TooComplexError):
        list(wrapped_phones(text, text, every=True))
