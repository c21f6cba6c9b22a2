"""What mail programs do by IMAP: mark a mail as read, keep a copy of what was sent."""

import imaplib
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.accounts import Account
from sandbox.mailboxes.mailboxes import Mailboxes

SENT = "Sent"
SEEN = "\\Seen"
_SECONDS = 10


def mark_seen(mailboxes: Mailboxes, account: Account, folder: str, uid: int) -> None:
    """Raises imaplib.IMAP4.error if there is no such folder. Its name must be ASCII."""
    with _program(mailboxes, account) as program:
        status, told = program.select(_quoted(folder))
        if status != "OK":
            raise imaplib.IMAP4.error(told)
        program.uid("STORE", str(uid), "+FLAGS.SILENT", f"({SEEN})")


def keep_sent(mailboxes: Mailboxes, account: Account, raw: bytes) -> bool:
    """Files a copy, read already. False if the folder is gone."""
    with _program(mailboxes, account) as program:
        status, _ = program.append(SENT, f"({SEEN})", imaplib.Time2Internaldate(time.time()), raw)
    return status == "OK"


def _quoted(folder: str) -> str:
    # imaplib sends names as they are (RFC 9051 §4.3: quoted strings).
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@contextmanager
def _program(mailboxes: Mailboxes, account: Account) -> Iterator[imaplib.IMAP4]:
    with imaplib.IMAP4(mailboxes.host, mailboxes.port, timeout=_SECONDS) as program:
        program.login(account.mailbox, account.password)
        yield program
