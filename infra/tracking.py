"""track_delivery: the function that records what becomes of sent mail, fed by the queue of its events."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.acknowledgements import acknowledge
from infra.configuration import Configuration
from infra.functions import Function
from infra.identity import Identity
from infra.names import Names
from infra.timing import EVENT_SECONDS
from parley.relaying.notices import NOTICE_LOCAL_PART
from parley.settings import TrackingSettings

# An event is two calls and a few milliseconds of work, and touches no mail.
_MEMORY_MB = 512
_BATCH = 10
# Mail comes first: a new account runs ten functions at once. SQS wants two at least.
_CONCURRENCY = 2


class Tracking(Construct):
    """`track_delivery`. It reads no mail and reaches no bucket. Up to `_BATCH` events an invocation: each is
    worked on, and fails, on its own."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        code: lambda_.Code,
        key: kms.Key,
        queue: sqs.Queue,
        dead_letters: sqs.Queue,
        table: dynamodb.Table,
        secret: secretsmanager.Secret,
        identity: Identity,
        names: Names,
        configuration: Configuration,
    ) -> None:
        super().__init__(scope, id)
        self.track_delivery = Function(
            self,
            "TrackDelivery",
            package="track_delivery",
            code=code,
            key=key,
            log_days=configuration.log_days,
            environment=TrackingSettings.variables(
                table=table.table_name,
                relay_domain=configuration.relay_domain,
                marketplace_name=configuration.marketplace_name,
                region=configuration.region,
                configuration_set=names.configuration_set,
                mailbox_key_secret=secret.secret_arn,
                complaints=configuration.complaints,
                queue_url=queue.queue_url,
                dead_letters_url=dead_letters.queue_url,
                event_seconds=EVENT_SECONDS,
            ),
            memory_mb=_MEMORY_MB,
        )
        allow = self.track_delivery.allow
        allow(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], [queue.queue_arn])
        # What failed is put off, or given up, by the function itself.
        allow(["sqs:ChangeMessageVisibility"], [queue.queue_arn])
        allow(["sqs:SendMessage"], [dead_letters.queue_arn])
        # A transaction is authorised by the actions it is made of.
        allow(
            ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"],
            [table.table_arn],
        )
        allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.key_arn])
        allow(["secretsmanager:GetSecretValue"], [secret.secret_arn])
        self._let_send(identity, names, configuration.relay_domain)
        lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=self.track_delivery.function,
            event_source_arn=queue.queue_arn,
            batch_size=_BATCH,
            report_batch_item_failures=True,
            max_concurrency=_CONCURRENCY,
        )

    def _let_send(self, identity: Identity, names: Names, relay_domain: str) -> None:
        """Notices and confirmations only: nothing in the name of an alias."""
        self.track_delivery.allow(
            ["ses:SendRawEmail"],
            [identity.identity.email_identity_arn, names.configuration_set_arn],
            {"StringEquals": {"ses:FromAddress": f"{NOTICE_LOCAL_PART}@{relay_domain}"}},
        )
        self.track_delivery.allow(["ses:DeleteSuppressedDestination"], ["*"])
        acknowledge(
            self.track_delivery.role,
            rules=["AwsSolutions-IAM5[Resource::*]"],
            reason="The suppression list is one of the account: its actions take no resource.",
        )
