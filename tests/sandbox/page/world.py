"""The page over the deployed functions on moto, between both stand-ins of SES."""

import smtplib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from parley.conversation.parties import Role
from sandbox.accounts import Account
from sandbox.archive import ConversationArchive
from sandbox.page.exchange import Exchange
from sandbox.page.page import Page
from sandbox.queues import Queues
from sandbox.seeding import Correspondent, Person
from tests.sandbox.whole import Whole, whole
from tests.support.resources import of_type


@dataclass(frozen=True, slots=True)
class Served:
    """works: whether what is submitted goes through the relay at once; without, it waits in the queue."""

    whole: Whole
    exchange: Exchange
    page: Page
    buyer: Correspondent
    seller: Correspondent

    def deliver(self, person: Correspondent, raw: bytes) -> None:
        """Into the mailbox, past the relay."""
        assert self.whole.mailboxes.deliver(person.account.mailbox, raw)

    def inbox(self, person: Correspondent, folder: str = "INBOX") -> list[bytes]:
        return [mail.raw for mail in self.whole.mailboxes.messages(person.account.mailbox, folder)]


def exchange_of(world: Whole) -> Exchange:
    market, deployment = world.market, world.market.deployment
    working = threading.Lock()

    def submit(account: Account, raw: bytes, recipients: Sequence[str]) -> None:
        receiving = world.receiving
        with smtplib.SMTP("127.0.0.1", receiving.port, local_hostname="laptop.example", timeout=10) as smtp:
            smtp.login(account.mailbox, account.password)
            smtp.sendmail(account.mailbox, list(recipients), raw)
        with working:
            world.work()

    people = (
        (world.buyer, Role.BUYER, market.buyer, market.main.buyer_writes_to),
        (world.seller, Role.SELLER, market.seller, market.main.seller_writes_to),
    )
    queues = list(of_type(deployment.template, "AWS::SQS::Queue"))
    receipts = next(name for name in queues if name.startswith("ReceiptsQueue"))
    dead = next(name for name in queues if name.startswith("ReceiptsDeadLetters"))
    return Exchange(
        accounts=world.accounts,
        people=tuple(
            Correspondent(
                Person(
                    id=party.id,
                    role=role,
                    locale=party.locale,
                    display_name=party.display_name,
                    account=account,
                ),
                alias,
            )
            for account, role, party, alias in people
        ),
        mailboxes=world.mailboxes,
        submit=submit,
        archive=ConversationArchive(
            s3=deployment.clients.s3,
            dynamodb=deployment.clients.dynamodb,
            table=deployment.settings.table,
            bucket=deployment.settings.archive_bucket,
            review=deployment.archive_settings.review_bucket,
            conversation=market.main.conversation.id,
        ),
        queues=Queues(
            deployment.clients.sqs,
            tuple(
                (label, deployment.stack.made(name).ref)
                for label, name in (("mail", receipts), ("dead letters", dead))
            ),
        ),
    )


@contextmanager
def served(template: dict[str, Any]) -> Iterator[Served]:
    with whole(template) as world:
        exchange = exchange_of(world)
        with Page(port=0, exchange=exchange) as page:
            yield Served(world, exchange, page, *exchange.people)
