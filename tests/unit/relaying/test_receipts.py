import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from parley.mail.address import NULL_REVERSE_PATH
from parley.mail.verdicts import Verdict
from parley.relaying.ports import Told
from parley.relaying.receipts import (
    LostReceipt,
    NotificationError,
    Receipt,
    read_notification,
    receipt_of,
    sweep_request,
    whole_id,
)

NOTIFICATION: dict[str, Any] = {
    "notificationType": "Received",
    "mail": {
        "timestamp": "2026-09-04T16:12:00.123Z",
        "source": "bounce+1@buyer.example",
        "messageId": "o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1",
        "destination": ["someone@else.example"],
        "headersTruncated": True,
    },
    "receipt": {
        "timestamp": "2026-09-04T16:12:01.500Z",
        "recipients": ["S-1@Relay.example", "b-2@relay.example", "b-2@relay.example"],
        "spamVerdict": {"status": "PASS"},
        "virusVerdict": {"status": "DISABLED"},
        "spfVerdict": {"status": "GRAY"},
        "dkimVerdict": {"status": "PROCESSING_FAILED"},
        "dmarcVerdict": {"status": "FAIL"},
        "dmarcPolicy": "reject",
        "action": {
            "type": "S3",
            "bucketName": "inbox",
            "objectKey": "inbox/o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1",
        },
    },
}


def read(**changes: Any) -> Receipt | LostReceipt | None:
    body = copy.deepcopy(NOTIFICATION)
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = body
        for name in parents:
            place = place[name]
        place[last] = value
    return read_notification(json.dumps(body), "inbox/")


def test_a_recipient_who_is_named_twice_is_one_whatever_the_case() -> None:
    receipt = read(receipt__recipients=["S-1@Relay.example", "s-1@relay.example", "b-2@relay.example"])
    assert isinstance(receipt, Receipt)
    assert receipt.recipients == ("S-1@Relay.example", "b-2@relay.example")


@pytest.mark.parametrize("again", ['"s-1"@relay.example', "s-1@relay.example.", "<S-1@relay.example>"])
def test_two_spellings_of_one_alias_are_one_recipient(again: str) -> None:
    receipt = read(receipt__recipients=["s-1@relay.example", again, "s-1@elsewhere.example", "no mailbox"])
    assert isinstance(receipt, Receipt)
    assert receipt.recipients == ("s-1@relay.example", "s-1@elsewhere.example", "no mailbox")


@pytest.mark.parametrize(
    ("text", "receipt"),
    [
        (json.dumps(NOTIFICATION), NOTIFICATION["mail"]["messageId"]),
        (sweep_request("inbox/lostlost1", datetime(2026, 9, 4, tzinfo=UTC)), "lostlost1"),
        ("Successfully validated SNS topic for Amazon SES event publishing.", None),
        ('{"ruling": {"verb": "release"}}', None),
        ("{}", None),
        ("nonsense", None),
    ],
)
def test_a_text_brings_a_receipt_or_none(text: str, receipt: str | None) -> None:
    assert receipt_of(text, "inbox/") == receipt


def test_what_was_told_goes_with_the_receipt() -> None:
    receipt = read()
    assert isinstance(receipt, Receipt)
    assert receipt.told == Told(receipt.recipients, receipt.verdicts, whole_id(receipt.id))


def test_a_notification_gives_envelope_verdicts_and_ses_own_time() -> None:
    receipt = read()
    assert isinstance(receipt, Receipt)
    assert receipt.recipients == ("S-1@Relay.example", "b-2@relay.example")
    assert receipt.received_at == datetime(2026, 9, 4, 16, 12, 0, 123000, UTC)
    assert str(receipt.reverse_path) == "bounce+1@buyer.example"
    verdicts = receipt.verdicts
    assert (verdicts.spam, verdicts.virus, verdicts.spf) == (Verdict.PASS, Verdict.DISABLED, Verdict.GRAY)
    assert (verdicts.dkim, verdicts.dmarc) == (Verdict.PROCESSING_FAILED, Verdict.FAIL)


@pytest.mark.parametrize("verdict", [None, "PASS", {}, {"status": "SOMETHING"}, {"status": ["PASS"]}])
def test_a_verdict_that_is_absent_or_unknown_is_missing(verdict: object) -> None:
    receipt = read(receipt__dmarcVerdict=verdict)
    assert isinstance(receipt, Receipt)
    assert receipt.verdicts.dmarc is Verdict.MISSING


@pytest.mark.parametrize("source", ["<>", ""])
def test_the_null_reverse_path_is_a_value(source: str) -> None:
    receipt = read(mail__source=source)
    assert isinstance(receipt, Receipt)
    assert receipt.reverse_path is NULL_REVERSE_PATH


@pytest.mark.parametrize("text", ["Successfully validated SNS topic for Amazon SES event publishing.", None])
def test_the_notes_that_ses_sends_at_setup_are_ignored(text: str | None) -> None:
    if text is None:
        assert read(mail__messageId="AMAZON_SES_SETUP_NOTIFICATION") is None
    else:
        assert read_notification(text, "inbox/") is None


@pytest.mark.parametrize(
    "change",
    [
        {"receipt__action": {"objectKey": "archive/conversations/c/original.eml"}},
        {"mail__messageId": "../archive/x"},
        {"mail__messageId": 7},
        {"notificationType": "Bounce"},
        {"mail__timestamp": "yesterday"},
        {"receipt": None},
    ],
)
def test_a_notification_that_is_not_of_this_inbox_is_an_error_without_a_quote(change: dict[str, Any]) -> None:
    with pytest.raises(NotificationError) as error:
        read(**change)
    assert "buyer.example" not in str(error.value)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"sweep": []}', '{"sweep": {"key": "else/x"}}'])
def test_any_other_text_is_an_error(text: str) -> None:
    with pytest.raises(NotificationError):
        read_notification(text, "inbox/")


def test_what_the_sweep_asks_for_is_read_back() -> None:
    moment = datetime(2026, 9, 4, 16, 12, tzinfo=UTC)
    request = sweep_request("inbox/o3vrnil0e2ic28trm7", moment)
    assert read_notification(request, "inbox/") == LostReceipt(
        "o3vrnil0e2ic28trm7", "inbox/o3vrnil0e2ic28trm7", moment
    )
