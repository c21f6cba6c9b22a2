"""receive_mail: the function that relays, fed by the queue of receipts."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.acknowledgements import acknowledge_objects
from infra.configuration import Configuration
from infra.functions import Function
from infra.identity import Identity
from infra.names import Names
from infra.storage import CONTENTS_PREFIX, INBOX_PREFIX, MAILS_PREFIX, Storage
from infra.timing import LEASE_SECONDS
from parley.settings import RelaySettings


class Relay(Construct):
    """`receive_mail`. One message an invocation, so that no mail waits for or fails with another."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        code: lambda_.Code,
        key: kms.Key,
        queue: sqs.Queue,
        dead_letters: sqs.Queue,
        storage: Storage,
        table: dynamodb.Table,
        secret: secretsmanager.Secret,
        identity: Identity,
        names: Names,
        configuration: Configuration,
    ) -> None:
        super().__init__(scope, id)
        self.receive_mail = Function(
            self,
            "ReceiveMail",
            package="receive_mail",
            code=code,
            key=key,
            log_days=configuration.log_days,
            environment=RelaySettings.variables(
                table=table.table_name,
                inbox_bucket=storage.inbox.bucket_name,
                inbox_prefix=INBOX_PREFIX,
                relay_domain=configuration.relay_domain,
                marketplace_name=configuration.marketplace_name,
                operator_mailbox=configuration.operator_mailbox,
                region=configuration.region,
                archive_bucket=storage.archive.bucket_name,
                configuration_set=names.configuration_set,
                mailbox_key_secret=secret.secret_arn,
                lease_seconds=LEASE_SECONDS,
                queue_url=queue.queue_url,
                dead_letters_url=dead_letters.queue_url,
            ),
        )
        self._let_work(queue=queue, table=table, key=key, secret=secret)
        # What failed is put off, or given up, by the function itself.
        self.receive_mail.allow(["sqs:ChangeMessageVisibility"], [queue.queue_arn])
        self.receive_mail.allow(["sqs:SendMessage"], [dead_letters.queue_arn])
        self._let_store(storage)
        self._let_send(identity, names, configuration.relay_domain)
        # No reserved concurrency: a new account has ten in all. The setting caps what SQS starts, which is
        # no cap on a send rate; throttling defers by visibility.
        lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=self.receive_mail.function,
            event_source_arn=queue.queue_arn,
            batch_size=1,
            report_batch_item_failures=True,
            max_concurrency=configuration.max_concurrency,
        )

    def _let_work(
        self, *, queue: sqs.Queue, table: dynamodb.Table, key: kms.Key, secret: secretsmanager.Secret
    ) -> None:
        allow = self.receive_mail.allow
        allow(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], [queue.queue_arn])
        # A transaction is authorised by the actions it is made of.
        allow(
            [
                "dynamodb:BatchGetItem",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
            ],
            [table.table_arn],
        )
        # A mail that was held as a whole, when its recipients become known.
        of_receipts = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["RECEIPT#*"]}}
        allow(["dynamodb:DeleteItem"], [table.table_arn], of_receipts)
        allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.key_arn])
        allow(["secretsmanager:GetSecretValue"], [secret.secret_arn])

    def _let_store(self, storage: Storage) -> None:
        allow = self.receive_mail.allow
        inbox, archive = storage.inbox, storage.archive
        # S3 says that an object is missing only to who may list the bucket; to others it denies access, and
        # a mail that is gone would be tried for 14 days.
        allow(["s3:ListBucket"], [inbox.bucket_arn, archive.bucket_arn])
        allow(["s3:GetObject"], [inbox.arn_for_objects(f"{INBOX_PREFIX}*")])
        allow(
            ["s3:GetObject", "s3:PutObject"],
            [archive.arn_for_objects(f"{MAILS_PREFIX}*")],
        )
        allow(["s3:PutObject"], [archive.arn_for_objects(f"{CONTENTS_PREFIX}*")])
        for bucket, prefix in ((inbox, INBOX_PREFIX), (archive, MAILS_PREFIX), (archive, CONTENTS_PREFIX)):
            acknowledge_objects(
                self.receive_mail.role,
                bucket=bucket,
                prefix=prefix,
                reason="Each mail is an object with a key of its own; the prefix is as narrow as it gets.",
            )

    def _let_send(self, identity: Identity, names: Names, relay_domain: str) -> None:
        # SendEmail with raw content is authorised as SendRawEmail, on the identity and the configuration set.
        self.receive_mail.allow(
            ["ses:SendRawEmail"],
            [identity.identity.email_identity_arn, names.configuration_set_arn],
            {"StringLike": {"ses:FromAddress": f"*@{relay_domain}"}},
        )
