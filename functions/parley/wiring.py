"""Puts the AWS adapters behind the ports, for each function those that it needs, once per environment."""

import os
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from parley.mail.address import AddressError, parse_mailbox
from parley.relaying.outside import Deployment, Outside
from parley.relaying.ports import Clock, Inbox, Messages, Queue
from parley.settings import ApiSettings, RelaySettings, SettingsError, SweepSettings, variable
from parley.stores.archive import S3Archive
from parley.stores.clients import Clients
from parley.stores.clock import SystemClock
from parley.stores.directory import DynamoDirectory
from parley.stores.entropy import SystemEntropy
from parley.stores.inbox import S3Inbox
from parley.stores.mailbox_index import MailboxIndex
from parley.stores.mailer import SesMailer
from parley.stores.messages import DynamoMessages

if TYPE_CHECKING:
    from parley.registering.ports import Office


@cache
def wire() -> tuple[Outside, Deployment]:
    """receive_mail: all ports, and the deployment. Raises `SettingsError`."""
    settings = RelaySettings.from_environment(os.environ)
    return _outside(settings), deployment(settings)


@cache
def wire_sweep() -> tuple[Inbox, Messages, Queue, Clock, str]:
    """tend_archive: the ports of the sweep, and the inbox's prefix. Raises `SettingsError`."""
    from parley.stores.queue import SqsQueue

    settings = SweepSettings.from_environment(os.environ)
    clients = Clients()
    return (
        S3Inbox(clients.s3, settings.inbox_bucket, settings.inbox_prefix),
        DynamoMessages(clients.dynamodb, settings.table),
        SqsQueue(lambda: clients.sqs, settings.queue_url),
        SystemClock(),
        settings.inbox_prefix,
    )


@cache
def wire_registering() -> "Office":
    """admin_api: its ports. Raises `SettingsError`."""
    # receive_mail needs none of this, and every import counts at its start.
    from parley.registering.ports import Office
    from parley.stores.registry import DynamoRegistry

    settings = ApiSettings.from_environment(os.environ)
    clients = Clients()
    index = MailboxIndex(lambda: clients.secretsmanager, settings.mailbox_key_secret)
    return Office(
        registry=DynamoRegistry(clients.dynamodb, settings.table, index),
        ids=index,
        entropy=SystemEntropy(),
        relay_domain=settings.relay_domain,
    )


def deployment(settings: RelaySettings) -> Deployment:
    """What the use cases must know of the deployment. Raises `SettingsError`."""
    try:
        operator = parse_mailbox(settings.operator_mailbox)
    except AddressError:
        raise SettingsError(f"{variable('operator_mailbox')} is no mailbox") from None
    if operator.domain == settings.relay_domain:
        raise SettingsError(f"{variable('operator_mailbox')} must not be at the relay domain")
    return Deployment(
        relay_domain=settings.relay_domain,
        marketplace_name=settings.marketplace_name,
        operator_mailbox=operator,
        region=settings.region,
        inbox_prefix=settings.inbox_prefix,
        lease=timedelta(seconds=settings.lease_seconds),
    )


def _outside(settings: RelaySettings) -> Outside:
    clients = Clients(settings.region)
    index = MailboxIndex(lambda: clients.secretsmanager, settings.mailbox_key_secret)
    return Outside(
        directory=DynamoDirectory(clients.dynamodb, settings.table, index),
        messages=DynamoMessages(clients.dynamodb, settings.table),
        inbox=S3Inbox(clients.s3, settings.inbox_bucket, settings.inbox_prefix),
        archive=S3Archive(clients.s3, settings.archive_bucket),
        mailer=SesMailer(clients.sesv2, settings.configuration_set),
        clock=SystemClock(),
        entropy=SystemEntropy(),
    )
