"""From the command's options to a site: session, region, stack, and the local emulator in place of AWS."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError

from cli.aws import Clients, in_aws
from cli.checks.site import Site
from cli.deployment import Part, find_deployment
from cli.marketplace import MarketplaceApi
from cli.records import DnspythonResolver
from sandbox.emulator.environment import ACCOUNT, SECRET, Local, NotLocalError, require_loopback

CDK_JSON = Path(__file__).parents[1] / "cdk.json"
_LOCAL_REGION = "eu-west-1"


class UsageError(Exception):
    """The command cannot start with these options; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for; None where the configuration decides. endpoint_url: the local emulator's."""

    stack: str | None = None
    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None


def connect(options: Options) -> Site:
    """Raises `UsageError`, `StackNotFoundError`, and what botocore raises."""
    configured = _configured()
    stack = options.stack or configured.get("parley:stack-name") or "Parley"
    if options.endpoint_url:
        return _local(options.endpoint_url, options.region or configured.get("parley:region"), stack)
    try:
        session = boto3.Session(
            profile_name=options.profile, region_name=options.region or configured.get("parley:region")
        )
        credentials = session.get_credentials()
    except BotoCoreError as error:
        raise UsageError(f"{error}. Log in, or name another --profile.") from None
    if credentials is None:
        raise UsageError("There are no AWS credentials. Log in, or name a --profile.")
    if session.region_name is None:
        raise UsageError("In which region? Name a --region, or set parley:region in cdk.json.")
    if session.region_name not in _regions(session):
        raise UsageError(
            f"AWS has no region {session.region_name}, as far as this program knows. Correct --region."
        )
    clients = Clients(in_aws(session))
    deployment = find_deployment(clients, stack, session.region_name)
    url = deployment.api_url
    return Site(
        deployment=deployment,
        clients=clients,
        resolver=DnspythonResolver(),
        api=MarketplaceApi(url, session.region_name, credentials) if url else None,
        now=datetime.now(UTC),
    )


def _regions(session: boto3.Session) -> set[str]:
    """Of all partitions. Without this a mistyped region looks like a broken network."""
    return {
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("sqs", partition_name=partition)
    }


def _local(endpoint: str, region: str | None, stack: str) -> Site:
    region = region or _LOCAL_REGION
    try:
        require_loopback(endpoint)
    except NotLocalError as error:
        raise UsageError(f"--endpoint-url is for the emulator on this machine: {error}.") from None
    clients = Clients(Local(endpoint, region).client)
    deployment = find_deployment(clients, stack, region, local=True)
    # The emulator serves APIs under a path, and believes that a request came by https if this field says so.
    id_ = deployment.parts.get(Part.API)
    url = f"{endpoint.rstrip('/')}/_aws/execute-api/{id_}/$default"
    headers = {"X-Forwarded-Proto": "https"}
    return Site(
        deployment=deployment,
        clients=clients,
        resolver=DnspythonResolver(),
        api=MarketplaceApi(url, region, Credentials(ACCOUNT, SECRET), headers) if id_ else None,
        now=datetime.now(UTC),
    )


def _configured() -> Mapping[str, Any]:
    """The context of cdk.json, which `make deploy` reads too; {} where the command runs without it."""
    try:
        context: dict[str, Any] = json.loads(CDK_JSON.read_text())["context"]
    except FileNotFoundError:
        return {}
    return context
