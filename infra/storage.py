"""The buckets: what SES hands over, the archive, what reviewers read, and who read what."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.names import Names

INBOX_PREFIX = "inbox/"
# As parley.archive.keys lays the archive out; a test compares them.
MAILS_PREFIX = "conversations/"
CONTENTS_PREFIX = "contents/"
# What reviewers write down.
NOTES_PREFIX = "notes/"
PROOF_PREFIXES = ("entries/", "checkpoints/")
ERASABLE_PREFIXES = (MAILS_PREFIX, CONTENTS_PREFIX, NOTES_PREFIX)
ARCHIVE_PREFIXES = (*ERASABLE_PREFIXES, *PROOF_PREFIXES)
ACCESSES_PREFIX = "accesses/"
REVIEW_PREFIXES = ("transcripts/", "orders/")

_KEPT = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE


class Storage(Construct):
    """`inbox`, `archive`, `review` and `access_logs`. No bucket is deleted with the stack."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        key: kms.IKey,
        names: Names,
        inbox_days: int,
        archive_lock_days: int,
        access_log_days: int,
    ) -> None:
        super().__init__(scope, id)
        self.access_logs = self._access_logs(access_log_days)
        # SES refuses a rule that writes to a bucket with default retention: the inbox has no Object Lock.
        self.inbox = self._bucket(
            "Inbox",
            key=key,
            lifecycle_rules=[
                s3.LifecycleRule(id="expire", prefix=INBOX_PREFIX, expiration=cdk.Duration.days(inbox_days)),
                _end_unfinished_uploads(),
            ],
        )
        # Governance, never compliance: a legal claim to erasure must be possible for who holds that right.
        # No expiry here, because on a versioned bucket it would only add delete markers to held objects.
        self.archive = self._bucket(
            "Archive",
            key=key,
            versioned=True,
            object_lock_enabled=True,
            object_lock_default_retention=s3.ObjectLockRetention.governance(
                cdk.Duration.days(archive_lock_days)
            ),
            lifecycle_rules=[_end_unfinished_uploads()],
        )
        self.review = self._bucket("Review", key=key, lifecycle_rules=[_end_unfinished_uploads()])
        self._let_ses_write(names)

    def _bucket(self, id: str, *, key: kms.IKey, **properties: Any) -> s3.Bucket:
        return s3.Bucket(
            self,
            id,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            server_access_logs_bucket=self.access_logs,
            server_access_logs_prefix=f"{id.lower()}/",
            removal_policy=_KEPT,
            **properties,
        )

    def _access_logs(self, days: int) -> s3.Bucket:
        # S3 delivers access logs to buckets with its own encryption only.
        return s3.Bucket(
            self,
            "AccessLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            lifecycle_rules=[
                s3.LifecycleRule(id="expire", expiration=cdk.Duration.days(days)),
                _end_unfinished_uploads(),
            ],
            removal_policy=_KEPT,
        )

    def _let_ses_write(self, names: Names) -> None:
        self.inbox.add_to_resource_policy(
            iam.PolicyStatement(
                sid="SesWritesReceipts",
                principals=[iam.ServicePrincipal("ses.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[self.inbox.arn_for_objects(f"{INBOX_PREFIX}*")],
                conditions={
                    "StringEquals": {
                        "aws:SourceAccount": cdk.Stack.of(self).account,
                        "aws:SourceArn": names.rule_arn,
                    }
                },
            )
        )
        # What the sweep finds there is believed to bear SES's own header fields, so not even an administrator
        # may write there. AWS names the rule, which no caller can do: a request without it is not SES's, and
        # a key that is missing is not equal (IAM User Guide, "Condition operators"). It asks no more than the
        # permission above, so SES is refused by both or by neither, and says so when the rule is created.
        self.inbox.add_to_resource_policy(
            iam.PolicyStatement(
                sid="NobodyElseWritesReceipts",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:PutObject"],
                resources=[self.inbox.arn_for_objects("*")],
                conditions={"StringNotEquals": {"aws:SourceArn": names.rule_arn}},
            )
        )


def _end_unfinished_uploads() -> s3.LifecycleRule:
    return s3.LifecycleRule(
        id="end-unfinished-uploads", abort_incomplete_multipart_upload_after=cdk.Duration.days(7)
    )
