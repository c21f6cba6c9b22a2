"""keep_lake: takes the rows that arrived into the Parquet of their days, and erased ones out of it."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.acknowledgements import acknowledge_objects
from infra.catalogue import Catalogue
from infra.functions import MEMORY_MB, Function
from infra.storage import ACCESSES_PREFIX, Storage
from parley.lake.tables import MALFORMED, PREFIX
from parley.settings import LakeSettings

_EVERY = cdk.Duration.hours(1)
_TIMEOUT_SECONDS = 900
_TURN_SECONDS = _TIMEOUT_SECONDS + 60
# The engine works on as many threads as there are processors; memory buys them.
_PROCESSORS = 2
_MEMORY_MB = _PROCESSORS * MEMORY_MB
# Python and what arrived need their part too. Beyond its limit the engine writes to disk.
_ENGINE_MB = _MEMORY_MB // 2
_BATCH_MB = 64
# The largest day's file is about 128 MB, twenty times as much unpacked; sorting may write all of it down.
_STORAGE_MB = 8192
_MALFORMED_DAYS = 30


class Lake(Construct):
    """`keep_lake`, run every hour and by whoever may ask for it; and `catalogue`, for Athena."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        code: lambda_.Code,
        key: kms.Key,
        storage: Storage,
        table: dynamodb.Table,
        log_days: int,
        scan_limit_mb: int,
    ) -> None:
        super().__init__(scope, id)
        self.keep_lake = Function(
            self,
            "KeepLake",
            package="keep_lake",
            code=code,
            key=key,
            log_days=log_days,
            environment=LakeSettings.variables(
                table=table.table_name,
                review_bucket=storage.review.bucket_name,
                engine_mb=_ENGINE_MB,
                engine_threads=_PROCESSORS,
                batch_mb=_BATCH_MB,
                turn_seconds=_TURN_SECONDS,
            ),
            timeout_seconds=_TIMEOUT_SECONDS,
            memory_mb=_MEMORY_MB,
        )
        resource = self.keep_lake.function.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)
        resource.ephemeral_storage = lambda_.CfnFunction.EphemeralStorageProperty(size=_STORAGE_MB)
        self._let_keep(storage, table, key)
        storage.review.add_lifecycle_rule(
            id="expire-malformed", prefix=MALFORMED, expiration=cdk.Duration.days(_MALFORMED_DAYS)
        )
        # A round that failed is made good by the next one.
        events.Rule(
            self,
            "Schedule",
            schedule=events.Schedule.rate(_EVERY),
            targets=[targets.LambdaFunction(self.keep_lake.function, retry_attempts=1, max_event_age=_EVERY)],
        )
        self.catalogue = Catalogue(self, "Catalogue", key=key, storage=storage, scan_limit_mb=scan_limit_mb)

    def _let_keep(self, storage: Storage, table: dynamodb.Table, key: kms.Key) -> None:
        """It reaches nothing but the lake and the records of reads, and of the table its own turn."""
        allow, review = self.keep_lake.allow, storage.review
        turn = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["LAKE"]}}
        allow(["dynamodb:UpdateItem"], [table.table_arn], turn)
        allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], [review.arn_for_objects(f"{PREFIX}*")])
        allow(["s3:GetObject"], [review.arn_for_objects(f"{ACCESSES_PREFIX}*")])
        listed = {"StringLike": {"s3:prefix": [f"{PREFIX}*", f"{ACCESSES_PREFIX}*"]}}
        allow(["s3:ListBucket"], [review.bucket_arn], listed)
        allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.key_arn])
        for prefix in (PREFIX, ACCESSES_PREFIX):
            acknowledge_objects(
                self.keep_lake.role,
                bucket=review,
                prefix=prefix,
                reason="Each day and read is an object of its own; the prefix is as narrow as it gets.",
            )
