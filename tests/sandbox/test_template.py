"""What the stand-ins read from the stack's own template."""

from typing import Any

import pytest

from sandbox.ses.template import (
    ReceiptRule,
    TemplateError,
    configuration_sets,
    event_destinations,
    identities,
    receipt_rules,
    resolver,
)
from tests.sandbox.stand_ins import ALL_TYPES, RELAY


def resolved(value: Any) -> Any:
    """Every reference by its own name."""
    match value:
        case {"Ref": str(name)}:
            return f"<{name}>"
        case dict():
            return {name: resolved(each) for name, each in value.items()}
        case list():
            return [resolved(each) for each in value]
    return value


def test_the_receipt_rule_is_the_templates(template: dict[str, Any]) -> None:
    (rule,) = receipt_rules(template, resolved)
    assert rule.recipients == (RELAY,)
    assert rule.bucket.startswith("<StorageInbox")
    assert rule.prefix == "inbox/"
    assert rule.topic is not None
    assert rule.topic.startswith("<ReceiptsTopic")
    assert (rule.scans, rule.requires_tls) == (True, False)


def test_identity_and_configuration_set_are_the_templates(template: dict[str, Any]) -> None:
    (identity,) = identities(template, resolved)
    assert (identity.domain, identity.mail_from) == (RELAY, f"bounce.{RELAY}")
    assert configuration_sets(template, resolved) == {"Parley"}


def test_events_go_where_the_template_says(template: dict[str, Any]) -> None:
    (destination,) = event_destinations(template, resolved)
    assert destination.types == ALL_TYPES
    assert destination.topic.startswith("<DeliveryEventsTopic")


def rule(*recipients: str) -> ReceiptRule:
    return ReceiptRule(
        name="r", recipients=recipients, bucket="b", prefix="", topic=None, scans=True, requires_tls=False
    )


@pytest.mark.parametrize(
    ("condition", "recipient", "matches"),
    [
        ("example.com", "a@EXAMPLE.com", True),
        ("example.com", "a@sub.example.com", False),
        (".example.com", "a@sub.example.com", True),
        (".example.com", "a@example.com", False),
        ("a@example.com", "A+label@example.com", True),
        ("a@example.com", "b@example.com", False),
    ],
)
def test_conditions_match_as_ses_documents_them(condition: str, recipient: str, matches: bool) -> None:
    assert rule(condition).matches(recipient) is matches


def test_a_rule_without_conditions_matches_everything() -> None:
    assert rule().matches("a@anything.example")


def test_a_disabled_rule_is_none(template: dict[str, Any]) -> None:
    off = {"Type": "AWS::SES::ReceiptRule", "Properties": {"Rule": {"Enabled": False}, "RuleSetName": "x"}}
    assert receipt_rules({"Resources": {"Off": off}}, resolved) == ()


@pytest.mark.parametrize(
    "actions",
    [
        [],
        [{"LambdaAction": {}}],
        [{"S3Action": {"BucketName": "b"}}, {"StopAction": {}}],
        [{"S3Action": {"BucketName": "b", "KmsKeyArn": "k"}}],
    ],
)
def test_actions_that_are_not_done_here_are_refused(actions: list[Any]) -> None:
    properties = {"Rule": {"Enabled": True, "Name": "other", "Actions": actions}, "RuleSetName": "x"}
    with pytest.raises(TemplateError, match="other"):
        receipt_rules(
            {"Resources": {"Rule": {"Type": "AWS::SES::ReceiptRule", "Properties": properties}}}, resolved
        )


def test_references_are_resolved_by_physical_ids() -> None:
    resolve = resolver({"Topic": "arn:topic"}, {"AWS::Region": "eu-west-1"})
    value = {"a": [{"Ref": "Topic"}, {"Fn::Join": ["-", ["x", {"Ref": "AWS::Region"}]]}], "b": 1}
    assert resolve(value) == {"a": ["arn:topic", "x-eu-west-1"], "b": 1}
    with pytest.raises(TemplateError, match="Other"):
        resolve({"Ref": "Other"})
    with pytest.raises(TemplateError, match="Fn::Sub"):
        resolve({"Fn::Sub": "x"})
