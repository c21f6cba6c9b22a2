"""What wakes the operator: every queue and function is watched, alarms ring where somebody hears them, each
has its section in docs/operations.md, and each of our metrics is one that the functions write."""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.configuration import Configuration
from parley import observability
from parley.conversation.messages import State
from parley.mail.delivery_events import Fate
from parley.relaying.unfinished import LONGEST_PAUSE
from tests.support.privilege import Work, worked
from tests.support.resources import Template, of_type, one, properties, references, statements, text

ROOT = Path(__file__).resolve().parents[2]
# What AWS itself measures: SQS, Lambda and SES Developer Guides, "CloudWatch metrics".
AWS_METRICS = {
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): {"QueueName"},
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): {"QueueName"},
    ("AWS/Lambda", "Errors"): {"FunctionName"},
    ("AWS/Lambda", "Throttles"): {"FunctionName"},
    ("AWS/Lambda", "Invocations"): {"FunctionName"},
    ("AWS/Lambda", "IteratorAge"): {"FunctionName"},
    ("AWS/SES", "Reputation.BounceRate"): set(),
    ("AWS/SES", "Reputation.ComplaintRate"): set(),
}


@pytest.fixture(scope="module")
def work(template: Template) -> Work:
    return worked(template)


def alarms(template: Template) -> dict[str, dict[str, Any]]:
    return {name: each["Properties"] for name, each in of_type(template, "AWS::CloudWatch::Alarm").items()}


def watching(template: Template, metric: str) -> set[str]:
    """The logical ids that alarms on the metric have as a dimension."""
    return {
        name
        for each in alarms(template).values()
        if each["MetricName"] == metric
        for dimension in each["Dimensions"]
        for name in references(dimension["Value"])
    }


# What is watched


def test_the_depth_of_every_dead_letter_queue_is_watched_and_the_age_of_every_other_one(
    template: Template,
) -> None:
    queues = of_type(template, "AWS::SQS::Queue")
    working = {name for name, each in queues.items() if "RedrivePolicy" in each["Properties"]}
    assert watching(template, "ApproximateAgeOfOldestMessage") == working
    assert watching(template, "ApproximateNumberOfMessagesVisible") == queues.keys() - working


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_errors_and_throttles_of_every_function_are_watched(template: Template, metric: str) -> None:
    assert watching(template, metric) == of_type(template, "AWS::Lambda::Function").keys()


def test_whatever_follows_a_stream_is_watched_for_how_far_it_is_behind(template: Template) -> None:
    following = {
        next(references(each["Properties"]["FunctionName"]))
        for each in of_type(template, "AWS::Lambda::EventSourceMapping").values()
        if "StartingPosition" in each["Properties"]
    }
    assert watching(template, "IteratorAge") == following != set()


@pytest.mark.parametrize(
    ("metric", "limit"),
    [
        ("Reputation.BounceRate", 0.02),
        ("Reputation.ComplaintRate", 0.001),
        ("LeakStopped", 1),
        ("MailGivenUp", 1),
        ("MailForgotten", 1),
        ("HeldAge", 24 * 3600),
        ("DeferredAge", 900),
        ("ApproximateAgeOfOldestMessage", 900),
    ],
)
def test_an_alarm_rings_at_its_limit(template: Template, metric: str, limit: float) -> None:
    found = [each for each in alarms(template).values() if each["MetricName"] == metric]
    assert {(each["Threshold"], each["ComparisonOperator"]) for each in found} == {
        (limit, "GreaterThanOrEqualToThreshold")
    }


def test_a_function_that_its_schedule_does_not_start_is_heard_of(template: Template) -> None:
    scheduled = {
        name
        for each in of_type(template, "AWS::Events::Rule").values()
        if "ScheduleExpression" in each["Properties"]
        for target in each["Properties"]["Targets"]
        for name in references(target["Arn"])
    }
    assert watching(template, "Invocations") == scheduled
    for each in alarms(template).values():
        if each["MetricName"] == "Invocations":
            assert (each["ComparisonOperator"], each["Threshold"]) == ("LessThanThreshold", 1)
            assert each["TreatMissingData"] == "breaching"


def test_held_mail_that_nobody_measures_is_not_taken_for_decided(template: Template) -> None:
    (held,) = [each for each in alarms(template).values() if each["MetricName"] == "HeldAge"]
    assert held["TreatMissingData"] == "ignore"


def test_what_is_put_off_tells_of_itself_within_each_period_of_its_alarm(template: Template) -> None:
    (deferred,) = [each for each in alarms(template).values() if each["MetricName"] == "DeferredAge"]
    hidden = properties(template, "AWS::SQS::Queue", "ReceiptsQueue")["VisibilityTimeout"]
    assert deferred["Period"] > LONGEST_PAUSE.total_seconds() + hidden


# Who hears it


def test_every_alarm_tells_the_operator_when_it_begins_and_when_it_ends(template: Template) -> None:
    topic = {"Ref": one(template, "AWS::SNS::Topic", "Alarms")[0]}
    for name, each in alarms(template).items():
        assert (each["AlarmActions"], each["OKActions"]) == ([topic], [topic]), name
        assert each.get("ActionsEnabled", True) is True
    subscription = properties(template, "AWS::SNS::Subscription", "Alarms")
    assert (subscription["TopicArn"], subscription["Protocol"]) == (topic, "email")
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    assert subscription["Endpoint"] == Configuration.from_context(context).operator_mailbox


def test_only_alarms_of_this_account_may_publish_to_the_topic(template: Template) -> None:
    document = properties(template, "AWS::SNS::TopicPolicy", "Alarms")["PolicyDocument"]
    (only,) = [each for each in statements(document) if each["Effect"] == "Allow"]
    assert (only["Principal"], only["Action"]) == ({"Service": "cloudwatch.amazonaws.com"}, ["sns:Publish"])
    check_condition(only["Condition"])


def check_condition(condition: dict[str, Any]) -> None:
    assert condition["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert text(condition["ArnLike"]["aws:SourceArn"]).endswith(":<AWS::AccountId>:alarm:*")


def test_cloudwatch_may_use_the_key_of_the_topic(template: Template) -> None:
    policy = statements(properties(template, "AWS::KMS::Key", "Key")["KeyPolicy"])
    (allowed,) = [each for each in policy if each["Principal"] == {"Service": "cloudwatch.amazonaws.com"}]
    assert set(allowed["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}
    check_condition(allowed["Condition"])


# What to do then


def sections() -> dict[str, str]:
    """The text below each heading of docs/operations.md, by the heading's anchor."""
    parts = re.split(r"^#{2,3} (.+)$", (ROOT / "docs" / "operations.md").read_text(), flags=re.M)
    anchors = [re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in parts[1::2]]
    return dict(zip(anchors, parts[2::2], strict=True))


def test_every_alarm_has_its_section_in_the_docs(template: Template) -> None:
    found = sections()
    for name, each in alarms(template).items():
        _, _, anchor = each["AlarmDescription"].partition("What to do: docs/operations.md#")
        assert len(found.get(anchor, "")) > 200, (name, anchor)


# Our own metrics


# What a name of a metric may end with, by what it begins with.
# DONE is what `parley.tracking.track.Tracked.done` may be.
DONE = ("recorded", "repeated", "unknown", "noted", "sent", "idle")
KINDS: dict[str, Iterable[str]] = {"Mail": State, "Delivery": (*Fate, *DONE), "Confirmation": DONE}


def written() -> Iterator[str]:
    """The name of every metric in the code."""
    for path in (ROOT / "functions").rglob("*.py"):
        code = path.read_text()
        for node in ast.walk(ast.parse(code)):
            match node:
                # Where that counts by a metric, and not something else.
                case ast.Call(func=ast.Name(id="_count"), args=[name, *_]) if "add_metric" in code:
                    yield from names(name)
                case ast.Call(func=ast.Attribute(attr="add_metric"), keywords=keywords):
                    (name,) = (each.value for each in keywords if each.arg == "name")
                    if not isinstance(name, ast.Name):
                        yield from names(name)
                case ast.Call(func=ast.Attribute(attr=attribute)):
                    # Dimensions beyond the one are paid for by their number, and nothing bounds that.
                    assert attribute not in {"add_dimension", "set_default_dimensions", "single_metric"}, path


def names(name: ast.expr) -> list[str]:
    match name:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=this, orelse=that):
            return [*names(this), *names(that)]
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), ast.FormattedValue()]):
            return [start + each.capitalize() for each in KINDS[start]]
    raise ValueError(f"a metric whose name nobody can tell beforehand: {ast.unparse(name)}")


def test_there_are_few_metrics_and_all_are_written_down_in_the_code() -> None:
    assert len(set(written())) <= 60


def test_every_metric_that_an_alarm_or_the_dashboard_shows_exists(template: Template) -> None:
    ours = {(observability.NAMESPACE, name): {"service"} for name in written()}
    for name, each in alarms(template).items():
        dimensions = {dimension["Name"]: dimension["Value"] for dimension in each.get("Dimensions", [])}
        known = {**AWS_METRICS, **ours}[each["Namespace"], each["MetricName"]]
        assert dimensions.keys() == known, name
        assert dimensions.get("service", observability.SERVICE) == observability.SERVICE
    board = text(properties(template, "AWS::CloudWatch::Dashboard")["DashboardBody"])
    assert set(re.findall(r'"Parley","(\w+)"', board)) <= set(written())


def test_every_metric_of_an_alarm_is_written_when_the_functions_work(template: Template, work: Work) -> None:
    wanted = {each["MetricName"] for each in alarms(template).values() if each["Namespace"] == "Parley"}
    assert wanted - work.metrics == set()


def test_no_metric_has_another_dimension_than_the_service(work: Work) -> None:
    assert work.dimensions == {("service",)}
