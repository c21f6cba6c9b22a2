"""The key of the mailbox index: without it nobody can tell from the table which mailboxes are registered."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.acknowledgements import acknowledge


class MailboxKey(Construct):
    """`secret`: 64 random letters and digits, made once, kept when the stack is deleted."""

    def __init__(self, scope: Construct, id: str, *, key: kms.IKey) -> None:
        super().__init__(scope, id)
        self.secret = secretsmanager.Secret(
            self,
            "Secret",
            description="Parley: keys the hash by which a mailbox is found in the table",
            encryption_key=key,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=64, exclude_punctuation=True
            ),
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        acknowledge(
            self.secret,
            rules=["AwsSolutions-SMG4"],
            reason="The string keys a hash that indexes every registered mailbox; a rotated key finds none.",
        )
