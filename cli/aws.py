"""AWS as the command reaches it: clients with time-outs, made once, and shared by the checks' threads.

Every call is written `clients.<service>.<method>(…)`, which is how a test finds all of them and compares them
with `cli.permissions`.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable

    import boto3
    from mypy_boto3_athena import AthenaClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient

_CONFIG = Config(
    connect_timeout=5,
    read_timeout=15,
    retries={"mode": "standard", "total_max_attempts": 3},
    # As many objects of the archive are read at a time.
    max_pool_connections=24,
    # The digest of everything that proves something is compared anyway; this would compute another.
    response_checksum_validation="when_required",
)


def in_aws(session: boto3.Session) -> Callable[[str], Any]:
    """Connects to AWS with the session's credentials and region."""
    connect: Any = session.client  # too many overloads for a plain name
    return lambda service: connect(service, config=_CONFIG)


class Clients:
    """connect: makes the client of a service; called once for each, never by two threads at once."""

    def __init__(self, connect: Callable[[str], Any]) -> None:
        self._connect = connect
        self._made: dict[str, Any] = {}
        self._lock = threading.Lock()

    @property
    def athena(self) -> AthenaClient:
        client: AthenaClient = self._client("athena")
        return client

    @property
    def cloudformation(self) -> CloudFormationClient:
        client: CloudFormationClient = self._client("cloudformation")
        return client

    @property
    def dynamodb(self) -> DynamoDBClient:
        client: DynamoDBClient = self._client("dynamodb")
        return client

    @property
    def kms(self) -> KMSClient:
        client: KMSClient = self._client("kms")
        return client

    @property
    def functions(self) -> LambdaClient:
        client: LambdaClient = self._client("lambda")
        return client

    @property
    def s3(self) -> S3Client:
        client: S3Client = self._client("s3")
        return client

    @property
    def ses(self) -> SESClient:
        """Version 1 of the API, which alone knows receipt rules."""
        client: SESClient = self._client("ses")
        return client

    @property
    def sesv2(self) -> SESV2Client:
        client: SESV2Client = self._client("sesv2")
        return client

    @property
    def sns(self) -> SNSClient:
        client: SNSClient = self._client("sns")
        return client

    @property
    def sqs(self) -> SQSClient:
        client: SQSClient = self._client("sqs")
        return client

    @property
    def sts(self) -> STSClient:
        client: STSClient = self._client("sts")
        return client

    def _client(self, service: str) -> Any:
        with self._lock:
            if service not in self._made:
                self._made[service] = self._connect(service)
            return self._made[service]
