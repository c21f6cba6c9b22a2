"""The parties' mail accounts: one password for SMTP AUTH and for IMAP."""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox as its owner writes it. The password may be shown: it opens nothing but the sandbox."""

    mailbox: str
    password: str = field(repr=False)

    @property
    def domain(self) -> str:
        return self.mailbox.rpartition("@")[2].lower()


class Accounts:
    """All accounts by mailbox. A mailbox counts as the same in any spelling of upper and lower case."""

    def __init__(self, accounts: Iterable[Account] = ()) -> None:
        self._by_mailbox = {account.mailbox.lower(): account for account in accounts}

    def __iter__(self) -> Iterator[Account]:
        return iter(list(self._by_mailbox.values()))

    def add(self, account: Account) -> None:
        self._by_mailbox[account.mailbox.lower()] = account

    def of(self, mailbox: str) -> Account | None:
        return self._by_mailbox.get(mailbox.lower())

    def authenticated(self, login: str, password: str) -> Account | None:
        """The account, if the password is its own."""
        account = self.of(login)
        if account and hmac.compare_digest(account.password.encode(), password.encode()):
            return account
        return None
