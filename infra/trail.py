"""Who touched archived mail, as AWS itself saw it: what the relay's own record of reads can be held against.

The two functions that every mail passes through are left out: their accesses would double what all else but
SES costs, and say nothing about people. They stand in the access logs of the buckets.
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.storage import INBOX_PREFIX, Storage

_CLOUDTRAIL = "cloudtrail.amazonaws.com"
_Fields = cloudtrail.CfnTrail.AdvancedFieldSelectorProperty


class Trail(Construct):
    """`trail`, and `logs`: the bucket of its files, which nobody can change for `days`. Then they expire."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        key: kms.Key,
        storage: Storage,
        working_on_mail: Sequence[iam.Role],
        listing_the_inbox: iam.Role,
        erasing: lambda_.IFunction,
        days: int,
    ) -> None:
        super().__init__(scope, id)
        stack = cdk.Stack.of(self)
        # By its pattern: the trail needs the policies first, so they cannot refer to it.
        self._source = {
            "ArnLike": {
                "aws:SourceArn": stack.format_arn(
                    service="cloudtrail", resource="trail", resource_name=f"{stack.stack_name}-*"
                )
            }
        }
        self.logs = self._bucket(key, storage.access_logs, days)
        self._let_write(key)
        self.trail = cloudtrail.CfnTrail(
            self,
            "Trail",
            is_logging=True,
            s3_bucket_name=self.logs.bucket_name,
            kms_key_id=key.key_arn,
            enable_log_file_validation=True,
            is_multi_region_trail=False,
            include_global_service_events=False,
            advanced_event_selectors=[
                _objects(
                    "Reads and writes of archive and review",
                    [f"{bucket.bucket_arn}/" for bucket in (storage.archive, storage.review)],
                    but=working_on_mail,
                ),
                # The same mail lies in the inbox for some weeks. SES alone writes there.
                _objects(
                    "Reads of the inbox",
                    [storage.inbox.arn_for_objects(INBOX_PREFIX)],
                    but=[*working_on_mail, listing_the_inbox],
                    reads_only=True,
                ),
                # Who is named in a request is what the requester says; who made it is what IAM says.
                _selector(
                    "Requests to erase",
                    _Fields(field="resources.type", equal_to=["AWS::Lambda::Function"]),
                    _Fields(field="resources.ARN", starts_with=[erasing.function_arn]),
                ),
            ],
        )
        # Creating a trail writes to the bucket with the key, at once.
        self.trail.node.add_dependency(self.logs, key)
        cdk.CfnOutput(self, "Bucket", value=self.logs.bucket_name, description="Bucket of the trail's files")

    def _bucket(self, key: kms.IKey, access_logs: s3.IBucket, days: int) -> s3.Bucket:
        kept = cdk.Duration.days(days)
        return s3.Bucket(
            self,
            "Logs",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            # With a bucket key CloudTrail would need kms:Decrypt to make its trail (CloudTrail User Guide,
            # "Configure AWS KMS key policies"), and its own encryption context, by which the key's policy
            # knows it, would give way to the bucket's ARN. It writes a few files an hour.
            bucket_key_enabled=False,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="trail/",
            versioned=True,
            object_lock_enabled=True,
            object_lock_default_retention=s3.ObjectLockRetention.governance(kept),
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="expire",
                    expiration=kept,
                    noncurrent_version_expiration=cdk.Duration.days(1),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
                ),
                s3.LifecycleRule(id="clear-markers", expired_object_delete_marker=True),
            ],
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )

    def _let_write(self, key: kms.Key) -> None:
        """CloudTrail User Guide: "Amazon S3 bucket policy" and "Configure AWS KMS key policies"."""
        stack, service = cdk.Stack.of(self), iam.ServicePrincipal(_CLOUDTRAIL)
        files = self.logs.arn_for_objects(f"AWSLogs/{stack.account}/*")
        for actions, resource, condition in (
            (["s3:GetBucketAcl"], self.logs.bucket_arn, {}),
            (["s3:PutObject"], files, {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}),
        ):
            self.logs.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[service],
                    actions=actions,
                    resources=[resource],
                    conditions={**self._source, **condition},
                )
            )
        trails = f"arn:{stack.partition}:cloudtrail:*:{stack.account}:trail/*"
        of_trails = {"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails}}
        for actions, condition in (
            (["kms:GenerateDataKey*"], of_trails),
            (["kms:DescribeKey"], {}),
        ):
            key.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[service],
                    actions=actions,
                    resources=["*"],
                    conditions={**self._source, **condition},
                )
            )


def _objects(
    name: str, beginnings: Sequence[str], *, but: Sequence[iam.Role], reads_only: bool = False
) -> cloudtrail.CfnTrail.AdvancedEventSelectorProperty:
    """What is done to objects whose ARNs begin so, by anyone but these roles."""
    fields = [
        _Fields(field="resources.type", equal_to=["AWS::S3::Object"]),
        _Fields(field="resources.ARN", starts_with=list(beginnings)),
        _Fields(field="userIdentity.arn", not_starts_with=[_sessions(each) for each in but]),
    ]
    if reads_only:
        fields.append(_Fields(field="readOnly", equal_to=["true"]))
    return _selector(name, *fields)


def _selector(name: str, *fields: _Fields) -> cloudtrail.CfnTrail.AdvancedEventSelectorProperty:
    """Data events that fit all the fields."""
    data = _Fields(field="eventCategory", equal_to=["Data"])
    return cloudtrail.CfnTrail.AdvancedEventSelectorProperty(name=name, field_selectors=[data, *fields])


def _sessions(role: iam.Role) -> str:
    stack = cdk.Stack.of(role)
    return f"arn:{stack.partition}:sts::{stack.account}:assumed-role/{role.role_name}/"
