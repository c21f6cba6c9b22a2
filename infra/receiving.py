"""One receipt rule on the relay domain: SES stores the mail and announces it."""

from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.names import Names
from infra.storage import INBOX_PREFIX

_TLS = {"optional": "Optional", "require": "Require"}


class Receiving(Construct):
    """`rule`, and `rule_set`, which is None if the rule goes into a set that exists already."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        relay_domain: str,
        receiving_tls: str,
        existing_rule_set: bool,
        inbox: s3.Bucket,
        topic: sns.Topic,
        key: kms.Key,
    ) -> None:
        super().__init__(scope, id)
        self.rule_set = (
            None
            if existing_rule_set
            else ses.CfnReceiptRuleSet(self, "RuleSet", rule_set_name=names.rule_set)
        )
        self.rule = ses.CfnReceiptRule(
            self,
            "Rule",
            rule_set_name=names.rule_set,
            rule=ses.CfnReceiptRule.RuleProperty(
                name=names.rule,
                enabled=True,
                recipients=[relay_domain],
                scan_enabled=True,
                tls_policy=_TLS[receiving_tls],
                actions=[self._store(inbox, topic)],
            ),
        )
        # SES writes a test object and publishes a test message when the rule is created; all that allows
        # it must be there. A construct's dependants wait for its policy too.
        self.rule.node.add_dependency(inbox, topic, key)
        if self.rule_set:
            self.rule.node.add_dependency(self.rule_set)

    @staticmethod
    def _store(inbox: s3.Bucket, topic: sns.Topic) -> ses.CfnReceiptRule.ActionProperty:
        # Never `kms_key_arn`: it means encryption by the client, which only Java and Ruby can undo. The
        # bucket encrypts by default.
        return ses.CfnReceiptRule.ActionProperty(
            s3_action=ses.CfnReceiptRule.S3ActionProperty(
                bucket_name=inbox.bucket_name, object_key_prefix=INBOX_PREFIX, topic_arn=topic.topic_arn
            )
        )
