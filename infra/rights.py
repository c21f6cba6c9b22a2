"""What each kind of person may do, as statements of IAM. What is not here none of them may do.

None of them writes to a bucket, but for what Athena finds in their name, or deletes from one, or reaches the
inbox and the table, which hold the same mail and people without a record of who read it. No wildcard stands
for an action.

`*` in a resource spans slashes. Where things lie tells `parley.archive.keys`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from admin_api.description import OPERATIONS
from infra.catalogue import WORKGROUPS, results_prefix
from infra.lake import Lake
from infra.storage import (
    ACCESSES_PREFIX,
    ARCHIVE_PREFIXES,
    CONTENTS_PREFIX,
    MAILS_PREFIX,
    PROOF_PREFIXES,
    REVIEW_PREFIXES,
    Storage,
)
from infra.trail import Trail
from parley.lake.tables import BY_CONVERSATION, DELIVERY_EVENTS, ERRORS, MESSAGES, REVIEWER_ACTIONS, Table
from parley.lake.views import VIEWS

ERASURES_PREFIX = "erasures/"
# Not `relayed.eml`, whose To names the recipient's mailbox, and not what reviewers wrote, which may name any;
# the transcript shows both without.
MASKED = (
    f"{CONTENTS_PREFIX}*",
    f"{MAILS_PREFIX}*/attachments/*",
    *(f"{each}*" for each in PROOF_PREFIXES),
)
REVIEWING = (
    *("list_conversations", "get_conversation", "get_history", "list_held"),
    *("add_note", "place_hold", "lift_hold", "record_read"),
)
DECIDING = (
    *REVIEWING,
    *("get_party", "record_party_read"),
    *("release_message", "refuse_message", "record_export"),
    *("release_loose_message", "refuse_loose_message"),
)
_ROUTES = {each.id: (each.method, re.sub(r"\{\w+\}", "*", each.path)) for each in OPERATIONS}
_FILES = ("s3:GetObject",)
REVIEWERS_ASK, AUDITORS_ASK = WORKGROUPS
_ATHENA = (
    *("athena:StartQueryExecution", "athena:StopQueryExecution"),
    *("athena:GetQueryExecution", "athena:GetQueryResults", "athena:GetWorkGroup"),
    *("athena:ListNamedQueries", "athena:GetNamedQuery", "athena:BatchGetNamedQuery"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What there is to be read or erased. trail: None if there is none."""

    key: kms.IKey
    signing_key: kms.IKey
    export_key: kms.IKey
    storage: Storage
    erase_data: lambda_.IFunction
    api: apigateway.HttpApi
    lake: Lake
    trail: Trail | None


def reviewer(holdings: Holdings) -> list[iam.PolicyStatement]:
    """Masked transcripts, entries and queries; notes and holds."""
    return [
        *_reading(holdings, MASKED),
        *_calling(holdings, REVIEWING),
        *_asking_of_mail(holdings),
        _allow(["kms:GetPublicKey"], [holdings.signing_key.key_arn]),
    ]


def senior_reviewer(holdings: Holdings) -> list[iam.PolicyStatement]:
    """What a reviewer may, originals, decisions on held mail, and signing an export."""
    as_the_command_signs = {
        "StringEquals": {"kms:SigningAlgorithm": "ECDSA_SHA_256", "kms:MessageType": "DIGEST"}
    }
    return [
        *_reading(holdings, [f"{prefix}*" for prefix in ARCHIVE_PREFIXES]),
        *_calling(holdings, DECIDING),
        *_asking_of_mail(holdings),
        _allow(["kms:GetPublicKey"], [holdings.signing_key.key_arn, holdings.export_key.key_arn]),
        _allow(["kms:Sign"], [holdings.export_key.key_arn], as_the_command_signs),
    ]


def privacy_officer(holdings: Holdings) -> list[iam.PolicyStatement]:
    """Asks `erase_data`, which alone may delete, and reads its certificates; reads no mail and no mailbox."""
    review = holdings.storage.review
    prefixes = {"StringLike": {"s3:prefix": f"{ERASURES_PREFIX}*"}}
    return [
        _allow(["lambda:InvokeFunction"], [holdings.erase_data.function_arn]),
        _allow(_FILES, [review.arn_for_objects(f"{ERASURES_PREFIX}*")]),
        _allow(["s3:ListBucket"], [review.bucket_arn], prefixes),
        _decrypting(holdings, [review]),
    ]


def auditor(holdings: Holdings) -> list[iam.PolicyStatement]:
    """Who read what, what was erased, and which lines the lake refused; no mail."""
    storage, trail = holdings.storage, holdings.trail
    kept = (ACCESSES_PREFIX, ERASURES_PREFIX)
    asked = (REVIEWER_ACTIONS, ERRORS)
    listed = (*kept, *(table.prefix for table in asked), results_prefix(AUDITORS_ASK))
    logs = [storage.access_logs, *([trail.logs] if trail else [])]
    prefixes = {"StringLike": {"s3:prefix": [f"{prefix}*" for prefix in listed]}}
    return [
        _allow(_FILES, [storage.review.arn_for_objects(f"{prefix}*") for prefix in kept]),
        _allow(["s3:ListBucket"], [storage.review.bucket_arn], prefixes),
        *_asking(holdings, AUDITORS_ASK, asked, ()),
        _allow(_FILES, [each.arn_for_objects("*") for each in logs]),
        _allow(["s3:ListBucket"], [each.bucket_arn for each in logs]),
        _decrypting(holdings, [storage.review, *([trail.logs] if trail else [])]),
        *([_allow(["s3:GetBucketLocation"], [trail.logs.bucket_arn])] if trail else []),
        # They take no resource: who assumed which role, and, as `aws cloudtrail validate-logs` asks like for
        # the bucket's place, the keys that the trail's digests are signed with.
        _allow(["cloudtrail:DescribeTrails", "cloudtrail:ListPublicKeys", "cloudtrail:LookupEvents"], ["*"]),
    ]


def _reading(holdings: Holdings, archived: Sequence[str]) -> list[iam.PolicyStatement]:
    archive, review = holdings.storage.archive, holdings.storage.review
    return [
        # Evidence is read as it was first written: whatever hides that or was written over it is named.
        _allow([*_FILES, "s3:GetObjectVersion"], [archive.arn_for_objects(each) for each in archived]),
        _allow(["s3:ListBucketVersions"], [archive.bucket_arn]),
        _allow(_FILES, [review.arn_for_objects(f"{prefix}*") for prefix in REVIEW_PREFIXES]),
        # Not by prefix: S3 would then say AccessDenied of an object that is missing, and verification could
        # not tell the two apart. The names hold ids, times and the names of attachments.
        _allow(["s3:ListBucket"], [archive.bucket_arn, review.bucket_arn]),
        _decrypting(holdings, [archive, review]),
    ]


def _asking_of_mail(holdings: Holdings) -> list[iam.PolicyStatement]:
    return [
        *_asking(holdings, REVIEWERS_ASK, (MESSAGES, DELIVERY_EVENTS), (*BY_CONVERSATION,)),
        # Athena asks it of every bucket that a table lies in; contents and entries lie in this one.
        _allow(["s3:GetBucketLocation"], [holdings.storage.archive.bucket_arn]),
        # Before they ask: rows wait for an hour at most otherwise. It takes no input, and does nothing twice.
        _allow(["lambda:InvokeFunction"], [holdings.lake.keep_lake.function.function_arn]),
    ]


def _asking(
    holdings: Holdings, workgroup: str, tables: Sequence[Table], others: Sequence[str]
) -> list[iam.PolicyStatement]:
    """Queries in the workgroup over these tables. Athena reads the files, and writes what it found, in the
    name of who asks, of a view those of its table. others: tables whose files they may read anyway."""
    catalogue, review = holdings.lake.catalogue, holdings.storage.review
    stack = cdk.Stack.of(holdings.key)
    asked = stack.format_arn(
        service="athena", resource="workgroup", resource_name=catalogue.workgroups[workgroup]
    )
    results = review.arn_for_objects(f"{results_prefix(workgroup)}*")
    through_s3 = {
        "StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"},
        "StringLike": {
            "kms:EncryptionContext:aws:s3:arn": [review.bucket_arn, results],
        },
    }
    return [
        _allow(_ATHENA, [asked]),
        *_looking_up(
            holdings,
            [*(table.name for table in tables), *others],
            [view.name for view in VIEWS.values() if view.table in tables],
        ),
        _allow(_FILES, [review.arn_for_objects(f"{table.prefix}*") for table in tables]),
        _allow(["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"], [results]),
        _allow(["s3:GetBucketLocation"], [review.bucket_arn]),
        _allow(["kms:GenerateDataKey"], [holdings.key.key_arn], through_s3),
    ]


def _looking_up(holdings: Holdings, tables: Sequence[str], views: Sequence[str]) -> list[iam.PolicyStatement]:
    """What the catalogue tells of these. Glue asks for it and the database as well; a view has no
    partitions. Each resource stands once: a role's own policy has 10 KB, and what CDK reckons to be more it
    moves to a managed one."""
    stack, database = cdk.Stack.of(holdings.key), holdings.lake.catalogue.database
    above = [
        stack.format_arn(service="glue", resource="catalog"),
        stack.format_arn(service="glue", resource="database", resource_name=database),
    ]
    read, viewed = (
        [
            stack.format_arn(service="glue", resource="table", resource_name=f"{database}/{name}")
            for name in names
        ]
        for names in (tables, views)
    )
    looked_up = ["glue:GetTable", "glue:GetTables"]
    return [
        _allow(["glue:GetDatabase", *looked_up, "glue:GetPartitions"], above),
        _allow([*looked_up, "glue:GetPartitions"], read),
        *([_allow(looked_up, viewed)] if viewed else []),
    ]


def _calling(holdings: Holdings, operations: Sequence[str]) -> list[iam.PolicyStatement]:
    routes = sorted({_ROUTES[each] for each in operations})
    arns = [
        holdings.api.arn_for_execute_api(method=method, path=path, stage="$default")
        for method, path in routes
    ]
    return [_allow(["execute-api:Invoke"], arns)]


def _decrypting(holdings: Holdings, buckets: Sequence[s3.IBucket]) -> iam.PolicyStatement:
    """Objects of these buckets, by way of S3. With a bucket key the context is the bucket's ARN; CloudTrail
    encrypts with that of the object."""
    contexts = [each.bucket_arn for each in buckets] + [each.arn_for_objects("*") for each in buckets]
    through_s3 = {
        "StringEquals": {"kms:ViaService": f"s3.{cdk.Stack.of(holdings.key).region}.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": contexts},
    }
    return _allow(["kms:Decrypt"], [holdings.key.key_arn], through_s3)


def _allow(
    actions: Sequence[str], resources: Sequence[str], conditions: Mapping[str, object] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=list(actions), resources=list(resources), conditions=conditions)
