"""The SMTP dialogue of SES's inbound endpoint (RFC 5321), on aiosmtpd.

aiosmtpd keeps the states, undoes dot-stuffing (§4.5.2), ends the data at CRLF.CRLF and nowhere else (§2.3.8),
and speaks AUTH and STARTTLS. Added here are SES's limits, its replies, and enhanced status codes (RFC 3463).
"""

# ruff: noqa: ARG001, ARG002, N802  # aiosmtpd calls by name and position

import asyncio
import ipaddress
import logging
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sandbox.accounts import Account, Accounts

MAX_MAIL = 40 * 1024 * 1024
"""AWS, "Service quotas", email receiving: the size of a mail with an S3 action."""
MAX_RECIPIENTS = 50
# RFC 5321 §4.5.3.1.4: 512 octets, and what an extension adds. A mailbox of full length fills 320 of them.
_COMMAND_LINE = 1_024
_ENHANCED = {"500": "5.5.2", "501": "5.5.4", "502": "5.5.1", "503": "5.5.1", "552": "5.3.4", "555": "5.5.4"}
_log = logging.getLogger(__name__)
# aiosmtpd's log quotes what clients write, and warns of its own deprecations.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)
_PLAIN_ERROR = re.compile(r"(5\d\d) (?!5\.\d)(?:Error: )?")


class RefusedError(Exception):
    """The mail is not taken; the text is the whole reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A mail that was handed over. reverse_path: "" for the null one. account: who authenticated."""

    raw: bytes
    reverse_path: str
    recipients: tuple[str, ...]
    helo: str
    client: str
    account: Account | None


Accepts = Callable[[str], bool]
Take = Callable[[Handed], str]
"""Takes a mail and returns its id; raises `RefusedError`. May block: it is called in a thread."""


class Dialogue(SMTP):
    """One connection."""

    # SES limits the size of a mail, not that of its lines. A line may be as long as the mail, if there is no
    # CRLF in it: lone LFs do not end one.
    line_length_limit = MAX_MAIL
    command_size_limit = _COMMAND_LINE

    async def push(self, status: Any) -> None:
        """status: str or bytes."""
        text = status if isinstance(status, str) else status.decode("ascii", "replace")
        if match := _PLAIN_ERROR.match(text):
            enhanced = _ENHANCED.get(match[1], "5.0.0")
            text = f"{match[1]} {enhanced} {text[match.end() :]}"
        await super().push(text)

    def abort(self) -> None:
        # Until Python 3.11.4 a TLS transport that is closing already cannot be aborted.
        if isinstance(self.transport, asyncio.WriteTransport) and not self.transport.is_closing():
            self.transport.abort()


class Handler:
    """The decisions; method names are aiosmtpd's."""

    def __init__(self, accepts: Accepts, take: Take) -> None:
        self._accepts = accepts
        self._take = take

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # aiosmtpd's last line is HELP, which SES does not announce.
        return [*responses[:-1], "250 PIPELINING"]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if not self._accepts(address):
            return "550 5.1.1 Requested action not taken: mailbox unavailable"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        # aiosmtpd states other types than it puts there.
        peer: Any = session.peer
        authenticated: Any = session.auth_data
        handed = Handed(
            raw=envelope.original_content or b"",
            reverse_path=(envelope.mail_from or "").removeprefix("<>"),
            recipients=tuple(envelope.rcpt_tos),
            helo=_printable(session.host_name or "unknown"),
            client=str(peer[0]) if peer else "127.0.0.1",
            account=authenticated if isinstance(authenticated, Account) else None,
        )
        try:
            receipt_id = await asyncio.to_thread(self._take, handed)
        except RefusedError as refused:
            return str(refused)
        except Exception as error:
            _log.error("a mail could not be taken: %s", type(error).__name__)
            # The author's server keeps the mail and comes again.
            return "451 4.3.0 Requested action aborted: local error in processing"
        return f"250 2.0.0 OK {receipt_id}"


def _printable(name: str) -> str:
    """A HELO name for a header field; an address-literal without its brackets (RFC 5321 §4.1.3)."""
    bare = name.strip("[]")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return re.sub(r"[^A-Za-z0-9.-]", "", name) or "unknown"


def authenticator(accounts: Accounts) -> Callable[..., AuthResult]:
    """AUTH PLAIN and LOGIN (RFC 4954) against the accounts."""

    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: Any
    ) -> AuthResult:
        account = None
        if isinstance(auth_data, LoginPassword):
            login, password = (each.decode("utf-8", "replace") for each in auth_data)
            account = accounts.authenticated(login, password)
        return AuthResult(success=account is not None, handled=False, auth_data=account)

    return authenticate


def dialogue(
    *,
    handler: Handler,
    accounts: Accounts,
    hostname: str,
    max_mail: int,
    tls: ssl.SSLContext | None,
    requires_tls: bool,
) -> Callable[[], Dialogue]:
    """Makes the protocol of each connection; called in the loop's thread."""

    def connected() -> Dialogue:
        return Dialogue(
            handler,
            hostname=hostname,
            ident="ESMTP SimpleEmailService-sandbox",
            data_size_limit=max_mail,
            enable_SMTPUTF8=False,
            decode_data=False,
            tls_context=tls,
            require_starttls=requires_tls,
            auth_require_tls=False,
            authenticator=authenticator(accounts),
            loop=asyncio.get_running_loop(),
        )

    return connected
