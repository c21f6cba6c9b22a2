"""The store: one mailbox an account, with the folders that mail programs expect.

with Mailboxes(accounts) as mailboxes:
    mailboxes.deliver("buyer@shop.example", raw)
    mailboxes.messages("buyer@shop.example")
    imaplib.IMAP4("127.0.0.1", mailboxes.port)

All of it is in memory. With a `folder`, what is there is loaded, and what is held is written there on `save`
and on close: one file a mail, octets unchanged (`files`).
"""

import socket
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag

from sandbox.accounts import Account, Accounts
from sandbox.loopback import HOST, LoopThread, listening
from sandbox.mailboxes import files
from sandbox.mailboxes.files import Held
from sandbox.mailboxes.files import Stored as Stored
from sandbox.mailboxes.imap import ImapServer

INBOX = "INBOX"
FOLDERS = ("Sent", "Drafts", "Trash")


class NoSuchMailboxError(LookupError):
    """There is no account of that name."""


class Mailboxes:
    """port: 0 for any free one; then `port` tells which. bound: a listening socket in place of host and port.
    May be used from any thread. Raises `DamagedError` for a folder that cannot be read."""

    def __init__(
        self,
        accounts: Accounts,
        *,
        host: str = HOST,
        port: int = 0,
        bound: socket.socket | None = None,
        folder: Path | None = None,
    ) -> None:
        self._accounts = accounts
        self._folder = folder
        # Accounts may come later than what they held: it waits for them.
        self._waiting = files.load(folder) if folder else []
        bound = bound or listening(host, port)
        self.host: str = host
        self.port: int = bound.getsockname()[1]
        self._thread = LoopThread("sandbox-mailboxes")
        self._server = self._thread.run(self._start())
        self._restore()
        self._thread.run(self._server.start(bound))

    async def _start(self) -> ImapServer:
        server = ImapServer(self._accounts)
        for account in self._accounts:
            await _furnish(server.add(account.mailbox.lower()), FOLDERS)
        return server

    def add(self, account: Account) -> None:
        """A new account, or a new password."""
        self._accounts.add(account)
        self._thread.run(_furnish(self._server.add(account.mailbox.lower()), FOLDERS))
        self._restore()

    def deliver(self, mailbox: str, raw: bytes, folder: str = INBOX) -> bool:
        """False if there is no such mailbox."""
        if self._accounts.of(mailbox) is None:
            return False
        self._thread.run(self._append(mailbox, folder, raw, datetime.now(UTC), ()))
        return True

    def messages(self, mailbox: str, folder: str = INBOX) -> list[Stored]:
        """In the order in which they came. Raises `NoSuchMailboxError`."""
        if self._accounts.of(mailbox) is None:
            raise NoSuchMailboxError(mailbox)
        return self._thread.run(self._messages(mailbox, folder))

    def folders(self, mailbox: str) -> list[str]:
        return self._thread.run(self._names(mailbox))

    def save(self) -> None:
        """Writes all to `folder` in place of what is there, if there is one. Raises `UnsavedError`."""
        if self._folder is not None:
            files.save(self._folder, self._held())

    def _held(self) -> Iterator[Held]:
        yield from self._waiting
        for account in self._accounts:
            for name in self.folders(account.mailbox):
                yield Held(account.mailbox.lower(), name, tuple(self.messages(account.mailbox, name)))

    def close(self) -> None:
        """Mail programs are cut off first, so that none changes what is being saved."""
        if self._thread.loop.is_closed():
            return
        try:
            self._thread.run(self._server.stop())
            self.save()
        finally:
            self._thread.close()

    def __enter__(self) -> "Mailboxes":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _restore(self) -> None:
        """Accounts that are there get back what they held."""
        ready = [held for held in self._waiting if self._accounts.of(held.mailbox)]
        self._waiting = [held for held in self._waiting if held not in ready]
        for held in ready:
            self._thread.run(self._put_back(held))

    async def _put_back(self, held: Held) -> None:
        await _furnish(self._server.add(held.mailbox), (held.name,))
        for message in held.messages:
            await self._append(held.mailbox, held.name, message.raw, message.at, message.flags)

    async def _box(self, mailbox: str, folder: str) -> MailboxData:
        return await self._server.add(mailbox.lower()).get_mailbox(folder)

    async def _append(
        self, mailbox: str, folder: str, raw: bytes, at: datetime, flags: Iterable[str]
    ) -> None:
        flag_set = frozenset(Flag(flag) for flag in flags)
        box = await self._box(mailbox, folder)
        await box.append(AppendMessage(raw, at, flag_set), recent=True)

    async def _messages(self, mailbox: str, folder: str) -> list[Stored]:
        box = await self._box(mailbox, folder)
        return [
            Stored(
                message.uid,
                bytes(message._content or b""),  # pymap loads it through a fetch only
                frozenset(str(flag) for flag in message.permanent_flags),
                message.internal_date,
            )
            async for message in box.messages()
        ]

    async def _names(self, mailbox: str) -> list[str]:
        tree = await self._server.add(mailbox.lower()).list_mailboxes()
        return [entry.name for entry in tree.list() if entry.exists]


async def _furnish(folders: MailboxSet, names: Iterable[str]) -> None:
    known = {entry.name for entry in (await folders.list_mailboxes()).list() if entry.exists}
    for name in names:
        if name not in known:
            await folders.add_mailbox(name)
            await folders.set_subscribed(name, True)
