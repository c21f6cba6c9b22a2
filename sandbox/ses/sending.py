"""SES as it sends mail: the SESv2 API for AWS clients whose endpoint this is.

with Sending(identities=..., configuration_sets=..., destinations=..., deliver=..., publish=...) as ses:
    boto3.client("sesv2", endpoint_url=ses.url).send_email(...)
    ses.settle()        # mailboxes are filled and events published after the answer, as SES does

Of the API only SendEmail is spoken; everything else gets an error that says so. Requests must be signed, but
no signature is checked.
"""

import logging
import queue
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType

from sandbox.loopback import CLOSING_SECONDS, HOST, listening, url_of
from sandbox.ses.api import Answered, ApiServer
from sandbox.ses.delivering import Delivering
from sandbox.ses.outgoing import Sent, new_message_id
from sandbox.ses.ports import Answer, Deliver, Publish
from sandbox.ses.refusals import MAX_MAIL, RefusalError
from sandbox.ses.request import SendingAccount
from sandbox.ses.simulator import Wish, wish
from sandbox.ses.template import EventDestination, Identity

_log = logging.getLogger(__name__)


class UndeliveredError(RuntimeError):
    """Mails that were accepted have not been carried out, because a port hangs; the text says how many."""


class Sending:
    """port: 0 for any free one; then `port` and `url` tell which. bound: a listening socket in place of host
    and port, whose address somebody had to know before. failures: how many mails could not be carried out,
    because a port raised. max_mail: in octets, for tests that refuse large mails."""

    def __init__(
        self,
        *,
        identities: Sequence[Identity],
        configuration_sets: frozenset[str],
        destinations: Sequence[EventDestination],
        deliver: Deliver,
        publish: Publish,
        answer: Answer | None = None,
        region: str = "eu-west-1",
        host: str = HOST,
        port: int = 0,
        bound: socket.socket | None = None,
        max_mail: int = MAX_MAIL,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._account = SendingAccount(
            region=region,
            identities=tuple(identities),
            configuration_sets=configuration_sets,
            max_mail=max_mail,
        )
        self._delivering = Delivering(
            destinations=destinations, deliver=deliver, publish=publish, answer=answer
        )
        self._now = now
        self.failures = 0
        # Beside mails: an event to set when all before it has been carried out, and None to end.
        self._taken: queue.Queue[Sent | threading.Event | None] = queue.Queue()
        self._carried_out = 0
        self._given_up = False
        bound = bound or listening(host, port)
        self.url = url_of(bound)
        self._server = ApiServer(bound, self._send)
        self.host: str = host
        self.port = self._server.port
        self._worker = threading.Thread(target=self._work, name="sandbox-ses-out-delivery", daemon=True)
        self._worker.start()

    def settle(self) -> None:
        """Waits until all that was taken has been carried out."""
        self._taken.join()

    def drain(self) -> None:
        """Waits until what was taken so far has been carried out, as long as it goes on.

        Raises `UndeliveredError` once nothing was carried out for `CLOSING_SECONDS`.
        """
        reached = threading.Event()
        self._taken.put(reached)
        before = self._carried_out
        while not reached.wait(CLOSING_SECONDS):
            if self._carried_out == before:
                # One is being carried out, and is in the queue no more.
                count = 1 + sum(isinstance(each, Sent) for each in list(self._taken.queue))
                raise UndeliveredError(f"{count} of the mails that SES had accepted could not be delivered")
            before = self._carried_out

    def close(self) -> None:
        """Answers nobody any more; what was taken is carried out first. Raises `UndeliveredError`."""
        self._server.close()
        if self._given_up or not self._worker.is_alive():
            return
        try:
            self.drain()
        except UndeliveredError:
            self._given_up = True
            raise
        finally:
            self._taken.put(None)
        self._worker.join()

    def __enter__(self) -> "Sending":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, body: bytes) -> Answered | None:
        """The answer to SendEmail; None for none, ever. Raises `RefusalError`."""
        submission = self._account.read(body)
        wishes = {wish(each) for each in submission.recipients}
        if Wish.THROTTLE in wishes:
            raise RefusalError("TooManyRequestsException", "Maximum sending rate exceeded.", status=429)
        if Wish.PAUSE in wishes:
            text = "Email sending is disabled for your account."
            raise RefusalError("SendingPausedException", text)
        identity = self._account.identity(submission.source)
        sent = Sent(
            message_id=new_message_id(self._account.region),
            at=self._now(),
            region=self._account.region,
            mail_from=(identity and identity.mail_from) or f"{self._account.region}.amazonses.com",
            submission=submission,
        )
        self._taken.put(sent)
        return None if Wish.TIMEOUT in wishes else {"MessageId": sent.message_id}

    def _work(self) -> None:
        while (taken := self._taken.get()) is not None and not self._given_up:
            if isinstance(taken, threading.Event):
                taken.set()
            else:
                self._carry_out(taken)
            self._taken.task_done()
        self._taken.task_done()

    def _carry_out(self, sent: Sent) -> None:
        try:
            self._delivering.carry_out(sent)
        except Exception as error:
            self.failures += 1
            _log.error("a mail could not be carried out: %s", type(error).__name__)
        finally:
            self._carried_out += 1
