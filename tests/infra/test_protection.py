"""Every bucket, queue and topic of the stack, whoever adds one: encrypted, by TLS only, closed to the public,
and open to no service without saying for whom."""

from typing import Any

import pytest

from tests.support.resources import Template, of_type, references, statements, text

CLOSED = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
POLICIES = {
    "AWS::S3::Bucket": ("AWS::S3::BucketPolicy", "Bucket"),
    "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues"),
    "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics"),
}
# Who may be let in, and which key of the request has to name for whom it acts.
SOURCES = {"aws:SourceArn", "aws:SourceAccount"}


def named(template: Template) -> dict[str, tuple[str, dict[str, Any]]]:
    return {name: (kind, each) for kind in POLICIES for name, each in of_type(template, kind).items()}


def policy_of(template: Template, name: str, kind: str) -> list[dict[str, Any]]:
    policy, about = POLICIES[kind]
    return [
        statement
        for each in of_type(template, policy).values()
        if name in set(references(each["Properties"][about]))
        for statement in statements(each["Properties"]["PolicyDocument"])
    ]


def test_there_are_some_of_each_kind(template: Template) -> None:
    assert {kind for kind, _ in named(template).values()} == POLICIES.keys()


def test_what_does_not_come_by_tls_is_denied_everywhere(template: Template) -> None:
    for name, (kind, _) in named(template).items():
        denied = [
            each
            for each in policy_of(template, name, kind)
            if (each["Effect"], each["Principal"]) in (("Deny", {"AWS": "*"}), ("Deny", "*"))
            and each["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        ]
        assert denied, name


def test_nobody_is_let_in_but_services_that_say_for_whom(template: Template) -> None:
    for name, (kind, _) in named(template).items():
        for each in policy_of(template, name, kind):
            if each["Effect"] == "Allow":
                assert each["Principal"].keys() == {"Service"}, name
                told = {key for keys in each["Condition"].values() for key in keys}
                assert told & SOURCES, name
                assert "*" not in each["Action"], name


def test_every_bucket_is_closed_to_the_public_and_has_no_acls(template: Template) -> None:
    for name, each in of_type(template, "AWS::S3::Bucket").items():
        assert each["Properties"]["PublicAccessBlockConfiguration"] == dict.fromkeys(CLOSED, True), name
        (rule,) = each["Properties"]["OwnershipControls"]["Rules"]
        assert rule == {"ObjectOwnership": "BucketOwnerEnforced"}, name


def test_everything_is_encrypted_with_our_key_and_access_logs_as_s3_wants_them(template: Template) -> None:
    (key,) = (name for name in of_type(template, "AWS::KMS::Key") if name.startswith("Key"))
    arn = {"Fn::GetAtt": [key, "Arn"]}
    for name, each in of_type(template, "AWS::S3::Bucket").items():
        (rule,) = each["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        wanted = (
            {"SSEAlgorithm": "AES256"}
            if name.startswith("StorageAccessLogs")
            else {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}
        )
        assert rule["ServerSideEncryptionByDefault"] == wanted, name
    for kind in ("AWS::SQS::Queue", "AWS::SNS::Topic"):
        for name, each in of_type(template, kind).items():
            assert each["Properties"]["KmsMasterKeyId"] == arn, name


@pytest.mark.parametrize("bucket", ["StorageArchive", "StorageReview", "StorageInbox"])
def test_no_service_but_ses_writes_where_mail_lies_and_it_only_to_the_inbox(
    template: Template, bucket: str
) -> None:
    (name,) = (each for each in of_type(template, "AWS::S3::Bucket") if each.startswith(bucket))
    allowed = [each for each in policy_of(template, name, "AWS::S3::Bucket") if each["Effect"] == "Allow"]
    if bucket != "StorageInbox":
        assert allowed == []
        return
    (only,) = allowed
    assert (only["Principal"], only["Action"]) == ({"Service": "ses.amazonaws.com"}, ["s3:PutObject"])
    assert only["Condition"].keys() == {"StringEquals"}
    equal = only["Condition"]["StringEquals"]
    assert equal["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert text(equal["aws:SourceArn"]).endswith(":receipt-rule-set/Parley:receipt-rule/Parley")
