"""The names that are literal, and the ARNs made from them.

CloudFormation invents every other name. These three must be known before the resources exist: the policies
of bucket, topic and key name the receipt rule and the configuration set as `aws:SourceArn`, and a reference
to the resource, which needs those policies first, would be circular.
"""

from dataclasses import dataclass
from typing import Self

import aws_cdk as cdk

from infra.configuration import Configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    rule_set: str
    rule: str
    configuration_set: str
    rule_arn: str
    configuration_set_arn: str

    @classmethod
    def of(cls, stack: cdk.Stack, configuration: Configuration) -> Self:
        """Named after the stack, which is unique in an account and region."""
        rule_set = configuration.existing_rule_set or configuration.stack_name
        rule = configuration_set = configuration.stack_name
        ses = f"arn:{stack.partition}:ses:{stack.region}:{stack.account}"
        return cls(
            rule_set=rule_set,
            rule=rule,
            configuration_set=configuration_set,
            rule_arn=f"{ses}:receipt-rule-set/{rule_set}:receipt-rule/{rule}",
            configuration_set_arn=f"{ses}:configuration-set/{configuration_set}",
        )
