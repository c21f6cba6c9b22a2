"""A function of one of the assets, with a role and a log group of its own."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.acknowledgements import acknowledge
from infra.bundling import BUILD, SHARED, Asset, make_bundle
from infra.timing import TIMEOUT_SECONDS

# One whole vCPU: a mail of 40 MB is bound by it.
MEMORY_MB = 1769


def function_code(*, bundle: bool, asset: Asset = SHARED) -> lambda_.Code:
    """The asset; without `bundle` an empty one, enough to read the template."""
    if bundle:
        made = make_bundle(asset)
        return lambda_.Code.from_asset(str(made), asset_hash=made.name)
    # Each asset has a hash of its own, by which whoever reads the template tells them apart.
    empty = BUILD / ("no-bundle" if asset is SHARED else f"no-bundle-{asset.name}")
    empty.mkdir(parents=True, exist_ok=True)
    (empty / "README").write_text("Synthesised with parley:bundle=false: there is no code here.\n")
    return lambda_.Code.from_asset(str(empty), asset_hash=empty.name)


class Function(Construct):
    """`function`, `role` and `log_group`. `allow` is the only way to more permissions than logging."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        package: str,
        code: lambda_.Code,
        key: kms.IKey,
        log_days: int,
        environment: Mapping[str, str] | None = None,
        timeout_seconds: int = TIMEOUT_SECONDS,
        memory_mb: int = MEMORY_MB,
    ) -> None:
        super().__init__(scope, id)
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            encryption_key=key,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        # The construct takes an enumeration of names where the configuration has days.
        resource = self.log_group.node.default_child
        assert isinstance(resource, logs.CfnLogGroup)
        resource.retention_in_days = log_days
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [self.log_group.log_group_arn])
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            code=code,
            handler=f"{package}.handler.handler",
            timeout=cdk.Duration.seconds(timeout_seconds),
            memory_size=memory_mb,
            role=self.role,
            log_group=self.log_group,
            environment=environment,
        )
        acknowledge(
            self.function,
            rules=["AwsSolutions-L1"],
            reason="The wheels and the bytecode of the asset are made for this minor version; the code "
            "has to be tested on a newer one before the runtime changes.",
        )

    def allow(
        self, actions: list[str], resources: list[str], conditions: Mapping[str, object] | None = None
    ) -> None:
        """Adds one statement to the role."""
        self.role.add_to_policy(
            iam.PolicyStatement(actions=actions, resources=resources, conditions=conditions)
        )
