"""What CloudFormation's template says is said to the API in its own words."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from sandbox.emulator.completion import complete
from tests.support.resources import of_type, one


class OnMoto:
    """Clients in the place of `Local`."""

    region = "eu-west-1"

    def client(self, service: str) -> Any:
        return boto3.client(service, region_name=self.region)  # type: ignore[call-overload]


@pytest.fixture
def physical_ids(template: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Bare buckets and tables, as the emulator's CloudFormation might leave them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        s3, dynamodb = OnMoto().client("s3"), OnMoto().client("dynamodb")
        made = {one(template, "AWS::KMS::Key", "Key")[0]: "the-key"}
        for name, each in of_type(template, "AWS::S3::Bucket").items():
            made[name] = name.lower()
            s3.create_bucket(
                Bucket=name.lower(),
                CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
                ObjectLockEnabledForBucket="ObjectLockConfiguration" in each["Properties"],
            )
        for name, each in of_type(template, "AWS::DynamoDB::Table").items():
            made[name] = name
            wanted = ("AttributeDefinitions", "BillingMode", "KeySchema")
            indexes = {
                key: value for key, value in each["Properties"].items() if key == "GlobalSecondaryIndexes"
            }
            properties = {key: each["Properties"][key] for key in wanted} | indexes
            dynamodb.create_table(TableName=name, **properties)
        yield made


def test_the_archive_is_locked_encrypted_and_tidied(
    template: dict[str, Any], physical_ids: dict[str, str]
) -> None:
    local = OnMoto()
    complete(template, physical_ids, local)  # type: ignore[arg-type]  # clients are all it has of `Local`
    archive = physical_ids[one(template, "AWS::S3::Bucket", "Archive")[0]]
    s3 = local.client("s3")
    lock = s3.get_object_lock_configuration(Bucket=archive)["ObjectLockConfiguration"]
    (rule,) = s3.get_bucket_encryption(Bucket=archive)["ServerSideEncryptionConfiguration"]["Rules"]
    (lifecycle,) = s3.get_bucket_lifecycle_configuration(Bucket=archive)["Rules"]
    assert lock["Rule"]["DefaultRetention"]["Mode"] == "GOVERNANCE"
    assert rule["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": "the-key",
    }
    assert lifecycle["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_the_inbox_expires_under_its_prefix_and_has_no_lock(
    template: dict[str, Any], physical_ids: dict[str, str]
) -> None:
    local = OnMoto()
    complete(template, physical_ids, local)  # type: ignore[arg-type]
    inbox = physical_ids[one(template, "AWS::S3::Bucket", "Inbox")[0]]
    s3 = local.client("s3")
    rules = s3.get_bucket_lifecycle_configuration(Bucket=inbox)["Rules"]
    (expiry,) = [rule for rule in rules if rule["ID"] == "expire"]
    assert (expiry["Filter"]["Prefix"], expiry["Expiration"]["Days"]) == ("inbox/", 60)
    with pytest.raises(s3.exceptions.ClientError, match="ObjectLock"):
        s3.get_object_lock_configuration(Bucket=inbox)


def test_items_of_the_table_expire_and_doing_it_twice_changes_nothing(
    template: dict[str, Any], physical_ids: dict[str, str]
) -> None:
    local = OnMoto()
    for _ in range(2):
        complete(template, physical_ids, local)  # type: ignore[arg-type]
    table = physical_ids[one(template, "AWS::DynamoDB::Table")[0]]
    dynamodb = local.client("dynamodb")
    expiry = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    assert (expiry["TimeToLiveStatus"], expiry["AttributeName"]) == ("ENABLED", "expires_at")
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
