"""Sets by API what the emulator's CloudFormation passes over, from the template's own properties.

Buckets: default encryption, Object Lock, lifecycle. Tables: expiry of items, recovery to a point in time.
Doing it twice changes nothing. What is not here either is proved on the template only.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.emulator.environment import Local

Properties = Mapping[str, Any]


def complete(template: Mapping[str, Any], physical_ids: Mapping[str, str], local: Local) -> None:
    """physical_ids: by logical id, of the deployed stack."""
    s3, dynamodb = local.client("s3"), local.client("dynamodb")

    def deployed(kind: str) -> Iterator[tuple[str, Properties]]:
        for name, resource in template["Resources"].items():
            if resource["Type"] == kind:
                yield physical_ids[name], resource["Properties"]

    for bucket, properties in deployed("AWS::S3::Bucket"):
        _complete_bucket(s3, bucket, properties, physical_ids)
    for table, properties in deployed("AWS::DynamoDB::Table"):
        _complete_table(dynamodb, table, properties)


def _complete_bucket(s3: Any, name: str, properties: Properties, physical_ids: Mapping[str, str]) -> None:
    if encryption := properties.get("BucketEncryption"):
        rules = [_encryption(each, physical_ids) for each in encryption["ServerSideEncryptionConfiguration"]]
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    if lock := properties.get("ObjectLockConfiguration"):
        s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=lock)
    if lifecycle := properties.get("LifecycleConfiguration"):
        rules = [_lifecycle(each) for each in lifecycle["Rules"]]
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})


def _encryption(rule: Properties, physical_ids: Mapping[str, str]) -> dict[str, Any]:
    """CloudFormation's rule in the words of the API."""
    default = dict(rule["ServerSideEncryptionByDefault"])
    match default.get("KMSMasterKeyID"):
        case {"Fn::GetAtt": [str(key), "Arn"]} | {"Ref": str(key)}:
            default["KMSMasterKeyID"] = physical_ids[key]
    return {
        "ApplyServerSideEncryptionByDefault": default,
        "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
    }


def _lifecycle(rule: Properties) -> dict[str, Any]:
    """CloudFormation's rule in the words of the API; of what a rule can do, what the stack's rules do."""
    said: dict[str, Any] = {
        "ID": rule["Id"],
        "Status": rule["Status"],
        "Filter": {"Prefix": rule.get("Prefix", "")},
    }
    if "ExpirationInDays" in rule:
        said["Expiration"] = {"Days": rule["ExpirationInDays"]}
    if unfinished := rule.get("AbortIncompleteMultipartUpload"):
        said["AbortIncompleteMultipartUpload"] = unfinished
    return said


def _complete_table(dynamodb: Any, name: str, properties: Properties) -> None:
    expiry = properties.get("TimeToLiveSpecification")
    told = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if expiry and told["TimeToLiveStatus"] != "ENABLED":
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=expiry)
    if recovery := properties.get("PointInTimeRecoverySpecification"):
        dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
