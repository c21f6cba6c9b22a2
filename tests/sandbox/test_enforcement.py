"""The emulator asks IAM: so whatever the sandbox's tests see the functions do, their own roles allow."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.stack import Sandbox

pytestmark = pytest.mark.slow
NOBODY = "nobody"


@pytest.fixture
def nobody(sandbox: Sandbox) -> Iterator[boto3.session.Session]:
    """Credentials of a user without any permission."""
    iam = sandbox.deployed.local.client("iam")
    iam.create_user(UserName=NOBODY)
    key = iam.create_access_key(UserName=NOBODY)["AccessKey"]
    yield boto3.session.Session(
        key["AccessKeyId"], key["SecretAccessKey"], region_name=sandbox.settings.region
    )
    for name in iam.list_user_policies(UserName=NOBODY)["PolicyNames"]:
        iam.delete_user_policy(UserName=NOBODY, PolicyName=name)
    iam.delete_access_key(UserName=NOBODY, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=NOBODY)


def client(session: boto3.session.Session, sandbox: Sandbox, service: str) -> Any:
    return session.client(  # type: ignore[call-overload]
        service,
        endpoint_url=sandbox.deployed.local.endpoint,
        config=Config(s3={"addressing_style": "path"}, proxies={}),
    )


def test_who_has_no_permission_gets_neither_mail_nor_record_nor_secret(
    sandbox: Sandbox, nobody: boto3.session.Session
) -> None:
    settings = sandbox.settings
    for service, ask in (
        ("s3", lambda s3: s3.list_objects_v2(Bucket=settings.archive_bucket)),
        ("dynamodb", lambda table: table.scan(TableName=settings.table)),
        ("secretsmanager", lambda own: own.get_secret_value(SecretId=settings.mailbox_key_secret)),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            ask(client(nobody, sandbox, service))


def test_who_may_do_anything_may_not_write_mail_into_the_inbox(
    sandbox: Sandbox, nobody: boto3.session.Session
) -> None:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    sandbox.deployed.local.client("iam").put_user_policy(
        UserName=NOBODY, PolicyName="everything", PolicyDocument=document
    )
    s3 = client(nobody, sandbox, "s3")
    assert "Contents" not in s3.list_objects_v2(Bucket=sandbox.settings.inbox_bucket, Prefix="forged/")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(
            Bucket=sandbox.settings.inbox_bucket, Key="inbox/forged01", Body=b"X-SES-Spam-Verdict: PASS"
        )
