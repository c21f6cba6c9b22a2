"""tend_archive: finds mail in the inbox whose notification never came, and queues it."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.functions import Function
from infra.storage import INBOX_PREFIX
from parley.settings import SweepSettings
from parley.stores.keys import BY_HELD

_EVERY = cdk.Duration.minutes(15)
# Up to 500 pages of names (`parley.relaying.sweep`), one after the other. botocore takes 45 ms of a whole
# processor (1,769 MB) to read a page, and 60 ms more where each of its mails is looked up: 500 take up to
# 180 s at this size, and as long again of waiting. The function ends by itself before its time is up.
_TIMEOUT_SECONDS = 900
_MEMORY_MB = 512


class Sweep(Construct):
    """`tend_archive`, run every 15 minutes."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        code: lambda_.Code,
        key: kms.Key,
        queue: sqs.Queue,
        inbox: s3.Bucket,
        table: dynamodb.Table,
        log_days: int,
    ) -> None:
        super().__init__(scope, id)
        self.tend_archive = Function(
            self,
            "TendArchive",
            package="tend_archive",
            code=code,
            key=key,
            log_days=log_days,
            environment=SweepSettings.variables(
                table=table.table_name,
                inbox_bucket=inbox.bucket_name,
                inbox_prefix=INBOX_PREFIX,
                queue_url=queue.queue_url,
            ),
            timeout_seconds=_TIMEOUT_SECONDS,
            memory_mb=_MEMORY_MB,
        )
        allow = self.tend_archive.allow
        allow(["s3:ListBucket"], [inbox.bucket_arn], {"StringLike": {"s3:prefix": f"{INBOX_PREFIX}*"}})
        allow(
            ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
            [table.table_arn],
        )
        # How long what is held has waited, by the index's keys alone.
        allow(["dynamodb:Query"], [f"{table.table_arn}/index/{BY_HELD}"])
        allow(["sqs:GetQueueAttributes", "sqs:SendMessage"], [queue.queue_arn])
        allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.key_arn])
        # A sweep that failed is not worth repeating for long: the next one comes anyway.
        events.Rule(
            self,
            "Schedule",
            schedule=events.Schedule.rate(_EVERY),
            targets=[
                targets.LambdaFunction(self.tend_archive.function, retry_attempts=2, max_event_age=_EVERY)
            ],
        )
