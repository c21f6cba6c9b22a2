"""write_archive: follows the table's stream and writes what people and courts read."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.acknowledgements import acknowledge, acknowledge_objects
from infra.configuration import Configuration
from infra.functions import Function
from infra.queues import RETENTION
from infra.storage import (
    CONTENTS_PREFIX,
    MAILS_PREFIX,
    NOTES_PREFIX,
    PROOF_PREFIXES,
    REVIEW_PREFIXES,
    Storage,
)
from parley.conversation.messages import OUTCOMES, State
from parley.lake.tables import ARRIVALS
from parley.settings import ArchiveSettings
from parley.stores import keys

# A batch holds many conversations' changes, each of which is read as a whole, four at a time. A thousand of
# them are done in time if one takes a second; one of 200 mails takes two, read for the first time.
_TIMEOUT_SECONDS = 300
# What ten mails a second make within a window of a minute on each of the four shards of a young table: with
# the news of its delivery a mail is five changes. They are some 2 KB each, and an invocation takes 6 MB.
_BATCH = 1_000
# Lambda keeps the order of an item's changes with any factor, and that of a shard's with one alone (Lambda
# Developer Guide, "Using AWS Lambda with Amazon DynamoDB"). The messages and events of a conversation are
# items of their own: two batches of it at once could leave the older transcript, and tell the lake of a mail
# after its erasure. What can be done at once is done within a batch (`parley.archiving.ahead`).
_BATCHES_OF_A_SHARD = 1
# Most of its time it waits for S3. Four mails of 40 MB at once fit in.
_MEMORY_MB = 1024
# What fails is halved and tried again; an hour and a half of it at most, as Lambda waits between tries.
_RETRIES = 20

# Whatever ends the work on a message, a reviewer's ruling on a held one included: its transcript tells of it.
_ENDS = OUTCOMES | {State.RELEASED, State.EXPIRED}

_ENDED = lambda_.FilterCriteria.filter(
    {
        "dynamodb": {
            "NewImage": {
                "link": {"S": lambda_.FilterRule.exists()},
                "state": {"S": sorted(_ENDS)},
            }
        }
    }
)
_EVENTS = lambda_.FilterCriteria.filter(
    {"dynamodb": {"Keys": {"sk": {"S": lambda_.FilterRule.begins_with(keys.EVENT)}}}}
)


class Archiving(Construct):
    """`write_archive` and `dead_letters`: where a batch is told of that never succeeded."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        code: lambda_.Code,
        key: kms.Key,
        signing_key: kms.Key,
        storage: Storage,
        table: dynamodb.Table,
        secret: secretsmanager.Secret,
        configuration: Configuration,
    ) -> None:
        super().__init__(scope, id)
        self.write_archive = Function(
            self,
            "WriteArchive",
            package="write_archive",
            code=code,
            key=key,
            log_days=configuration.log_days,
            environment=ArchiveSettings.variables(
                table=table.table_name,
                archive_bucket=storage.archive.bucket_name,
                review_bucket=storage.review.bucket_name,
                signing_key=signing_key.key_arn,
                mailbox_key_secret=secret.secret_arn,
                relay_domain=configuration.relay_domain,
                locale=configuration.review_locale,
            ),
            timeout_seconds=_TIMEOUT_SECONDS,
            memory_mb=_MEMORY_MB,
        )
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            retention_period=RETENTION,
        )
        acknowledge(
            self.dead_letters,
            rules=["AwsSolutions-SQS3"],
            reason="This is where the stream's failures go.",
        )
        self._let_follow(table)
        self._let_file(storage)
        self.write_archive.allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.key_arn])
        self.write_archive.allow(["kms:Sign"], [signing_key.key_arn])
        # The lake tells domains by their keyed hash.
        self.write_archive.allow(["secretsmanager:GetSecretValue"], [secret.secret_arn])
        self.write_archive.allow(["sqs:SendMessage"], [self.dead_letters.queue_arn])
        self._map(table, configuration.archive_window_seconds)

    def _let_follow(self, table: dynamodb.Table) -> None:
        allow = self.write_archive.allow
        assert table.table_stream_arn is not None
        allow(
            ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
            [table.table_stream_arn],
        )
        allow(["dynamodb:BatchGetItem", "dynamodb:Query"], [table.table_arn])

    def _let_file(self, storage: Storage) -> None:
        allow = self.write_archive.allow
        archive, review = storage.archive, storage.review
        # Without it S3 answers AccessDenied where an object is missing.
        allow(["s3:ListBucket"], [archive.bucket_arn])
        self._reach(archive, (MAILS_PREFIX, *PROOF_PREFIXES), ["s3:PutObject"])
        self._reach(review, (*REVIEW_PREFIXES, ARRIVALS), ["s3:PutObject"])
        # Which entries there are it sees in a listing; it reads none, nor a checkpoint.
        self._reach(archive, (MAILS_PREFIX, CONTENTS_PREFIX, NOTES_PREFIX), ["s3:GetObject"])

    def _reach(self, bucket: s3.Bucket, prefixes: tuple[str, ...], actions: list[str]) -> None:
        self.write_archive.allow(actions, [bucket.arn_for_objects(f"{prefix}*") for prefix in prefixes])
        for prefix in prefixes:
            acknowledge_objects(
                self.write_archive.role,
                bucket=bucket,
                prefix=prefix,
                reason="Each conversation has objects of its own; the prefix is as narrow as it gets.",
            )

    def _map(self, table: dynamodb.Table, window_seconds: int) -> None:
        mapping = lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=self.write_archive.function,
            event_source_arn=table.table_stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=_BATCH,
            parallelization_factor=_BATCHES_OF_A_SHARD,
            # A mail and what SES tells of it within the window make one transcript and one checkpoint.
            max_batching_window=cdk.Duration.seconds(window_seconds),
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=_RETRIES,
            filters=[_ENDED, _EVENTS],
        )
        # Not aws_lambda_event_sources.SqsDlq: it grants actions with wildcards.
        resource = mapping.node.default_child
        assert isinstance(resource, lambda_.CfnEventSourceMapping)
        resource.destination_config = lambda_.CfnEventSourceMapping.DestinationConfigProperty(
            on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(
                destination=self.dead_letters.queue_arn
            )
        )
