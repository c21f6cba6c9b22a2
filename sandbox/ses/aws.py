"""The ports on AWS clients, whose endpoint is the emulator's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient

    from sandbox.ses.ports import Publish, PutObject


def object_store(client: S3Client) -> PutObject:
    def put_object(*, bucket: str, key: str, body: bytes) -> None:
        client.put_object(Bucket=bucket, Key=key, Body=body)

    return put_object


def publisher(client: SNSClient) -> Publish:
    def publish(*, topic: str, subject: str, message: str) -> None:
        client.publish(TopicArn=topic, Subject=subject, Message=message)

    return publish
