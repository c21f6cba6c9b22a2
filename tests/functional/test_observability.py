"""I7: logs and metrics carry ids and codes. The canary (tests/support/canary.py) listens to all tests."""

import json
import logging

import pytest

from parley.settings import SettingsError
from tests.support import canary
from tests.support.mails import FORGED
from tests.support.market import Market
from tests.support.runtime import answers


def logged(caplog: pytest.LogCaptureFixture, message: str) -> logging.LogRecord:
    """The one record of that message."""
    (record,) = (each for each in caplog.records if each.name == "parley" and each.message == message)
    return record


def test_each_outcome_is_logged_with_ids_and_codes(market: Market, caplog: pytest.LogCaptureFixture) -> None:
    market.accept(market.from_buyer(), verdicts=FORGED)
    market.work()
    (message,) = market.messages()
    shown = logged(caplog, "outcome").__dict__
    assert (shown["message_id"], shown["conversation_id"]) == (message.id, "c1")
    assert (shown["outcome"], shown["codes"]) == ("refused", ("not-authenticated",))


def test_each_outcome_is_counted(market: Market, capsys: pytest.CaptureFixture[str]) -> None:
    market.accept(market.from_buyer())
    market.work()
    (counted,) = (json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    assert counted["MailRelayed"] == [1.0]


def test_what_could_not_be_finished_is_logged_by_its_code(
    market: Market, caplog: pytest.LogCaptureFixture
) -> None:
    market.accept(market.from_buyer())
    market.fault = answers("SendEmail", 429, "TooManyRequestsException")
    market.work()
    assert logged(caplog, "unfinished").__dict__["cause"] == "ses-throttled"


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("SendEmail", "MessageRejected"),
        ("SendEmail", "NeverHeardOfException"),
        ("Query", "ValidationException"),
        ("TransactWriteItems", "ValidationException"),
        ("PutObject", "InvalidRequest"),
    ],
)
def test_what_aws_says_of_a_mail_is_not_logged(
    market: Market, caplog: pytest.LogCaptureFixture, operation: str, code: str
) -> None:
    market.accept(market.from_buyer())
    text = f"item of {canary.SELLER_MAILBOX}: {canary.SUBJECT_WORD}"
    market.fault = answers(operation, 400, code, text)
    market.work()
    shown = "".join(canary.text_of(record) for record in caplog.records)
    assert shown
    assert canary.canaries_in(shown) == []


def test_a_wrong_setting_fails_the_invocation_by_its_name(market: Market) -> None:
    market.accept(market.from_buyer())
    market.environment = {"PARLEY_TABLE": ""}
    with pytest.raises(SettingsError, match="PARLEY_TABLE"):
        market.work()
