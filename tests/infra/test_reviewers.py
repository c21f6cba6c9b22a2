"""Who may read what: the four roles, told apart by what IAM would answer to each."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from admin_api.description import OPERATIONS
from cli.permissions import REVIEW
from parley.archive import keys
from parley.archive.records import EventKind
from parley.erasing.certificate import certificate_key
from parley.lake.views import VIEWS
from parley.reviewing.reads import access_key
from tests.support.iam import Context, may, may_assume, policy_of
from tests.support.iam_calls import Calls, Need
from tests.support.resources import Resource, Template, as_list, of_type, one
from tests.support.staffed import ANNA, AUDITOR, NAMED, OFFICER, OTTO, REVIEWER, ROLES, SENIOR, SSO
from tests.support.template import assembly
from tests.support.template import template as template_in

READERS = {REVIEWER, SENIOR}


@pytest.fixture(scope="module")
def staffed() -> Template:
    """The stack with somebody named for each role."""
    return template_in(assembly(**NAMED))


def role(template: Template, person: str) -> tuple[str, Resource]:
    return one(template, "AWS::IAM::Role", f"Reviewers{person}")


def policy(template: Template, person: str) -> list[dict[str, Any]]:
    return policy_of(template, role(template, person)[0])


def allows(
    template: Template, person: str, action: str, resource: str, context: Context | None = None
) -> bool:
    return may(policy(template, person), action, resource, context)


def arn(template: Template, kind: str, name: str) -> str:
    """name: the logical id without the CDK's hash."""
    (found,) = (each for each in of_type(template, kind) if re.fullmatch(f"{name}[0-9A-F]{{8}}", each))
    return f"<{found}.Arn>"


def bucket(template: Template, name: str) -> str:
    return arn(template, "AWS::S3::Bucket", name if name == "TrailLogs" else f"Storage{name}")


def key_of(template: Template, name: str = "Key") -> str:
    return arn(template, "AWS::KMS::Key", name)


def through(service: str, **context: str) -> dict[str, str]:
    return {"kms:ViaService": f"{service}.eu-west-1.amazonaws.com", **context}


def reading_of(template: Template, name: str, key: str) -> list[Need]:
    """What reading an object needs of its key."""
    logical_id = bucket(template, name).removeprefix("<").removesuffix(".Arn>")
    return list(Calls(template, {}).in_bucket(logical_id, key, ("kms:Decrypt",)))


def can_read(template: Template, person: str, name: str, key: str, action: str = "s3:GetObject") -> bool:
    """Whether S3 hands the object over."""
    opened = (
        allows(template, person, each.action, each.resource, each.context)
        for each in reading_of(template, name, key)
    )
    return allows(template, person, action, f"{bucket(template, name)}/{key}") and all(opened)


# Reading

AT = datetime(2026, 9, 4, 16, 12, tzinfo=UTC)
CID = "k3m5r7k2h6x4n1p8w9t0v2y4a6"


def mail(name: str, seq: int = 3, direction: str = "buyer-to-seller") -> str:
    return keys.folder(CID, seq, AT, direction, "m1") + name


def content(seq: int = 3, direction: str = "buyer-to-seller") -> str:
    return keys.content_key(mail("", seq, direction))


def event(kind: str, id_: str = "x1") -> str:
    return keys.content_key(keys.event_folder(CID, AT, kind, id_))


# Tables that reviewers ask, besides the contents.
ASKED = ("messages", "delivery_events")
# What lies where, and who may read it.
OBJECTS: list[tuple[str, str, set[str]]] = [
    ("Review", keys.transcript_key(CID), READERS),
    ("Review", keys.order_key("303-11", CID), READERS),
    ("Review", access_key(AT, "r1"), {AUDITOR}),
    ("Review", certificate_key("e1"), {OFFICER, AUDITOR}),
    ("Review", "exports/case-17/bundle.zip", set()),
    *(("Review", f"lake/{name}/day=2026-09-04/part-000.parquet", READERS) for name in ASKED),
    ("Review", "lake/reviewer_actions/day=2026-09-04/part-000.parquet", {AUDITOR}),
    ("Review", "lake/errors/day=2026-09-04/part-000.parquet", {AUDITOR}),
    ("Review", "lake/arrivals/2026-09-04/a.jsonl", set()),
    ("Review", "lake/malformed/2026-09-04/a.jsonl", set()),
    ("Review", "athena-results/reviewing/a.csv", READERS),
    ("Review", "athena-results/auditing/a.csv", {AUDITOR}),
    ("Archive", keys.entry_key(CID, 3, "m1"), READERS),
    ("Archive", keys.checkpoint_key(CID, 4, "0" * 64), READERS),
    ("Archive", keys.attachment_key(CID, "0" * 64, "invoice.pdf"), READERS),
    ("Archive", content(), READERS),
    ("Archive", content(12_345, "unproved-to-buyer"), READERS),
    ("Archive", content(999_999), READERS),
    # Its To is the recipient's own mailbox.
    ("Archive", mail(keys.RELAYED), {SENIOR}),
    ("Archive", mail(keys.ORIGINAL), {SENIOR}),
    ("Archive", mail(keys.ORIGINAL, 12_345), {SENIOR}),
    ("Archive", event(EventKind.RELEASED), READERS),
    ("Archive", keys.event_folder(CID, AT, EventKind.RELEASED, "x1") + keys.RELAYED, {SENIOR}),
    *(
        ("Archive", event(kind), {SENIOR})
        for kind in (
            *(EventKind.NOTE, EventKind.HOLD_PLACED, EventKind.HOLD_LIFTED),
            *(EventKind.RELEASE_ASKED, EventKind.REFUSED, EventKind.EXPORTED),
        )
    ),
    # The ids of notes and holds are chosen by who writes them.
    ("Archive", event(EventKind.NOTE, "note-0003_2026-09-04T161200Z_a"), {SENIOR}),
    ("Archive", event(EventKind.NOTE, "note-2026-09-04T161200Z_released_a"), {SENIOR}),
    ("Archive", event(EventKind.HOLD_PLACED, "hold-_released_buyer-to-seller_"), {SENIOR}),
    ("Archive", event(EventKind.NOTE, "attachments"), {SENIOR}),
    ("Inbox", "inbox/o8i2hkv5c4pgd7qp5s0krkh2cbpnv2gsm9kb0d01", set()),
    ("AccessLogs", "archive/2026-09-04-16-12-00-0123456789ABCDEF", {AUDITOR}),
    ("TrailLogs", "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/09/04/a.json.gz", {AUDITOR}),
]


@pytest.mark.parametrize(
    ("name", "key", "readers"), OBJECTS, ids=[f"{name}/{key}" for name, key, _ in OBJECTS]
)
def test_an_object_is_read_by_those_who_may_and_by_no_other_role(
    staffed: Template, name: str, key: str, readers: set[str]
) -> None:
    assert {person for person in ROLES if can_read(staffed, person, name, key)} == readers


@pytest.mark.parametrize(
    ("name", "key", "readers"), OBJECTS, ids=[f"{name}/{key}" for name, key, _ in OBJECTS]
)
def test_a_version_is_read_in_the_archive_by_who_reads_the_object(
    staffed: Template, name: str, key: str, readers: set[str]
) -> None:
    """Evidence is read as it was first written."""
    action = "s3:GetObjectVersion"
    found = {person for person in ROLES if can_read(staffed, person, name, key, action)}
    assert found == (readers if name == "Archive" else set())


def test_versions_are_listed_in_the_archive_alone(staffed: Template) -> None:
    names = ("Archive", "Review", "Inbox", "AccessLogs", "TrailLogs")
    listers = {
        (person, name)
        for person in ROLES
        for name in names
        if allows(staffed, person, "s3:ListBucketVersions", bucket(staffed, name))
    }
    assert listers == {(person, "Archive") for person in READERS}


@pytest.mark.parametrize("action", ["s3:GetObjectAcl", "s3:GetObjectRetention"])
def test_nobody_reads_what_stands_about_an_object(staffed: Template, action: str) -> None:
    readers = {
        person for person in ROLES for name, key, _ in OBJECTS if can_read(staffed, person, name, key, action)
    }
    assert readers == set()


LISTING = [
    ("Archive", "", READERS),
    ("Review", "transcripts/", READERS),
    ("Review", "accesses/2026/", READERS | {AUDITOR}),
    ("Review", "erasures/", READERS | {OFFICER, AUDITOR}),
    ("Inbox", "inbox/", set()),
    ("TrailLogs", "AWSLogs/", {AUDITOR}),
]


@pytest.mark.parametrize(("name", "prefix", "listers"), LISTING)
def test_names_are_listed_by_those_who_need_them(
    staffed: Template, name: str, prefix: str, listers: set[str]
) -> None:
    held, context = bucket(staffed, name), {"s3:prefix": prefix}
    assert {each for each in ROLES if allows(staffed, each, "s3:ListBucket", held, context)} == listers


@pytest.mark.parametrize("person", [REVIEWER, SENIOR])
def test_s3_tells_a_reader_of_the_archive_that_an_object_is_missing(staffed: Template, person: str) -> None:
    """It asks for the right to list, without a prefix. Else what was removed looks like what is kept back,
    and verification finds nothing wrong."""
    assert allows(staffed, person, "s3:ListBucket", bucket(staffed, "Archive"))


# The key

CONTEXT = "kms:EncryptionContext:aws:s3:arn"


@pytest.mark.parametrize(
    ("service", "encrypted", "users"),
    [
        ("s3", "Archive", READERS),
        ("s3", "Review", set(ROLES)),
        ("s3", "TrailLogs", {AUDITOR}),
        ("s3", "Inbox", set()),
        ("dynamodb", None, set()),
        ("secretsmanager", None, set()),
        ("sqs", None, set()),
        ("lambda", None, set()),
    ],
)
def test_the_key_opens_what_a_role_reads_by_way_of_its_service(
    staffed: Template, service: str, encrypted: str | None, users: set[str]
) -> None:
    key = key_of(staffed)
    context = through(service, **({CONTEXT: bucket(staffed, encrypted)} if encrypted else {}))
    assert {each for each in ROLES if allows(staffed, each, "kms:Decrypt", key, context)} == users


@pytest.mark.parametrize("person", ROLES)
def test_nobody_uses_the_key_but_through_a_service(staffed: Template, person: str) -> None:
    key, context = key_of(staffed), {CONTEXT: bucket(staffed, "Archive")}
    for action in ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom"):
        assert not allows(staffed, person, action, key, context)


AS_THE_COMMAND = {"kms:SigningAlgorithm": "ECDSA_SHA_256", "kms:MessageType": "DIGEST"}


def test_a_senior_reviewer_signs_exports_and_nobody_signs_checkpoints(staffed: Template) -> None:
    exports, checkpoints = key_of(staffed, "ExportSigningPair"), key_of(staffed, "SigningPair")
    signers = {
        (person, key)
        for person in ROLES
        for key in (exports, checkpoints)
        if allows(staffed, person, "kms:Sign", key, AS_THE_COMMAND)
    }
    assert signers == {(SENIOR, exports)}


@pytest.mark.parametrize(
    "otherwise",
    [{}, {**AS_THE_COMMAND, "kms:MessageType": "RAW"}, {**AS_THE_COMMAND, "kms:SigningAlgorithm": "X"}],
)
def test_an_export_is_signed_as_the_command_does_it(staffed: Template, otherwise: Context) -> None:
    assert not allows(staffed, SENIOR, "kms:Sign", key_of(staffed, "ExportSigningPair"), otherwise)


# Changing

WRITING = ("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention")


@pytest.mark.parametrize("person", ROLES)
def test_nobody_writes_or_deletes_an_object(staffed: Template, person: str) -> None:
    """What reviewers write goes through the API, and what is erased goes by `erase_data`. Athena writes the
    answers to a person's questions in their name."""
    targets = [f"{bucket(staffed, name)}/{key}" for name, key, _ in OBJECTS if "athena-results" not in key]
    assert not [each for each in targets for action in WRITING if allows(staffed, person, action, each)]


@pytest.mark.parametrize(("workgroup", "people"), [("reviewing", READERS), ("auditing", {AUDITOR})])
def test_answers_lie_with_those_who_asked_and_nobody_deletes_them(
    staffed: Template, workgroup: str, people: set[str]
) -> None:
    answer = f"{bucket(staffed, 'Review')}/athena-results/{workgroup}/a.csv"
    encrypting = through("s3", **{CONTEXT: bucket(staffed, "Review")})
    asked = f"arn:aws:athena:eu-west-1:<AWS::AccountId>:workgroup/Parley-{workgroup}"
    for action, resource, context in (
        ("s3:PutObject", answer, {}),
        ("athena:StartQueryExecution", asked, {}),
        ("athena:StopQueryExecution", asked, {}),
    ):
        assert {each for each in ROLES if allows(staffed, each, action, resource, context)} == people
    assert all(allows(staffed, each, "kms:GenerateDataKey", key_of(staffed), encrypting) for each in people)
    assert not [each for each in ROLES if allows(staffed, each, "s3:DeleteObject", answer)]


@pytest.mark.parametrize(
    ("table", "people"),
    [
        *((name, READERS) for name in (*ASKED, "content", *VIEWS)),
        ("reviewer_actions", {AUDITOR}),
        ("errors", {AUDITOR}),
    ],
)
def test_a_table_is_known_to_those_who_may_ask_it(staffed: Template, table: str, people: set[str]) -> None:
    resource = f"arn:aws:glue:eu-west-1:<AWS::AccountId>:table/parley_lake/{table}"
    assert {each for each in ROLES if allows(staffed, each, "glue:GetTable", resource)} == people


@pytest.mark.parametrize(("name", "people"), [("Archive", READERS), ("Review", READERS | {AUDITOR})])
def test_athena_may_ask_where_the_buckets_are_whose_tables_a_role_asks(
    staffed: Template, name: str, people: set[str]
) -> None:
    action = "s3:GetBucketLocation"
    assert {each for each in ROLES if allows(staffed, each, action, bucket(staffed, name))} == people


@pytest.mark.parametrize("person", ROLES)
def test_nobody_reaches_the_table_the_secret_and_the_queues(staffed: Template, person: str) -> None:
    services = {action.partition(":")[0] for each in policy(staffed, person) for action in each["Action"]}
    assert services <= {
        *("athena", "cloudformation", "cloudtrail", "execute-api", "glue", "kms", "lambda", "s3")
    }


def test_the_privacy_officer_alone_asks_for_an_erasure_and_reviewers_for_the_latest_rows(
    staffed: Template,
) -> None:
    functions = of_type(staffed, "AWS::Lambda::Function")
    asked = {
        (person, re.sub("Function[0-9A-F]{8}$", "", name))
        for person in ROLES
        for name in functions
        if allows(staffed, person, "lambda:InvokeFunction", f"<{name}.Arn>")
    }
    assert asked == {(OFFICER, "ErasingEraseData"), *((each, "LakeKeepLake") for each in READERS)}


# The API

CALLERS = {
    # It tells the API's version, which no command of theirs asks for.
    "get_description": set(),
    "list_conversations": READERS,
    "get_conversation": READERS,
    "get_history": READERS,
    "list_held": READERS,
    "add_note": READERS,
    "place_hold": READERS,
    "lift_hold": READERS,
    "record_read": READERS,
    "record_party_read": {SENIOR},
    "release_message": {SENIOR},
    "refuse_message": {SENIOR},
    "release_loose_message": {SENIOR},
    "refuse_loose_message": {SENIOR},
    "record_export": {SENIOR},
    # It answers with the party's mailboxes.
    "get_party": {SENIOR},
    "register_party": set(),
    "update_party": set(),
    "confirm_mailbox": set(),
    "open_conversation": set(),
    "set_status": set(),
}


@pytest.mark.parametrize("operation", OPERATIONS, ids=[each.id for each in OPERATIONS])
def test_an_operation_of_the_api_is_open_to_those_whose_work_it_is(staffed: Template, operation: Any) -> None:
    api = one(staffed, "AWS::ApiGatewayV2::Api")[0]
    path = re.sub(r"\{\w+\}", "x1", operation.path)
    stage = f"arn:aws:execute-api:eu-west-1:<AWS::AccountId>:<{api}>/$default"
    called = f"{stage}/{operation.method}{path}"
    assert {each for each in ROLES if allows(staffed, each, "execute-api:Invoke", called)} == CALLERS[
        operation.id
    ]


# In all

FINDING = {"cloudformation:DescribeStacks", "cloudformation:ListStackResources"}
ASKING = {
    *("athena:StartQueryExecution", "athena:StopQueryExecution", "athena:GetQueryExecution"),
    *("athena:GetQueryResults", "athena:GetWorkGroup", "athena:ListNamedQueries"),
    *("athena:GetNamedQuery", "athena:BatchGetNamedQuery"),
    *("glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:GetPartitions"),
    *("s3:PutObject", "s3:AbortMultipartUpload", "s3:GetBucketLocation", "kms:GenerateDataKey"),
}
READING = (
    FINDING
    | ASKING
    | {
        *("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions"),
        *("kms:Decrypt", "kms:GetPublicKey", "execute-api:Invoke", "lambda:InvokeFunction"),
    }
)
DONE = {
    REVIEWER: READING,
    SENIOR: READING | {"kms:Sign"},
    OFFICER: FINDING | {"s3:GetObject", "s3:ListBucket", "kms:Decrypt", "lambda:InvokeFunction"},
    AUDITOR: FINDING
    | ASKING
    | {"s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation", "kms:Decrypt"}
    | {"cloudtrail:DescribeTrails", "cloudtrail:ListPublicKeys", "cloudtrail:LookupEvents"},
}


# Actions that take no resource.
UNBOUND = {AUDITOR: {each for each in DONE[AUDITOR] if each.startswith("cloudtrail:")}}


@pytest.mark.parametrize("person", ROLES)
def test_a_role_has_these_actions_and_no_other(staffed: Template, person: str) -> None:
    assert {action for each in policy(staffed, person) for action in each["Action"]} == DONE[person]


@pytest.mark.parametrize("person", ROLES)
def test_a_resource_is_never_everything_but_where_an_action_takes_none(
    staffed: Template, person: str
) -> None:
    unbound = {
        action for each in policy(staffed, person) if "*" in each["Resource"] for action in each["Action"]
    }
    assert unbound == UNBOUND.get(person, set())


def test_a_senior_reviewer_may_do_what_the_commands_of_reviewers_call(staffed: Template) -> None:
    """But compare with the table, which is no part of the evidence."""
    called = {action for actions in REVIEW.values() for action in actions}
    assert called - {"dynamodb:GetItem"} <= DONE[SENIOR]


# Who may assume a role

MFA = {"aws:MultiFactorAuthPresent": "true"}
BY_ANNA = {"aws:username": "anna", "aws:userid": "AIDAEXAMPLE"}
BY_SSO = {"aws:userid": "AROAEXAMPLE:berta@marketplace.example"}


@pytest.mark.parametrize(
    ("principal", "context", "may_"),
    [
        (ANNA, {**BY_ANNA, **MFA, "sts:RoleSessionName": "anna"}, True),
        (ANNA, {**BY_ANNA, **MFA, "sts:RoleSessionName": "berta"}, False),
        (ANNA, {**BY_ANNA, "sts:RoleSessionName": "anna"}, False),
        (ANNA, {**BY_ANNA, "aws:MultiFactorAuthPresent": "false", "sts:RoleSessionName": "anna"}, False),
        (SSO, {**BY_SSO, "sts:RoleSessionName": "berta@marketplace.example"}, True),
        (SSO, {**BY_SSO, "sts:RoleSessionName": "anna"}, False),
        (SSO, {**BY_SSO, "sts:RoleSessionName": "marketplace.example"}, False),
        (OTTO, {**MFA, "aws:username": "otto", "sts:RoleSessionName": "otto"}, False),
    ],
)
def test_a_role_is_assumed_by_who_is_named_for_it_and_under_their_own_name(
    staffed: Template, principal: str, context: Context, may_: bool
) -> None:
    assert may_assume(role(staffed, REVIEWER)[1], principal, context) is may_


def test_a_source_identity_goes_along_and_cannot_be_made_up(staffed: Template) -> None:
    trusted, action = role(staffed, REVIEWER)[1], "sts:SetSourceIdentity"
    assert may_assume(trusted, SSO, {**BY_SSO, "aws:SourceIdentity": "berta"}, action)
    assert not may_assume(trusted, SSO, BY_SSO, action)
    assert not may_assume(trusted, ANNA, {**BY_ANNA, **MFA, "aws:SourceIdentity": "berta"}, action)


@pytest.mark.parametrize("person", ROLES)
def test_a_role_trusts_nobody_who_is_not_named_and_lasts_an_hour(staffed: Template, person: str) -> None:
    properties = role(staffed, person)[1]["Properties"]
    principals = [each["Principal"] for each in properties["AssumeRolePolicyDocument"]["Statement"]]
    assert all(each.keys() == {"AWS"} for each in principals)
    trusted = {name for each in principals for name in as_list(each["AWS"])}
    key = f"parley:{re.sub('(?<!^)(?=[A-Z])', '-', person).lower()}-principals"
    assert trusted == set(NAMED[key])
    assert properties["MaxSessionDuration"] == 3600
    assert "ManagedPolicyArns" not in properties


def test_the_roles_are_outputs(staffed: Template) -> None:
    outputs = [name for name in staffed["Outputs"] if name.startswith("Reviewers")]
    assert sorted(re.sub("Arn[0-9A-F]{8}$", "", name) for name in outputs) == sorted(
        f"Reviewers{person}" for person in ROLES
    )


def test_without_a_name_there_is_no_role(template: Template) -> None:
    assert not [each for each in of_type(template, "AWS::IAM::Role") if each.startswith("Reviewers")]


def test_a_second_factor_can_be_left_to_another_proof() -> None:
    without = template_in(assembly(**NAMED, **{"parley:require-mfa": False}))
    trusted = role(without, REVIEWER)[1]
    assert may_assume(trusted, ANNA, {**BY_ANNA, "sts:RoleSessionName": "anna"})
    assert not may_assume(trusted, ANNA, {**BY_ANNA, "sts:RoleSessionName": "berta"})
