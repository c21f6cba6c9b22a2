"""What AWS itself writes down of accesses to mail, and that nobody can change it."""

from typing import Any

import pytest

from tests.support.resources import Template, needs, of_type, one, properties, statements, text
from tests.support.template import assembly
from tests.support.template import template as template_in

FUNCTIONS = {
    "receive_mail": "Relay",
    "write_archive": "Archiving",
    "tend_archive": "Sweep",
    "admin_api": "Api",
}


def trail(template: Template) -> dict[str, Any]:
    return properties(template, "AWS::CloudTrail::Trail")


def session(template: Template, who: str) -> str:
    """The ARN by which CloudTrail knows a function, or a person's session."""
    role = (
        one(template, "AWS::IAM::Role", FUNCTIONS[who])[0] if who in FUNCTIONS else "Parley-ReviewersReviewer"
    )
    name = f"<{role}>" if who in FUNCTIONS else role
    return f"arn:aws:sts::<AWS::AccountId>:assumed-role/{name}/{who}"


def records(template: Template, name: str, key: str, who: str, *, reads: bool) -> bool:
    """Whether one of the selectors takes the event in; a selector wants all of its fields to fit."""
    bucket = one(template, "AWS::S3::Bucket", name)[0]
    event = {
        "eventCategory": "Data",
        "resources.type": "AWS::S3::Object",
        "resources.ARN": f"<{bucket}.Arn>/{key}",
        "userIdentity.arn": session(template, who),
        "readOnly": str(reads).lower(),
    }
    return is_selected(template, event)


def is_selected(template: Template, event: dict[str, str]) -> bool:
    return any(
        all(fits(field, event[field["Field"]]) for field in each["FieldSelectors"])
        for each in trail(template)["AdvancedEventSelectors"]
    )


def fits(field: dict[str, Any], value: str) -> bool:
    """CloudTrail API Reference, AdvancedFieldSelector."""
    operators = field.keys() - {"Field"}
    assert operators <= {"Equals", "StartsWith", "NotStartsWith"}
    return (
        ("Equals" not in field or value in field["Equals"])
        and ("StartsWith" not in field or any(value.startswith(text(each)) for each in field["StartsWith"]))
        and not any(value.startswith(text(each)) for each in field.get("NotStartsWith", []))
    )


@pytest.mark.parametrize("reads", [True, False])
@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Archive", "conversations/c1/0001_2026-09-04T161200Z_buyer-to-seller_m1/original.eml"),
        ("Archive", "entries/c1/0001_m1.json"),
        ("Review", "transcripts/c1.html"),
        ("Review", "accesses/2026/09/04/r1.json"),
    ],
)
def test_whatever_a_person_does_to_archive_and_review_is_recorded(
    template: Template, name: str, key: str, reads: bool
) -> None:
    assert records(template, name, key, "anna", reads=reads)


def test_a_person_who_reads_the_inbox_is_recorded(template: Template) -> None:
    assert records(template, "Inbox", "inbox/o8i2hkv5", "anna", reads=True)


@pytest.mark.parametrize(
    ("who", "recorded"),
    [("receive_mail", False), ("write_archive", False), ("admin_api", True), ("tend_archive", True)],
)
def test_the_functions_that_every_mail_passes_through_are_left_out(
    template: Template, who: str, recorded: bool
) -> None:
    assert records(template, "Archive", "conversations/c1/x", who, reads=False) is recorded


def test_what_ses_writes_and_the_relay_reads_in_the_inbox_is_left_out(template: Template) -> None:
    assert not records(template, "Inbox", "inbox/o8i2hkv5", "ses", reads=False)
    assert not records(template, "Inbox", "inbox/o8i2hkv5", "receive_mail", reads=True)
    assert not records(template, "Inbox", "inbox/", "tend_archive", reads=True)


@pytest.mark.parametrize(("function", "recorded"), [("Erasing", True), ("Relay", False)])
def test_who_asks_for_an_erasure_is_recorded(template: Template, function: str, recorded: bool) -> None:
    event = {
        "eventCategory": "Data",
        "resources.type": "AWS::Lambda::Function",
        "resources.ARN": f"<{one(template, 'AWS::Lambda::Function', function)[0]}.Arn>",
        "userIdentity.arn": session(template, "anna"),
        "readOnly": "false",
    }
    assert is_selected(template, event) is recorded


def test_its_files_can_be_proved_unaltered_and_cannot_be_deleted_while_they_are_kept(
    template: Template,
) -> None:
    assert trail(template)["IsLogging"] is True
    assert trail(template)["EnableLogFileValidation"] is True
    bucket = properties(template, "AWS::S3::Bucket", "TrailLogs")
    lock = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert lock == {"Mode": "GOVERNANCE", "Days": 400}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_its_files_expire_when_their_lock_has_ended_all_versions_of_them(template: Template) -> None:
    rules = properties(template, "AWS::S3::Bucket", "TrailLogs")["LifecycleConfiguration"]["Rules"]
    expire, markers = rules
    assert (expire["ExpirationInDays"], expire["NoncurrentVersionExpiration"]) == (400, {"NoncurrentDays": 1})
    assert markers["ExpiredObjectDeleteMarker"] is True


def test_its_files_are_encrypted_with_our_key(template: Template) -> None:
    key = {"Fn::GetAtt": [one(template, "AWS::KMS::Key", "Key")[0], "Arn"]}
    assert trail(template)["KMSKeyId"] == key
    (rule,) = properties(template, "AWS::S3::Bucket", "TrailLogs")["BucketEncryption"][
        "ServerSideEncryptionConfiguration"
    ]
    assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == key


def test_its_bucket_has_no_bucket_key_which_would_ask_more_of_cloudtrail(template: Template) -> None:
    """kms:Decrypt, which its statement in the key's policy does not have, and without the encryption context
    that this statement knows it by."""
    (rule,) = properties(template, "AWS::S3::Bucket", "TrailLogs")["BucketEncryption"][
        "ServerSideEncryptionConfiguration"
    ]
    assert rule.get("BucketKeyEnabled", False) is False


def test_only_a_trail_of_this_stack_may_write_its_files_and_use_the_key(template: Template) -> None:
    policies = [
        properties(template, "AWS::S3::BucketPolicy", "TrailLogs")["PolicyDocument"],
        properties(template, "AWS::KMS::Key", "Key")["KeyPolicy"],
    ]
    allowed = [
        each
        for policy in policies
        for each in statements(policy)
        if each["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
    ]
    actions = sorted(action for each in allowed for action in each["Action"])
    assert actions == ["kms:DescribeKey", "kms:GenerateDataKey*", "s3:GetBucketAcl", "s3:PutObject"]
    ours = "arn:aws:cloudtrail:eu-west-1:<AWS::AccountId>:trail/Parley-*"
    assert {text(each["Condition"]["ArnLike"]["aws:SourceArn"]) for each in allowed} == {ours}


def test_the_trail_waits_for_the_policies_that_its_first_write_needs(template: Template) -> None:
    waited = needs(one(template, "AWS::CloudTrail::Trail")[1])
    assert one(template, "AWS::S3::BucketPolicy", "TrailLogs")[0] in waited
    assert one(template, "AWS::KMS::Key", "Key")[0] in waited


def test_the_trail_can_be_left_out() -> None:
    without = template_in(assembly(**{"parley:trail": False}))
    assert not of_type(without, "AWS::CloudTrail::Trail")
    assert not [name for name in without["Resources"] if name.startswith("Trail")]
