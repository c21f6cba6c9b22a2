"""Makes the stack's own receipt rule set the active one, which CloudFormation itself cannot do.

The function behind it is `functions/activate_rule_set`: Python in the shared asset, because the CDK's own
AwsCustomResource brings a second runtime and another asset.
"""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.acknowledgements import acknowledge
from infra.functions import Function
from infra.receiving import Receiving


class Activation(Construct):
    """Activates once the rule stands, deactivates before it goes, and displaces no other set unasked."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        code: lambda_.Code,
        key: kms.IKey,
        receiving: Receiving,
        rule_set: str,
        displace: bool,
        log_days: int,
    ) -> None:
        super().__init__(scope, id)
        self.activate_rule_set = Function(
            self,
            "ActivateRuleSet",
            package="activate_rule_set",
            code=code,
            key=key,
            log_days=log_days,
            timeout_seconds=60,
            memory_mb=256,
        )
        self.activate_rule_set.allow(
            ["ses:DescribeActiveReceiptRuleSet", "ses:SetActiveReceiptRuleSet"], ["*"]
        )
        acknowledge(
            self.activate_rule_set.role,
            rules=["AwsSolutions-IAM5[Resource::*]"],
            reason="Which rule set is active is a property of the account and region: these two actions take "
            "no resource.",
        )
        resource = cdk.CustomResource(
            self,
            "Active",
            resource_type="Custom::ActiveReceiptRuleSet",
            service_token=self.activate_rule_set.function.function_arn,
            # CloudFormation waits an hour by default for an answer that got lost.
            service_timeout=cdk.Duration.minutes(5),
            properties={"RuleSetName": rule_set, "Displace": str(displace).lower()},
        )
        resource.node.add_dependency(receiving, self.activate_rule_set)
