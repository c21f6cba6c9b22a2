"""The judge that tests ask in IAM's place, by policies made up here whose answers the User Guide gives."""

from typing import Any

import pytest

from tests.support.iam import ROOT, Context, Iam, Statement, may
from tests.support.iam_calls import Calls, Need, UnlistedCallError
from tests.support.resources import Template

ACCOUNT_OF_KEY = {"Effect": "Allow", "Action": ["kms:*"], "Resource": ["*"], "Principal": {"AWS": ROOT}}
TLS_ONLY = {
    "Effect": "Deny",
    "Action": ["s3:*"],
    "Resource": ["<Files.Arn>", "<Files.Arn>/*"],
    "Principal": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def allow(action: str = "s3:GetObject", resource: str = "*", **elements: Any) -> Statement:
    return {"Effect": "Allow", "Action": [action], "Resource": [resource], **elements}


@pytest.mark.parametrize(
    ("action", "resource", "asked", "allowed"),
    [
        ("s3:GetObject", "<B.Arn>/mails/*", ("s3:GetObject", "<B.Arn>/mails/a/b.eml"), True),
        ("s3:GetObject", "<B.Arn>/mails/*", ("s3:GetObject", "<B.Arn>/other"), False),
        ("s3:GetObject", "<B.Arn>/mails/*", ("s3:GetObject", "<B.Arn>"), False),
        ("s3:GetObject", "<B.Arn>/mails/*", ("s3:GetObjectVersion", "<B.Arn>/mails/a"), False),
        ("s3:getobject", "*", ("s3:GetObject", "<B.Arn>/a"), True),
        ("s3:Get*", "*", ("s3:GetObjectVersion", "<B.Arn>/a"), True),
        ("s3:GetObject", "<B.Arn>/????_*", ("s3:GetObject", "<B.Arn>/0001_a"), True),
        ("s3:GetObject", "<B.Arn>/????_*", ("s3:GetObject", "<B.Arn>/00012_a"), False),
        ("s3:GetObject", "<B.Arn>/a.c", ("s3:GetObject", "<B.Arn>/abc"), False),
    ],
)
def test_wildcards_stand_for_any_text_and_nothing_else_is_special(
    action: str, resource: str, asked: tuple[str, str], allowed: bool
) -> None:
    assert may([allow(action, resource)], *asked) is allowed


def test_a_denial_beats_a_permission_and_without_a_permission_there_is_none() -> None:
    denial = {**allow("s3:*"), "Effect": "Deny"}
    assert may([allow()], "s3:GetObject", "x")
    assert not may([allow(), denial], "s3:GetObject", "x")
    assert not may([], "s3:GetObject", "x")


def test_what_is_left_out_by_not_is_everything_else() -> None:
    left_out = {"NotAction": ["s3:Put*", "s3:Delete*"], "NotResource": ["<B.Arn>/secret/*"]}
    every_read = {"Effect": "Allow", **left_out}
    assert may([every_read], "s3:GetObject", "<B.Arn>/a")
    assert not may([every_read], "s3:PutObject", "<B.Arn>/a")
    assert not may([every_read], "s3:GetObject", "<B.Arn>/secret/a")


@pytest.mark.parametrize(
    ("condition", "context", "holds"),
    [
        ({"StringEquals": {"k": ["a", "b"]}}, {"k": "b"}, True),
        ({"StringEquals": {"k": "a"}}, {"k": "A"}, False),
        ({"StringEquals": {"k": "a*"}}, {"k": "ab"}, False),
        ({"StringEquals": {"k": "a"}}, {}, False),
        ({"StringEquals": {"k": "a", "l": "b"}}, {"k": "a"}, False),
        ({"StringNotEquals": {"k": ["a", "b"]}}, {"k": "b"}, False),
        ({"StringNotEquals": {"k": "a"}}, {"k": "A"}, True),
        ({"StringNotEquals": {"k": "a"}}, {}, True),
        ({"StringLike": {"k": "a*"}}, {"k": "a/b"}, True),
        ({"StringLike": {"k": "*:${l}"}}, {"k": "AROA:anna", "l": "anna"}, True),
        ({"StringLike": {"k": "*:${l}"}}, {"k": "AROA:anna"}, False),
        ({"Bool": {"k": "true"}}, {"k": "true"}, True),
        ({"Bool": {"k": "true"}}, {}, False),
        ({"Null": {"k": "true"}}, {}, True),
        ({"Null": {"k": "false"}}, {}, False),
        ({"ArnLike": {"k": "arn:aws:sns:*:1:t-*"}}, {"k": "arn:aws:sns:eu-west-1:1:t-2"}, True),
        ({"ArnLike": {"k": "arn:aws:sns:*:t-2"}}, {"k": "arn:aws:sns:eu-west-1:1:t-2"}, False),
        ({"ArnEquals": {"k": "arn:aws:sns:eu-west-1:1:t"}}, {"k": "arn:aws:sns:eu-west-1:1:t2"}, False),
        ({"ForAnyValue:StringEquals": {"k": "a"}}, {"k": ("b", "a")}, True),
        ({"ForAnyValue:StringLike": {"k": "a*"}}, {"k": ("b",)}, False),
        ({"ForAnyValue:StringEquals": {"k": "a"}}, {}, False),
        ({"ForAllValues:StringEquals": {"k": ["a", "b"]}}, {"k": ("b", "a")}, True),
        ({"ForAllValues:StringEquals": {"k": "a"}}, {"k": ("b", "a")}, False),
        ({"ForAllValues:StringEquals": {"k": "aa"}}, {"k": "aa"}, True),
        ({"ForAllValues:StringEquals": {"k": "a"}}, {}, True),
    ],
)
def test_a_condition_holds_as_the_user_guide_says(condition: Any, context: Context, holds: bool) -> None:
    assert may([allow(Condition=condition)], "s3:GetObject", "x", context) is holds


@pytest.mark.parametrize(
    "statement",
    [
        allow(Condition={"NumericLessThan": {"k": "5"}}),
        allow(Condition={"ForAllValues:NumericLessThan": {"k": "5"}}),
        allow(Condition={"StringEquals": {"k": "5"}}, NotPrincipal="*"),
    ],
)
def test_what_cannot_be_judged_is_not_passed_over(statement: Statement) -> None:
    with pytest.raises(ValueError, match="cannot read"):
        may([statement], "s3:GetObject", "x", {"k": "4"})


# Policies of resources


def template(own: list[Statement], *, key: list[Statement], bucket: list[Statement]) -> Template:
    return {
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {}},
            "Own": {
                "Type": "AWS::IAM::Policy",
                "Properties": {"Roles": [{"Ref": "Role"}], "PolicyDocument": {"Statement": own}},
            },
            "Pair": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": key}}},
            "Files": {"Type": "AWS::S3::Bucket", "Properties": {}},
            "Policy": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {"Bucket": {"Ref": "Files"}, "PolicyDocument": {"Statement": bucket}},
            },
        }
    }


NAMED = {"AWS": {"Fn::GetAtt": ["Role", "Arn"]}}
SIGN = allow("kms:Sign", "<Pair.Arn>")


@pytest.mark.parametrize(
    ("own", "key", "allowed"),
    [
        ([SIGN], [ACCOUNT_OF_KEY], True),
        ([SIGN], [], False),
        ([], [ACCOUNT_OF_KEY], False),
        ([], [{**ACCOUNT_OF_KEY, "Principal": NAMED}], True),
        ([SIGN], [{**ACCOUNT_OF_KEY, "Principal": {"Service": "sns.amazonaws.com"}}], False),
        ([SIGN], [ACCOUNT_OF_KEY, {**ACCOUNT_OF_KEY, "Effect": "Deny", "Principal": "*"}], False),
    ],
)
def test_a_key_is_used_where_its_own_policy_lets_the_accounts_decide(
    own: list[Statement], key: list[Statement], allowed: bool
) -> None:
    iam = Iam(template(own, key=key, bucket=[]))
    assert iam.allows("Role", "kms:Sign", "<Pair.Arn>") is allowed


@pytest.mark.parametrize(
    ("own", "bucket", "allowed"),
    [
        ([allow()], [TLS_ONLY], True),
        ([], [TLS_ONLY], False),
        ([], [allow(Principal=NAMED)], True),
        ([], [allow(Principal={"AWS": ROOT})], False),
        ([allow()], [{**TLS_ONLY, "Condition": {}}], False),
    ],
)
def test_a_buckets_policy_denies_or_permits_besides_the_roles_own(
    own: list[Statement], bucket: list[Statement], allowed: bool
) -> None:
    iam = Iam(template(own, key=[], bucket=bucket))
    assert iam.allows("Role", "s3:GetObject", "<Files.Arn>/a") is allowed


def test_a_request_without_tls_is_denied() -> None:
    iam = Iam(template([allow()], key=[], bucket=[TLS_ONLY]))
    assert not iam.allows("Role", "s3:GetObject", "<Files.Arn>/a", {"aws:SecureTransport": "false"})


# Which actions a call needs

KEY = {"Fn::GetAtt": ["Key", "Arn"]}
RULE = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}}
RESOURCES: dict[str, Any] = {
    "Files": {"Type": "AWS::S3::Bucket", "Properties": {}},
    "Shared": {"Type": "AWS::S3::Bucket", "Properties": {}},
    "Items": {"Type": "AWS::DynamoDB::Table", "Properties": {"SSESpecification": {"KMSMasterKeyId": KEY}}},
    "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"KmsMasterKeyId": KEY}},
    "Identity": {"Type": "AWS::SES::EmailIdentity", "Properties": {"EmailIdentity": "relay.example.com"}},
    "Key": {"Type": "AWS::KMS::Key", "Properties": {}},
}
for _name, _shared in (("Files", False), ("Shared", True)):
    RESOURCES[_name]["Properties"]["BucketEncryption"] = {
        "ServerSideEncryptionConfiguration": [{**RULE, "BucketKeyEnabled": _shared}]
    }
THROUGH = {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}
CONTEXT = "kms:EncryptionContext:aws:s3:arn"


def needs(call: str, **parameters: Any) -> list[Need]:
    service, operation = call.split(".")
    return Calls({"Resources": RESOURCES}, {"https://queue": "Queue"}).needs(service, operation, parameters)


def actions(call: str, **parameters: Any) -> list[str]:
    return [each.action for each in needs(call, **parameters)]


def test_an_object_is_read_with_its_key_whose_context_is_the_object_or_the_bucket() -> None:
    assert needs("s3.GetObject", Bucket="Files", Key="a/b") == [
        Need("s3:GetObject", "<Files.Arn>/a/b"),
        Need("kms:Decrypt", "<Key.Arn>", {**THROUGH, CONTEXT: "<Files.Arn>/a/b"}),
    ]
    assert needs("s3.GetObject", Bucket="Shared", Key="a/b")[1].context[CONTEXT] == "<Shared.Arn>"


def test_a_version_and_the_head_of_an_object_are_authorised_as_reads() -> None:
    assert actions("s3.GetObject", Bucket="Files", Key="a", VersionId="1")[0] == "s3:GetObjectVersion"
    assert actions("s3.HeadObject", Bucket="Files", Key="a")[0] == "s3:GetObject"


def test_a_deletion_needs_a_right_for_each_object_and_one_to_bypass_its_lock() -> None:
    objects = [{"Key": "a", "VersionId": "1"}, {"Key": "b"}]
    asked = {"Bucket": "Files", "Delete": {"Objects": objects}, "BypassGovernanceRetention": True}
    assert [str(each) for each in needs("s3.DeleteObjects", **asked)] == [
        "s3:DeleteObjectVersion on <Files.Arn>/a",
        "s3:BypassGovernanceRetention on <Files.Arn>/a",
        "s3:DeleteObject on <Files.Arn>/b",
        "s3:BypassGovernanceRetention on <Files.Arn>/b",
    ]


def test_a_transaction_is_authorised_as_its_members_are() -> None:
    items = [{kind: {"TableName": "Items"}} for kind in ("Put", "Update", "Delete", "ConditionCheck")]
    asked = actions("dynamodb.TransactWriteItems", TransactItems=items)
    assert [each for each in asked if each != "kms:Decrypt"] == [
        *("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem")
    ]
    assert "kms:Decrypt" in asked


def test_a_query_of_an_index_is_about_the_index() -> None:
    assert needs("dynamodb.Query", TableName="Items", IndexName="by")[0].resource == "<Items.Arn>/index/by"


def test_raw_mail_is_authorised_as_version_1_of_the_api_calls_it_on_identity_and_configuration_set() -> None:
    author = "b-1@relay.example.com"
    sent = needs("sesv2.SendEmail", FromEmailAddress=author, ConfigurationSetName="Parley")
    assert {each.action for each in sent} == {"ses:SendRawEmail"}
    assert [each.resource.rpartition(":")[2] for each in sent] == [
        "identity/<Identity>",
        "configuration-set/Parley",
    ]
    assert all(each.context == {"ses:FromAddress": author} for each in sent)


def test_a_message_is_put_into_an_encrypted_queue_with_its_key() -> None:
    assert actions("sqs.SendMessage", QueueUrl="https://queue") == [
        *("sqs:SendMessage", "kms:GenerateDataKey", "kms:Decrypt")
    ]


def test_a_call_or_a_resource_that_nobody_listed_is_no_call_that_is_allowed() -> None:
    with pytest.raises(UnlistedCallError, match=r"s3\.PutBucketPolicy"):
        needs("s3.PutBucketPolicy", Bucket="Files")
    with pytest.raises(LookupError, match="no Elsewhere"):
        needs("s3.GetObject", Bucket="Elsewhere", Key="a")
