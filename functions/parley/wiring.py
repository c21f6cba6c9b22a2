"""Puts the AWS adapters behind the ports, for each function those that it needs, once per environment.

What receive_mail does not need is imported where it is wired: every import counts at its start.
"""

import os
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from parley.mail.address import AddressError, parse_mailbox
from parley.relaying.outside import Deployment, Outside
from parley.settings import (
    ApiSettings,
    ArchiveSettings,
    ErasureSettings,
    LakeSettings,
    RelaySettings,
    SettingsError,
    SweepSettings,
    TrackingSettings,
    variable,
)
from parley.stores.archive import S3Archive
from parley.stores.clients import Clients
from parley.stores.clock import SystemClock
from parley.stores.directory import DynamoConversations, DynamoDirectory
from parley.stores.entropy import SystemEntropy
from parley.stores.history import DynamoHistory
from parley.stores.inbox import S3Inbox
from parley.stores.mailbox_index import MailboxIndex
from parley.stores.mailer import SesMailer
from parley.stores.messages import DynamoMessages

if TYPE_CHECKING:
    from parley.archiving import outside as archiving
    from parley.compacting import ports as compacting
    from parley.erasing import ports as erasing
    from parley.registering.ports import Office
    from parley.relaying.sweep import Sweeping
    from parley.relaying.unfinished import Recourse
    from parley.reviewing.ports import Desk
    from parley.tracking import ports as tracking


@cache
def wire() -> tuple[Outside, Deployment]:
    """receive_mail: all ports, and the deployment. Raises `SettingsError`."""
    settings = RelaySettings.from_environment(os.environ)
    return _outside(settings), deployment(settings)


@cache
def wire_recourse() -> "Recourse":
    """receive_mail, once something could not be finished. Raises `SettingsError`."""
    return _recourse(RelaySettings.from_environment(os.environ))


@cache
def wire_tracking_recourse() -> "Recourse":
    """track_delivery, once something could not be finished. Raises `SettingsError`."""
    return _recourse(TrackingSettings.from_environment(os.environ))


def _recourse(settings: RelaySettings | TrackingSettings) -> "Recourse":
    from parley.relaying.unfinished import Recourse
    from parley.stores.failures import DynamoFailures
    from parley.stores.passing import passes
    from parley.stores.queue import SqsDeliveries

    clients = Clients(settings.region)
    return Recourse(
        deliveries=SqsDeliveries(lambda: clients.sqs, settings.queue_url, settings.dead_letters_url),
        failures=DynamoFailures(clients.dynamodb, settings.table),
        receipts=DynamoMessages(clients.dynamodb, settings.table),
        passes=passes,
        clock=SystemClock(),
        entropy=SystemEntropy(),
    )


@cache
def wire_sweep() -> "Sweeping":
    """tend_archive: the ports of the sweep. Raises `SettingsError`."""
    from parley.relaying.sweep import Sweeping
    from parley.stores.queue import SqsQueue
    from parley.stores.rounds import DynamoRounds

    settings = SweepSettings.from_environment(os.environ)
    clients = Clients()
    return Sweeping(
        inbox=S3Inbox(clients.s3, settings.inbox_bucket, settings.inbox_prefix),
        messages=DynamoMessages(clients.dynamodb, settings.table),
        rounds=DynamoRounds(clients.dynamodb, settings.table),
        queue=SqsQueue(lambda: clients.sqs, settings.queue_url),
        clock=SystemClock(),
        inbox_prefix=settings.inbox_prefix,
    )


def wire_waiting() -> tuple[datetime | None, datetime]:
    """tend_archive: when SES received the held message that has waited longest, if any, and the present time.
    Raises `SettingsError`."""
    from parley.stores.waiting import DynamoWaiting

    settings = SweepSettings.from_environment(os.environ)
    return DynamoWaiting(Clients().dynamodb, settings.table).oldest(), SystemClock().now()


@cache
def wire_archiving() -> "archiving.Outside":
    """write_archive: its ports. Raises `SettingsError`."""
    from parley.archiving import outside as archiving
    from parley.stores.review import S3Review
    from parley.stores.signer import KmsSigner

    settings = ArchiveSettings.from_environment(os.environ)
    clients = Clients()
    archive = S3Archive(clients.s3, settings.archive_bucket)
    return archiving.Outside(
        conversations=DynamoConversations(clients.dynamodb, settings.table),
        history=DynamoHistory(clients.dynamodb, settings.table),
        archive=archive,
        entries=archive,
        review=S3Review(clients.s3, settings.review_bucket),
        signer=KmsSigner(clients.kms, settings.signing_key),
        ids=MailboxIndex(lambda: clients.secretsmanager, settings.mailbox_key_secret),
        clock=SystemClock(),
        relay_domain=settings.relay_domain,
        locale=settings.locale,
    )


@cache
def wire_erasing() -> "erasing.Outside":
    """erase_data: its ports. Raises `SettingsError`."""
    from parley.erasing import ports as erasing
    from parley.erasing.matters import Rules
    from parley.stores.erasure_objects import S3Objects, SesSuppressions
    from parley.stores.erasure_plans import DynamoPlans
    from parley.stores.erasure_records import DynamoErasures
    from parley.stores.review import S3Review

    settings = ErasureSettings.from_environment(os.environ)
    clients = Clients()
    index = MailboxIndex(lambda: clients.secretsmanager, settings.mailbox_key_secret)
    return erasing.Outside(
        records=DynamoErasures(clients.dynamodb, settings.table, index),
        plans=DynamoPlans(clients.dynamodb, settings.table),
        history=DynamoHistory(clients.dynamodb, settings.table),
        messages=DynamoMessages(clients.dynamodb, settings.table),
        archive=S3Objects(clients.s3, settings.archive_bucket, locked=True),
        review=S3Objects(clients.s3, settings.review_bucket),
        inbox=S3Objects(clients.s3, settings.inbox_bucket),
        inbox_prefix=settings.inbox_prefix,
        notes=S3Review(clients.s3, settings.review_bucket),
        suppressions=SesSuppressions(clients.sesv2),
        archived=S3Archive(clients.s3, settings.archive_bucket),
        clock=SystemClock(),
        entropy=SystemEntropy(),
        rules=Rules(
            retention=timedelta(days=settings.retention_days),
            claim_window=timedelta(days=settings.claim_window_days),
            inbox_days=settings.inbox_days,
            access_log_days=settings.access_log_days,
            log_days=settings.log_days,
        ),
    )


@cache
def wire_lake() -> "compacting.Outside":
    """keep_lake: its ports. Raises `SettingsError`."""
    import tempfile
    from pathlib import Path

    from parley.compacting import ports as compacting
    from parley.stores.lake import DynamoTurns, S3Lake

    settings = LakeSettings.from_environment(os.environ)
    clients = Clients()
    megabyte = 1024 * 1024
    return compacting.Outside(
        objects=S3Lake(clients.s3, settings.review_bucket),
        turns=DynamoTurns(clients.dynamodb, settings.table),
        clock=SystemClock(),
        folder=Path(tempfile.gettempdir(), "lake"),
        budget=compacting.Budget(
            engine_octets=settings.engine_mb * megabyte,
            threads=settings.engine_threads,
            batch_octets=settings.batch_mb * megabyte,
        ),
        turn_length=timedelta(seconds=settings.turn_seconds),
    )


@cache
def wire_tracking() -> "tuple[tracking.Outside, tracking.Place]":
    """track_delivery: its ports, and its place. Raises `SettingsError`."""
    from parley.stores.deliveries import DynamoDeliveries
    from parley.stores.erasure_objects import SesSuppressions
    from parley.stores.notices import DynamoNotices
    from parley.stores.reachability import DynamoReachability
    from parley.tracking import ports as tracking

    settings = TrackingSettings.from_environment(os.environ)
    clients = Clients(settings.region)
    outside = tracking.Outside(
        deliveries=DynamoDeliveries(clients.dynamodb, settings.table),
        reachability=DynamoReachability(clients.dynamodb, settings.table),
        notices=DynamoNotices(clients.dynamodb, settings.table),
        index=MailboxIndex(lambda: clients.secretsmanager, settings.mailbox_key_secret),
        suppressions=SesSuppressions(clients.sesv2),
        mailer=SesMailer(clients.sesv2, settings.configuration_set),
        clock=SystemClock(),
        entropy=SystemEntropy(),
    )
    return outside, tracking.Place(
        relay_domain=settings.relay_domain,
        marketplace_name=settings.marketplace_name,
        complaints_opt_out=_complaints_opt_out(settings),
        event_time=timedelta(seconds=settings.event_seconds),
    )


@cache
def wire_reviewing() -> "Desk":
    """admin_api: the ports of what reviewers do. Raises `SettingsError`."""
    from parley.reviewing.ports import Desk
    from parley.stores.queue import SqsQueue
    from parley.stores.review import S3Review
    from parley.stores.reviewing import DynamoReviews

    settings = ApiSettings.from_environment(os.environ)
    clients = Clients()
    return Desk(
        reviews=DynamoReviews(clients.dynamodb, settings.table),
        messages=DynamoMessages(clients.dynamodb, settings.table),
        history=DynamoHistory(clients.dynamodb, settings.table),
        archive=S3Archive(clients.s3, settings.archive_bucket),
        accesses=S3Review(clients.s3, settings.review_bucket),
        queue=SqsQueue(lambda: clients.sqs, settings.queue_url),
        clock=SystemClock(),
        entropy=SystemEntropy(),
    )


@cache
def wire_registering() -> "Office":
    """admin_api: its ports. Raises `SettingsError`."""
    from parley.registering.ports import Office
    from parley.stores.queue import SqsQueue
    from parley.stores.registry import DynamoRegistry

    settings = ApiSettings.from_environment(os.environ)
    clients = Clients()
    index = MailboxIndex(lambda: clients.secretsmanager, settings.mailbox_key_secret)
    return Office(
        registry=DynamoRegistry(clients.dynamodb, settings.table, index),
        ids=index,
        requests=SqsQueue(lambda: clients.sqs, settings.events_queue_url),
        clock=SystemClock(),
        entropy=SystemEntropy(),
        relay_domain=settings.relay_domain,
    )


def _complaints_opt_out(settings: TrackingSettings) -> bool:
    if settings.complaints not in ("flag", "opt-out"):
        raise SettingsError(f"{variable('complaints')} must be flag or opt-out, not {settings.complaints!r}")
    return settings.complaints == "opt-out"


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
        history=DynamoHistory(clients.dynamodb, settings.table),
        inbox=S3Inbox(clients.s3, settings.inbox_bucket, settings.inbox_prefix),
        archive=S3Archive(clients.s3, settings.archive_bucket),
        mailer=SesMailer(clients.sesv2, settings.configuration_set),
        clock=SystemClock(),
        entropy=SystemEntropy(),
    )
