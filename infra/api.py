"""admin_api: the function that answers marketplace and reviewers, behind an HTTP API that only IAM opens."""

import json

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from admin_api.description import OPERATIONS
from infra.acknowledgements import acknowledge_objects
from infra.configuration import Configuration
from infra.functions import Function
from infra.storage import ACCESSES_PREFIX, NOTES_PREFIX, Storage
from parley.settings import ApiSettings
from parley.stores.keys import BY_HELD, INDEXES

# API Gateway gives up after 30 seconds.
_TIMEOUT_SECONDS = 28
_MEMORY_MB = 1024
# A new account runs ten functions at once. At a tenth of a second a request, this leaves eight for mail.
_REQUESTS_PER_SECOND = 20
_BURST = 20
# Neither paths nor callers: a session's name is often a person's mailbox.
_LOGGED = {
    "requestId": "$context.requestId",
    "time": "$context.requestTimeEpoch",
    "route": "$context.routeKey",
    "status": "$context.status",
    "error": "$context.error.responseType",
    "account": "$context.identity.accountId",
    "responseLength": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
}


class Api(Construct):
    """`admin_api` and `api`, with the routes that `functions/admin_api/openapi.json` describes."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        code: lambda_.Code,
        key: kms.Key,
        table: dynamodb.Table,
        secret: secretsmanager.Secret,
        storage: Storage,
        receipts: sqs.Queue,
        events: sqs.Queue,
        configuration: Configuration,
    ) -> None:
        super().__init__(scope, id)
        self.admin_api = Function(
            self,
            "AdminApi",
            package="admin_api",
            code=code,
            key=key,
            log_days=configuration.log_days,
            environment=ApiSettings.variables(
                table=table.table_name,
                relay_domain=configuration.relay_domain,
                mailbox_key_secret=secret.secret_arn,
                archive_bucket=storage.archive.bucket_name,
                review_bucket=storage.review.bucket_name,
                queue_url=receipts.queue_url,
                events_queue_url=events.queue_url,
            ),
            timeout_seconds=_TIMEOUT_SECONDS,
            memory_mb=_MEMORY_MB,
        )
        self._let_register(table=table, key=key, secret=secret)
        self._let_review(table=table, storage=storage)
        self.admin_api.allow(["sqs:SendMessage"], [receipts.queue_arn, events.queue_arn])
        self.api = apigateway.HttpApi(
            self,
            "HttpApi",
            api_name=cdk.Stack.of(self).stack_name,
            description="Parley: parties, conversations and their review",
            create_default_stage=False,
            default_authorizer=authorizers.HttpIamAuthorizer(),
        )
        self._add_routes()
        self._add_stage(key=key, log_days=configuration.log_days)
        cdk.CfnOutput(self, "Url", value=self.api.api_endpoint, description="Requests are signed (AWS IAM)")

    def _let_register(self, *, table: dynamodb.Table, key: kms.Key, secret: secretsmanager.Secret) -> None:
        allow = self.admin_api.allow
        # A transaction is authorised by the actions it is made of.
        writes = ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        allow(["dynamodb:BatchGetItem", "dynamodb:GetItem", *writes], [table.table_arn])
        allow(["dynamodb:Query"], [f"{table.table_arn}/index/{name}" for name in (*INDEXES, BY_HELD)])
        allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.key_arn])
        allow(["secretsmanager:GetSecretValue"], [secret.secret_arn])

    def _let_review(self, *, table: dynamodb.Table, storage: Storage) -> None:
        """It keeps what reviewers write, and reads neither that nor any mail."""
        allow = self.admin_api.allow
        allow(["dynamodb:Query"], [table.table_arn])
        kept = ((storage.archive, NOTES_PREFIX), (storage.review, ACCESSES_PREFIX))
        for bucket, prefix in kept:
            allow(["s3:PutObject"], [bucket.arn_for_objects(f"{prefix}*")])
            acknowledge_objects(
                self.admin_api.role,
                bucket=bucket,
                prefix=prefix,
                reason="Each note, decision and read is an object with a key of its own.",
            )

    def _add_routes(self) -> None:
        integration = integrations.HttpLambdaIntegration(
            "Integration", self.admin_api.function, scope_permission_to_route=False
        )
        for operation in OPERATIONS:
            self.api.add_routes(
                path=operation.path,
                methods=[apigateway.HttpMethod[operation.method]],
                integration=integration,
            )

    def _add_stage(self, *, key: kms.Key, log_days: int) -> None:
        accesses = logs.LogGroup(
            self, "AccessLogs", encryption_key=key, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        resource = accesses.node.default_child
        assert isinstance(resource, logs.CfnLogGroup)
        resource.retention_in_days = log_days
        stage = apigateway.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(rate_limit=_REQUESTS_PER_SECOND, burst_limit=_BURST),
        )
        staged = stage.node.default_child
        assert isinstance(staged, apigateway.CfnStage)
        staged.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=accesses.log_group_arn, format=json.dumps(_LOGGED)
        )
