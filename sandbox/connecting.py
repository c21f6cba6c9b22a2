"""What connects the deployed stack to mail: SES's two ends by the template, and their end without a loss."""

import smtplib
import socket
import time
from collections.abc import Callable, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.accounts import Account, Accounts
from sandbox.emulator.deployment import Deployed, Progress
from sandbox.queues import Depth, Queues
from sandbox.ses.aws import object_store, publisher
from sandbox.ses.ports import AutomaticReply, Deliver, Publish
from sandbox.ses.receiving import Receiving
from sandbox.ses.sending import Sending
from sandbox.ses.template import (
    Resolve,
    configuration_sets,
    event_destinations,
    identities,
    receipt_rules,
    resolver,
)

Publishing = Callable[[Publish], Publish]
"""What stands between SES and its topic: given how a notification is published, how it is published."""

SUBMITTING_SECONDS = 60.0
# How long mails that wait are worked on when the sandbox ends: at most, and without any being done.
FINISHING_SECONDS = 15.0
STALLED_SECONDS = 5.0
_POLL_SECONDS = 0.05
_RECEIPTS = "ReceiptsQueue"
# The queue's visibility time-out in the template, 720 s.
_HIDDEN_MINUTES = 12


def receiving(
    deployed: Deployed, accounts: Accounts, bound: socket.socket, publishing: Publishing
) -> Receiving:
    """SES in, as the template's receipt rule says."""
    return Receiving(
        rules=receipt_rules(deployed.template, _resolver(deployed)),
        accounts=accounts,
        put_object=object_store(deployed.local.client("s3")),
        publish=publishing(publisher(deployed.local.client("sns"))),
        region=deployed.local.region,
        bound=bound,
        tls=True,
    )


def sending(
    deployed: Deployed, accounts: Accounts, deliver: Deliver, bound: socket.socket, smtp: tuple[str, int]
) -> Sending:
    """SES out. smtp: where SES in will be found, to which mailboxes send what they answer by themselves."""

    def answer(reply: AutomaticReply) -> None:
        submit(smtp, accounts.of(reply.author), reply.raw, [reply.recipient], reverse_path="")

    resolve = _resolver(deployed)
    return Sending(
        identities=identities(deployed.template, resolve),
        configuration_sets=configuration_sets(deployed.template, resolve),
        destinations=event_destinations(deployed.template, resolve),
        deliver=deliver,
        publish=publisher(deployed.local.client("sns")),
        answer=answer,
        region=deployed.local.region,
        bound=bound,
    )


def submit(
    smtp: tuple[str, int],
    account: Account | None,
    raw: bytes,
    recipients: Sequence[str],
    reverse_path: str | None = None,
) -> None:
    """Hands a mail to SES at host and port `smtp`; see `Sandbox.submit`."""
    if reverse_path is None:
        reverse_path = account.mailbox if account else ""
    host, port = smtp
    with smtplib.SMTP(host, port, local_hostname="localhost", timeout=SUBMITTING_SECONDS) as program:
        if account:
            program.login(account.mailbox, account.password)
        refused = program.sendmail(reverse_path or "<>", recipients, raw)
    if refused:
        raise smtplib.SMTPRecipientsRefused(refused)


def tell_of_taken(queues: Queues, progress: Progress) -> None:
    """Says how many mails are in work at the start: the queue hides those that were not finished."""
    if taken := _receipts(queues).taken:
        progress(
            f"mails in work: {taken}; what the last run had begun comes back within {_HIDDEN_MINUTES} min"
        )


def finish(queues: Queues, progress: Progress) -> None:
    """Waits until the functions have worked on all mail that was accepted.

    Gives up after `FINISHING_SECONDS`, or `STALLED_SECONDS` in which nothing was done, and says what waits.
    """
    now = time.monotonic()
    until, stalled = now + FINISHING_SECONDS, now + STALLED_SECONDS
    try:
        left = _receipts(queues).messages
        while left and time.monotonic() < min(until, stalled):
            time.sleep(_POLL_SECONDS)
            before, left = left, _receipts(queues).messages
            if left < before:
                stalled = time.monotonic() + STALLED_SECONDS
    except (BotoCoreError, ClientError):
        progress("the local AWS emulator does not answer any more")
        return
    if left:
        progress(f"mails that still wait in the queue, for the next start: {left}")


def _receipts(queues: Queues) -> Depth:
    (depth,) = queues.labelled({_RECEIPTS: "mail"}).depths()
    return depth


def _resolver(deployed: Deployed) -> Resolve:
    return resolver(deployed.physical_ids, deployed.pseudo)
