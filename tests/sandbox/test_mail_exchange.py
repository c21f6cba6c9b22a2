"""Mail from SES to a server of the party's own: a real SMTP server takes it here."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.loopback import HOST, LoopThread, listening
from sandbox.ses.mail_exchange import MailExchanges

RETURN_PATH = b"Return-Path: <0102-id@bounce.relay.example>\r\n"
MAIL = b"From: alias@relay.example\r\nSubject: Tea\r\n\r\n.\r\n..dots\r\n  spaces  \r\n=C3\r\n"


@dataclass
class Server:
    """The party's server. to_recipient and to_data: its replies."""

    to_recipient: str = "250 2.1.5 Ok"
    to_data: str = "250 2.0.0 Ok"
    greeted_as: str | None = None
    taken: list[tuple[str | None, list[str], bytes | None]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.greeted_as = session.host_name
        if self.to_recipient.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.to_data.startswith("2"):
            self.taken.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content))
        return self.to_data


@dataclass
class World:
    server: Server
    exchanges: MailExchanges
    others: list[tuple[str, bytes]]


@pytest.fixture
def world() -> Iterator[World]:
    others: list[tuple[str, bytes]] = []

    def otherwise(mailbox: str, raw: bytes) -> bool:
        others.append((mailbox, raw))
        return mailbox.startswith("known@")

    server, exchanges = Server(), MailExchanges(otherwise)
    listener = listening(HOST, 0)
    exchanges.add("Party.example", listener.getsockname()[1])
    thread = LoopThread("party's server")
    try:
        thread.run(serve(server, listener))
        yield World(server, exchanges, others)
    finally:
        thread.close()
        listener.close()


async def serve(server: Server, listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: SMTP(server, hostname="mx.party.example"), sock=listener)


def test_a_mail_arrives_octet_for_octet_with_its_return_path_as_the_reverse_path(world: World) -> None:
    assert world.exchanges("anna@party.example", RETURN_PATH + MAIL)
    assert world.server.taken == [("0102-id@bounce.relay.example", ["anna@party.example"], MAIL)]


def test_the_domain_counts_in_any_spelling_and_the_local_part_stays_as_it_is(world: World) -> None:
    assert world.exchanges("Anna@PARTY.example", RETURN_PATH + MAIL)
    assert world.server.taken[0][1] == ["Anna@PARTY.example"]


def test_ses_greets_with_its_own_name(world: World) -> None:
    world.exchanges("anna@party.example", RETURN_PATH + MAIL)
    assert world.server.greeted_as == "smtp-out.amazonses.com"


@pytest.mark.parametrize("known", [True, False])
def test_mail_for_another_domain_goes_the_other_way_as_it_is(world: World, known: bool) -> None:
    mailbox = f"{'known' if known else 'unknown'}@elsewhere.example"
    assert world.exchanges(mailbox, RETURN_PATH + MAIL) is known
    assert world.others == [(mailbox, RETURN_PATH + MAIL)]
    assert world.server.taken == []


def test_a_recipient_refused_for_good_is_no_mailbox(world: World) -> None:
    world.server.to_recipient = "550 5.1.1 User unknown"
    assert world.exchanges("nobody@party.example", RETURN_PATH + MAIL) is False


def test_a_mail_refused_for_good_is_not_delivered(world: World) -> None:
    world.server.to_data = "554 5.7.1 Not wanted"
    assert world.exchanges("anna@party.example", RETURN_PATH + MAIL) is False
    assert world.server.taken == []


@pytest.mark.parametrize("step", ["to_recipient", "to_data"])
def test_a_server_that_says_later_is_no_bounce(world: World, step: str) -> None:
    setattr(world.server, step, "451 4.3.0 Come again")
    with pytest.raises(OSError, match="Come again"):
        world.exchanges("anna@party.example", RETURN_PATH + MAIL)


def test_a_server_that_is_away_is_no_bounce(world: World) -> None:
    world.exchanges.add("away.example", 1)
    with pytest.raises(OSError, match="refused"):
        world.exchanges("anna@away.example", RETURN_PATH + MAIL)


def test_a_domain_that_is_removed_goes_the_other_way(world: World) -> None:
    world.exchanges.remove("party.example")
    world.exchanges("anna@party.example", RETURN_PATH + MAIL)
    assert world.server.taken == []
    assert len(world.others) == 1


def test_a_mail_without_return_path_is_not_from_ses(world: World) -> None:
    with pytest.raises(ValueError, match="Return-Path"):
        world.exchanges("anna@party.example", MAIL)
