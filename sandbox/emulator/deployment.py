"""Deploys the synthesised stack into the emulator with the CDK's command line, as it is deployed into AWS.

Every step has a time-out. A deployment that fails says why: which resource, and what CloudFormation says.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.bundling import ASSETS
from sandbox.emulator.assembly import Adapted, adapt, region_of
from sandbox.emulator.bundle import make_bundle
from sandbox.emulator.commands import CommandError, run
from sandbox.emulator.completion import complete
from sandbox.emulator.environment import ACCOUNT, Local
from sandbox.emulator.process import Emulator
from sandbox.emulator.stripping import AssemblyError
from sandbox.emulator.tools import CDK, NODE

BOOTSTRAP_SECONDS = 180.0
DEPLOY_SECONDS = 300.0
_BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version"

Progress = Callable[[str], None]


class DeploymentError(RuntimeError):
    """The stack was not deployed; the text says which resources failed and why, or how the emulator ended."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """The stack in the emulator.

    template: as synthesised, with what SES's stand-ins read and the emulator lacks. physical_ids: by logical
    id. pseudo: the values of AWS::Region and the like, for who resolves references.
    """

    stack: str
    template: Mapping[str, Any]
    physical_ids: Mapping[str, str]
    outputs: Mapping[str, str]
    local: Local

    @property
    def pseudo(self) -> dict[str, str]:
        return {
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::Region": self.local.region,
            "AWS::StackName": self.stack,
            "AWS::URLSuffix": "amazonaws.com",
        }

    @property
    def api(self) -> str | None:
        """Where the stack's HTTP API is served. The output names a host that only some systems resolve."""
        for name, each in self.template["Resources"].items():
            if each["Type"] == "AWS::ApiGatewayV2::Api":
                return f"{self.local.endpoint}/_aws/execute-api/{self.physical_ids[name]}/$default"
        return None

    def function(self, package: str) -> str:
        """The physical name of the function whose handler is in `package`."""
        (name,) = [
            name
            for name, each in self.template["Resources"].items()
            if each["Type"] == "AWS::Lambda::Function"
            and each["Properties"]["Handler"] == f"{package}.handler.handler"
        ]
        return self.physical_ids[name]

    def variables(self, package: str) -> dict[str, str]:
        """The environment that the deployed function in `package` is given."""
        client = self.local.client("lambda")
        configuration = client.get_function_configuration(FunctionName=self.function(package))
        return dict(configuration["Environment"]["Variables"])


def deploy(assembly: Path, emulator: Emulator, folder: Path, progress: Progress = lambda _: None) -> Deployed:
    """Deploys the cloud assembly, or what has changed since the last time.

    folder: for what is made on the way. progress: is told what comes next. Raises `DeploymentError`,
    `AssemblyError`, or `CommandError` if a step before the deployment fails.
    """
    region, local = region_of(assembly), emulator.local
    if region != local.region:
        raise AssemblyError(f"the stack is for {region}, and the emulator is {local.region}")
    progress("bundling the functions for this machine")
    code = {asset.name: make_bundle(asset) for asset in ASSETS}
    copy = folder / "assembly"
    shutil.rmtree(copy, ignore_errors=True)
    adapted = adapt(assembly, copy, code=code)
    with _last_words(emulator):
        if not _bootstrapped(local):
            progress("bootstrapping the emulator")
            _cdk(emulator, folder, "bootstrap", f"aws://{ACCOUNT}/{region}", seconds=BOOTSTRAP_SECONDS)
        progress("deploying the stack")
        outputs = _deploy(emulator, folder, adapted)
        physical_ids = _physical_ids(local, adapted.stack)
        complete(adapted.template, physical_ids, local)
    return Deployed(adapted.stack, adapted.template, physical_ids, outputs, local)


@contextmanager
def _last_words(emulator: Emulator) -> Iterator[None]:
    """What the emulator does not answer as it should is told with the end of its log."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise DeploymentError(f"the emulator failed: {error}\n{emulator.last_words()}") from None
    except (CommandError, DeploymentError) as error:
        if emulator.alive:
            raise
        raise DeploymentError(f"{error}\nThe emulator ended:\n{emulator.last_words()}") from None


def _deploy(emulator: Emulator, folder: Path, adapted: Adapted) -> dict[str, str]:
    file = folder / "outputs.json"
    file.unlink(missing_ok=True)
    options: list[str | Path] = ["--app", adapted.folder, "--outputs-file", file]
    # Nobody is there to approve; and a change set tells nothing here that the deployment does not.
    options += ["--require-approval", "never", "--method", "direct", "--progress", "events"]
    try:
        _cdk(emulator, folder, "deploy", adapted.stack, *options, seconds=DEPLOY_SECONDS)
    except CommandError as error:
        failed = _failures(emulator.local, adapted.stack)
        raise DeploymentError("\n".join([*failed, str(error)])) from None
    outputs: dict[str, str] = json.loads(file.read_text()).get(adapted.stack, {})
    return outputs


def _cdk(emulator: Emulator, folder: Path, *arguments: str | Path, seconds: float) -> None:
    node = NODE.found()
    environment = {
        **emulator.environment,
        "PATH": f"{node.parent}:{emulator.environment['PATH']}",
        "CDK_HOME": emulator.environment["HOME"],
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "1",
    }
    command = [CDK.found(), "--no-notices", "--no-color", *arguments]
    run(command, what=f"cdk {arguments[0]}", environment=environment, folder=folder, seconds=seconds)


def _bootstrapped(local: Local) -> bool:
    ssm = local.client("ssm")
    try:
        ssm.get_parameter(Name=_BOOTSTRAP_VERSION)
    except ssm.exceptions.ParameterNotFound:
        return False
    return True


def _physical_ids(local: Local, stack: str) -> dict[str, str]:
    pages = local.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for page in pages
        for each in page["StackResourceSummaries"]
    }


def _failures(local: Local, stack: str) -> list[str]:
    """A line for each resource that failed this time, the first one first. None if it did not come so far."""
    cloudformation = local.client("cloudformation")
    try:
        pages = list(cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack))
    except (BotoCoreError, ClientError):
        # There is no such stack, or no emulator any more. The failure that is being told of matters more.
        return []
    # The newest event is the first. Those of earlier deployments stand behind the beginning of this one.
    events = takewhile(
        lambda each: (
            each["ResourceType"] != "AWS::CloudFormation::Stack"
            or each["ResourceStatus"] not in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
        ),
        (event for page in pages for event in page["StackEvents"]),
    )
    return [
        f"{each['LogicalResourceId']} ({each['ResourceType']}): {each.get('ResourceStatusReason', '')}"
        for each in reversed(list(events))
        if each["ResourceStatus"].endswith("_FAILED")
    ]
