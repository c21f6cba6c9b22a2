"""A sandbox whose SES delivers to the servers of two domains, the buyers' and the sellers'."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from parley.conversation.parties import Role
from sandbox.accounts import Account
from sandbox.seeding import Correspondence, Person
from sandbox.ses.mail_exchange import MailExchanges
from sandbox.stack import Sandbox, running
from tests.programs.desk import Desk, desk
from tests.programs.own_servers import OwnServer, own_server, require

BUYERS_DOMAIN, SELLERS_DOMAIN = "birkenpost.example", "teekontor.example"
PASSWORD = "a password"
MAILBOXES = ("first", "second", "third", "fourth", "fifth", "sixth")
"""Local-parts that exist on both servers; each test takes the next one."""


@dataclass
class World:
    """delivered: for each mail from SES its recipient, and whether their server took it."""

    sandbox: Sandbox
    buyers: OwnServer
    sellers: OwnServer
    delivered: list[tuple[str, bool]]
    local_parts: Iterator[str] = field(default_factory=lambda: iter(MAILBOXES))

    def correspond(self, *, seller: str | None = None) -> Correspondence:
        """A new conversation. seller: the local-part of their mailbox, if it is not to exist."""
        local_part = next(self.local_parts)
        return self.sandbox.open(
            f"order-{local_part}",
            _person(Role.BUYER, f"{local_part}@{BUYERS_DOMAIN}"),
            _person(Role.SELLER, f"{seller or local_part}@{SELLERS_DOMAIN}"),
        )

    def desks(self, conversation: Correspondence) -> tuple[Desk, Desk]:
        return desk(conversation.buyer, self.buyers), desk(conversation.seller, self.sellers)


def _person(role: Role, mailbox: str) -> Person:
    return Person(
        id=f"{mailbox.partition('@')[0]}-{role}",
        role=role,
        locale="en",
        display_name=mailbox.partition("@")[0].title(),
        account=Account(mailbox, PASSWORD),
    )


@contextmanager
def two_servers(assembly: Path) -> Iterator[World]:
    """assembly: the cloud assembly to deploy. Skips the test without root or the servers' programs."""
    require()
    delivered: list[tuple[str, bool]] = []
    exchanges = MailExchanges(_nowhere)

    def deliver(mailbox: str, raw: bytes) -> bool:
        taken = exchanges(mailbox, raw)
        delivered.append((mailbox, taken))
        return taken

    with (
        running(assembly=assembly, deliver=lambda _: deliver) as sandbox,
        _server(BUYERS_DOMAIN, sandbox) as buyers,
        _server(SELLERS_DOMAIN, sandbox) as sellers,
    ):
        for server in (buyers, sellers):
            exchanges.add(server.domain, server.smtp)
        yield World(sandbox, buyers, sellers, delivered)


def _nowhere(mailbox: str, raw: bytes) -> bool:
    raise LookupError("there are no other domains")


def _server(domain: str, sandbox: Sandbox) -> AbstractContextManager[OwnServer]:
    login = Account(f"server@{domain}", PASSWORD)
    sandbox.accounts.add(login)
    return own_server(
        domain,
        [Account(f"{each}@{domain}", PASSWORD) for each in MAILBOXES],
        relay_domain=str(sandbox.settings.relay_domain),
        relay_port=sandbox.receiving.port,
        login=login,
    )
