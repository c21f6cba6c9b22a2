"""The relay domain as SES sends for it, and what SES tells about each sent mail."""

import aws_cdk as cdk
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.dns import Record
from infra.names import Names

# Neither opens nor clicks: nothing is tracked, and links stay as they were written.
_TOLD = [
    *("SEND", "REJECT", "RENDERING_FAILURE"),
    *("DELIVERY", "DELIVERY_DELAY", "BOUNCE", "COMPLAINT"),
]
_TLS = {
    "optional": ses.ConfigurationSetTlsPolicy.OPTIONAL,
    "require": ses.ConfigurationSetTlsPolicy.REQUIRE,
}


class Identity(Construct):
    """`identity`, `configuration_set`, and the `records` of the domain's DNS."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        relay_domain: str,
        mail_from_label: str,
        dmarc_report_mailbox: str | None,
        sending_tls: str,
        events: sns.ITopic,
    ) -> None:
        super().__init__(scope, id)
        self._domain = relay_domain
        self._mail_from = f"{mail_from_label}.{relay_domain}"
        # An address on the account's suppression list is no dead mailbox, and a complaint elsewhere in the
        # account says nothing about this relay: only bounces suppress.
        self.configuration_set = ses.ConfigurationSet(
            self,
            "ConfigurationSet",
            configuration_set_name=names.configuration_set,
            suppression_reasons=ses.SuppressionReasons.BOUNCES_ONLY,
            tls_policy=_TLS[sending_tls],
            reputation_metrics=True,
        )
        self._tell(events)
        self.identity = ses.EmailIdentity(
            self,
            "Identity",
            identity=ses.Identity.domain(relay_domain),
            configuration_set=self.configuration_set,
            dkim_identity=ses.DkimIdentity.easy_dkim(ses.EasyDkimSigningKeyLength.RSA_2048_BIT),
            mail_from_domain=self._mail_from,
            mail_from_behavior_on_mx_failure=ses.MailFromBehaviorOnMxFailure.USE_DEFAULT_VALUE,
            feedback_forwarding=False,
        )
        self.records = [*self._dkim(), *self._mail(), self._dmarc(dmarc_report_mailbox)]

    def _tell(self, events: sns.ITopic) -> None:
        destination = ses.CfnConfigurationSetEventDestination(
            self,
            "Events",
            configuration_set_name=self.configuration_set.configuration_set_name,
            event_destination=ses.CfnConfigurationSetEventDestination.EventDestinationProperty(
                enabled=True,
                matching_event_types=_TOLD,
                sns_destination=ses.CfnConfigurationSetEventDestination.SnsDestinationProperty(
                    topic_arn=events.topic_arn
                ),
            ),
        )
        # SES publishes once to see whether it may: the topic's policy has to stand by then.
        destination.node.add_dependency(events)

    def _dkim(self) -> list[Record]:
        return [
            Record(label=f"Dkim{number}", type="CNAME", name=record.name, value=record.value)
            for number, record in enumerate(self.identity.dkim_records, start=1)
        ]

    def _mail(self) -> list[Record]:
        region = cdk.Stack.of(self).region
        inbound = f"10 inbound-smtp.{region}.amazonaws.com"
        feedback = f"10 feedback-smtp.{region}.amazonses.com"
        return [
            Record(label="Mx", type="MX", name=self._domain, value=inbound),
            Record(label="MailFromMx", type="MX", name=self._mail_from, value=feedback),
            Record(
                label="MailFromSpf",
                type="TXT",
                name=self._mail_from,
                value='"v=spf1 include:amazonses.com ~all"',
            ),
        ]

    def _dmarc(self, report_mailbox: str | None) -> Record:
        # Nobody but this stack sends for the relay domain, so whoever claims to is rejected.
        policy = "v=DMARC1; p=reject; adkim=r; aspf=r"
        if report_mailbox:
            policy += f"; rua=mailto:{report_mailbox}"
        return Record(label="Dmarc", type="TXT", name=f"_dmarc.{self._domain}", value=f'"{policy}"')
