"""The stack's resources on moto, made from the synthesised template's own properties.

There is no second description of a table, a bucket or a queue: what the template says is what is made. What
moto cannot make, or does not need (policies, roles, log groups, rules of SES), is left out; tests/infra
asserts it on the template.
"""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3

from tests.support.resources import Resource, Template

ACCOUNT = "123456789012"


class NotMadeError(LookupError):
    """The template refers to something that this harness does not make."""


@dataclass(frozen=True, slots=True)
class Made:
    """A resource as Ref and Fn::GetAtt see it."""

    ref: str
    attributes: dict[str, str]


@functools.cache
def any_client(service: str, region: str) -> Any:
    """A client of moto. One serves all tests: making one takes longer than most tests."""
    return boto3.session.Session(region_name=region).client(service)  # type: ignore[call-overload]


class Stack:
    """Makes a template's resources when they are first asked for, and those they need before them."""

    def __init__(self, template: Template, region: str) -> None:
        self._resources: dict[str, Resource] = template["Resources"]
        self._made: dict[str, Made] = {}
        self._region = region
        self._pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Region": region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": "Parley",
        }

    def make_all(self) -> None:
        for logical_id, resource in self._resources.items():
            if resource["Type"] in _MAKERS:
                self.made(logical_id)

    def made(self, logical_id: str) -> Made:
        if logical_id not in self._made:
            resource = self._resources[logical_id]
            maker = _MAKERS.get(resource["Type"])
            if maker is None:
                raise NotMadeError(f"{logical_id} ({resource['Type']})")
            self._made[logical_id] = maker(self, logical_id, self.resolve(resource.get("Properties", {})))
        return self._made[logical_id]

    def names(self) -> dict[str, str]:
        """The logical id of what was made, by each of the names that it has."""
        return {
            name: logical_id
            for logical_id, made in self._made.items()
            for name in (made.ref, *made.attributes.values())
        }

    def references(self) -> dict[str, str]:
        """What Ref gives of what was made, by logical id."""
        return {logical_id: made.ref for logical_id, made in self._made.items()}

    def client(self, service: str) -> Any:
        return any_client(service, self._region)

    def resolve(self, value: Any) -> Any:
        """The value with its intrinsic functions evaluated."""
        match value:
            case {"Ref": str(name)}:
                return self._pseudo.get(name) or self.made(name).ref
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return self.made(name).attributes[attribute]
            case {"Fn::Join": [str(separator), [*parts]]}:
                return separator.join(str(self.resolve(part)) for part in parts)
            case dict():
                unknown = [name for name in value if name.startswith("Fn::")]
                if unknown:
                    raise NotMadeError(unknown[0])
                return {name: self.resolve(each) for name, each in value.items()}
            case list():
                return [self.resolve(each) for each in value]
        return value


Properties = dict[str, Any]


def _key(stack: Stack, name: str, properties: Properties) -> Made:
    at_creation = {each: properties[each] for each in ("KeySpec", "KeyUsage") if each in properties}
    metadata = stack.client("kms").create_key(**at_creation)["KeyMetadata"]
    return Made(metadata["KeyId"], {"Arn": metadata["Arn"], "KeyId": metadata["KeyId"]})


def _bucket(stack: Stack, name: str, properties: Properties) -> Made:
    s3 = stack.client("s3")
    bucket = name.lower()
    s3.create_bucket(
        Bucket=bucket,
        CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name},
        ObjectLockEnabledForBucket=properties.get("ObjectLockEnabled", False),
    )
    if versioning := properties.get("VersioningConfiguration"):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=versioning)
    if lock := properties.get("ObjectLockConfiguration"):
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=lock)
    rules = [
        # The one name that CloudFormation and the API spell differently.
        {"ApplyServerSideEncryptionByDefault": rule.pop("ServerSideEncryptionByDefault"), **rule}
        for rule in properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    ]
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})
    public = properties["PublicAccessBlockConfiguration"]
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=public)
    return Made(bucket, {"Arn": f"arn:aws:s3:::{bucket}"})


def _table(stack: Stack, name: str, properties: Properties) -> Made:
    dynamodb = stack.client("dynamodb")
    at_creation = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
    description = dynamodb.create_table(
        TableName=name, **{each: properties[each] for each in at_creation if each in properties}
    )["TableDescription"]
    time_to_live = properties["TimeToLiveSpecification"]
    dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=time_to_live)
    return Made(name, {"Arn": description["TableArn"]})


def _queue(stack: Stack, name: str, properties: Properties) -> Made:
    sqs = stack.client("sqs")
    attributes = {
        each: json.dumps(value) if isinstance(value, dict) else str(value)
        for each, value in properties.items()
    }
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return Made(url, {"Arn": arn, "QueueName": name})


def _topic(stack: Stack, name: str, properties: Properties) -> Made:
    arn = stack.client("sns").create_topic(Name=name)["TopicArn"]
    return Made(arn, {"TopicArn": arn, "TopicName": name})


def _subscription(stack: Stack, name: str, properties: Properties) -> Made:
    answer = stack.client("sns").subscribe(
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Endpoint=properties["Endpoint"],
        Attributes={
            # A mailbox has neither.
            name: json.dumps(properties[name])
            for name in ("RawMessageDelivery", "RedrivePolicy")
            if name in properties
        },
    )
    return Made(answer["SubscriptionArn"], {})


def _secret(stack: Stack, name: str, properties: Properties) -> Made:
    secrets = stack.client("secretsmanager")
    password = secrets.get_random_password(**properties["GenerateSecretString"])["RandomPassword"]
    arn = secrets.create_secret(Name=name, SecretString=password, KmsKeyId=properties["KmsKeyId"])["ARN"]
    return Made(arn, {"Id": arn})


def _configuration_set(stack: Stack, name: str, properties: Properties) -> Made:
    stack.client("sesv2").create_configuration_set(
        ConfigurationSetName=properties["Name"], SuppressionOptions=properties["SuppressionOptions"]
    )
    return Made(properties["Name"], {})


def _identity(stack: Stack, name: str, properties: Properties) -> Made:
    domain = properties["EmailIdentity"]
    stack.client("sesv2").create_email_identity(
        EmailIdentity=domain,
        ConfigurationSetName=properties["ConfigurationSetAttributes"]["ConfigurationSetName"],
    )
    return Made(domain, {})


_MAKERS: dict[str, Callable[[Stack, str, Properties], Made]] = {
    "AWS::KMS::Key": _key,
    "AWS::S3::Bucket": _bucket,
    "AWS::DynamoDB::Table": _table,
    "AWS::SQS::Queue": _queue,
    "AWS::SNS::Topic": _topic,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::SES::ConfigurationSet": _configuration_set,
    "AWS::SES::EmailIdentity": _identity,
}
