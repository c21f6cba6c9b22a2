"""The store: one mailbox an account, with the folders that mail programs expect.

with Mailboxes(accounts) as mailboxes:
    mailboxes.deliver("buyer@shop.example", raw)
    mailboxes.messages("buyer@shop.example")
    imaplib.IMAP4("127.0.0.1", mailboxes.port)

All of it is in memory. With a `folder`, what is there is loaded, and what is held is written there on `save`
and on close: one file a mail, octets unchanged.
"""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from urllib.parse import quote, unquote

from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag

from sandbox.accounts import Account, Accounts
from sandbox.loopback import HOST, LoopThread, listening
from sandbox.mailboxes.imap import ImapServer

INBOX = "INBOX"
FOLDERS = ("Sent", "Drafts", "Trash")


class NoSuchMailboxError(LookupError):
    """There is no account of that name."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A mail in a folder. flags: such as `\\Seen`."""

    uid: int
    raw: bytes
    flags: frozenset[str]
    at: datetime


class Mailboxes:
    """port: 0 for any free one; then `port` tells which. May be used from any thread."""

    def __init__(
        self, accounts: Accounts, *, host: str = HOST, port: int = 0, folder: Path | None = None
    ) -> None:
        self._accounts = accounts
        self._folder = folder
        socket = listening(host, port)
        self.host: str = host
        self.port: int = socket.getsockname()[1]
        self._thread = LoopThread("sandbox-mailboxes")
        self._server = self._thread.run(self._start())
        if folder and folder.is_dir():
            self._load(folder)
        self._thread.run(self._server.start(socket))

    async def _start(self) -> ImapServer:
        server = ImapServer(self._accounts)
        for account in self._accounts:
            await _furnish(server.add(account.mailbox.lower()), FOLDERS)
        return server

    def add(self, account: Account) -> None:
        """A new account, or a new password."""
        self._accounts.add(account)
        self._thread.run(_furnish(self._server.add(account.mailbox.lower()), FOLDERS))

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
        """Writes all to `folder` in place of what is there; nothing if there is none."""
        if self._folder is None:
            return
        new = self._folder.with_name(f"{self._folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        for account in self._accounts:
            for name in self.folders(account.mailbox):
                _write(
                    new / quote(account.mailbox.lower(), safe="@") / quote(name, safe=""),
                    self.messages(account.mailbox, name),
                )
        # What a killed process leaves is the old state or the new one.
        old = self._folder.with_name(f"{self._folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if self._folder.exists():
            self._folder.rename(old)
        new.mkdir(parents=True, exist_ok=True)
        new.rename(self._folder)
        shutil.rmtree(old, ignore_errors=True)

    def close(self) -> None:
        if not self._thread.loop.is_closed():
            self.save()
            self._thread.run(self._server.stop())
            self._thread.close()

    def __enter__(self) -> "Mailboxes":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _load(self, folder: Path) -> None:
        """Mails of accounts that are no more stay in their files until the next save."""
        for mailbox in sorted(folder.iterdir()):
            if self._accounts.of(unquote(mailbox.name)) is None:
                continue
            for each in sorted(mailbox.iterdir()):
                self._thread.run(self._restore(unquote(mailbox.name), unquote(each.name), each))

    async def _restore(self, mailbox: str, name: str, folder: Path) -> None:
        await _furnish(self._server.add(mailbox), (name,))
        for known in json.loads((folder / "index.json").read_text()):
            raw = (folder / known["file"]).read_bytes()
            at = datetime.fromisoformat(known["at"])
            await self._append(mailbox, name, raw, at, known["flags"])

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


def _write(folder: Path, messages: list[Stored]) -> None:
    folder.mkdir(parents=True)
    index = []
    for message in messages:
        file = f"{message.uid:06d}.eml"
        (folder / file).write_bytes(message.raw)
        at = message.at.astimezone(UTC).isoformat()
        index.append({"file": file, "at": at, "flags": sorted(message.flags)})
    (folder / "index.json").write_text(json.dumps(index, indent=1))
