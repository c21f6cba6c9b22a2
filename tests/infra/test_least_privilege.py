"""Least privilege, both ways: what functions do they may, and what they may they do.

The stories of `tests.support.privilege` are played under the functions' own roles. Every other functional
test runs so too; here it is seen that nothing is allowed which none of them needs.
"""

import re
from collections.abc import Iterator

import pytest

from tests.support.iam import Iam, reached
from tests.support.iam_calls import Need
from tests.support.privilege import Work, worked
from tests.support.resources import Template, of_type, references, text

FUNCTIONS = {
    *("ActivationActivateRuleSet", "ApiAdminApi", "ArchivingWriteArchive", "ErasingEraseData"),
    *("LakeKeepLake", "RelayReceiveMail", "SweepTendArchive", "TrackingTrackDelivery"),
}

# Of the CDK, behind the name of a resource, and its attribute.
HASH = re.compile(r"[0-9A-F]{8}(\.Arn)?(?=>)")

# What Lambda does in the function's name, and no call of the function shows.
BY_LAMBDA = {
    "RelayReceiveMail": {
        "sqs:DeleteMessage on <ReceiptsQueue>": "The event source mapping acknowledges.",
        "sqs:GetQueueAttributes on <ReceiptsQueue>": "The event source mapping looks for more.",
        "sqs:ReceiveMessage on <ReceiptsQueue>": "The event source mapping polls.",
    },
    "TrackingTrackDelivery": {
        "sqs:DeleteMessage on <DeliveryEventsQueue>": "The event source mapping acknowledges.",
        "sqs:GetQueueAttributes on <DeliveryEventsQueue>": "The event source mapping looks for more.",
        "sqs:ReceiveMessage on <DeliveryEventsQueue>": "The event source mapping polls.",
    },
    "ArchivingWriteArchive": {
        "dynamodb:DescribeStream on <Table710B521B.StreamArn>": "The event source mapping follows.",
        "dynamodb:GetRecords on <Table710B521B.StreamArn>": "The event source mapping follows.",
        "dynamodb:GetShardIterator on <Table710B521B.StreamArn>": "The event source mapping follows.",
        "sqs:SendMessage on <ArchivingDeadLetters>": "The event source mapping tells what it gave up.",
    },
}
# What no story uses, and why it is allowed all the same.
_ALWAYS = "DeleteObjects wants it always, DeleteObjectVersion besides (S3 API Reference, DeleteObjects)."
JUSTIFIED: dict[str, dict[str, str]] = {
    "ErasingEraseData": {
        f"s3:DeleteObject on <Storage{bucket}>/{prefix}/*": _ALWAYS
        for bucket, prefix in (
            *(("Archive", prefix) for prefix in ("conversations", "contents", "notes")),
            ("Inbox", "inbox"),
            *(("Review", prefix) for prefix in ("transcripts", "orders", "exports")),
        )
    },
}
LOGGING = ("logs:CreateLogStream", "logs:PutLogEvents")


@pytest.fixture(scope="module")
def work(template: Template) -> Work:
    return worked(template)


def role_of(template: Template, function: str) -> str:
    (role,) = (
        next(references(each["Properties"]["Role"]))
        for name, each in of_type(template, "AWS::Lambda::Function").items()
        if name.startswith(f"{function}Function")
    )
    return role


def needs(work: Work, role: str) -> list[Need]:
    return list(
        {
            str(each.need) + str(each.need.context): each.need for each in work.asked if each.role == role
        }.values()
    )


def grants(template: Template, role: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Each action on each resource by its name, with a statement of its own."""
    for statement in Iam(template).granted(role):
        for action in statement["Action"]:
            for resource in statement["Resource"]:
                name = f"{action} on {HASH.sub('', text(resource))}"
                yield name, {**statement, "Action": [action], "Resource": [resource]}


def test_these_are_all_functions(template: Template) -> None:
    names = {name.rpartition("Function")[0] for name in of_type(template, "AWS::Lambda::Function")}
    assert names == FUNCTIONS


def test_every_call_is_allowed_to_the_function_that_makes_it(work: Work) -> None:
    assert sorted({f"{each.role}: {each.need}" for each in work.asked if not each.allowed}) == []


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_the_function_was_seen_at_work(template: Template, work: Work, function: str) -> None:
    assert needs(work, role_of(template, function))


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_every_permission_is_used_or_has_a_reason(template: Template, work: Work, function: str) -> None:
    role = role_of(template, function)
    asked = needs(work, role)
    unused = {
        name
        for name, statement in grants(template, role)
        if not name.startswith(LOGGING)
        and not any(reached(statement, each.action, each.resource, each.context) for each in asked)
    }
    assert unused == {*BY_LAMBDA.get(function, {}), *JUSTIFIED.get(function, {})}


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_writes_to_its_own_log_alone(template: Template, function: str) -> None:
    logging = [name for name, _ in grants(template, role_of(template, function)) if name.startswith("logs:")]
    assert logging == [f"{action} on <{function}Logs>" for action in LOGGING]
