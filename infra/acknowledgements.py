"""Acknowledged findings of cdk-nag, each kept beside the construct it concerns."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import IConstruct


def acknowledge(construct: IConstruct, *, reason: str, rules: list[str]) -> None:
    """Accepts the findings `rules` (such as `AwsSolutions-S1`) of `construct` for `reason`."""
    cdk.Validations.of(construct).acknowledge(*(cdk.Acknowledgment(id=rule, reason=reason) for rule in rules))


def acknowledge_objects(role: iam.Role, *, bucket: s3.Bucket, prefix: str, reason: str) -> None:
    """Accepts that `role` reaches every object under `prefix`. The finding names the bucket's logical id."""
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    logical_id = cdk.Stack.of(bucket).get_logical_id(resource)
    rule = f"AwsSolutions-IAM5[Resource::<{logical_id}.Arn>/{prefix}*]"
    acknowledge(role, rules=[rule], reason=reason)
