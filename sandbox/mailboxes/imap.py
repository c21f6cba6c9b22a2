"""An IMAP server (RFC 3501, with IDLE, UIDPLUS and MOVE) over mailboxes in memory: pymap, in this process.

Logins are the accounts', in the clear: the server is on loopback. Where pymap describes mails otherwise than
RFC 3501 does, `structure` does it instead.
"""

import asyncio
import hmac
import logging
import socket
import ssl
from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, Identity, Login
from pymap.backend.dict import mailbox as dict_mailbox
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxSet
from pymap.bytes import WriteStream
from pymap.concurrent import Subsystem
from pymap.exceptions import InvalidAuth
from pymap.imap import IMAPServer
from pymap.interfaces.login import IdentityInterface
from pymap.mime import MessageContent
from pymap.parsing.response.fetch import BodyStructure, EnvelopeStructure
from pymap.user import UserMetadata
from pysasl.creds.server import ServerCredentials

from sandbox.accounts import Accounts
from sandbox.mailboxes.folders import Folders
from sandbox.mailboxes.structure import body_structure, envelope

_log = logging.getLogger(__name__)
# pymap logs what clients send at DEBUG, and every connection that breaks off.
logging.getLogger("pymap").setLevel(logging.CRITICAL)


class _Envelope(EnvelopeStructure):
    """Written as RFC 3501 wants it. SEARCH reads pymap's attributes, decoded: they are made when it asks,
    because Python's `email` cannot parse every field; such a field matches nothing."""

    def __init__(self, content: MessageContent) -> None:
        self._parsed = content.header.parsed
        self._octets = envelope(content)

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(self._parsed, name)
        except Exception:
            return None

    def write(self, writer: WriteStream) -> None:
        writer.write(self._octets)

    def __bytes__(self) -> bytes:
        return self._octets


class _Structure(BodyStructure):
    def __init__(self, content: MessageContent, *, is_extended: bool = False) -> None:
        super().__init__("", "", None, None, None, None)
        self._content = content
        self._is_extended = is_extended

    @property
    def extended(self) -> BodyStructure:  # type: ignore[override]  # what is written is all that counts
        return _Structure(self._content, is_extended=True)

    def write(self, writer: WriteStream) -> None:
        writer.write(bytes(self))

    def __bytes__(self) -> bytes:
        return body_structure(self._content, extended=self._is_extended)


class CorrectedMessage(dict_mailbox.LoadedMessage):
    """A mail as FETCH sees it."""

    def get_envelope_structure(self) -> EnvelopeStructure:
        return _Envelope(self.content)

    def get_header(self, name: bytes) -> Sequence[str]:
        try:
            return super().get_header(name)
        except Exception:  # As with `_Envelope`.
            return []

    def get_body_structure(self) -> BodyStructure:
        return _Structure(self.content)


# pymap offers no other way to choose the class.
dict_mailbox.LoadedMessage = CorrectedMessage  # type: ignore[misc]


class _Config(Config):
    @property
    def greeting(self) -> bytes:
        # pymap's asks for this machine's name in DNS.
        return b"Sandbox ready"


class _User(UserMetadata):
    def compare_secret(self, value: str) -> bool:
        # pymap's comparison raises for passwords that are not ASCII.
        return hmac.compare_digest((self.password or "").encode(), value.encode())


class _Login(Login):
    def __init__(self, config: Config, accounts: Accounts) -> None:
        super().__init__(config)
        self._accounts = accounts

    async def authenticate(self, credentials: ServerCredentials) -> Identity:
        account = self._accounts.of(credentials.authcid)
        if account is None:
            raise InvalidAuth
        # Compared by the mechanism, so under the name that the client gave.
        user = _User(self.config, credentials.authcid, password=account.password)
        if not credentials.verify(user):
            raise InvalidAuth
        name = account.mailbox.lower()
        self.users_dict[name] = UserMetadata(self.config, name)
        return Identity(name, self, None, frozenset())

    async def authorize(self, authenticated: IdentityInterface, authzid: str) -> Identity:
        """Nobody acts for another; case is no difference."""
        return await super().authorize(authenticated, authzid.lower())


class ImapServer:
    """To be made and used on one event loop. `sets`: each account's folders."""

    def __init__(self, accounts: Accounts) -> None:
        self._config = _Config(
            Namespace(passlib_cfg=None, proxy_protocol=None, debug=False),
            host=None,
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            tls_enabled=False,
            ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),
            cpu_subsystem=Subsystem.for_asyncio(),
            invalid_user_sleep=0,
            reject_dnsbl=False,
        )
        self._config.apply_context()
        self._serve = IMAPServer(_Login(self._config, accounts), self._config)
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None] | None] = set()

    async def start(self, bound: socket.socket) -> None:
        self._server = await asyncio.start_server(self._connected, sock=bound)

    async def stop(self) -> None:
        if self._server:
            self._server.close()
        tasks = [task for task in self._connections if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._connections.add(task)
        try:
            await self._serve(reader, writer, SocketInfoLocal(writer))
        except asyncio.CancelledError:
            # The server ends; asyncio's streams would report the cancellation as an error.
            return
        except Exception as error:
            # pymap has told the client. Its errors quote mail, and asyncio would log them whole.
            _log.error("an IMAP connection failed: %s", type(error).__name__)
        finally:
            self._connections.discard(task)
            writer.close()

    def add(self, name: str) -> MailboxSet:
        """The folders of an account, made if there are none."""
        folders, _ = self._config.set_cache.setdefault(name, (Folders(), FilterSet()))
        return folders
