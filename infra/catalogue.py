"""What Athena needs for questions: a Glue database with the lake's tables, workgroups, the named queries.

No crawler: the days of a table are projected, and so is the one conversation whose contents or entries are
asked for. Views lie in the database beside the tables.
"""

import aws_cdk as cdk
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.storage import Storage
from infra.views import view_input
from parley.lake.catalogue import QUERIES
from parley.lake.tables import (
    BY_CONVERSATION,
    ERRORS,
    FIRST_DAY,
    TABLES,
    Column,
    ConversationTable,
    Table,
)
from parley.lake.views import VIEWS, View

REVIEWING, AUDITING = "reviewing", "auditing"
WORKGROUPS = (REVIEWING, AUDITING)
RESULTS_PREFIX = "athena-results/"
# Results may hold text that people wrote; whoever erases it need not look for copies that are older.
RESULT_DAYS = 7
_MEGABYTE = 1_000_000
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet"
_TEXT = "org.apache.hadoop"


class Catalogue(Construct):
    """`database`: its name. `workgroups`: their names by who asks there. A workgroup's results lie under a
    prefix of its own, because what auditors learn is not for those whom they audit."""

    def __init__(
        self, scope: Construct, id: str, *, key: kms.IKey, storage: Storage, scan_limit_mb: int
    ) -> None:
        super().__init__(scope, id)
        stack = cdk.Stack.of(self)
        self.database = f"{stack.stack_name.lower().replace('-', '_')}_lake"
        self._database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=stack.account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=self.database, description="Parley: what reviewers and auditors ask questions of"
            ),
        )
        for table in (*TABLES.values(), ERRORS):
            self._by_day(table, storage.review)
        for kept in BY_CONVERSATION.values():
            self._by_conversation(kept, storage.archive)
        for view in VIEWS.values():
            self._view(view)
        self.workgroups = {name: f"{stack.stack_name}-{name}" for name in WORKGROUPS}
        made = {name: self._workgroup(name, key, storage.review, scan_limit_mb) for name in WORKGROUPS}
        self._name_queries(made)
        storage.review.add_lifecycle_rule(
            id="expire-results", prefix=RESULTS_PREFIX, expiration=cdk.Duration.days(RESULT_DAYS)
        )
        # In the stack's own scope: the outputs have these names, without the path of this construct.
        cdk.CfnOutput(stack, "LakeDatabase", value=self.database, description="The lake's Glue database")
        for name, workgroup in made.items():
            cdk.CfnOutput(
                stack,
                f"{name.capitalize()}Workgroup",
                value=workgroup.name,
                description=f"The Athena workgroup for {name}",
            )

    def _by_day(self, table: Table, bucket: s3.IBucket) -> None:
        self._table(
            table.name,
            description=table.says,
            columns=table.columns,
            location=f"s3://{bucket.bucket_name}/{table.prefix}",
            partition=("day", "the day of the column at (UTC), such as 2026-09-04"),
            formats=(
                f"{_PARQUET}.MapredParquetInputFormat",
                f"{_PARQUET}.MapredParquetOutputFormat",
                f"{_PARQUET}.serde.ParquetHiveSerDe",
            ),
            parameters={
                "classification": "parquet",
                "projection.day.type": "date",
                "projection.day.format": "yyyy-MM-dd",
                "projection.day.range": f"{FIRST_DAY.isoformat()},NOW",
                "storage.location.template": f"s3://{bucket.bucket_name}/{table.prefix}day=${{day}}/",
            },
        )

    def _by_conversation(self, table: ConversationTable, bucket: s3.IBucket) -> None:
        prefix = f"s3://{bucket.bucket_name}/{table.prefix}"
        self._table(
            table.name,
            description=table.says,
            columns=table.columns,
            location=prefix,
            partition=("conversation_id", "which one: every query names it by ="),
            formats=(
                f"{_TEXT}.mapred.TextInputFormat",
                f"{_TEXT}.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                "org.openx.data.jsonserde.JsonSerDe",
            ),
            parameters={
                "classification": "json",
                "projection.conversation_id.type": "injected",
                "storage.location.template": f"{prefix}${{conversation_id}}/",
            },
            # One object that is no JSON must not keep all others from being read.
            reading={"ignore.malformed.json": "true"},
        )

    def _view(self, view: View) -> None:
        glue.CfnTable(
            self,
            f"{view.name.capitalize()}View",
            catalog_id=cdk.Stack.of(self).account,
            database_name=self.database,
            table_input=view_input(view, self.database),
        ).add_dependency(self._database)

    def _table(
        self,
        name: str,
        *,
        description: str,
        columns: tuple[Column, ...],
        location: str,
        partition: tuple[str, str],
        formats: tuple[str, str, str],
        parameters: dict[str, str],
        reading: dict[str, str] | None = None,
    ) -> None:
        reads, writes, serde = formats
        made = glue.CfnTable(
            self,
            f"{name.title().replace('_', '')}Table",
            catalog_id=cdk.Stack.of(self).account,
            database_name=self.database,
            table_input=glue.CfnTable.TableInputProperty(
                name=name,
                description=description,
                table_type="EXTERNAL_TABLE",
                parameters={"EXTERNAL": "TRUE", "projection.enabled": "true", **parameters},
                partition_keys=[
                    glue.CfnTable.ColumnProperty(name=partition[0], type="string", comment=partition[1])
                ],
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=[
                        glue.CfnTable.ColumnProperty(name=each.name, type=each.type, comment=each.says)
                        for each in columns
                    ],
                    location=location,
                    input_format=reads,
                    output_format=writes,
                    serde_info=glue.CfnTable.SerdeInfoProperty(
                        serialization_library=serde, parameters=reading
                    ),
                ),
            ),
        )
        made.add_dependency(self._database)

    def _workgroup(
        self, name: str, key: kms.IKey, bucket: s3.IBucket, scan_limit_mb: int
    ) -> athena.CfnWorkGroup:
        return athena.CfnWorkGroup(
            self,
            f"{name.capitalize()}Workgroup",
            name=self.workgroups[name],
            description=f"Parley: questions of those who are {name}",
            recursive_delete_option=True,
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                # What a client asks for instead does not count: results lie nowhere else, in no other way.
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                bytes_scanned_cutoff_per_query=scan_limit_mb * _MEGABYTE,
                requester_pays_enabled=False,
                engine_version=athena.CfnWorkGroup.EngineVersionProperty(
                    selected_engine_version="Athena engine version 3"
                ),
                result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                    output_location=f"s3://{bucket.bucket_name}/{results_prefix(name)}",
                    expected_bucket_owner=cdk.Stack.of(self).account,
                    encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                        encryption_option="SSE_KMS", kms_key=key.key_arn
                    ),
                ),
            ),
        )

    def _name_queries(self, workgroups: dict[str, athena.CfnWorkGroup]) -> None:
        for query in QUERIES.values():
            named = athena.CfnNamedQuery(
                self,
                f"Query{query.name.title().replace('-', '')}",
                name=query.name,
                description=query.title,
                database=self.database,
                query_string=query.sql_for_athena,
                work_group=self.workgroups[query.workgroup],
            )
            named.add_dependency(workgroups[query.workgroup])


def results_prefix(workgroup: str) -> str:
    """Where the results of a workgroup lie in the review bucket. workgroup: who asks there."""
    return f"{RESULTS_PREFIX}{workgroup}/"
