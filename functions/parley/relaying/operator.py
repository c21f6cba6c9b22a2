"""postmaster@ and abuse@: what arrives there goes to the operator's mailbox, whole, as an attached file.

No alias, conversation or archive is involved; the mail stays in the inbox until that expires. What SES calls
a virus or spam, our own mail come back, automatic replies and the operator's own mail are recorded and go no
further; what SES could not check waits.
"""

from email.utils import format_datetime

from parley.conversation.aliases import AliasId
from parley.conversation.messages import IN_WORK, Message, State, message_id
from parley.mail.address import NULL_REVERSE_PATH, Mailbox
from parley.mail.compose import BytesPart, ComposeError, Label, MultipartPart, TextPart, compose
from parley.mail.reports import Automatic, automatic
from parley.mail.structure import StructureError, read
from parley.mail.verdicts import Verdict
from parley.relaying.outside import Deployment, Outside
from parley.relaying.ports import AlreadyClaimedError, Submission
from parley.relaying.reading import from_mailboxes
from parley.relaying.receipts import Receipt
from parley.relaying.work import new_lease, submit, take_over
from parley.screening.rules.loop import OWN_MARK


def pass_to_operator(
    mailbox: Mailbox, receipt: Receipt, raw: bytes, outside: Outside, deployment: Deployment
) -> Message:
    """Brings a mail to a role mailbox to its outcome.

    Raises `BusyError`, `SendDeferredError` or `SendUncertainError`.
    """
    message = _claim(mailbox, receipt, outside, deployment)
    if message.state not in IN_WORK:
        return message
    if obstacle := _obstacle(receipt, raw, deployment.operator_mailbox):
        return _finish(message, *obstacle, outside)
    try:
        forwarded = _compose(mailbox, message, receipt, raw, deployment)
    except ComposeError as error:
        return _finish(message, State.HELD, error.code, outside)
    submitted = submit(message, _submission(mailbox, message, forwarded, deployment), outside)
    if submitted.ses_id is None:
        return _finish(submitted.message, State.HELD, submitted.code or "ses-rejected", outside)
    return _finish(submitted.message, State.RELAYED, "role-mailbox", outside)


def forward_released(
    mailbox: Mailbox, message: Message, receipt: Receipt, raw: bytes, outside: Outside, deployment: Deployment
) -> Message:
    """Forwards a held mail that a reviewer releases: released, or held again with a further code. message:
    releasing, and leased. Raises what `pass_to_operator` raises."""
    try:
        forwarded = _compose(mailbox, message, receipt, raw, deployment)
    except ComposeError as error:
        return _finish(message, State.HELD, error.code, outside)
    submission = _submission(mailbox, message, forwarded, deployment)
    submitted = submit(message, submission, outside, sending=State.RELEASING, waiting=State.RELEASING)
    if submitted.ses_id is None:
        return _finish(submitted.message, State.HELD, submitted.code or "ses-rejected", outside)
    return _finish(submitted.message, State.RELEASED, "role-mailbox", outside)


def _submission(mailbox: Mailbox, message: Message, forwarded: bytes, deployment: Deployment) -> Submission:
    return Submission(
        reverse_path=mailbox,
        forward_path=deployment.operator_mailbox,
        raw=forwarded,
        tags={"message": message.id, "kind": "role"},
    )


def _claim(mailbox: Mailbox, receipt: Receipt, outside: Outside, deployment: Deployment) -> Message:
    alias = AliasId(mailbox.local_part)
    message = Message(
        id=message_id(receipt.id, alias),
        receipt_id=receipt.id,
        alias=alias,
        received_at=receipt.received_at,
        state=State.RECEIVED,
        lease=new_lease(outside, deployment),
    )
    try:
        outside.messages.claim_loose(message, told=receipt.told)
    except AlreadyClaimedError as claimed:
        known = claimed.message
        return take_over(known, outside, deployment) if known.state in IN_WORK else known
    return message


def _obstacle(receipt: Receipt, raw: bytes, operator: Mailbox) -> tuple[State, str] | None:
    """Why the mail does not go to the operator, if so."""
    if receipt.verdicts.virus is Verdict.FAIL:
        return State.DISCARDED, "virus"
    if receipt.verdicts.spam is Verdict.FAIL:
        return State.DISCARDED, "spam"
    if receipt.verdicts.virus not in (Verdict.PASS, Verdict.DISABLED):
        return State.HELD, "virus-verdict-missing"
    try:
        mail = read(raw)
    except StructureError:
        return None
    kind = automatic(mail, null_reverse_path=receipt.reverse_path is NULL_REVERSE_PATH)
    # Whatever the operator's own programs say to a forwarded mail would be forwarded to them again.
    is_own = mail.header.first(OWN_MARK) is not None or operator in from_mailboxes(mail.header)
    return (State.DISCARDED, "loop") if is_own or kind is Automatic.AUTO_REPLY else None


def _compose(
    mailbox: Mailbox, message: Message, receipt: Receipt, raw: bytes, deployment: Deployment
) -> bytes:
    # As a file, not as message/rfc822: that may not be base64, and the mail may be anything.
    name = f"{receipt.id}.eml"
    file = Label(media_type="application/octet-stream", disposition="attachment", filename=name)
    text = TextPart(
        Label(media_type="text/plain"), f"A mail for {mailbox} is attached as it arrived.\r\n", "utf-8"
    )
    body = MultipartPart(Label(media_type="multipart/mixed"), (text, BytesPart(file, raw)))
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
    """Codes of before stay: what was held and is released tells why it was held."""
    codes = tuple(dict.fromkeys((*message.codes, code)))
    return outside.messages.finish(message, state, codes=codes, finished_at=outside.clock.now())
