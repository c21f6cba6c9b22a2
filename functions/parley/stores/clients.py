"""The one place that makes AWS clients: which timeouts they have and how often they try.

Low-level clients only: the resource interface costs 90 ms of a cold start. A client is made when it is first
asked for. Adapters that every mail needs ask when they are wired, and pay for it in the cold start; those of
queue and secret are given a function instead, and ask when they make their first call.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

CONNECT_TIMEOUT_SECONDS = 3
SMALL_ANSWER_SECONDS = 6
"""A table, queue or secret answers in milliseconds; longer means that the answer is lost."""
OBJECT_SECONDS = 25
OBJECTS_AT_ONCE = 32
"""Connections that are kept: `parley.archiving.ahead` reads eight objects of four conversations at once."""
SEND_SECONDS = 60
"""Between two octets of a submission. SES throttles above 10 MB, and a mail of 40 MB is answered late."""


class Clients:
    """The clients of one process. Safe to share between threads once made.

    region: None for that of the environment (Lambda sets AWS_DEFAULT_REGION to the function's own).
    """

    def __init__(self, region: str | None = None) -> None:
        self._session = boto3.session.Session(region_name=region)

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        return self._session.client("dynamodb", config=_config(SMALL_ANSWER_SECONDS))

    @cached_property
    def s3(self) -> S3Client:
        return self._session.client("s3", config=_config(OBJECT_SECONDS, connections=OBJECTS_AT_ONCE))

    @cached_property
    def sesv2(self) -> SESV2Client:
        """Never tries again by itself: after an uncertain answer SES may have taken the mail."""
        return self._session.client("sesv2", config=_config(SEND_SECONDS, attempts=1))

    @cached_property
    def kms(self) -> KMSClient:
        return self._session.client("kms", config=_config(SMALL_ANSWER_SECONDS))

    @cached_property
    def sqs(self) -> SQSClient:
        return self._session.client("sqs", config=_config(SMALL_ANSWER_SECONDS))

    @cached_property
    def secretsmanager(self) -> SecretsManagerClient:
        return self._session.client("secretsmanager", config=_config(SMALL_ANSWER_SECONDS))


def _config(read_timeout: int, *, attempts: int = 4, connections: int = 10) -> Config:
    mode: Literal["standard"] = "standard"
    return Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=read_timeout,
        retries={"mode": mode, "total_max_attempts": attempts},
        max_pool_connections=connections,
        # A frozen Lambda wakes with connections that the other side has closed.
        tcp_keepalive=True,
    )
