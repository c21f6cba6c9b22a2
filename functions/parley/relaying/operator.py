"""postmaster@ and abuse@: what arrives there goes to the operator's mailbox, whole, as an attached file.

No alias, conversation or archive is involved; the mail stays in the inbox until that expires. What SES calls
a virus or spam, and our own mail come back, is recorded and goes no further.
"""

from email.utils import format_datetime

from parley.conversation.aliases import AliasId
from parley.conversation.messages import OUTCOMES, Lease, Message, State, message_id
from parley.mail.address import Mailbox
from parley.mail.compose import BytesPart, ComposeError, Label, MultipartPart, TextPart, compose
from parley.mail.structure import StructureError, read_header
from parley.mail.verdicts import Verdict
from parley.relaying.outside import Deployment, Outside
from parley.relaying.ports import AlreadyClaimedError, SendDeferredError, SendRefusedError, Submission
from parley.relaying.receipts import Receipt
from parley.relaying.relay import BusyError
from parley.screening.rules.loop import OWN_MARK


def pass_to_operator(
    mailbox: Mailbox, receipt: Receipt, raw: bytes, outside: Outside, deployment: Deployment
) -> Message:
    """Brings a mail to a role mailbox to its outcome.

    Raises `BusyError`, `SendDeferredError` or `SendUncertainError`.
    """
    message = _claim(mailbox, receipt, outside, deployment)
    if message.state in OUTCOMES:
        return message
    code = _obstacle(receipt, raw)
    if code is not None:
        return _finish(message, State.DISCARDED, code, outside)
    try:
        forwarded = _compose(mailbox, message, receipt, raw, deployment)
    except ComposeError as error:
        return _finish(message, State.HELD, error.code, outside)
    if message.state is not State.SENDING:
        message = outside.messages.advance(message, State.SENDING)
    submission = Submission(
        reverse_path=mailbox,
        forward_path=deployment.operator_mailbox,
        raw=forwarded,
        tags={"message": message.id, "kind": "role"},
    )
    try:
        outside.mailer.send(submission)
    except SendDeferredError:
        outside.messages.advance(message, State.ARCHIVED, release=True)
        raise
    except SendRefusedError as refusal:
        return _finish(message, State.HELD, refusal.code, outside)
    return _finish(message, State.RELAYED, "role-mailbox", outside)


def _claim(mailbox: Mailbox, receipt: Receipt, outside: Outside, deployment: Deployment) -> Message:
    alias = AliasId(mailbox.local_part)
    now = outside.clock.now()
    lease = Lease(f"{outside.entropy.bits(64):016x}", now + deployment.lease)
    message = Message(
        id=message_id(receipt.id, alias),
        receipt_id=receipt.id,
        alias=alias,
        received_at=receipt.received_at,
        state=State.RECEIVED,
        lease=lease,
    )
    try:
        outside.messages.claim_loose(message)
    except AlreadyClaimedError as claimed:
        known = claimed.message
        if known.state in OUTCOMES:
            return known
        if known.lease is not None and known.lease.holds(now):
            raise BusyError("leased") from None
        return outside.messages.take_over(known, lease)
    return message


def _obstacle(receipt: Receipt, raw: bytes) -> str | None:
    if receipt.verdicts.virus is Verdict.FAIL:
        return "virus"
    if receipt.verdicts.spam is Verdict.FAIL:
        return "spam"
    try:
        return "loop" if read_header(raw).first(OWN_MARK) is not None else None
    except StructureError:
        return None


def _compose(
    mailbox: Mailbox, message: Message, receipt: Receipt, raw: bytes, deployment: Deployment
) -> bytes:
    text = f"A mail for {mailbox} is attached as it arrived.\r\n"
    body = MultipartPart(
        Label(media_type="multipart/mixed"),
        (
            TextPart(Label(media_type="text/plain"), text, "utf-8"),
            # As a file, not as message/rfc822: that may not be base64, and the mail may be anything.
            BytesPart(
                Label(
                    media_type="application/octet-stream",
                    disposition="attachment",
                    filename=f"{receipt.id}.eml",
                ),
                raw,
            ),
        ),
    )
    fields = [
        ("From", str(mailbox)),
        ("To", str(deployment.operator_mailbox)),
        ("Subject", f"Mail for {mailbox}"),
        ("Date", format_datetime(receipt.received_at)),
        ("Auto-Submitted", "auto-generated"),
        ("X-Parley-Message", message.id),
    ]
    return compose(fields, body, message.id.encode())


def _finish(message: Message, state: State, code: str, outside: Outside) -> Message:
    return outside.messages.finish(message, state, codes=(code,), finished_at=outside.clock.now())
