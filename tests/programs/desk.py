"""Where a person writes and reads: an account on a server, as it is entered into a mail program."""

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Protocol
from urllib.parse import quote

from sandbox.loopback import HOST
from sandbox.seeding import Correspondent
from sandbox.stack import Sandbox
from tests.programs.own_servers import OwnServer
from tests.programs.running import wait_for

ARRIVING_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """smtp, imap: ports on the loopback. writes_to: the alias of the other person."""

    name: str
    mailbox: str
    password: str
    writes_to: str
    smtp: int
    imap: int

    @property
    def domain(self) -> str:
        return self.mailbox.rpartition("@")[2]

    @property
    def smtp_url(self) -> str:
        """With login and password."""
        return f"smtp://{quote(self.mailbox, '')}:{quote(self.password, '')}@{HOST}:{self.smtp}"

    @property
    def imap_url(self) -> str:
        """With login and password; without a folder."""
        return f"imap://{quote(self.mailbox, '')}:{quote(self.password, '')}@{HOST}:{self.imap}"

    def raw(self, folder: str = "INBOX") -> list[bytes]:
        """All mails of the folder as IMAP gives them, in the order in which they came."""
        with self.logged_in(folder) as program:
            numbers = program.search(None, "ALL")[1][0].decode().replace(" ", ",")
            found = program.fetch(numbers, "(BODY.PEEK[])")[1] if numbers else []
        return [each[1] for each in found if isinstance(each, tuple)]

    def mails(self, folder: str = "INBOX") -> list[EmailMessage]:
        return [parsed(each) for each in self.raw(folder)]

    def arrived(self, count: int, folder: str = "INBOX") -> EmailMessage:
        """The newest mail once there are `count`; fails if they do not come, or more do."""
        found = wait_for(
            lambda: mails if len(mails := self.mails(folder)) >= count else None,
            f"mail number {count} in {folder} of {self.name}",
            ARRIVING_SECONDS,
        )
        assert len(found) == count
        return found[-1]

    @contextmanager
    def logged_in(self, folder: str) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4(HOST, self.imap, timeout=10) as program:
            program.login(self.mailbox, self.password)
            program.select(folder, readonly=True)
            yield program


class MailProgram(Protocol):
    """A mail program that is set up for a desk and files what it sends in `Sent`."""

    @property
    def desk(self) -> Desk: ...

    def write(self, subject: str, text: str) -> None:
        """A first mail to the other person."""

    def reply(self, text: str) -> None:
        """To the newest mail in INBOX, with a quote."""


def desk(person: Correspondent, place: Sandbox | OwnServer) -> Desk:
    """place: whose SMTP and IMAP the person's programs use."""
    if isinstance(place, OwnServer):
        smtp, imap = place.smtp, place.imap
    else:
        smtp, imap = place.receiving.port, place.mailboxes.port
    return Desk(
        name=person.person.display_name,
        mailbox=person.account.mailbox,
        password=person.account.password,
        writes_to=person.writes_to,
        smtp=smtp,
        imap=imap,
    )


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail
