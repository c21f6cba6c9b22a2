import email
import email.policy
from datetime import UTC, datetime

import pytest

from parley.mail.address import Mailbox
from parley.relaying.notices import Notice, compose_notice, reason
from parley.screening.policy import CODES

TOLD = sorted(code for code, row in CODES.items() if row.notify)


def notice(code: str, locale: str, *, held: bool = False) -> "email.message.EmailMessage":
    raw = compose_notice(
        Notice(
            message="m1",
            author=Mailbox("anna", "buyer.example"),
            alias=Mailbox("s-1", "relay.example"),
            locale=locale,
            code=code,
            held=held,
            received_at=datetime(2026, 9, 4, 16, 12, tzinfo=UTC),
            author_message_id=None,
        ),
        marketplace="Markt & $tand",
        relay_domain="relay.example",
    )
    return email.message_from_bytes(raw, policy=email.policy.default)  # type: ignore[return-value]


@pytest.mark.parametrize("locale", ["en", "de", "de-AT", "fr"])
@pytest.mark.parametrize("code", TOLD)
def test_every_code_that_is_told_makes_a_complete_notice(code: str, locale: str) -> None:
    text = notice(code, locale).get_content()
    assert "Markt & $tand" in text
    assert "s-1@relay.example" in text
    assert "m1" in text
    assert "$marketplace" not in text
    assert "$alias" not in text


def test_a_notice_is_in_the_authors_language_and_in_english_where_we_have_no_other() -> None:
    assert "Guten Tag," in notice("encrypted", "de-CH").get_content()
    assert "Hello," in notice("encrypted", "fr").get_content()


def test_a_notice_says_that_it_is_automatic_and_cannot_be_answered() -> None:
    composed = notice("encrypted", "en")
    assert composed["Auto-Submitted"] == "auto-replied"
    assert composed["From"].addresses[0].addr_spec == "no-reply@relay.example"


def test_codes_that_mean_the_same_to_an_author_are_one_reason() -> None:
    assert reason("outgoing-too-large") == reason("mail-too-large") == "too-large"
    assert reason("nested-too-deep") == reason("leak") == "unreadable"


def test_that_a_recipient_complained_is_told_nobody() -> None:
    assert reason("recipient-opted-out") == reason("recipient-unreachable") == "recipient-unreachable"
