"""The function that follows what becomes of sent mail."""

from typing import Any

import pytest

from parley.mail.address import Mailbox
from parley.relaying.notices import notice_mailbox
from tests.support.resources import Template, one, properties, references, statements, text


def mapping(template: Template) -> dict[str, Any]:
    return properties(template, "AWS::Lambda::EventSourceMapping", "TrackingMapping")


def allowed(template: Template) -> list[dict[str, Any]]:
    return statements(properties(template, "AWS::IAM::Policy", "TrackDelivery")["PolicyDocument"])


def test_each_event_is_worked_on_and_fails_alone(template: Template) -> None:
    queue = one(template, "AWS::SQS::Queue", "DeliveryEventsQueue")[0]
    function = one(template, "AWS::Lambda::Function", "TrackDelivery")[0]
    found = mapping(template)
    assert list(references(found["EventSourceArn"])) == [queue]
    assert list(references(found["FunctionName"])) == [function]
    assert found["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_events_leave_the_account_room_for_mail(template: Template) -> None:
    """A new account runs ten functions at once."""
    assert mapping(template)["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_an_event_stays_hidden_for_six_timeouts_of_the_function(template: Template) -> None:
    function = properties(template, "AWS::Lambda::Function", "TrackDelivery")
    queue = properties(template, "AWS::SQS::Queue", "DeliveryEventsQueue")
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]


def test_it_reaches_no_bucket(template: Template) -> None:
    assert not [each for each in allowed(template) if any(action[:3] == "s3:" for action in each["Action"])]


@pytest.mark.parametrize(
    ("author", "may"),
    [(notice_mailbox("relay.example.com"), True), (Mailbox("b-7k2m", "relay.example.com"), False)],
)
def test_it_sends_notices_and_nothing_in_the_name_of_an_alias(
    template: Template, author: Mailbox, may: bool
) -> None:
    (sending,) = [each for each in allowed(template) if each["Action"] == ["ses:SendRawEmail"]]
    assert (sending["Condition"] == {"StringEquals": {"ses:FromAddress": str(author)}}) is may
    identity = one(template, "AWS::SES::EmailIdentity")[0]
    resources = [text(each) for each in sending["Resource"]]
    assert len(resources) == 2
    assert any(each.endswith(f":identity/<{identity}>") for each in resources)
    assert any(each.endswith(":configuration-set/Parley") for each in resources)
