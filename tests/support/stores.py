"""All ports of the record together, in memory or on moto, with what stands behind them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from parley.relaying.ports import Archive, Directory, History, Inbox, Mailer, Messages, Queue
from parley.stores.archive import S3Archive
from parley.stores.directory import DynamoDirectory
from parley.stores.history import DynamoHistory
from parley.stores.inbox import S3Inbox
from parley.stores.mailbox_index import MailboxIndex
from parley.stores.mailer import SesMailer
from parley.stores.messages import DynamoMessages
from parley.stores.queue import SqsQueue
from tests.support.aws import Deployment
from tests.support.fakes import (
    FakeArchive,
    FakeDirectory,
    FakeHistory,
    FakeInbox,
    FakeMailer,
    FakeMessages,
    FakeQueue,
    Memory,
)


@dataclass
class Stores:
    """The ports, and what stands behind them: what SES stores, what was sent, what waits in the queue."""

    directory: Directory
    messages: Messages
    history: History
    inbox: Inbox
    archive: Archive
    mailer: Mailer
    queue: Queue
    store: Callable[[str, bytes], Any]
    sent: Callable[[], list[bytes]]
    queued: Callable[[], list[str]]


def in_memory() -> Stores:
    memory, inbox, mailer, queue = Memory(), FakeInbox(), FakeMailer(), FakeQueue()
    return Stores(
        FakeDirectory(memory),
        FakeMessages(memory),
        FakeHistory(memory),
        inbox,
        FakeArchive(),
        mailer,
        queue,
        store=lambda receipt_id, raw: inbox.put(f"inbox/{receipt_id}", raw),
        sent=lambda: [submission.raw for submission in mailer.sent],
        queued=lambda: queue.bodies,
    )


def on_aws(deployment: Deployment) -> Stores:
    clients, settings = deployment.clients, deployment.settings
    index = MailboxIndex(lambda: clients.secretsmanager, settings.mailbox_key_secret)
    return Stores(
        DynamoDirectory(clients.dynamodb, settings.table, index),
        DynamoMessages(clients.dynamodb, settings.table),
        DynamoHistory(clients.dynamodb, settings.table),
        S3Inbox(clients.s3, settings.inbox_bucket, settings.inbox_prefix),
        S3Archive(clients.s3, settings.archive_bucket),
        SesMailer(clients.sesv2, settings.configuration_set),
        SqsQueue(lambda: clients.sqs, deployment.queue_url),
        store=deployment.store,
        sent=lambda: [mail.raw for mail in deployment.wire.sent],
        queued=lambda: [message["Body"] for message in deployment.queued()],
    )
