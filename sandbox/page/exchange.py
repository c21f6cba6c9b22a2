"""All that the page reaches: both parties, their mailboxes, the way into the relay, what it keeps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.accounts import Account, Accounts
from sandbox.archive import ConversationArchive
from sandbox.mailboxes.mailboxes import Mailboxes
from sandbox.queues import Queues
from sandbox.seeding import Correspondent

Submit = Callable[[Account, bytes, Sequence[str]], None]
"""Hands a mail to the sandbox's SMTP server as that account, for these forward-paths. Raises
smtplib.SMTPException or OSError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """people: buyer and seller, in the order in which they stand from left to right."""

    accounts: Accounts
    people: tuple[Correspondent, ...]
    mailboxes: Mailboxes
    submit: Submit
    archive: ConversationArchive
    queues: Queues

    def person(self, role: str) -> Correspondent | None:
        return next((person for person in self.people if person.role == role), None)
