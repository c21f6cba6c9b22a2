"""Every check, in every state that it can find."""

from datetime import timedelta
from typing import Any

import pytest

from cli.checks import archiving, domain, receiving, sending, stack, working
from cli.deployment import Part
from cli.marketplace import ApiProblem, ApiUnreachableError
from tests.cli.sites import (
    EVENTS_TOPIC,
    KEY,
    NOW,
    PARTS,
    REGION,
    TOPIC,
    ZONE,
    FakeResolver,
    Refuses,
    Says,
    a_site,
    codes,
)

QUOTA = {"Max24HourSend": 50000.0, "MaxSendRate": 14.0, "SentLast24Hours": 10.0}
ACCOUNT = {
    "ProductionAccessEnabled": True,
    "SendingEnabled": True,
    "EnforcementStatus": "HEALTHY",
    "SendQuota": QUOTA,
}
IDENTITY = {
    "VerifiedForSendingStatus": True,
    "VerificationStatus": "SUCCESS",
    "FeedbackForwardingStatus": False,
    "DkimAttributes": {"SigningEnabled": True, "Status": "SUCCESS", "Tokens": ["one"]},
    "MailFromAttributes": {
        "MailFromDomain": "bounce.relay.example.com",
        "MailFromDomainStatus": "SUCCESS",
        "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
    },
}
DESTINATION: dict[str, Any] = {
    "Name": "events",
    "Enabled": True,
    "MatchingEventTypes": sorted(sending.EVENTS),
    "SnsDestination": {"TopicArn": EVENTS_TOPIC},
}
ACTION: dict[str, Any] = {"BucketName": "StorageInbox", "ObjectKeyPrefix": "inbox/", "TopicArn": TOPIC}
RULE: dict[str, Any] = {
    "Name": "Parley",
    "Enabled": True,
    "ScanEnabled": True,
    "Recipients": ["relay.example.com"],
    "Actions": [{"S3Action": ACTION}],
}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("CREATE_COMPLETE", ("ok", "stack")),
        ("UPDATE_COMPLETE", ("ok", "stack")),
        ("UPDATE_IN_PROGRESS", ("warn", "stack-changing")),
        ("UPDATE_ROLLBACK_COMPLETE", ("warn", "stack-rolled-back")),
        ("ROLLBACK_COMPLETE", ("fail", "stack-failed")),
        ("DELETE_FAILED", ("fail", "stack-failed")),
    ],
)
def test_the_state_of_the_stack_is_told(status: str, expected: tuple[str, str]) -> None:
    assert codes(stack.stack(a_site(status=status))) == [expected]


def test_a_stack_that_lacks_a_queue_is_incomplete() -> None:
    parts = {part: each for part, each in PARTS.items() if part is not Part.RECEIPTS_QUEUE}
    assert codes(stack.stack(a_site(parts=parts)))[1] == ("fail", "stack-incomplete")


def test_a_stack_in_an_existing_rule_set_is_complete_without_one_of_its_own() -> None:
    parts = {part: each for part, each in PARTS.items() if part is not Part.RULE_SET}
    assert codes(stack.stack(a_site(parts=parts))) == [("ok", "stack")]


def records(**zone: Any) -> list[tuple[str, str]]:
    return codes(domain.records(a_site(resolver=FakeResolver(**zone))))


def test_records_that_are_as_they_should_be_are_ok() -> None:
    assert records() == [
        ("ok", "dns-dkim-ok"),
        ("ok", "dns-dmarc-ok"),
        ("ok", "dns-mail-from-mx-ok"),
        ("ok", "dns-spf-ok"),
        ("ok", "dns-mx-ok"),
    ]


def test_without_any_record_each_is_missing() -> None:
    assert {code for _, code in records(zone={})} == {
        *("dns-dkim-missing", "dns-dmarc-missing", "dns-mail-from-mx-missing"),
        *("dns-spf-missing", "dns-mx-missing"),
    }


def test_a_missing_record_is_told_as_it_should_be_created() -> None:
    told = list(domain.records(a_site(resolver=FakeResolver(zone={}))))[-1]
    assert told.next == "Create it: relay.example.com MX 10 inbound-smtp.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("name", "kind", "values", "expected"),
    [
        ("relay.example.com", "MX", ("10 mail.example.com",), ("fail", "dns-mx-differs")),
        ("relay.example.com", "MX", ("1 inbound-smtp.eu-west-1.amazonaws.com",), ("ok", "dns-mx-ok")),
        ("relay.example.com", "MX", (*ZONE["relay.example.com", "MX"], "20 b"), ("fail", "dns-mx-several")),
        ("bounce.relay.example.com", "MX", ("10 a", "20 b"), ("fail", "dns-mail-from-mx-several")),
        ("bounce.relay.example.com", "MX", ("10 a",), ("fail", "dns-mail-from-mx-differs")),
        ("bounce.relay.example.com", "TXT", ("v=spf1 -all",), ("fail", "dns-spf-differs")),
        ("bounce.relay.example.com", "TXT", ("v=spf1 a", "v=spf1 b"), ("fail", "dns-spf-several")),
        ("bounce.relay.example.com", "TXT", ("something else",), ("fail", "dns-spf-missing")),
        (
            "bounce.relay.example.com",
            "TXT",
            ("something else", "v=spf1 mx include:amazonses.com -all"),
            ("ok", "dns-spf-ok"),
        ),
        ("_dmarc.relay.example.com", "TXT", ("v=DMARC1; p=none",), ("warn", "dns-dmarc-weak")),
        ("_dmarc.relay.example.com", "TXT", ("v=DMARC1; sp=reject",), ("warn", "dns-dmarc-weak")),
        ("_dmarc.relay.example.com", "TXT", ("v=DMARC1;p=REJECT",), ("ok", "dns-dmarc-ok")),
        (
            "_dmarc.relay.example.com",
            "TXT",
            ("v=DMARC1; p=reject", "v=DMARC1; p=none"),
            ("fail", "dns-dmarc-several"),
        ),
        ("one._domainkey.relay.example.com", "CNAME", ("two.example",), ("fail", "dns-dkim-differs")),
    ],
)
def test_a_record_that_is_otherwise_is_told(
    name: str, kind: str, values: tuple[str, ...], expected: tuple[str, str]
) -> None:
    assert expected in records(zone={**ZONE, (name, kind): values})


def test_name_servers_that_keep_silent_leave_one_record_unknown_and_the_others_checked() -> None:
    found = records(unanswered=frozenset({"_dmarc.relay.example.com"}))
    assert ("unknown", "dns-dmarc-unanswered") in found
    assert ("ok", "dns-mx-ok") in found


def test_records_of_a_hosted_zone_are_known_from_ses() -> None:
    told = {**IDENTITY, "DkimAttributes": {**IDENTITY["DkimAttributes"], "Tokens": ["one"]}}  # type: ignore[dict-item]
    site = a_site(Says("sesv2", "get_email_identity", told), outputs={})
    assert [status for status, _ in codes(domain.records(site))] == ["ok"] * 5


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"ProductionAccessEnabled": False}, [("fail", "ses-sandbox")]),
        ({"SendingEnabled": False}, [("fail", "ses-paused")]),
        ({"EnforcementStatus": "SHUTDOWN"}, [("fail", "ses-paused")]),
        ({"EnforcementStatus": "PROBATION"}, [("warn", "ses-probation")]),
        ({"SendQuota": {**QUOTA, "SentLast24Hours": 45000.0}}, [("warn", "ses-quota-low")]),
        ({"SendQuota": {**QUOTA, "Max24HourSend": -1.0}}, []),
    ],
)
def test_what_ses_lets_the_account_do_is_told(change: Any, expected: list[tuple[str, str]]) -> None:
    found = codes(sending.account(a_site(Says("sesv2", "get_account", {**ACCOUNT, **change}))))
    assert [each for each in found if each[0] != "ok"] == expected
    assert len(found) >= 3


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"VerifiedForSendingStatus": False}, [("fail", "ses-not-verified")]),
        (
            {"DkimAttributes": {"SigningEnabled": True, "Status": "PENDING"}},
            [("fail", "ses-dkim-not-ready")],
        ),
        (
            {"DkimAttributes": {"SigningEnabled": False, "Status": "SUCCESS"}},
            [("fail", "ses-dkim-not-ready")],
        ),
        (
            {"MailFromAttributes": {**IDENTITY["MailFromAttributes"], "MailFromDomainStatus": "FAILED"}},  # type: ignore[dict-item]
            [("warn", "ses-mail-from-not-ready")],
        ),
        ({"FeedbackForwardingStatus": True}, [("warn", "ses-feedback-forwarding")]),
    ],
)
def test_what_ses_has_seen_of_the_domain_is_told(change: Any, expected: list[tuple[str, str]]) -> None:
    found = codes(sending.identity(a_site(Says("sesv2", "get_email_identity", {**IDENTITY, **change}))))
    assert [each for each in found if each[0] != "ok"] == expected


@pytest.mark.parametrize(
    ("sends", "destinations", "expected"),
    [
        (True, [DESTINATION], [("ok", "configuration-set"), ("ok", "events")]),
        (False, [DESTINATION], [("fail", "configuration-set-paused"), ("ok", "events")]),
        (True, [], [("ok", "configuration-set"), ("fail", "events-missing")]),
        (
            True,
            [{**DESTINATION, "SnsDestination": {"TopicArn": TOPIC}}],
            [("ok", "configuration-set"), ("fail", "events-missing")],
        ),
        (
            True,
            [{**DESTINATION, "Enabled": False}],
            [("ok", "configuration-set"), ("fail", "events-disabled")],
        ),
        (
            True,
            [{**DESTINATION, "MatchingEventTypes": ["SEND"]}],
            [("ok", "configuration-set"), ("fail", "events-incomplete")],
        ),
    ],
)
def test_what_the_configuration_set_does_is_told(sends: bool, destinations: Any, expected: Any) -> None:
    site = a_site(
        Says("sesv2", "get_configuration_set", {"SendingOptions": {"SendingEnabled": sends}}),
        Says("sesv2", "get_configuration_set_event_destinations", {"EventDestinations": destinations}),
    )
    assert codes(sending.configuration_set(site)) == expected


def rules(*, active: str | None = "Parley", own: bool = True, **change: Any) -> list[tuple[str, str]]:
    told = {"Metadata": {"Name": active}, "Rules": [{**RULE, **change}]} if active else {}
    parts = {part: each for part, each in PARTS.items() if own or part is not Part.RULE_SET}
    site = a_site(Says("ses", "describe_active_receipt_rule_set", told), parts=parts)
    return codes(receiving.receipt_rule(site))


def test_the_rule_in_the_active_set_is_ok() -> None:
    assert rules() == [("ok", "rule-set-active"), ("ok", "rule")]


def test_the_rule_in_somebody_elses_active_set_is_ok_if_it_was_added_there() -> None:
    assert rules(active="others", own=False) == [("ok", "rule-set-active"), ("ok", "rule")]


@pytest.mark.parametrize(
    "circumstances",
    [{"active": None}, {"active": "others"}, {"active": "others", "own": False, "Name": "another"}],
)
def test_a_rule_set_that_is_not_active_is_told(circumstances: Any) -> None:
    assert rules(**circumstances) == [("fail", "rule-set-not-active")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"Enabled": False}, ("fail", "rule-disabled")),
        ({"Recipients": ["example.com"]}, ("fail", "rule-recipients")),
        ({"Actions": []}, ("fail", "rule-action")),
        ({"Actions": [{"S3Action": {**ACTION, "BucketName": "other"}}]}, ("fail", "rule-action")),
        ({"Actions": [{"S3Action": {**ACTION, "TopicArn": "other"}}]}, ("fail", "rule-action")),
        ({"Actions": [{"S3Action": {**ACTION, "ObjectKeyPrefix": ""}}]}, ("fail", "rule-action")),
        ({"Actions": [{"S3Action": {**ACTION, "KmsKeyArn": "key"}}]}, ("fail", "rule-encrypts")),
        ({"ScanEnabled": False}, ("warn", "rule-scan")),
    ],
)
def test_a_rule_that_was_changed_is_told(change: Any, expected: tuple[str, str]) -> None:
    assert rules(**change) == [("ok", "rule-set-active"), expected]


def test_a_rule_for_all_domains_takes_the_relays_mail() -> None:
    assert rules(Recipients=[])[1] == ("ok", "rule")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (f"arn:aws:kms:eu-west-1:123456789012:key/{KEY}", ("ok", "setup")),
        ("arn:aws:kms:eu-west-1:123456789012:key/other", ("fail", "setup-other-key")),
        (None, ("fail", "setup-other-key")),
    ],
)
def test_the_key_of_the_setup_object_is_looked_at(key: str | None, expected: tuple[str, str]) -> None:
    told = {"SSEKMSKeyId": key} if key else {}
    assert codes(receiving.setup_notification(a_site(Says("s3", "head_object", told)))) == [expected]


@pytest.mark.parametrize(("age", "expected"), [(0, ("warn", "setup-missing")), (46, ("ok", "setup-expired"))])
def test_a_setup_object_is_missed_while_it_cannot_have_expired(age: int, expected: tuple[str, str]) -> None:
    site = a_site(Refuses("s3", "head_object", "404", status=404), now=NOW + timedelta(days=age))
    assert codes(receiving.setup_notification(site)) == [expected]


def subscribed(queue: str, arn: str = "arn:aws:sns:eu-west-1:123456789012:t:1") -> dict[str, Any]:
    endpoint = f"arn:aws:sqs:eu-west-1:123456789012:{queue}"
    return {"Subscriptions": [{"SubscriptionArn": arn, "Endpoint": endpoint, "Protocol": "sqs"}]}


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (subscribed("ReceiptsQueue"), ("ok", "subscription-receipts")),
        (subscribed("ReceiptsQueue", "PendingConfirmation"), ("fail", "subscription-receipts-pending")),
        (subscribed("other"), ("fail", "subscription-receipts-missing")),
        ({"Subscriptions": []}, ("fail", "subscription-receipts-missing")),
    ],
)
def test_each_topic_is_looked_at_for_its_queue(first: Any, expected: tuple[str, str]) -> None:
    site = a_site(
        Says("sns", "list_subscriptions_by_topic", first),
        Says("sns", "list_subscriptions_by_topic", subscribed("DeliveryEventsQueue")),
    )
    assert codes(working.subscriptions(site)) == [expected, ("ok", "subscription-delivery-events")]


def depth(waiting: int, taken: int = 0) -> Says:
    attributes = {
        "ApproximateNumberOfMessages": str(waiting),
        "ApproximateNumberOfMessagesNotVisible": str(taken),
    }
    return Says("sqs", "get_queue_attributes", {"Attributes": attributes})


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (depth(0), ("ok", "queue")),
        (depth(working.WAITING), ("ok", "queue")),
        (depth(working.WAITING, 1), ("warn", "queue-deep")),
    ],
)
def test_a_deep_queue_is_worth_a_look(told: Says, expected: tuple[str, str]) -> None:
    assert codes(working.queue(a_site(told))) == [expected]


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("stuck", [depth(1), depth(0, 1)])
def test_anything_in_a_dead_letter_queue_is_a_failure(place: int, stuck: Says) -> None:
    answers = [depth(0)] * 4
    answers[place] = stuck
    (found,) = working.dead_letters(a_site(*answers))
    assert (found.status, found.code) == ("fail", "dead-letters")
    assert working.DEAD_LETTERS[place][0].value[1] in found.text


def test_empty_dead_letter_queues_are_ok() -> None:
    assert codes(working.dead_letters(a_site(*[depth(0)] * 4))) == [("ok", "no-dead-letters")]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("Enabled", ("ok", "mapping")),
        ("Creating", ("warn", "mapping-starting")),
        ("Updating", ("warn", "mapping-starting")),
        ("Disabled", ("fail", "mapping-off")),
        ("Disabling", ("fail", "mapping-off")),
    ],
)
def test_the_state_of_the_event_source_mapping_is_told(state: str, expected: tuple[str, str]) -> None:
    site = a_site(Says("lambda", "get_event_source_mapping", {"State": state}))
    assert codes(working.mapping(site)) == [expected]


@pytest.mark.parametrize(
    ("mailbox", "expected"),
    [
        ("postmaster@market.de", ("ok", "operator-mailbox")),
        ("postmaster@example.com", ("fail", "operator-mailbox-unset")),
        ("postmaster@market.example", ("fail", "operator-mailbox-unset")),
        ("", ("fail", "operator-mailbox-unset")),
    ],
)
def test_an_operators_mailbox_that_is_an_example_is_told(mailbox: str, expected: tuple[str, str]) -> None:
    environment = {"Variables": {"PARLEY_OPERATOR_MAILBOX": mailbox}}
    site = a_site(Says("lambda", "get_function_configuration", {"Environment": environment}))
    assert codes(working.operator_mailbox(site)) == [expected]


@pytest.mark.parametrize(
    ("state", "expected"),
    [("Enabled", ("ok", "key")), ("Disabled", ("fail", "key-off")), ("PendingDeletion", ("fail", "key-off"))],
)
def test_the_state_of_the_key_is_told(state: str, expected: tuple[str, str]) -> None:
    site = a_site(Says("kms", "describe_key", {"KeyMetadata": {"KeyId": KEY, "KeyState": state}}))
    assert codes(working.key(site)) == [expected]


@pytest.mark.parametrize(
    ("state", "expected"), [("Enabled", ("ok", "signing-key")), ("Disabled", ("fail", "signing-key-off"))]
)
def test_the_state_of_the_key_that_signs_is_told(state: str, expected: tuple[str, str]) -> None:
    site = a_site(Says("kms", "describe_key", {"KeyMetadata": {"KeyId": KEY, "KeyState": state}}))
    assert codes(archiving.signing_key(site)) == [expected]


STREAM = f"arn:aws:dynamodb:{REGION}:123456789012:table/Parley/stream/2026-11-20T12:00:00.000"
FOLLOWED = {"State": "Enabled", "EventSourceArn": STREAM, "LastProcessingResult": "OK"}
STREAMING = {"StreamSpecification": {"StreamEnabled": True}, "LatestStreamArn": STREAM}


@pytest.mark.parametrize(
    ("mapping", "table", "expected"),
    [
        ({}, {}, ("ok", "following")),
        ({"LastProcessingResult": "No records processed"}, {}, ("ok", "following")),
        ({"LastProcessingResult": "PROBLEM: Function call failed"}, {}, ("warn", "following-fails")),
        ({"State": "Enabling"}, {}, ("warn", "following-starting")),
        ({"State": "Disabled"}, {}, ("fail", "following-off")),
        ({}, {"StreamSpecification": {"StreamEnabled": False}}, ("fail", "stream-off")),
        ({}, {"LatestStreamArn": f"{STREAM}-later"}, ("fail", "stream-off")),
    ],
)
def test_whether_the_table_is_followed_is_told(
    mapping: dict[str, str], table: dict[str, Any], expected: tuple[str, str]
) -> None:
    site = a_site(
        Says("lambda", "get_event_source_mapping", {**FOLLOWED, **mapping}),
        Says("dynamodb", "describe_table", {"Table": {**STREAMING, **table}}),
    )
    assert codes(archiving.following(site)) == [expected]


@pytest.mark.parametrize(("told", "expected"), [(0, ("ok", "followed")), (2, ("fail", "unfollowed"))])
def test_changes_that_were_given_up_are_told(told: int, expected: tuple[str, str]) -> None:
    assert codes(archiving.unfollowed(a_site(depth(told)))) == [expected]


def test_a_key_that_will_be_deleted_is_kept_before_it_is_enabled() -> None:
    told = {"KeyMetadata": {"KeyId": KEY, "KeyState": "PendingDeletion"}}
    (found,) = working.key(a_site(Says("kms", "describe_key", told)))
    assert found.next.index("cancel-key-deletion") < found.next.index("enable-key")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("1", ("ok", "api")),
        (None, ("fail", "api-missing")),
        (ApiProblem(403, "http-403", "Forbidden"), ("fail", "api-forbidden")),
        (ApiProblem(500, "failed", "It failed here."), ("fail", "api-failing")),
        (ApiUnreachableError("ReadTimeoutError"), ("fail", "api-unreachable")),
    ],
)
def test_what_the_api_answers_is_told(answer: Any, expected: tuple[str, str]) -> None:
    assert codes(working.api(a_site(api=answer))) == [expected]
