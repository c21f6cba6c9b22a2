"""Ways from SES into the functions: a topic, the queue it fills, and where failures go.

Nothing that SES announces is dropped: what the topic cannot hand to the queue lands in `undelivered`, what
no function could work on lands in `dead_letters`, and both keep it as long as SQS can, 14 days.
"""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.acknowledgements import acknowledge
from infra.timing import MAX_RECEIVE_COUNT, RETENTION_DAYS

RETENTION = cdk.Duration.days(RETENTION_DAYS)


class Channel(Construct):
    """`topic` → `queue`, with `dead_letters` for the queue and `undelivered` for the subscription."""

    def __init__(
        self, scope: Construct, id: str, *, key: kms.IKey, publisher_arn: str, visibility: cdk.Duration
    ) -> None:
        super().__init__(scope, id)
        self._key = key
        self.topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)
        self.dead_letters = self._queue("DeadLetters")
        self.undelivered = self._queue("Undelivered")
        self.queue = self._queue(
            "Queue",
            visibility_timeout=visibility,
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=MAX_RECEIVE_COUNT
            ),
        )
        self._let_ses_publish(publisher_arn)
        self._subscribe()
        acknowledge(
            self.undelivered,
            rules=["AwsSolutions-SQS3"],
            reason="This is the dead-letter queue of the subscription.",
        )

    def _queue(self, id: str, **properties: Any) -> sqs.Queue:
        return sqs.Queue(
            self,
            id,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self._key,
            enforce_ssl=True,
            retention_period=RETENTION,
            **properties,
        )

    def _let_ses_publish(self, publisher_arn: str) -> None:
        # An explicit policy replaces the default one, so this is all that may publish here.
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="SesPublishes",
                principals=[iam.ServicePrincipal("ses.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={
                    "StringEquals": {
                        "aws:SourceAccount": cdk.Stack.of(self).account,
                        "aws:SourceArn": publisher_arn,
                    }
                },
            )
        )

    def _subscribe(self) -> None:
        # Not aws_sns_subscriptions.SqsSubscription: it would name the topic in the key's policy, and the
        # topic needs the key.
        self.queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="TopicSends",
                principals=[iam.ServicePrincipal("sns.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[self.queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": self.topic.topic_arn}},
            )
        )
        subscription = sns.Subscription(
            self,
            "Subscription",
            topic=self.topic,
            protocol=sns.SubscriptionProtocol.SQS,
            endpoint=self.queue.queue_arn,
            raw_message_delivery=True,
            dead_letter_queue=self.undelivered,
        )
        subscription.node.add_dependency(self.queue)
