"""What the configuration set's topic hears of a sent mail."""

import re

import pytest

from tests.sandbox.stand_ins import ALIAS, BUYER, Outbound, mail

TO = BUYER.mailbox
TAGS = [{"Name": "conversation", "Value": "c1"}, {"Name": "message", "Value": "m1"}]


def send(ses_out: Outbound, *recipients: str, **more: object) -> str:
    return ses_out.send(mail(author=ALIAS, To=TO), *recipients, EmailTags=TAGS, **more)


def test_a_delivered_mail_is_told_as_sent_and_then_as_delivered(ses_out: Outbound) -> None:
    sent = send(ses_out, TO)
    assert ses_out.outside.kinds() == ["Send", "Delivery"]
    told = ses_out.outside.events[1]
    assert told["mail"]["messageId"] == sent
    assert told["mail"]["destination"] == told["delivery"]["recipients"] == [TO]
    assert told["mail"]["tags"] | {"conversation": ["c1"], "message": ["m1"]} == told["mail"]["tags"]
    assert told["mail"]["tags"]["ses:configuration-set"] == ["Parley"]
    assert told["delivery"]["smtpResponse"].startswith("250")
    assert {each["subject"] for each in ses_out.outside.published} == {"Amazon SES Email Event Notification"}


@pytest.mark.parametrize(
    ("recipient", "kinds"),
    [
        ("success@simulator.amazonses.com", ["Send", "Delivery"]),
        ("bounce@simulator.amazonses.com", ["Send", "Bounce"]),
        ("bounce+label@example.com", ["Send", "Bounce"]),
        ("nobody@example.com", ["Send", "Bounce"]),
        ("complaint@example.com", ["Send", "Delivery", "Complaint"]),
        ("suppressionlist@example.com", ["Send", "Bounce"]),
        ("delay@example.com", ["Send", "DeliveryDelay", "Delivery"]),
        ("reject@example.com", ["Send", "Reject"]),
        ("unrenderable@example.com", ["Rendering Failure"]),
        ("ooto@example.com", ["Send", "Delivery"]),
    ],
)
def test_each_wish_of_a_recipient_has_its_events(ses_out: Outbound, recipient: str, kinds: list[str]) -> None:
    send(ses_out, recipient)
    assert ses_out.outside.kinds() == kinds


def test_a_bounce_names_the_recipient_and_what_its_server_said(ses_out: Outbound) -> None:
    send(ses_out, "bounce@example.com")
    bounce = ses_out.outside.events[1]["bounce"]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == ("Permanent", "General")
    (bounced,) = bounce["bouncedRecipients"]
    assert bounced["emailAddress"] == "bounce@example.com"
    assert bounced["diagnosticCode"].startswith("smtp; 550 5.1.1")
    assert ses_out.outside.delivered == []


@pytest.mark.parametrize(
    ("recipient", "subtype"),
    [
        ("suppressionlist@simulator.amazonses.com", "Suppressed"),
        ("suppressionlist@example.com", "OnAccountSuppressionList"),
    ],
)
def test_a_suppressed_recipient_is_told_apart_from_a_dead_mailbox(
    ses_out: Outbound, recipient: str, subtype: str
) -> None:
    send(ses_out, recipient)
    assert ses_out.outside.events[1]["bounce"]["bounceSubType"] == subtype
    assert ses_out.outside.delivered == []


def test_a_mail_with_the_test_virus_is_taken_and_then_rejected(ses_out: Outbound) -> None:
    virus = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    ses_out.send(mail(author=ALIAS, body=virus), TO)
    assert ses_out.outside.kinds() == ["Send", "Reject"]
    assert ses_out.outside.events[1]["reject"] == {"reason": "Bad content"}
    assert ses_out.outside.delivered == []


def test_a_delay_says_until_when_ses_will_try(ses_out: Outbound) -> None:
    send(ses_out, "delay@example.com")
    delay = ses_out.outside.events[1]["deliveryDelay"]
    assert delay["delayedRecipients"][0]["status"].startswith("4.")
    assert delay["expirationTime"] > delay["timestamp"]


def test_of_two_recipients_one_can_bounce_alone(ses_out: Outbound) -> None:
    send(ses_out, TO, "bounce@example.com")
    assert ses_out.outside.kinds() == ["Send", "Delivery", "Bounce"]
    assert [mailbox for mailbox, _ in ses_out.outside.delivered] == [TO]


def test_times_are_utc_with_milliseconds(ses_out: Outbound) -> None:
    send(ses_out, TO)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", ses_out.outside.events[0]["mail"]["timestamp"]
    )


def test_without_a_configuration_set_nothing_is_told(ses_out: Outbound) -> None:
    ses_out.client.send_email(
        Content={"Raw": {"Data": mail(author=ALIAS)}}, Destination={"ToAddresses": [TO]}
    )
    ses_out.ses.settle()
    assert ses_out.outside.published == []
    assert len(ses_out.outside.delivered) == 1


def test_an_out_of_office_answers_the_author_and_names_the_mail(ses_out: Outbound) -> None:
    sent = send(ses_out, "ooto@example.com")
    (answer,) = ses_out.outside.answers
    assert (answer.author, answer.recipient) == ("ooto@example.com", ALIAS)
    assert b"Auto-Submitted: auto-replied\r\n" in answer.raw
    assert f"In-Reply-To: <{sent}@eu-west-1.amazonses.com>\r\n".encode() in answer.raw


def test_a_mail_that_cannot_be_told_of_does_not_stop_the_next(ses_out: Outbound) -> None:
    ses_out.outside.fails = True
    send(ses_out, TO)
    ses_out.outside.fails = False
    send(ses_out, TO)
    assert ses_out.outside.kinds() == ["Send", "Delivery"]
    assert ses_out.ses.failures == 1
