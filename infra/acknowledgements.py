"""Acknowledged findings of cdk-nag, each kept beside the construct it concerns."""

from collections.abc import Iterable
from typing import Any

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


def acknowledge_patterns(role: iam.Role, statements: Iterable[iam.PolicyStatement], *, reason: str) -> None:
    """Accepts every resource of the statements that is a pattern; wildcards for actions stay findings."""
    stack = cdk.Stack.of(role)
    named = {_named(stack.resolve(resource)) for each in statements for resource in each.resources}
    patterns = sorted(each for each in named if "*" in each)
    acknowledge(role, rules=[f"AwsSolutions-IAM5[Resource::{each}]" for each in patterns], reason=reason)


def _named(resource: Any) -> str:
    """A resource as the finding names it: a reference becomes <logical id> or <logical id.attribute>."""
    match resource:
        case {"Ref": str(name)}:
            return f"<{name}>"
        case {"Fn::GetAtt": [*path]}:
            return f"<{'.'.join(path)}>"
        case {"Fn::Join": [str(separator), [*parts]]}:
            return separator.join(map(_named, parts))
    return str(resource)
