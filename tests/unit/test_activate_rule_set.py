"""The custom resource that activates the receipt rule set."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from activate_rule_set import handler

OURS, THEIRS = "Parley", "theirs"


class FakeRuleSets:
    """The part of SES that knows which rule set is active."""

    def __init__(self, active: str | None = None) -> None:
        self.active = active
        self.changes = 0

    def describe_active_receipt_rule_set(self) -> dict[str, Any]:
        return {"Metadata": {"Name": self.active}} if self.active else {}

    def set_active_receipt_rule_set(self, **parameters: str) -> None:
        self.active = parameters.get("RuleSetName")
        self.changes += 1


def test_our_rule_set_becomes_active_where_none_is() -> None:
    ses = FakeRuleSets()
    handler.activate(ses, OURS, displace=False)
    assert ses.active == OURS


def test_our_rule_set_that_is_active_already_is_left_alone() -> None:
    ses = FakeRuleSets(OURS)
    handler.activate(ses, OURS, displace=False)
    assert (ses.active, ses.changes) == (OURS, 0)


def test_another_active_rule_set_is_not_displaced_and_the_error_says_what_to_do() -> None:
    ses = FakeRuleSets(THEIRS)
    with pytest.raises(handler.RuleSetTakenError, match="parley:existing-rule-set=theirs") as caught:
        handler.activate(ses, OURS, displace=False)
    assert "parley:displace-active-rule-set=true" in str(caught.value)
    assert ses.active == THEIRS


def test_another_active_rule_set_is_displaced_when_told() -> None:
    ses = FakeRuleSets(THEIRS)
    handler.activate(ses, OURS, displace=True)
    assert ses.active == OURS


@pytest.mark.parametrize(("active", "left"), [(OURS, None), (THEIRS, THEIRS), (None, None)])
def test_only_our_own_rule_set_is_deactivated(active: str | None, left: str | None) -> None:
    ses = FakeRuleSets(active)
    handler.deactivate(ses, OURS)
    assert ses.active == left


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What CloudFormation is told."""
    told: list[dict[str, Any]] = []

    class Response:
        def __enter__(self) -> None: ...
        def __exit__(self, *_: object) -> None: ...

    def urlopen(request: Any, timeout: float) -> Response:
        assert (request.method, request.full_url) == ("PUT", "https://cloudformation.example/answer")
        told.append(json.loads(request.data))
        return Response()

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    return told


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        client = boto3.client("ses")
        client.create_receipt_rule_set(RuleSetName=OURS)
        client.create_receipt_rule_set(RuleSetName=THEIRS)
        yield client


def event(kind: str, physical_id: str | None = None) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "ResponseURL": "https://cloudformation.example/answer",
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Active",
        "ResourceProperties": {"RuleSetName": OURS, "Displace": "false"},
        **({"PhysicalResourceId": physical_id} if physical_id else {}),
    }


CONTEXT = SimpleNamespace(log_stream_name="stream")


def test_cloudformation_is_told_of_success(ses: Any, answers: list[dict[str, Any]]) -> None:
    handler.handler(event("Create"), CONTEXT)
    assert ses.describe_active_receipt_rule_set()["Metadata"]["Name"] == OURS
    (answer,) = answers
    assert answer == {
        "Status": "SUCCESS",
        "Reason": "see the log stream stream",
        "PhysicalResourceId": OURS,
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Active",
    }


def test_cloudformation_is_told_why_it_failed(ses: Any, answers: list[dict[str, Any]]) -> None:
    ses.set_active_receipt_rule_set(RuleSetName=THEIRS)
    handler.handler(event("Create"), CONTEXT)
    (answer,) = answers
    assert answer["Status"] == "FAILED"
    assert "theirs is active here" in answer["Reason"]
    assert ses.describe_active_receipt_rule_set()["Metadata"]["Name"] == THEIRS


def test_the_deletion_after_a_failed_creation_leaves_the_other_rule_set_active(
    ses: Any, answers: list[dict[str, Any]]
) -> None:
    ses.set_active_receipt_rule_set(RuleSetName=THEIRS)
    handler.handler(event("Delete", OURS), CONTEXT)
    assert answers[0]["Status"] == "SUCCESS"
    assert ses.describe_active_receipt_rule_set()["Metadata"]["Name"] == THEIRS


def test_deleting_the_name_before_a_change_leaves_the_new_rule_set_active(
    ses: Any, answers: list[dict[str, Any]]
) -> None:
    ses.set_active_receipt_rule_set(RuleSetName=OURS)
    handler.handler(event("Delete", "before"), CONTEXT)
    assert answers[0]["PhysicalResourceId"] == "before"
    assert ses.describe_active_receipt_rule_set()["Metadata"]["Name"] == OURS


def test_an_answer_goes_nowhere_but_to_https(ses: Any) -> None:
    with pytest.raises(ValueError, match="https"):
        handler.handler({**event("Create"), "ResponseURL": "file:///etc/passwd"}, CONTEXT)
