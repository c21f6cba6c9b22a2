"""The key that encrypts all mail and every record of it, and who may use it.

AWS-managed keys cannot do this: their policies let no other service in, and SES, SNS and CloudWatch Logs
write into what the key protects.
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct


class SigningKey(Construct):
    """`key`: an asymmetric key, P-256. Its private half never leaves KMS; whoever has the public half can
    check a signature without AWS. Checkpoints have one and exports another: KMS cannot tell what a person
    signs, and who may sign an export must not be able to sign a checkpoint. signs: what, for people."""

    def __init__(self, scope: Construct, id: str, *, signs: str) -> None:
        super().__init__(scope, id)
        self.key = kms.Key(
            self,
            "Pair",
            description=f"Parley: signs {signs}",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )


class Key(Construct):
    """`key`: one symmetric key, rotated, kept when the stack is deleted."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self._stack = cdk.Stack.of(self)
        self.key = kms.Key(
            self,
            "Key",
            description="Parley: mail, its archive and its records",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        # SES writes the inbox (in parts above 5 MB, which needs Decrypt) and publishes to both topics.
        self._allow("ses.amazonaws.com", {"StringEquals": {"aws:SourceAccount": self._stack.account}})
        # SNS delivers into the encrypted queues and their dead-letter queues. Naming the topics would be
        # circular: they need the key first.
        topics = f"arn:{self._stack.partition}:sns:{self._place}:*"
        self._allow("sns.amazonaws.com", {"ArnLike": {"aws:SourceArn": topics}})
        self._allow_logs()

    @property
    def _place(self) -> str:
        return f"{self._stack.region}:{self._stack.account}"

    def _allow(self, service: str, conditions: dict[str, object]) -> None:
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(service)],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],
                conditions=conditions,
            )
        )

    def _allow_logs(self) -> None:
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(f"logs.{self._stack.region}.amazonaws.com")],
                actions=[
                    "kms:Decrypt",
                    "kms:DescribeKey",
                    "kms:Encrypt",
                    "kms:GenerateDataKey*",
                    "kms:ReEncrypt*",
                ],
                resources=["*"],
                conditions={
                    "ArnLike": {
                        "kms:EncryptionContext:aws:logs:arn": (
                            f"arn:{self._stack.partition}:logs:{self._place}:log-group:*"
                        )
                    }
                },
            )
        )
