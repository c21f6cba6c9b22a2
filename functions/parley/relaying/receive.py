"""Receiving: one text of the queue, every envelope recipient on its own.

Guarantees that when `receive` returns, every recipient of the receipt has a recorded outcome (a mail whose
recipients nobody knows is held as a whole). If it raises,
nothing may be acknowledged: what has its outcome keeps it, the rest is tried when the receipt comes again.
"""

from dataclasses import dataclass

from parley.conversation.aliases import AliasId, ContactAlias, ConversationAlias, is_well_formed
from parley.conversation.messages import Message, State, message_id
from parley.conversation.parties import Role
from parley.conversation.routing import AliasRoute, ForeignRoute, RoleRoute, route
from parley.mail.header import Header
from parley.mail.structure import StructureError, read_header
from parley.relaying.operator import pass_to_operator
from parley.relaying.outside import Deployment, Outside
from parley.relaying.ports import AlreadyClaimedError
from parley.relaying.receipts import LostReceipt, Receipt, read_notification
from parley.relaying.recovery import recover
from parley.relaying.relay import relay
from parley.relaying.release import carry_out
from parley.relaying.rulings import read_ruling


class ReceiptUnfinishedError(Exception):
    """Some recipients have no outcome yet. causes: types and codes of what went wrong, nothing personal."""

    def __init__(self, receipt_id: str, causes: tuple[str, ...], reports: "tuple[Report, ...]") -> None:
        super().__init__(f"{receipt_id}: {', '.join(causes)}")
        self.causes = causes
        self.reports = reports


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one recipient's mail: ids and codes only, fit for a log."""

    message: str
    conversation: str | None
    outcome: str
    codes: tuple[str, ...]


_FOREIGN = AliasId("(foreign)")
_UNKNOWN = AliasId("(unknown)")
"""Parentheses cannot stand in an alias: these are nobody's."""


def receive(text: str, outside: Outside, deployment: Deployment) -> tuple[Report, ...]:
    """Handles one text of the queue.

    Raises `ReceiptUnfinishedError`, `NotificationError`, `RulingError` or `NoSuchObjectError`, and for a
    reviewer's ruling what `carry_out` raises.
    """
    ruling = read_ruling(text)
    if ruling is not None:
        ruled = carry_out(ruling, outside, deployment)
        return () if ruled is None else (_report(ruled),)
    notification = read_notification(text, deployment.inbox_prefix)
    if notification is None:
        return ()
    raw = outside.inbox.get(notification.key)
    receipt = _recover(notification, raw) if isinstance(notification, LostReceipt) else notification
    if not receipt.recipients:
        return (_record(receipt, "", _UNKNOWN, State.HELD, "notification-missing", outside),)
    reports: list[Report] = []
    causes: list[str] = []
    for recipient in receipt.recipients:
        try:
            reports.append(_receive_for(recipient, receipt, raw, outside, deployment))
        except Exception as error:  # One recipient's failure, whatever it is, must not touch another.
            causes.append(str(getattr(error, "code", None) or type(error).__name__))
    if causes:
        raise ReceiptUnfinishedError(receipt.id, tuple(causes), tuple(reports))
    return tuple(reports)


def _receive_for(
    recipient: str, receipt: Receipt, raw: bytes, outside: Outside, deployment: Deployment
) -> Report:
    match route(recipient, deployment.relay_domain):
        case ForeignRoute():
            return _record(receipt, recipient, _FOREIGN, State.DISCARDED, "foreign-domain", outside)
        case RoleRoute(mailbox):
            return _report(pass_to_operator(mailbox, receipt, raw, outside, deployment))
        case AliasRoute(alias):
            return _receive_at_alias(alias, receipt, raw, outside, deployment)


def _receive_at_alias(
    alias_id: AliasId, receipt: Receipt, raw: bytes, outside: Outside, deployment: Deployment
) -> Report:
    alias = outside.directory.alias(alias_id)
    if alias is None:
        code = "unknown-alias" if is_well_formed(alias_id) else "mistyped-alias"
        return _record(receipt, alias_id, alias_id, State.DISCARDED, code, outside)
    if isinstance(alias, ContactAlias):
        alias = ConversationAlias(id=alias.id, conversation=alias.intake, stands_for=Role.SELLER)
    return _report(relay(alias, receipt, raw, outside, deployment))


def _recover(lost: LostReceipt, raw: bytes) -> Receipt:
    try:
        return recover(lost, read_header(raw))
    except StructureError:
        return recover(lost, Header(()))


def _record(
    receipt: Receipt, recipient: str, alias: AliasId, state: State, code: str, outside: Outside
) -> Report:
    """Records a mail that belongs to no conversation; it stays in the inbox until that expires."""
    message = Message(
        id=message_id(receipt.id, AliasId(recipient)),
        receipt_id=receipt.id,
        alias=alias,
        received_at=receipt.received_at,
        state=state,
        codes=(code,),
    )
    try:
        outside.messages.claim_loose(message)
    except AlreadyClaimedError as claimed:
        message = claimed.message
    return _report(message)


def _report(message: Message) -> Report:
    return Report(message.id, message.conversation, message.state, message.codes)
