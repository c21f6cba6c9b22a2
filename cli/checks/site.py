"""What a check is given, and what it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from cli.aws import Clients
from cli.deployment import Deployment
from cli.findings import Finding
from cli.marketplace import MarketplaceApi
from cli.records import Resolver


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A deployment and the ways to look at it. api: None if the stack has none. now: UTC."""

    deployment: Deployment
    clients: Clients
    resolver: Resolver
    api: MarketplaceApi | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at. concern: groups checks in the report. local: whether the emulator has it."""

    concern: str
    name: str
    look: Callable[[Site], Iterator[Finding]]
    local: bool = True
