"""erase_data: the only role that may delete what is archived, and no person has it.

A privacy officer may ask the function (lambda:InvokeFunction) and reaches no mail: docs/privacy.md.
"""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.acknowledgements import acknowledge, acknowledge_objects
from infra.configuration import Configuration
from infra.functions import Function
from infra.storage import ACCESSES_PREFIX, ERASABLE_PREFIXES, INBOX_PREFIX, REVIEW_PREFIXES, Storage
from parley.lake.tables import ERASURES
from parley.settings import ErasureSettings
from parley.stores.keys import BY_AUTHOR, BY_BUYER, BY_SELLER

# How soon an erasure goes on, and how soon a day's round of retention that was too long for one run.
_EVERY = cdk.Duration.minutes(15)
# It works through conversations for as long as Lambda allows, and goes on the next time.
_TIMEOUT_SECONDS = 900
_MEMORY_MB = 512
_EXPORTS_PREFIX = "exports/"
_ERASURES_PREFIX = "erasures/"

_DELETE = ["s3:DeleteObject", "s3:DeleteObjectVersion"]


class Erasing(Construct):
    """`erase_data`, run every 15 minutes, and by whoever may ask it to erase a party."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        code: lambda_.Code,
        key: kms.Key,
        storage: Storage,
        table: dynamodb.Table,
        secret: secretsmanager.Secret,
        configuration: Configuration,
    ) -> None:
        super().__init__(scope, id)
        self.erase_data = Function(
            self,
            "EraseData",
            package="erase_data",
            code=code,
            key=key,
            log_days=configuration.log_days,
            environment=ErasureSettings.variables(
                table=table.table_name,
                inbox_bucket=storage.inbox.bucket_name,
                inbox_prefix=INBOX_PREFIX,
                archive_bucket=storage.archive.bucket_name,
                review_bucket=storage.review.bucket_name,
                mailbox_key_secret=secret.secret_arn,
                retention_days=configuration.retention_days,
                claim_window_days=configuration.claim_window_days,
                inbox_days=configuration.inbox_days,
                access_log_days=configuration.access_log_days,
                log_days=configuration.log_days,
            ),
            timeout_seconds=_TIMEOUT_SECONDS,
            memory_mb=_MEMORY_MB,
        )
        self._let_record(table=table, key=key, secret=secret)
        self._let_delete(storage)
        self._let_unsuppress()
        events.Rule(
            self,
            "Schedule",
            schedule=events.Schedule.rate(_EVERY),
            targets=[
                targets.LambdaFunction(self.erase_data.function, retry_attempts=2, max_event_age=_EVERY)
            ],
        )

    def _let_record(self, *, table: dynamodb.Table, key: kms.Key, secret: secretsmanager.Secret) -> None:
        allow = self.erase_data.allow
        # A transaction is authorised by the actions it is made of.
        reads = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"]
        writes = ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        allow([*reads, *writes], [table.table_arn])
        allow(
            ["dynamodb:Query"],
            [f"{table.table_arn}/index/{name}" for name in (BY_AUTHOR, BY_BUYER, BY_SELLER)],
        )
        # Which conversations there are, by their keys: the round of retention looks at each.
        allow(["dynamodb:Scan"], [f"{table.table_arn}/index/{BY_SELLER}"])
        allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.key_arn])
        allow(["secretsmanager:GetSecretValue"], [secret.secret_arn])

    def _let_delete(self, storage: Storage) -> None:
        """It deletes and reads no mail. Entries and checkpoints are out of its reach."""
        archive, review, inbox = storage.archive, storage.review, storage.inbox
        self._reach(archive, ERASABLE_PREFIXES, [*_DELETE, "s3:BypassGovernanceRetention"])
        self._reach(review, (*REVIEW_PREFIXES, _EXPORTS_PREFIX), _DELETE)
        self._reach(inbox, (INBOX_PREFIX,), _DELETE)
        # Of the lake it asks only: keep_lake takes the rows out.
        self._reach(review, (ACCESSES_PREFIX, _ERASURES_PREFIX, ERASURES), ["s3:PutObject"])
        for bucket, prefixes in (
            (archive, ERASABLE_PREFIXES),
            (review, (*REVIEW_PREFIXES, _EXPORTS_PREFIX, ERASURES)),
            (inbox, (INBOX_PREFIX,)),
        ):
            listed = {"StringLike": {"s3:prefix": [f"{prefix}*" for prefix in prefixes]}}
            self.erase_data.allow(["s3:ListBucketVersions"], [bucket.bucket_arn], listed)

    def _reach(self, bucket: s3.Bucket, prefixes: tuple[str, ...], actions: list[str]) -> None:
        self.erase_data.allow(actions, [bucket.arn_for_objects(f"{prefix}*") for prefix in prefixes])
        for prefix in prefixes:
            acknowledge_objects(
                self.erase_data.role,
                bucket=bucket,
                prefix=prefix,
                reason="Any conversation may be the one whose time is over.",
            )

    def _let_unsuppress(self) -> None:
        self.erase_data.allow(["ses:DeleteSuppressedDestination"], ["*"])
        acknowledge(
            self.erase_data.role,
            rules=["AwsSolutions-IAM5[Resource::*]"],
            reason="The suppression list is one of the account: its actions take no resource.",
        )
