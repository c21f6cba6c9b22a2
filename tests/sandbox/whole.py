"""The deployed functions between both stand-ins: parties write and read with SMTP and IMAP.

The stack is made on moto from the template. SendEmail leaves it over HTTP; all else stays on moto's wire.
"""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from unittest.mock import patch

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.core.botocore_stubber import MockRawResponse

from parley.conversation.parties import PartyId
from parley.mail.address import parse_mailbox
from sandbox.accounts import Account, Accounts
from sandbox.mailboxes.mailboxes import Mailboxes
from sandbox.ses.aws import object_store, publisher
from sandbox.ses.ports import AutomaticReply
from sandbox.ses.receiving import Receiving
from sandbox.ses.sending import Sending
from sandbox.ses.template import configuration_sets, event_destinations, identities, receipt_rules
from tests.sandbox.stand_ins import Inbound, Outside, imap, mail
from tests.support import wire
from tests.support.aws import deployed
from tests.support.market import Market

Template = dict[str, Any]
_UTF_8 = {
    "MIME_Version": "1.0",
    "Content_Type": "text/plain; charset=utf-8",
    "Content_Transfer_Encoding": "8bit",
}


class Whole:
    """events: what SES told, in order."""

    def __init__(self, market: Market, accounts: Accounts, mailboxes: Mailboxes) -> None:
        self.market = market
        self.mailboxes = mailboxes
        self.accounts = accounts
        self.buyer, self.seller = accounts
        self.events: list[dict[str, Any]] = []
        self.receiving: Receiving
        self.sending: Sending

    def post(self, account: Account | None, raw: bytes, *recipients: str, author: str = "") -> None:
        """A program hands a mail to SES, the functions work, and SES delivers."""
        with Inbound(self.receiving, Outside()).program(account) as smtp:
            assert smtp.sendmail(account.mailbox if account else author, recipients, raw) == {}
        self.work()

    def work(self) -> None:
        """The functions work on what waits, SES delivers, and the archive follows."""
        assert all(self.market.work())
        self.sending.settle()
        assert self.market.follow() == []

    def inbox(self, account: Account) -> list[EmailMessage]:
        """By IMAP, as the account's mail program sees it."""
        with imap(self.mailboxes.port, account) as program:
            numbers = program.search(None, "ALL")[1][0].split()
            raw = [program.fetch(number.decode(), "(RFC822)")[1][0] for number in numbers]
        return [_parsed(each[1]) for each in raw if isinstance(each, tuple)]

    def everything(self, account: Account) -> bytes:
        """All that the account was ever sent."""
        return b"".join(each.raw for each in self.mailboxes.messages(account.mailbox)).lower()

    def seller_called(self, local_part: str) -> tuple[str, Account]:
        """A conversation of the buyer with a seller whose local-part has a wish; what the buyer writes to."""
        account = Account(f"{local_part}@girlitz-filiale.example", "a password")
        party = replace(
            self.market.seller, id=PartyId("p-other"), mailboxes=(parse_mailbox(account.mailbox),)
        )
        self.market.stores.directory.register(party)
        self.mailboxes.add(account)
        return self.market.correspondence("c9", seller=party).buyer_writes_to, account

    def answer(self, reply: AutomaticReply) -> None:
        """The party's own server sends what its mailbox answers by itself."""
        account = self.accounts.of(reply.author)
        assert account
        with Inbound(self.receiving, Outside()).program(account) as smtp:
            smtp.sendmail("<>", [reply.recipient], reply.raw)


def _parsed(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def written(account: Account, to: str, text: str, **fields: str) -> bytes:
    """As `mail` of `stand_ins`, in the account's name. Written by hand: Python's `email` would make encoded
    words of long ids, which no mail program does."""
    body = text.replace("\n", "\r\n")
    return mail(author=account.mailbox, body=body, **{"To": to, **_UTF_8, **fields})


def reply(account: Account, heard: EmailMessage, text: str, message_id: str) -> bytes:
    """As mail programs reply: to From, with the thread's ids and a quote (RFC 5322 §3.6.4)."""
    quoted = "".join(f"> {line}\n" for line in heard.get_content().splitlines())
    author = heard["From"].addresses[0].addr_spec
    return written(
        account,
        author,
        f"{text}\n\nOn Friday {author} wrote to {account.mailbox}:\n{quoted}",
        Subject=f"Re: {heard['Subject'].removeprefix('Re: ')}",
        Message_ID=message_id,
        In_Reply_To=heard["Message-ID"],
        References=f"{heard['References'] or ''} {heard['Message-ID']}".strip(),
    )


@contextmanager
def whole(template: Template) -> Iterator[Whole]:
    with deployed(template) as deployment:
        market, stack = Market(deployment), deployment.stack
        parties = (market.buyer, market.seller)
        accounts = Accounts(Account(str(party.receiving_mailbox), "a password") for party in parties)
        publish = publisher(stack.client("sns"))
        with Mailboxes(accounts) as mailboxes:
            world = Whole(market, accounts, mailboxes)

            def tell(*, topic: str, subject: str, message: str) -> None:
                world.events.append(json.loads(message))
                publish(topic=topic, subject=subject, message=message)

            receiving = Receiving(
                rules=receipt_rules(template, stack.resolve),
                accounts=accounts,
                put_object=object_store(deployment.clients.s3),
                publish=publish,
                now=market.clock.now,
            )
            sending = Sending(
                identities=identities(template, stack.resolve),
                configuration_sets=configuration_sets(template, stack.resolve),
                destinations=event_destinations(template, stack.resolve),
                deliver=mailboxes.deliver,
                publish=tell,
                answer=world.answer,
                now=market.clock.now,
            )
            with receiving, sending, patch.object(wire, "_take", _forward_to(sending)):
                world.receiving, world.sending = receiving, sending
                yield world


def _forward_to(sending: Sending) -> Any:
    """The wire's SES is the stand-in."""

    def take(_: wire.Wire, request: AWSPreparedRequest) -> AWSResponse:
        connection = http.client.HTTPConnection(sending.host, sending.port, timeout=30)
        try:
            body: Any = request.body
            headers: Any = {name: _text(value) for name, value in request.headers.items()}
            connection.request("POST", "/v2/email/outbound-emails", body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        return AWSResponse(
            request.url,
            response.status,
            dict(response.getheaders()),  # type: ignore[arg-type]  # as moto itself does
            MockRawResponse(text),
        )

    return take


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
