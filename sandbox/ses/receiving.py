"""SES as it receives mail: an SMTP server that does what the template's receipt rule says.

with Receiving(rules=..., accounts=..., put_object=..., publish=...) as ses:
    smtplib.SMTP("127.0.0.1", ses.port)

A mail is accepted (250) once its object is put and its notification is published; if either fails it is not
(451), and the author's server keeps it. SES itself accepts first and does both later.
"""

import asyncio
import json
import socket
import weakref
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType

from sandbox.accounts import Accounts
from sandbox.loopback import HOST, LoopThread, listening
from sandbox.ses import header
from sandbox.ses.certificate import server_context
from sandbox.ses.ports import Publish, PutObject
from sandbox.ses.receipt import Receipt, new_receipt_id
from sandbox.ses.smtp import MAX_MAIL, Dialogue, Handed, Handler, RefusedError, dialogue
from sandbox.ses.template import ReceiptRule
from sandbox.ses.verdicts import OverrideError, judge

SUBJECT = "Amazon SES Email Receipt Notification"


class Receiving:
    """port: 0 for any free one; then `port` tells which. bound: a listening socket in place of host and port.
    tls: offer STARTTLS with a certificate of its own; it is always offered if the rule requires it.
    max_mail: in octets, for tests that refuse large mails. now: the time that orders everything."""

    def __init__(
        self,
        *,
        rules: Sequence[ReceiptRule],
        accounts: Accounts,
        put_object: PutObject,
        publish: Publish,
        region: str = "eu-west-1",
        host: str = HOST,
        port: int = 0,
        bound: socket.socket | None = None,
        tls: bool = False,
        max_mail: int = MAX_MAIL,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._rules = tuple(rules)
        self._put_object = put_object
        self._publish = publish
        self._region = region
        self._now = now
        self._connections: weakref.WeakSet[Dialogue] = weakref.WeakSet()
        requires_tls = any(rule.requires_tls for rule in rules)
        hostname = f"inbound-smtp.{region}.amazonaws.com"
        self._dialogue = dialogue(
            handler=Handler(self._accepts, self._take),
            accounts=accounts,
            hostname=hostname,
            max_mail=max_mail,
            tls=server_context(hostname) if tls or requires_tls else None,
            requires_tls=requires_tls,
        )
        bound = bound or listening(host, port)
        self.host: str = host
        self.port: int = bound.getsockname()[1]
        self._thread = LoopThread("sandbox-ses-in")
        self._server = self._thread.run(self._serve(bound))

    async def _serve(self, bound: socket.socket) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(self._connected, sock=bound)

    def _connected(self) -> Dialogue:
        connection = self._dialogue()
        self._connections.add(connection)
        return connection

    def close(self) -> None:
        """Ends all connections; nothing is accepted any more."""
        if not self._thread.loop.is_closed():
            self._thread.run(self._hang_up())
            self._thread.close()

    async def _hang_up(self) -> None:
        self._server.close()
        for connection in list(self._connections):
            connection.abort()
        await asyncio.sleep(0)

    def __enter__(self) -> "Receiving":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _accepts(self, recipient: str) -> bool:
        return self._rule(recipient) is not None

    def _rule(self, recipient: str) -> ReceiptRule | None:
        return next((rule for rule in self._rules if rule.matches(recipient)), None)

    def _take(self, handed: Handed) -> str:
        """Every rule that matches a recipient acts once, for the recipients that it matches."""
        receipt_id = new_receipt_id()
        for rule in self._rules:
            recipients = tuple(each for each in handed.recipients if rule.matches(each))
            if recipients:
                receipt = self._receipt(receipt_id, handed, rule, recipients)
                self._put_object(bucket=rule.bucket, key=rule.prefix + receipt_id, body=receipt.stored())
                if rule.topic:
                    message = json.dumps(receipt.notification(rule))
                    self._publish(topic=rule.topic, subject=SUBJECT, message=message)
        return receipt_id

    def _receipt(
        self, receipt_id: str, handed: Handed, rule: ReceiptRule, recipients: tuple[str, ...]
    ) -> Receipt:
        fields, rest = header.split(handed.raw)
        domain = handed.account.domain if handed.account else None
        try:
            verdicts = judge(
                handed.raw,
                fields,
                account_domain=domain,
                reverse_path=handed.reverse_path,
                scans=rule.scans,
            )
        except OverrideError as error:
            raise RefusedError(f"554 5.6.0 {error}") from None
        return Receipt(
            id=receipt_id,
            at=self._now(),
            region=self._region,
            # An account stands for its own mail server, which would have taken the mail from the program.
            helo=f"mail.{domain}" if domain else handed.helo,
            client=handed.client,
            reverse_path=handed.reverse_path,
            recipients=recipients,
            verdicts=verdicts,
            fields=fields,
            rest=rest,
        )
