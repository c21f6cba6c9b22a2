"""Which mails no person wrote."""

import pytest

from parley.mail.reports import Automatic, automatic
from parley.mail.structure import read


def kind(head: str, body: str = "Hello\n", *, null: bool = False) -> Automatic | None:
    return automatic(read(f"From: anna@example.org\n{head}\n\n{body}".encode()), null_reverse_path=null)


def report(report_type: str, inner: str) -> Automatic | None:
    head = f'Content-Type: multipart/report; boundary="b"{report_type}'
    return kind(head, f"--b\n\ntext\n--b\nContent-Type: {inner}\n\nx: y\n--b--\n")


@pytest.mark.parametrize(
    ("report_type", "inner", "expected"),
    [
        ("; report-type=delivery-status", "text/plain", Automatic.DELIVERY_REPORT),
        ("; report-type=disposition-notification", "text/plain", Automatic.READ_RECEIPT),
        ("; report-type=feedback-report", "text/plain", Automatic.FEEDBACK_REPORT),
        ("", "message/delivery-status", Automatic.DELIVERY_REPORT),
        ("", "message/global-delivery-status", Automatic.DELIVERY_REPORT),
        ("", "message/disposition-notification", Automatic.READ_RECEIPT),
        ("", "message/feedback-report", Automatic.FEEDBACK_REPORT),
        ("", "text/plain", None),
    ],
)
def test_reports_are_known_by_their_media_types(
    report_type: str, inner: str, expected: Automatic | None
) -> None:
    assert report(report_type, inner) is expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("Auto-Submitted: auto-replied", Automatic.AUTO_REPLY),
        ("Auto-Submitted: auto-replied (vacation)", Automatic.AUTO_REPLY),
        ("Auto-submitted: Auto-Replied; owner=x", Automatic.AUTO_REPLY),
        ("X-Autoreply: yes\nPrecedence: bulk", Automatic.AUTO_REPLY),
        ("X-Autorespond: Re: x", Automatic.AUTO_REPLY),
        ("Precedence: auto_reply", Automatic.AUTO_REPLY),
        ("X-POST-MessageClass: 9; Autoresponder", Automatic.AUTO_REPLY),
        ("Auto-Submitted: auto-generated\nSubject: Automatic reply: x", Automatic.AUTO_REPLY),
        ("X-Auto-Response-Suppress: All\nSubject: Automatische Antwort: x", Automatic.AUTO_REPLY),
        ("Auto-Submitted: auto-generated", Automatic.AUTO_GENERATED),
        ("Auto-Submitted: auto-notified", Automatic.AUTO_GENERATED),
        ("X-Cron-Env: <SHELL=/bin/sh>", Automatic.AUTO_GENERATED),
        ("Precedence: bulk", Automatic.BULK),
        ("Precedence: list", Automatic.BULK),
        ("List-Id: <x.example>", Automatic.BULK),
        ("List-Unsubscribe: <mailto:x@y.example>", Automatic.BULK),
        ("Auto-Submitted: no", None),
        ("X-Auto-Response-Suppress: All", None),
        ("Subject: Automatic reply: x", None),
        ("Subject: Out of office", None),
        ("X-Autoreply: no", None),
        ("Subject: Undeliverable parcel", None),
        ("Precedence: first-class", None),
    ],
)
def test_header_fields_tell_who_wrote(head: str, expected: Automatic | None) -> None:
    assert kind(head) is expected


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("X-Failed-Recipients: x@y.example", "A message that you sent"),
        ("X-MS-Exchange-Message-Is-Ndr:", "x"),
        ("Subject: failure notice", "Hi. This is the qmail-send program at y.example."),
        ("Subject: Unzustellbar: Frage", "x"),
        ("Subject: x", "The following message could not be delivered"),
        ("Subject: Mail delivery failed: returning message to sender", "x"),
    ],
)
def test_a_bounce_of_any_form_without_a_reverse_path_is_a_delivery_report(head: str, body: str) -> None:
    assert kind(head, body.replace("could not", "was not"), null=True) is Automatic.DELIVERY_REPORT


def test_a_daemon_writes_delivery_reports_only() -> None:
    raw = b"From: Mail Delivery System <MAILER-DAEMON@example.org>\nSubject: x\n\ny"
    assert automatic(read(raw), null_reverse_path=False) is Automatic.DELIVERY_REPORT


def test_a_postmaster_may_be_a_person() -> None:
    raw = b"From: postmaster@example.org\nSubject: %b\n\ny"
    assert automatic(read(raw % b"Your question"), null_reverse_path=False) is None
    assert automatic(read(raw % b"Undeliverable: x"), null_reverse_path=False) is Automatic.DELIVERY_REPORT


def test_an_out_of_office_reply_without_a_reverse_path_is_a_reply() -> None:
    assert kind("Auto-Submitted: auto-replied\nSubject: x", null=True) is Automatic.AUTO_REPLY


def test_a_mail_without_a_reverse_path_was_written_by_a_machine() -> None:
    assert kind("Subject: x", null=True) is Automatic.AUTO_GENERATED


def test_a_person_who_writes_about_an_undelivered_parcel_is_a_person() -> None:
    assert kind("Subject: Returned mail?", "My parcel was not delivered.") is None


def test_a_person_who_forwards_a_bounce_is_a_person() -> None:
    inner = "Content-Type: multipart/report; report-type=delivery-status; boundary=i\n\n--i\n\nx\n--i--\n"
    head = 'Content-Type: multipart/mixed; boundary="b"'
    assert kind(head, f"--b\n\nsee below\n--b\nContent-Type: message/rfc822\n\n{inner}--b--\n") is None
