"""Puts the constructs together. Reads as the way of a mail: received, stored, announced, relayed, swept."""

import aws_cdk as cdk
from constructs import Construct

from infra.activation import Activation
from infra.api import Api
from infra.archiving import Archiving
from infra.configuration import Configuration
from infra.dns import Dns
from infra.erasing import Erasing
from infra.functions import LEASE_SECONDS, TIMEOUT_SECONDS, function_code
from infra.identity import Identity
from infra.key import Key, SigningKey
from infra.names import Names
from infra.queues import Channel
from infra.receiving import Receiving
from infra.relay import Relay
from infra.reviewers import Reviewers
from infra.rights import Holdings
from infra.secret import MailboxKey
from infra.storage import INBOX_PREFIX, Storage
from infra.sweep import Sweep
from infra.table import Table
from infra.trail import Trail
from parley.settings import (
    ApiSettings,
    ArchiveSettings,
    ErasureSettings,
    RelaySettings,
    SweepSettings,
)

# SQS wants at least six times the timeout of the function it feeds.
_VISIBILITY = cdk.Duration.seconds(6 * TIMEOUT_SECONDS)


class ParleyStack(cdk.Stack):
    """One marketplace's relay in one account and region."""

    def __init__(self, scope: Construct, *, configuration: Configuration) -> None:
        super().__init__(
            scope,
            configuration.stack_name,
            env=cdk.Environment(account=configuration.account, region=configuration.region),
            description=f"Parley: relays mail at {configuration.relay_domain}",
        )
        self._configuration = configuration
        self._names = Names.of(self, configuration)
        self._keep()
        self._receive()
        self._work()
        self._review()

    def _keep(self) -> None:
        configuration, names = self._configuration, self._names
        self.key = Key(self, "Key").key
        self.signing_key = SigningKey(self, "Signing", signs="the archive's checkpoints").key
        self.export_key = SigningKey(self, "ExportSigning", signs="evidence bundles").key
        self.storage = Storage(
            self,
            "Storage",
            key=self.key,
            names=names,
            inbox_days=configuration.inbox_days,
            archive_lock_days=configuration.archive_lock_days,
            access_log_days=configuration.access_log_days,
        )
        self.table = Table(self, "Table", key=self.key).table
        self.secret = MailboxKey(self, "MailboxKey", key=self.key).secret

    def _receive(self) -> None:
        configuration, names = self._configuration, self._names
        self.receipts = Channel(
            self, "Receipts", key=self.key, publisher_arn=names.rule_arn, visibility=_VISIBILITY
        )
        self.delivery_events = Channel(
            self,
            "DeliveryEvents",
            key=self.key,
            publisher_arn=names.configuration_set_arn,
            visibility=_VISIBILITY,
        )
        self.identity = Identity(
            self,
            "Identity",
            names=names,
            relay_domain=configuration.relay_domain,
            mail_from_label=configuration.mail_from_label,
            dmarc_report_mailbox=configuration.dmarc_report_mailbox,
            sending_tls=configuration.sending_tls,
            events=self.delivery_events.topic,
        )
        self.dns = Dns(
            self, "Dns", records=self.identity.records, hosted_zone_id=configuration.hosted_zone_id
        )
        self.receiving = Receiving(
            self,
            "Receiving",
            names=names,
            relay_domain=configuration.relay_domain,
            receiving_tls=configuration.receiving_tls,
            existing_rule_set=configuration.existing_rule_set is not None,
            inbox=self.storage.inbox,
            topic=self.receipts.topic,
            key=self.key,
        )

    def _work(self) -> None:
        configuration, names = self._configuration, self._names
        code = function_code(bundle=configuration.bundle)
        self.relay = Relay(
            self,
            "Relay",
            code=code,
            key=self.key,
            queue=self.receipts.queue,
            storage=self.storage,
            table=self.table,
            secret=self.secret,
            identity=self.identity,
            names=names,
            relay_domain=configuration.relay_domain,
            environment=self._relay_settings(),
            log_days=configuration.log_days,
            max_concurrency=configuration.max_concurrency,
        )
        self.archiving = Archiving(
            self,
            "Archiving",
            code=code,
            key=self.key,
            signing_key=self.signing_key,
            storage=self.storage,
            table=self.table,
            environment=self._archive_settings(),
            log_days=configuration.log_days,
            window_seconds=configuration.archive_window_seconds,
        )
        self.sweep = Sweep(
            self,
            "Sweep",
            code=code,
            key=self.key,
            queue=self.receipts.queue,
            inbox=self.storage.inbox,
            table=self.table,
            environment=self._sweep_settings(),
            log_days=configuration.log_days,
        )
        self.erasing = Erasing(
            self,
            "Erasing",
            code=code,
            key=self.key,
            storage=self.storage,
            table=self.table,
            secret=self.secret,
            environment=self._erasure_settings(),
            log_days=configuration.log_days,
        )
        self.api = Api(
            self,
            "Api",
            code=code,
            key=self.key,
            table=self.table,
            secret=self.secret,
            storage=self.storage,
            queue=self.receipts.queue,
            environment=ApiSettings.variables(
                table=self.table.table_name,
                relay_domain=configuration.relay_domain,
                mailbox_key_secret=self.secret.secret_arn,
                archive_bucket=self.storage.archive.bucket_name,
                review_bucket=self.storage.review.bucket_name,
                queue_url=self.receipts.queue.queue_url,
            ),
            log_days=configuration.log_days,
        )
        if self.receiving.rule_set:
            Activation(
                self,
                "Activation",
                code=code,
                key=self.key,
                receiving=self.receiving,
                rule_set=names.rule_set,
                displace=configuration.displace_active_rule_set,
                log_days=configuration.log_days,
            )

    def _review(self) -> None:
        configuration = self._configuration
        self.trail = (
            Trail(
                self,
                "Trail",
                key=self.key,
                storage=self.storage,
                working_on_mail=[self.relay.receive_mail.role, self.archiving.write_archive.role],
                listing_the_inbox=self.sweep.tend_archive.role,
                erasing=self.erasing.erase_data.function,
                days=configuration.access_log_days,
            )
            if configuration.trail
            else None
        )
        holdings = Holdings(
            key=self.key,
            signing_key=self.signing_key,
            export_key=self.export_key,
            storage=self.storage,
            erase_data=self.erasing.erase_data.function,
            api=self.api.api,
            trail=self.trail,
        )
        self.reviewers = Reviewers(self, "Reviewers", holdings=holdings, configuration=configuration)

    def _relay_settings(self) -> dict[str, str]:
        configuration = self._configuration
        return RelaySettings.variables(
            **self._shared_settings(),
            relay_domain=configuration.relay_domain,
            marketplace_name=configuration.marketplace_name,
            operator_mailbox=configuration.operator_mailbox,
            region=configuration.region,
            archive_bucket=self.storage.archive.bucket_name,
            configuration_set=self._names.configuration_set,
            mailbox_key_secret=self.secret.secret_arn,
            lease_seconds=LEASE_SECONDS,
        )

    def _archive_settings(self) -> dict[str, str]:
        return ArchiveSettings.variables(
            table=self.table.table_name,
            archive_bucket=self.storage.archive.bucket_name,
            review_bucket=self.storage.review.bucket_name,
            signing_key=self.signing_key.key_arn,
            relay_domain=self._configuration.relay_domain,
            locale=self._configuration.review_locale,
        )

    def _erasure_settings(self) -> dict[str, str]:
        configuration = self._configuration
        return ErasureSettings.variables(
            **self._shared_settings(),
            archive_bucket=self.storage.archive.bucket_name,
            review_bucket=self.storage.review.bucket_name,
            mailbox_key_secret=self.secret.secret_arn,
            retention_days=configuration.retention_days,
            claim_window_days=configuration.claim_window_days,
            inbox_days=configuration.inbox_days,
            access_log_days=configuration.access_log_days,
            log_days=configuration.log_days,
        )

    def _sweep_settings(self) -> dict[str, str]:
        queue_url = self.receipts.queue.queue_url
        return SweepSettings.variables(**self._shared_settings(), queue_url=queue_url)

    def _shared_settings(self) -> dict[str, str]:
        return {
            "table": self.table.table_name,
            "inbox_bucket": self.storage.inbox.bucket_name,
            "inbox_prefix": INBOX_PREFIX,
        }
