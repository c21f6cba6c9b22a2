"""Hands the mails to SES over several connections, no faster than the relay can take them.

Mails are written when their turn comes, and as many wait in the queue as the window allows: memory does not
grow with the number of mails, and a mail's latency is not that of everybody before it.
"""

import smtplib
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from parley.conversation.aliases import AliasId
from parley.conversation.messages import MessageId, message_id
from sandbox.accounts import Account
from sandbox.connecting import SUBMITTING_SECONDS
from sandbox.load.letters import Envelope, written
from sandbox.load.plan import Kind, Letter
from sandbox.seeding import Correspondence

_ACCEPTED = 250
_ATTEMPTS = 5
_WAIT_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that SES's 250 promises. at: monotonic seconds, of the 250. author, to: the mailbox in From,
    and that of the party that the alias stands for, "" if it stands for nobody."""

    letter: Letter
    message: MessageId
    at: float
    author: str
    to: str


@dataclass(frozen=True, slots=True)
class _Handed:
    account: Account | None
    reverse_path: str
    envelope: Envelope
    to: tuple[str, ...]


class Traffic:
    """accepted: what was promised so far. refused: letters that SES never took."""

    def __init__(
        self,
        smtp: tuple[str, int],
        opened: Sequence[Correspondence],
        relay_domain: str,
    ) -> None:
        self._smtp = smtp
        self._opened = opened
        self._relay_domain = relay_domain
        self._room = threading.Semaphore(0)
        self._stopped = threading.Event()
        self.accepted: list[Accepted] = []
        self.refused: list[Letter] = []

    def admit(self, count: int) -> None:
        """So many more mails may be handed over until this is called again."""
        while self._room.acquire(blocking=False):
            pass
        if count > 0:
            self._room.release(count)

    def stop(self) -> None:
        """No further mail is begun."""
        self._stopped.set()

    def send(self, letters: Sequence[Letter], connections: int) -> None:
        """Returns once SES has answered to all of them."""
        with ThreadPoolExecutor(connections, thread_name_prefix="load-author") as pool:
            for _ in pool.map(self._send, letters):
                pass

    def _send(self, letter: Letter) -> None:
        handed = self._handed(letter)
        raw = b""
        for _ in range(letter.handed_over):
            while not self._room.acquire(timeout=_WAIT_SECONDS):
                if self._stopped.is_set():
                    return
            raw = raw or written(letter, handed.envelope)
            self._submit(letter, handed, raw)

    def _submit(self, letter: Letter, handed: _Handed, raw: bytes) -> None:
        for _ in range(_ATTEMPTS):
            code, text = _dialogue(self._smtp, handed, raw)
            if code == _ACCEPTED:
                # "2.0.0 OK <receipt>", as SES answers.
                receipt, at, author = text.split()[-1], time.monotonic(), handed.envelope.author
                for alias, to in zip(handed.envelope.aliases, handed.to, strict=True):
                    message = message_id(receipt, AliasId(alias.partition("@")[0]))
                    self.accepted.append(Accepted(letter, message, at, author, to))
                return
        self.refused.append(letter)

    def _handed(self, letter: Letter) -> _Handed:
        both = self._opened[letter.conversation]
        author, other = (both.buyer, both.seller) if letter.by_buyer else (both.seller, both.buyer)
        account: Account | None = author.account
        mailbox, aliases, to = author.account.mailbox, [author.writes_to], [other.account.mailbox]
        match letter.kind:
            case Kind.STRANGER:
                stranger = self._opened[(letter.conversation + 1) % len(self._opened)].seller
                account, mailbox = stranger.account, stranger.account.mailbox
            case Kind.FORGED:
                account = None
            case Kind.UNKNOWN:
                aliases, to = [f"b-nobody{letter.number}@{self._relay_domain}"], [""]
            case Kind.TO_BOTH:
                # Each buyer has two conversations, side by side.
                second = self._opened[letter.conversation ^ 1]
                account, mailbox = both.buyer.account, both.buyer.account.mailbox
                aliases = [both.buyer.writes_to, second.buyer.writes_to]
                to = [both.seller.account.mailbox, second.seller.account.mailbox]
        return _Handed(account, mailbox, Envelope(mailbox, tuple(aliases), other.account.mailbox), tuple(to))


def _dialogue(smtp: tuple[str, int], handed: _Handed, raw: bytes) -> tuple[int, str]:
    """RFC 5321 §3.3. smtplib's own `sendmail` keeps the reply to itself, and with it the receipt's id."""
    host, port = smtp
    with smtplib.SMTP(host, port, local_hostname="localhost", timeout=SUBMITTING_SECONDS) as program:
        program.ehlo_or_helo_if_needed()
        if handed.account:
            program.login(handed.account.mailbox, handed.account.password)
        program.mail(handed.reverse_path)
        for alias in handed.envelope.aliases:
            program.rcpt(alias)
        code, reply = program.data(raw)
    return code, reply.decode("ascii", "replace")
