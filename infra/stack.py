"""Puts the constructs together. Reads as the way of a mail: received, stored, announced, relayed, swept."""

import aws_cdk as cdk
from constructs import Construct

from infra.activation import Activation
from infra.alarms import Alarms
from infra.api import Api
from infra.archiving import Archiving
from infra.bundling import LAKE
from infra.configuration import Configuration
from infra.dashboard import Dashboard
from infra.dns import Dns
from infra.erasing import Erasing
from infra.functions import function_code
from infra.identity import Identity
from infra.key import Key, SigningKey
from infra.lake import Lake
from infra.names import Names
from infra.queues import Channel
from infra.receiving import Receiving
from infra.relay import Relay
from infra.reviewers import Reviewers
from infra.rights import Holdings
from infra.secret import MailboxKey
from infra.storage import Storage
from infra.sweep import Sweep
from infra.table import Table
from infra.timing import VISIBILITY_SECONDS
from infra.tracking import Tracking
from infra.trail import Trail

_VISIBILITY = cdk.Duration.seconds(VISIBILITY_SECONDS)


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
        self._watch()

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
            dead_letters=self.receipts.dead_letters,
            storage=self.storage,
            table=self.table,
            secret=self.secret,
            identity=self.identity,
            names=names,
            configuration=configuration,
        )
        self.tracking = Tracking(
            self,
            "Tracking",
            code=code,
            key=self.key,
            queue=self.delivery_events.queue,
            dead_letters=self.delivery_events.dead_letters,
            table=self.table,
            secret=self.secret,
            identity=self.identity,
            names=names,
            configuration=configuration,
        )
        self.archiving = Archiving(
            self,
            "Archiving",
            code=code,
            key=self.key,
            signing_key=self.signing_key,
            storage=self.storage,
            table=self.table,
            secret=self.secret,
            configuration=configuration,
        )
        self.sweep = Sweep(
            self,
            "Sweep",
            code=code,
            key=self.key,
            queue=self.receipts.queue,
            inbox=self.storage.inbox,
            table=self.table,
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
            configuration=configuration,
        )
        self.lake = Lake(
            self,
            "Lake",
            code=function_code(bundle=configuration.bundle, asset=LAKE),
            key=self.key,
            storage=self.storage,
            table=self.table,
            log_days=configuration.log_days,
            scan_limit_mb=configuration.query_scan_limit_mb,
        )
        self.api = Api(
            self,
            "Api",
            code=code,
            key=self.key,
            table=self.table,
            secret=self.secret,
            storage=self.storage,
            receipts=self.receipts.queue,
            events=self.delivery_events.queue,
            configuration=configuration,
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
            lake=self.lake,
            trail=self.trail,
        )
        self.reviewers = Reviewers(self, "Reviewers", holdings=holdings, configuration=configuration)

    def _watch(self) -> None:
        """Last: it watches every queue and function that there is."""
        self.alarms = Alarms(
            self, "Alarms", key=self.key, operator_mailbox=self._configuration.operator_mailbox
        )
        self.dashboard = Dashboard(
            self,
            "Dashboard",
            receive_mail=self.relay.receive_mail.function,
            log_group=self.relay.receive_mail.log_group,
            queue=self.receipts.queue,
            alarms=self.alarms,
        )
