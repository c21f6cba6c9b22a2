"""Least privilege: what each function calls, and that its role allows that and nothing else."""

import ast
import fnmatch
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from parley.archive.keys import ORIGINAL, RELAYED, checkpoint_key, content_key, entry_key, folder
from parley.lake.tables import ARRIVALS, ERASURES
from parley.stores import keys
from tests.support.resources import Template, of_type, one, properties, references, statements, text

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"

# AWS Service Authorization Reference: which actions a call is authorised by. A transaction by those of its
# members, raw mail over SESv2 by the action of version 1, and encrypted data by the key's.
CALLS = {
    "batch_get_item": {"dynamodb:BatchGetItem"},
    "change_message_visibility": {"sqs:ChangeMessageVisibility"},
    "delete_item": {"dynamodb:DeleteItem"},
    "delete_objects": {"s3:DeleteObject"},
    "delete_suppressed_destination": {"ses:DeleteSuppressedDestination"},
    "describe_active_receipt_rule_set": {"ses:DescribeActiveReceiptRuleSet"},
    "get_item": {"dynamodb:GetItem"},
    "get_object": {"s3:GetObject", "s3:ListBucket", "kms:Decrypt"},
    "get_queue_attributes": {"sqs:GetQueueAttributes"},
    "get_secret_value": {"secretsmanager:GetSecretValue", "kms:Decrypt"},
    "list_object_versions": {"s3:ListBucketVersions"},
    "list_objects_v2": {"s3:ListBucket"},
    "put_item": {"dynamodb:PutItem"},
    "put_object": {"s3:PutObject", "kms:GenerateDataKey"},
    "query": {"dynamodb:Query"},
    "scan": {"dynamodb:Scan"},
    "send_email": {"ses:SendRawEmail"},
    "send_message": {"sqs:SendMessage", "kms:GenerateDataKey", "kms:Decrypt"},
    "sign": {"kms:Sign"},
    "set_active_receipt_rule_set": {"ses:SetActiveReceiptRuleSet"},
    "transact_write_items": {"dynamodb:PutItem", "dynamodb:UpdateItem"},
    "update_item": {"dynamodb:UpdateItem"},
}
# What else the transactions of a function are made of.
TRANSACTED = {"AdminApi": {"dynamodb:DeleteItem"}, "ReceiveMail": {"dynamodb:DeleteItem"}}
# What Lambda itself does in the function's name.
FOLLOWS = {
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "sqs:SendMessage",
    "kms:Decrypt",
    "kms:GenerateDataKey",
}
# Of `delete_objects`, where it names versions, and where the lock of one has not run out.
BYPASSES = {"s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"}
CONSUMES = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "kms:Decrypt"}
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}

CLIENT = re.compile(r"client|^ses$")

CALLED = {
    "ReceiveMail": [
        *("batch_get_item", "get_item", "put_item", "query", "transact_write_items", "update_item"),
        *("get_object", "get_secret_value", "put_object", "send_email"),
        *("change_message_visibility", "send_message"),
    ],
    "AdminApi": [
        *("batch_get_item", "get_item", "query", "transact_write_items", "update_item"),
        *("get_secret_value", "put_object", "send_message"),
    ],
    "WriteArchive": ["batch_get_item", "query", "get_object", "get_secret_value", "put_object", "sign"],
    "EraseData": [
        *("batch_get_item", "delete_item", "get_item", "put_item", "query", "scan"),
        *("transact_write_items", "update_item", "get_secret_value", "put_object"),
        *("list_object_versions", "delete_objects", "delete_suppressed_destination"),
    ],
    "KeepLake": ["list_objects_v2", "get_object", "put_object", "delete_objects", "update_item"],
    "TendArchive": [
        *("list_objects_v2", "batch_get_item", "get_item", "put_item", "query", "update_item"),
        *("get_queue_attributes", "send_message"),
    ],
    "TrackDelivery": [
        *("get_item", "put_item", "query", "transact_write_items", "update_item"),
        *("get_secret_value", "send_email", "delete_suppressed_destination"),
        *("change_message_visibility", "send_message"),
    ],
    "ActivateRuleSet": ["describe_active_receipt_rule_set", "set_active_receipt_rule_set"],
}


def allowed(template: Template, function: str) -> list[dict[str, Any]]:
    return statements(properties(template, "AWS::IAM::Policy", function)["PolicyDocument"])


@pytest.mark.parametrize("function", CALLED)
def test_a_role_allows_what_its_function_calls_and_nothing_else(template: Template, function: str) -> None:
    needed = set().union(LOGS, *(CALLS[call] for call in CALLED[function]), TRANSACTED.get(function, set()))
    if function in ("ReceiveMail", "TrackDelivery"):
        needed |= CONSUMES
    if function == "WriteArchive":
        needed |= FOLLOWS
    if function == "EraseData":
        needed |= BYPASSES
    assert {action for each in allowed(template, function) for action in each["Action"]} == needed


def test_the_calls_named_here_are_those_in_the_functions() -> None:
    """Client methods are told by name: a call on something named client or ses, or a paginator."""
    called = {call for path in FUNCTIONS.rglob("*.py") for call in calls(ast.parse(path.read_text()))}
    assert called == set().union(*CALLED.values()) == CALLS.keys()


def calls(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="get_paginator"), args=[ast.Constant(value=str(name))]):
                found.add(name)
            case ast.Call(func=ast.Attribute(value=target, attr=name)) if CLIENT.search(ast.unparse(target)):
                found.add(name)
    return found - {"client", "get_paginator", "paginate", "register"}


def test_each_function_has_a_role_of_its_own_and_no_managed_policy(template: Template) -> None:
    functions = of_type(template, "AWS::Lambda::Function")
    roles = [next(references(each["Properties"]["Role"])) for each in functions.values()]
    assert len(set(roles)) == len(functions)
    assert set(roles) == of_type(template, "AWS::IAM::Role").keys()
    for role in of_type(template, "AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role["Properties"]


@pytest.mark.parametrize("function", CALLED)
def test_no_statement_has_a_wildcard_action(template: Template, function: str) -> None:
    assert not [action for each in allowed(template, function) for action in each["Action"] if "*" in action]


def sending(template: Template) -> dict[str, Any]:
    (found,) = [each for each in allowed(template, "ReceiveMail") if each["Action"] == ["ses:SendRawEmail"]]
    return found


def test_the_relay_sends_as_its_identity_and_with_its_configuration_set(template: Template) -> None:
    resources = [text(each) for each in sending(template)["Resource"]]
    identity = one(template, "AWS::SES::EmailIdentity")[0]
    assert len(resources) == 2
    assert any(each.endswith(":configuration-set/Parley") for each in resources)
    assert any(each.endswith(f":identity/<{identity}>") for each in resources)


@pytest.mark.parametrize(
    ("author", "may"),
    [
        ("b-7k2m@relay.example.com", True),
        ("shop@haendler.example", False),
        ("b-7k2m@relay.example.com.evil.example", False),
        ("b-7k2m@sub.relay.example.com", False),
    ],
)
def test_the_relay_sends_from_the_relay_domain_alone(template: Template, author: str, may: bool) -> None:
    pattern = sending(template)["Condition"]["StringLike"]["ses:FromAddress"]
    assert fnmatch.fnmatchcase(author, pattern) is may


def reached(template: Template, function: str, action: str) -> set[str]:
    return {
        text(resource)
        for each in allowed(template, function)
        if action in each["Action"]
        for resource in each["Resource"]
    }


def test_the_relay_reads_the_inbox_and_writes_to_the_archive_alone(template: Template) -> None:
    inbox, archive = (one(template, "AWS::S3::Bucket", name)[0] for name in ("Inbox", "Archive"))
    mails, contents = (f"<{archive}.Arn>/{prefix}*" for prefix in ("conversations/", "contents/"))
    assert reached(template, "ReceiveMail", "s3:PutObject") == {mails, contents}
    assert reached(template, "ReceiveMail", "s3:GetObject") == {f"<{inbox}.Arn>/inbox/*", mails}


MOMENT = datetime(2026, 9, 4, tzinfo=UTC)
FOLDER = folder("c", 1, MOMENT, "seller-to-buyer", "m")


@pytest.mark.parametrize(
    ("function", "keys"),
    [
        ("ReceiveMail", [FOLDER + ORIGINAL, FOLDER + RELAYED, content_key(FOLDER)]),
        ("WriteArchive", [entry_key("c", 1, "m"), checkpoint_key("c", 1, "0" * 64)]),
    ],
)
def test_all_that_is_archived_lies_where_its_function_may_write(
    template: Template, function: str, keys: list[str]
) -> None:
    archive = one(template, "AWS::S3::Bucket", "Archive")[0]
    for key in keys:
        assert any(
            fnmatch.fnmatchcase(f"<{archive}.Arn>/{key}", pattern)
            for pattern in reached(template, function, "s3:PutObject")
        )


def test_the_sweep_lists_the_inbox_and_reads_no_mail(template: Template) -> None:
    assert reached(template, "TendArchive", "s3:GetObject") == set()
    (listing,) = [each for each in allowed(template, "TendArchive") if each["Action"] == ["s3:ListBucket"]]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "inbox/*"}}


def test_only_the_function_that_erases_can_delete_objects_or_bypass_a_lock(template: Template) -> None:
    deleting = {"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"}
    for function in CALLED.keys() - {"EraseData", "KeepLake"}:
        assert not [each for each in allowed(template, function) if deleting & set(each["Action"])]


def test_the_lakes_function_reaches_the_lake_and_reads_who_read_what(template: Template) -> None:
    review = one(template, "AWS::S3::Bucket", "Review")[0]
    lake = {f"<{review}.Arn>/lake/*"}
    for action in ("s3:PutObject", "s3:DeleteObject"):
        assert reached(template, "KeepLake", action) == lake
    assert reached(template, "KeepLake", "s3:GetObject") == {*lake, f"<{review}.Arn>/accesses/*"}
    assert reached(template, "KeepLake", "s3:DeleteObjectVersion") == set()


def test_the_lakes_function_touches_no_item_but_its_turn(template: Template) -> None:
    (update,) = (each for each in allowed(template, "KeepLake") if "dynamodb:UpdateItem" in each["Action"])
    assert update["Condition"] == {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [keys.turn_key()["pk"]["S"]]}
    }


def test_rows_arrive_in_the_lake_where_they_are_told(template: Template) -> None:
    review = one(template, "AWS::S3::Bucket", "Review")[0]
    assert f"<{review}.Arn>/{ARRIVALS}*" in reached(template, "WriteArchive", "s3:PutObject")
    assert f"<{review}.Arn>/{ERASURES}*" in reached(template, "EraseData", "s3:PutObject")


def test_the_function_that_erases_reads_no_object_and_leaves_the_chain_alone(template: Template) -> None:
    inbox, archive, review = (
        one(template, "AWS::S3::Bucket", name)[0] for name in ("Inbox", "Archive", "Review")
    )
    assert reached(template, "EraseData", "s3:GetObject") == set()
    erasable = {f"<{archive}.Arn>/{prefix}*" for prefix in ("conversations/", "contents/", "notes/")}
    assert reached(template, "EraseData", "s3:BypassGovernanceRetention") == erasable
    assert reached(template, "EraseData", "s3:DeleteObjectVersion") == {
        *erasable,
        *(f"<{review}.Arn>/{prefix}/*" for prefix in ("transcripts", "orders", "exports")),
        f"<{inbox}.Arn>/inbox/*",
    }
    assert reached(template, "EraseData", "s3:PutObject") == {
        *(f"<{review}.Arn>/{prefix}/*" for prefix in ("accesses", "erasures", "lake/erasures"))
    }


def test_only_the_table_itself_is_reached(template: Template) -> None:
    table = one(template, "AWS::DynamoDB::Table")[0]
    for function in ("ReceiveMail", "TendArchive"):
        assert reached(template, function, "dynamodb:BatchGetItem") == {f"<{table}.Arn>"}
