"""Each kind of contact data as people write it, and everything that must survive beside it."""

import pytest

from parley.masking.contact_rules import ContactKind
from parley.masking.contacts import contact_hits
from parley.masking.matcher import Matcher
from parley.masking.readings import glance
from tests.golden.pipeline import BUYER_TO_SELLER, protected_for
from tests.unit.masking.contact_examples import FOUND, SURVIVORS, WITH_LINK

MATCHER = Matcher(protected_for(BUYER_TO_SELLER), "relay.example")


def found(text: str, kind: ContactKind) -> list[str]:
    seen = glance(text)
    return [seen.text[hit.start : hit.end] for hit in contact_hits(seen, MATCHER, frozenset({kind}))]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in FOUND.items() for text in texts])
def test_contact_data_is_found_by_its_kind(kind: ContactKind, text: str) -> None:
    assert found(text, kind)


@pytest.mark.parametrize("text", SURVIVORS)
def test_what_only_looks_like_contact_data_is_none(text: str) -> None:
    kinds = set(ContactKind) - ({ContactKind.LINK} if text in WITH_LINK else set())
    assert {kind: found(text, kind) for kind in kinds} == {kind: [] for kind in kinds}


@pytest.mark.parametrize("kind", ContactKind)
def test_there_are_enough_examples_of_every_kind(kind: ContactKind) -> None:
    assert len(FOUND[kind]) >= 40
    assert len(SURVIVORS) >= 60


@pytest.mark.parametrize(
    ("kind", "text", "spans"),
    [
        (ContactKind.PHONE, "Tel. 0711 5550123, ab 9 Uhr", ["0711 5550123"]),
        (ContactKind.PHONE, "(0711) 5550123-0.", ["(0711) 5550123-0"]),
        (ContactKind.PHONE, "am 13.11.2026 0711 5550123", ["0711 5550123"]),
        (ContactKind.PHONE, "0711 5550123 0172 1234567", ["0711 5550123", "0172 1234567"]),
        (ContactKind.PHONE, "0711 5550123 - 0172 1234567", ["0711 5550123", "0172 1234567"]),
        (ContactKind.PHONE, "call (+49) 711 5550123 now", ["(+49) 711 5550123"]),
        (ContactKind.PHONE, "5 x 0711 5550123", []),
        (ContactKind.IBAN, "von DE89 3704 0044 0532 0130 00 an NL91ABNA0417164300", None),
        (ContactKind.IBAN, "DE89 3704 0044 0532 0130 00 bitte", ["DE89 3704 0044 0532 0130 00"]),
        (ContactKind.IBAN, "xDE89370400440532013000 DE893704004405320130001", []),
        (ContactKind.HANDLE, "Telegram: @anna_k, danke", ["@anna_k"]),
        (ContactKind.HANDLE, "siehe https://wa.me/4915112345678.", ["https://wa.me/4915112345678"]),
        (ContactKind.HANDLE, "discord@web.example", []),
        (ContactKind.LINK, "(siehe https://a.example/b).", ["https://a.example/b"]),
        (ContactKind.LINK, "www.a.example und b.de", ["www.a.example", "b.de"]),
        (ContactKind.OBFUSCATED, "Mail: anna (at) web.de bitte", ["anna (at) web.de"]),
    ],
)
def test_a_hit_covers_the_contact_data_and_nothing_beside_it(
    kind: ContactKind, text: str, spans: list[str] | None
) -> None:
    expected = ["DE89 3704 0044 0532 0130 00", "NL91ABNA0417164300"] if spans is None else spans
    assert found(text, kind) == expected


def test_every_wrong_check_digit_of_an_iban_is_noticed() -> None:
    ibans = [f"DE{check:02}370400440532013000" for check in range(100)]
    assert [iban for iban in ibans if found(iban, ContactKind.IBAN)] == ["DE89370400440532013000"]


def test_a_half_of_an_escape_disturbs_no_search() -> None:
    assert found("\\ud834 Telegram: @anna_k", ContactKind.HANDLE) == ["@anna_k"]
