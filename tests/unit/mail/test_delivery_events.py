"""SES's events, reduced to codes."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from parley.archive.records import EventKind, EventRecord
from parley.mail.address import Mailbox
from parley.mail.delivery_events import EventError, Fate, read_event

AT = "2026-09-04T16:12:07.250Z"
GOSSIP = "smtp; 550 5.1.1 <anna@privatmail.example> unknown at mx.privatmail.example"


def told(kind: str, **details: Any) -> str:
    name = kind[0].lower() + kind[1:]
    mail = {
        "timestamp": "2026-09-04T16:12:00.000Z",
        "messageId": "0102-ses",
        "destination": ["anna@privatmail.example"],
        "commonHeaders": {"subject": "anna@privatmail.example"},
        "tags": {
            "conversation": ["c1"],
            "message": ["m1"],
            "ses:source-ip": ["192.0.2.1"],
            "kind": ["a", "b"],
        },
    }
    return json.dumps({"eventType": kind, "mail": mail, name: {"timestamp": AT, **details}})


def bounce(kind: str | None, subtype: str | None, **recipient: str) -> str:
    bounced = [{"emailAddress": "Anna@privatmail.example", "diagnosticCode": GOSSIP, **recipient}]
    return told("Bounce", bounceType=kind, bounceSubType=subtype, bouncedRecipients=bounced)


@pytest.mark.parametrize(
    ("text", "fate", "facts"),
    [
        (told("Send"), Fate.SENT, {}),
        (told("Delivery", smtpResponse=GOSSIP, recipients=["anna@privatmail.example"]), Fate.DELIVERED, {}),
        (told("DeliveryDelay", delayType="MailboxFull"), Fate.DELAYED, {"delay": "mailbox-full"}),
        (told("DeliveryDelay", delayType=GOSSIP), Fate.DELAYED, {"delay": "other"}),
        (told("Reject", reason="Bad content"), Fate.REJECTED, {"reason": "bad-content"}),
        (told("Rendering Failure"), Fate.REJECTED, {"reason": "rendering-failure"}),
        (told("Complaint", complaintFeedbackType="abuse"), Fate.COMPLAINED, {"feedback": "abuse"}),
        (told("Complaint", userAgent=GOSSIP), Fate.COMPLAINED, {"feedback": "other"}),
        (
            told("Complaint", complaintSubType="OnAccountSuppressionList"),
            Fate.SUPPRESSED,
            {"feedback": "other"},
        ),
        (
            bounce("Permanent", "General", status="5.1.1"),
            Fate.BOUNCED,
            {"type": "permanent", "subtype": "general", "status": "5.1.1"},
        ),
        (
            bounce("Permanent", "OnAccountSuppressionList", status=GOSSIP),
            Fate.SUPPRESSED,
            {"type": "permanent", "subtype": "on-account-suppression-list"},
        ),
        (bounce("Transient", "MailboxFull"), Fate.BOUNCED, {"type": "transient", "subtype": "mailbox-full"}),
        (bounce(None, GOSSIP), Fate.BOUNCED, {"type": "other", "subtype": "other"}),
    ],
)
def test_an_event_is_a_fate_a_time_and_codes(text: str, fate: Fate, facts: dict[str, str]) -> None:
    event = read_event(text)
    assert event is not None
    at = datetime(2026, 9, 4, 16, 12, 0 if fate in (Fate.SENT, Fate.REJECTED) else 7, tzinfo=UTC)
    assert (event.fate, event.at.replace(microsecond=0)) == (fate, at)
    assert event.facts == {**facts, "occurred-at": event.at.isoformat()}
    assert event.tags == {"conversation": "c1", "message": "m1"}
    assert "privatmail" not in repr(event)
    # Its facts fit an entry of the archive.
    assert EventRecord(kind=EventKind(event.fate), facts=event.facts).to_json()


@pytest.mark.parametrize(
    ("kind", "subtype", "status", "is_hard"),
    [
        # Nobody states a reason: SES's word.
        ("Permanent", "General", "", True),
        ("Permanent", "NoEmail", "", True),
        ("Permanent", "NoEmail", "5.0.0", True),
        ("Permanent", "General", "5.0.0", False),
        # The server's word.
        *(("Permanent", "General", each, True) for each in ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10")),
        ("Permanent", "General", "5.2.1", True),
        *(("Permanent", "General", each, False) for each in ("5.7.1", "5.6.0", "5.3.4", "5.2.2", "5.1.8")),
        ("Permanent", "NoEmail", "5.7.1", False),
        ("Permanent", "General", "4.1.1", False),
        ("Permanent", "Suppressed", "5.1.1", False),
        ("Permanent", "OnAccountSuppressionList", "5.1.1", False),
        ("Permanent", "UnsubscribedRecipient", "", False),
        ("Transient", "General", "5.1.1", False),
        ("Undetermined", "Undetermined", "", False),
    ],
)
def test_only_a_mailbox_that_takes_no_mail_is_dead(
    kind: str, subtype: str, status: str, is_hard: bool
) -> None:
    event = read_event(bounce(kind, subtype, status=status))
    assert event is not None
    assert event.is_hard is is_hard
    # Our own forward-path, not the mailbox that the report names.
    assert event.recipient == (Mailbox("anna", "privatmail.example") if kind == "Permanent" else None)


@pytest.mark.parametrize(
    ("recipients", "is_final"),
    [
        ([{"emailAddress": "a@b.example", "action": "failed", "status": "4.4.7"}], True),
        ([{"emailAddress": "a@b.example", "status": "5.7.1"}], True),
        ([{"emailAddress": "a@b.example", "action": "delayed", "status": "4.4.1"}], False),
        # As SES's simulator tells of an out-of-office, and as SES itself does.
        ([{"emailAddress": "a@b.example"}], False),
        ([], False),
    ],
)
def test_a_soft_bounce_is_final_where_a_server_reported_the_failure(recipients: Any, is_final: bool) -> None:
    event = read_event(
        told("Bounce", bounceType="Transient", bounceSubType="General", bouncedRecipients=recipients)
    )
    assert event is not None
    assert event.is_final is is_final


@pytest.mark.parametrize("destination", [[], ["nobody"], ["a@b.example", "c@d.example"]])
def test_a_hard_bounce_of_what_has_not_one_recipient_that_can_be_read_concerns_nobody(
    destination: list[str],
) -> None:
    body = json.loads(bounce("Permanent", "General", status="5.1.1"))
    body["mail"]["destination"] = destination
    event = read_event(json.dumps(body))
    assert event is not None
    assert (event.is_hard, event.recipient) == (True, None)


def test_the_same_event_has_the_same_id_and_another_has_another() -> None:
    texts = [
        told("Send"),
        told("Delivery"),
        told("Delivery"),
        told("Delivery", timestamp="2026-09-04T16:13:00Z"),
    ]
    ids = [event.id for event in map(read_event, texts) if event is not None]
    assert ids[1] == ids[2]
    assert len(set(ids)) == 3
    assert all(len(each) == 26 and each.isalnum() for each in ids)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[" * 100_000,
        '{"eventType": "Send", "mail": []}',
        told("Delivery", timestamp="yesterday"),
        told("Delivery", timestamp="2026-09-04T16:13:00"),
        told("Bounce", bouncedRecipients=7, bounceType="Permanent", bounceSubType="General"),
        told("Bounce", bouncedRecipients=[7]),
    ],
)
def test_what_is_no_event_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(EventError) as caught:
        read_event(text)
    assert "privatmail" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_envelope_of_sns_is_taken_off_once() -> None:
    wrapped = json.dumps({"Type": "Notification", "TopicArn": "arn", "Message": told("Delivery")})
    assert read_event(wrapped) == read_event(told("Delivery"))
    with pytest.raises(EventError):
        read_event(json.dumps({"Type": "Notification", "Message": wrapped}))
    with pytest.raises(EventError):
        read_event(json.dumps({"Type": "SubscriptionConfirmation", "Message": told("Delivery")}))


def test_what_nobody_asked_for_is_passed_over() -> None:
    assert read_event("Successfully validated SNS topic for Amazon SES event publishing.") is None
    assert read_event(told("Click", link="https://privatmail.example")) is None
