"""What makes a first deployment fail, or lets it pass and then lose or leak mail: a sentence each."""

import ast
import graphlib
from pathlib import Path
from typing import Any

import pytest

from tests.support.iam import may
from tests.support.resources import Template, needs, of_type, one, properties, references, statements, text

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
FOURTEEN_DAYS = 14 * 24 * 3600
RULE = "receipt-rule-set/Parley:receipt-rule/Parley"
CONFIGURATION_SET = "configuration-set/Parley"


def policy_of(template: Template, kind: str, containing: str) -> list[dict[str, Any]]:
    return statements(properties(template, kind, containing)["PolicyDocument"])


def for_service(found: list[dict[str, Any]], service: str) -> list[dict[str, Any]]:
    return [each for each in found if each["Principal"] == {"Service": service}]


def key_statements(template: Template, service: str) -> list[dict[str, Any]]:
    return for_service(statements(properties(template, "AWS::KMS::Key", "Key")["KeyPolicy"]), service)


# The stack as a whole


def test_no_resource_needs_itself(template: Template) -> None:
    order = graphlib.TopologicalSorter(
        {name: needs(each) & template["Resources"].keys() for name, each in template["Resources"].items()}
    )
    assert len(list(order.static_order())) == len(template["Resources"])


def test_no_function_needs_node(template: Template) -> None:
    assert {
        each["Properties"]["Runtime"] for each in of_type(template, "AWS::Lambda::Function").values()
    } == {"python3.13"}


def test_only_rule_set_rule_and_configuration_set_have_literal_names(template: Template) -> None:
    named = {
        (resource["Type"], name)
        for resource in template["Resources"].values()
        for name, value in resource.get("Properties", {}).items()
        if name in {"Name", "BucketName", "TableName", "QueueName", "TopicName", "RoleName", "FunctionName"}
        and not list(references(value))
    }
    # An API must have a name, and many may have the same; a query's is for people. A workgroup must have one
    # too, which begins with the stack's.
    assert named == {
        ("AWS::SES::ConfigurationSet", "Name"),
        ("AWS::ApiGatewayV2::Api", "Name"),
        ("AWS::Athena::WorkGroup", "Name"),
        ("AWS::Athena::NamedQuery", "Name"),
    }
    workgroups = of_type(template, "AWS::Athena::WorkGroup").values()
    assert all(each["Properties"]["Name"].startswith("Parley-") for each in workgroups)
    assert properties(template, "AWS::SES::ReceiptRuleSet") == {"RuleSetName": "Parley"}


@pytest.mark.parametrize(
    "kind", ["AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::SecretsManager::Secret"]
)
def test_data_outlives_the_stack(template: Template, kind: str) -> None:
    for name, resource in of_type(template, kind).items():
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert resource["UpdateReplacePolicy"] == "Retain", name


# Receiving


def action(template: Template) -> dict[str, Any]:
    (only,) = properties(template, "AWS::SES::ReceiptRule")["Rule"]["Actions"]
    found: dict[str, Any] = only["S3Action"]
    return found


def test_ses_does_not_encrypt_the_mail_itself(template: Template) -> None:
    assert "KmsKeyArn" not in action(template)


def test_the_rule_stores_and_announces_all_mail_of_the_relay_domain(template: Template) -> None:
    rule = properties(template, "AWS::SES::ReceiptRule")["Rule"]
    assert rule["Recipients"] == ["relay.example.com"]
    assert rule["Enabled"] is True
    assert rule["ScanEnabled"] is True
    assert action(template)["ObjectKeyPrefix"] == "inbox/"
    assert "TopicArn" in action(template)


@pytest.mark.parametrize(
    "needed",
    [
        ("AWS::S3::BucketPolicy", "Inbox"),
        ("AWS::SNS::TopicPolicy", "Receipts"),
        ("AWS::KMS::Key", "Key"),
        ("AWS::SES::ReceiptRuleSet", ""),
    ],
)
def test_the_rule_waits_for_all_that_its_test_write_needs(
    template: Template, needed: tuple[str, str]
) -> None:
    assert one(template, *needed)[0] in needs(one(template, "AWS::SES::ReceiptRule")[1])


def test_the_inbox_has_no_object_lock_which_ses_refuses(template: Template) -> None:
    inbox = properties(template, "AWS::S3::Bucket", "Inbox")
    assert "ObjectLockConfiguration" not in inbox
    assert "ObjectLockEnabled" not in inbox


def test_only_our_rule_may_write_to_the_inbox(template: Template) -> None:
    (allowed,) = for_service(policy_of(template, "AWS::S3::BucketPolicy", "Inbox"), "ses.amazonaws.com")
    assert allowed["Action"] == ["s3:PutObject"]
    (objects,) = map(text, allowed["Resource"])
    assert objects.endswith("/inbox/*")
    assert text(allowed["Condition"]["StringEquals"]["aws:SourceArn"]).endswith(RULE)
    assert allowed["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}


def test_nobody_else_may_write_to_the_inbox_whatever_else_they_may(template: Template) -> None:
    """What lies there is believed to bear SES's own header fields."""
    inbox = f"<{one(template, 'AWS::S3::Bucket', 'Inbox')[0]}.Arn>"
    policy = policy_of(template, "AWS::S3::BucketPolicy", "Inbox")
    (allowed,) = for_service(policy, "ses.amazonaws.com")
    ours = {name: text(each) for name, each in allowed["Condition"]["StringEquals"].items()}
    # A denial to everybody beats what an administrator, or any service, is allowed elsewhere.
    denied = [
        each for each in policy if each["Effect"] == "Deny" and each["Principal"] in ({"AWS": "*"}, "*")
    ]
    all_else = [{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}, *map(without_principal, denied)]
    by_tls = {"aws:SecureTransport": "true"}
    another = {
        **ours,
        "aws:SourceArn": ours["aws:SourceArn"].replace(":receipt-rule/Parley", ":receipt-rule/x"),
    }
    assert may(all_else, "s3:PutObject", f"{inbox}/inbox/o8i2hkv5", by_tls | ours)
    for key in ("inbox/o8i2hkv5", "elsewhere"):
        for told in ({}, another, {"aws:SourceAccount": ours["aws:SourceAccount"]}):
            assert not may(all_else, "s3:PutObject", f"{inbox}/{key}", by_tls | told), told
    for action in ("s3:GetObject", "s3:DeleteObject"):
        assert may(all_else, action, f"{inbox}/inbox/o8i2hkv5", by_tls)


def without_principal(statement: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in statement.items() if name != "Principal"}


def test_the_policies_name_the_rule_without_referring_to_it(template: Template) -> None:
    rule = {one(template, "AWS::SES::ReceiptRule")[0], one(template, "AWS::SES::ReceiptRuleSet")[0]}
    for kind in ("AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy", "AWS::KMS::Key"):
        for resource in of_type(template, kind).values():
            assert not rule & set(references(resource["Properties"]))


@pytest.mark.parametrize(("topic", "publisher"), [("Receipts", RULE), ("DeliveryEvents", CONFIGURATION_SET)])
def test_only_ses_may_publish_to_a_topic(template: Template, topic: str, publisher: str) -> None:
    allowed = [
        each for each in policy_of(template, "AWS::SNS::TopicPolicy", topic) if each["Effect"] == "Allow"
    ]
    assert for_service(allowed, "ses.amazonaws.com") == allowed
    (only,) = allowed
    assert only["Action"] == ["sns:Publish"]
    assert text(only["Condition"]["StringEquals"]["aws:SourceArn"]).endswith(publisher)
    assert only["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}


def test_our_rule_set_becomes_active_after_its_rule_stands(template: Template) -> None:
    name, active = one(template, "Custom::ActiveReceiptRuleSet")
    assert active["Properties"]["RuleSetName"] == "Parley"
    assert one(template, "AWS::SES::ReceiptRule")[0] in needs(active), name


def test_another_active_rule_set_is_not_displaced_unasked(template: Template) -> None:
    assert properties(template, "Custom::ActiveReceiptRuleSet")["Displace"] == "false"


def test_a_lost_answer_of_the_activation_does_not_hang_the_deployment(template: Template) -> None:
    assert int(properties(template, "Custom::ActiveReceiptRuleSet")["ServiceTimeout"]) <= 300


# The key


def test_ses_may_use_the_key_for_this_account(template: Template) -> None:
    (allowed,) = key_statements(template, "ses.amazonaws.com")
    assert set(allowed["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_sns_may_use_the_key_for_topics_of_this_account(template: Template) -> None:
    (allowed,) = key_statements(template, "sns.amazonaws.com")
    assert set(allowed["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}
    assert text(allowed["Condition"]["ArnLike"]["aws:SourceArn"]).endswith(":<AWS::AccountId>:*")


def test_cloudwatch_logs_may_use_the_key_for_log_groups_of_this_account(template: Template) -> None:
    (allowed,) = key_statements(template, "logs.eu-west-1.amazonaws.com")
    assert {"kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"} <= set(allowed["Action"])
    assert "<AWS::AccountId>:log-group:*" in text(
        allowed["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    )


def test_everything_that_holds_mail_uses_our_key(template: Template) -> None:
    key = {"Fn::GetAtt": [one(template, "AWS::KMS::Key", "Key")[0], "Arn"]}
    for kind, name in (
        ("AWS::SQS::Queue", "KmsMasterKeyId"),
        ("AWS::SNS::Topic", "KmsMasterKeyId"),
        ("AWS::Logs::LogGroup", "KmsKeyId"),
        ("AWS::SecretsManager::Secret", "KmsKeyId"),
    ):
        for resource in of_type(template, kind).values():
            assert resource["Properties"][name] == key
    assert properties(template, "AWS::DynamoDB::Table")["SSESpecification"]["KMSMasterKeyId"] == key
    for bucket in ("Inbox", "Archive", "Review"):
        (rule,) = properties(template, "AWS::S3::Bucket", bucket)["BucketEncryption"][
            "ServerSideEncryptionConfiguration"
        ]
        assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        # A KMS request for each object would cost as much as the object.
        assert rule["BucketKeyEnabled"] is True


def test_access_logs_use_the_encryption_that_s3_can_deliver_to(template: Template) -> None:
    (rule,) = properties(template, "AWS::S3::Bucket", "AccessLogs")["BucketEncryption"][
        "ServerSideEncryptionConfiguration"
    ]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


# Storage


def test_the_archive_is_versioned_and_locked_in_governance_mode(template: Template) -> None:
    archive = properties(template, "AWS::S3::Bucket", "Archive")
    assert archive["VersioningConfiguration"] == {"Status": "Enabled"}
    assert archive["ObjectLockEnabled"] is True
    assert archive["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {
        "Mode": "GOVERNANCE",
        "Days": 90,
    }


def test_nothing_in_the_archive_expires_by_itself(template: Template) -> None:
    for rule in properties(template, "AWS::S3::Bucket", "Archive")["LifecycleConfiguration"]["Rules"]:
        assert not {"ExpirationInDays", "ExpirationDate", "NoncurrentVersionExpiration"} & rule.keys()


def test_the_inbox_keeps_mail_for_45_days_at_least(template: Template) -> None:
    rules = properties(template, "AWS::S3::Bucket", "Inbox")["LifecycleConfiguration"]["Rules"]
    assert [rule["ExpirationInDays"] >= 45 for rule in rules if "ExpirationInDays" in rule] == [True]


def test_no_bucket_is_public_and_every_access_is_encrypted_and_logged(template: Template) -> None:
    for name, bucket in of_type(template, "AWS::S3::Bucket").items():
        assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
        denied = [
            each
            for policy in of_type(template, "AWS::S3::BucketPolicy").values()
            if policy["Properties"]["Bucket"] == {"Ref": name}
            for each in policy["Properties"]["PolicyDocument"]["Statement"]
            if each["Effect"] == "Deny"
        ]
        assert {"Bool": {"aws:SecureTransport": "false"}} in [each["Condition"] for each in denied]
        assert "LoggingConfiguration" in bucket["Properties"] or "AccessLogs" in name


def test_the_table_can_be_restored_and_forgets_by_itself(template: Template) -> None:
    table = properties(template, "AWS::DynamoDB::Table")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["DeletionProtectionEnabled"] is True


def test_the_key_of_the_mailbox_index_is_made_at_random(template: Template) -> None:
    secret = properties(template, "AWS::SecretsManager::Secret")
    assert secret["GenerateSecretString"]["PasswordLength"] == 64
    assert "SecretString" not in secret


# Queues


def test_what_no_one_can_work_on_is_kept_for_14_days(template: Template) -> None:
    for name, queue in of_type(template, "AWS::SQS::Queue").items():
        assert queue["Properties"]["MessageRetentionPeriod"] == FOURTEEN_DAYS, name


@pytest.mark.parametrize("channel", ["Receipts", "DeliveryEvents"])
def test_a_queue_delivers_for_days_before_it_gives_up(template: Template, channel: str) -> None:
    queue = properties(template, "AWS::SQS::Queue", f"{channel}Queue")
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 480
    (dead_letters,) = references(queue["RedrivePolicy"])
    assert dead_letters == one(template, "AWS::SQS::Queue", f"{channel}DeadLetters")[0]


@pytest.mark.parametrize("channel", ["Receipts", "DeliveryEvents"])
def test_a_topic_hands_the_bare_message_to_the_queue_or_to_its_own_dead_letters(
    template: Template, channel: str
) -> None:
    subscription = properties(template, "AWS::SNS::Subscription", channel)
    assert subscription["RawMessageDelivery"] is True
    assert subscription["Protocol"] == "sqs"
    (undelivered,) = references(subscription["RedrivePolicy"])
    assert undelivered == one(template, "AWS::SQS::Queue", f"{channel}Undelivered")[0]


@pytest.mark.parametrize("channel", ["Receipts", "DeliveryEvents"])
@pytest.mark.parametrize("queue", ["Queue", "Undelivered"])
def test_a_queue_takes_messages_from_its_topic_alone(template: Template, channel: str, queue: str) -> None:
    found = policy_of(template, "AWS::SQS::QueuePolicy", f"{channel}{queue}")
    (allowed,) = [each for each in found if each["Effect"] == "Allow"]
    assert for_service([allowed], "sns.amazonaws.com")
    assert allowed["Action"] == ["sqs:SendMessage"]
    assert list(references(allowed["Condition"]["ArnEquals"])) == [
        one(template, "AWS::SNS::Topic", channel)[0]
    ]


def test_a_message_stays_hidden_for_six_timeouts_of_the_function(template: Template) -> None:
    function = properties(template, "AWS::Lambda::Function", "ReceiveMail")
    queue = properties(template, "AWS::SQS::Queue", "ReceiptsQueue")
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]


def test_each_mail_is_worked_on_alone_and_fails_alone(template: Template) -> None:
    mapping = properties(template, "AWS::Lambda::EventSourceMapping", "Relay")
    assert mapping["BatchSize"] == 1
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_concurrency_is_neither_reserved_nor_capped_by_default(template: Template) -> None:
    assert "ScalingConfig" not in properties(template, "AWS::Lambda::EventSourceMapping", "Relay")
    for function in of_type(template, "AWS::Lambda::Function").values():
        assert "ReservedConcurrentExecutions" not in function["Properties"]


# Sending


def test_the_identity_signs_and_bounces_under_its_own_name(template: Template) -> None:
    identity = properties(template, "AWS::SES::EmailIdentity")
    assert identity["EmailIdentity"] == "relay.example.com"
    assert identity["DkimSigningAttributes"] == {"NextSigningKeyLength": "RSA_2048_BIT"}
    assert identity["MailFromAttributes"] == {
        "MailFromDomain": "bounce.relay.example.com",
        "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
    }


def test_ses_mails_no_feedback_to_anyone(template: Template) -> None:
    assert properties(template, "AWS::SES::EmailIdentity")["FeedbackAttributes"] == {
        "EmailForwardingEnabled": False
    }


def test_only_bounces_suppress_and_nothing_is_tracked(template: Template) -> None:
    configuration_set = properties(template, "AWS::SES::ConfigurationSet")
    assert configuration_set["SuppressionOptions"] == {"SuppressedReasons": ["BOUNCE"]}
    assert "TrackingOptions" not in configuration_set
    destination = properties(template, "AWS::SES::ConfigurationSetEventDestination")["EventDestination"]
    assert not {"OPEN", "CLICK"} & {each.upper() for each in destination["MatchingEventTypes"]}


def test_every_end_of_a_sent_mail_is_announced(template: Template) -> None:
    destination = properties(template, "AWS::SES::ConfigurationSetEventDestination")["EventDestination"]
    assert set(destination["MatchingEventTypes"]) == {
        *("SEND", "REJECT", "RENDERING_FAILURE", "DELIVERY", "DELIVERY_DELAY", "BOUNCE", "COMPLAINT")
    }


def test_the_event_destination_waits_for_the_policy_of_its_topic(template: Template) -> None:
    destination = one(template, "AWS::SES::ConfigurationSetEventDestination")[1]
    assert one(template, "AWS::SNS::TopicPolicy", "DeliveryEvents")[0] in needs(destination)


# Functions


def test_functions_run_on_arm64_with_one_whole_vcpu_for_the_relay(template: Template) -> None:
    functions = of_type(template, "AWS::Lambda::Function").values()
    assert {tuple(each["Properties"]["Architectures"]) for each in functions} == {("arm64",)}
    assert properties(template, "AWS::Lambda::Function", "ReceiveMail")["MemorySize"] == 1769


def test_every_handler_is_where_lambda_looks_for_it(template: Template) -> None:
    for function in of_type(template, "AWS::Lambda::Function").values():
        package, module, name = function["Properties"]["Handler"].split(".")
        source = (FUNCTIONS / package / f"{module}.py").read_text()
        assert name in {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def test_all_functions_but_that_of_the_lake_share_one_asset(template: Template) -> None:
    functions = of_type(template, "AWS::Lambda::Function").items()
    code = {name: each["Properties"]["Code"]["S3Key"] for name, each in functions}
    assert len({key for name, key in code.items() if "KeepLake" not in name}) == 1


def test_log_groups_forget(template: Template) -> None:
    groups = of_type(template, "AWS::Logs::LogGroup")
    assert {each["Properties"]["RetentionInDays"] for each in groups.values()} == {90}
    assert len(groups) == len(of_type(template, "AWS::Lambda::Function")) + len(
        of_type(template, "AWS::ApiGatewayV2::Stage")
    )


@pytest.mark.parametrize(
    ("construct", "function"), [("Sweep", "TendArchive"), ("Erasing", "EraseData")], ids=str
)
def test_what_is_due_is_looked_for_every_15_minutes(
    template: Template, construct: str, function: str
) -> None:
    schedule = properties(template, "AWS::Events::Rule", construct)
    assert schedule["ScheduleExpression"] == "rate(15 minutes)"
    (target,) = schedule["Targets"]
    invoked = one(template, "AWS::Lambda::Function", function)[0]
    assert list(references(target["Arn"])) == [invoked]
    permission = properties(template, "AWS::Lambda::Permission", f"{construct}Schedule")
    assert list(references(permission["FunctionName"])) == [invoked]


# DNS


def test_every_dns_record_to_create_is_an_output(template: Template) -> None:
    records = [text(each["Value"]) for name, each in template["Outputs"].items() if name.startswith("Dns")]
    identity = one(template, "AWS::SES::EmailIdentity")[0]
    assert records == [
        *(f"<{identity}.DkimDNSTokenName{n}> CNAME <{identity}.DkimDNSTokenValue{n}>" for n in (1, 2, 3)),
        "relay.example.com MX 10 inbound-smtp.eu-west-1.amazonaws.com",
        "bounce.relay.example.com MX 10 feedback-smtp.eu-west-1.amazonses.com",
        'bounce.relay.example.com TXT "v=spf1 include:amazonses.com ~all"',
        '_dmarc.relay.example.com TXT "v=DMARC1; p=reject; adkim=r; aspf=r"',
    ]
