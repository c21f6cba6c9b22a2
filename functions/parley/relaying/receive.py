"""Receiving: one text of the queue, every envelope recipient on its own.

Guarantees that when `receive` returns, every recipient of the receipt has a recorded outcome. If it raises,
nothing may be acknowledged: what has its outcome keeps it, the rest is tried when the receipt comes again.

A mail whose notification is lost goes on for the recipients that were noted when work on it began. Where it
never began, and SES's fields do not name the only recipient, the mail is held as a whole, until a reviewer
decides or the notification comes after all. A receipt has either that message or those of its recipients.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from parley.conversation.aliases import AliasId, ContactAlias, ConversationAlias, is_well_formed
from parley.conversation.messages import Message, State, message_id
from parley.conversation.parties import Role
from parley.conversation.routing import AliasRoute, ForeignRoute, RoleRoute, route
from parley.mail.header import Header
from parley.mail.structure import StructureError, read_header
from parley.relaying.loose import Routed, carry_out_loose, end
from parley.relaying.operator import pass_to_operator
from parley.relaying.outside import Deployment, Outside
from parley.relaying.ports import AlreadyClaimedError, BusyError, HeldAsWholeError
from parley.relaying.receipts import LostReceipt, Receipt, read_notification
from parley.relaying.recovery import recover
from parley.relaying.relay import relay
from parley.relaying.release import carry_out
from parley.relaying.returned import join_report
from parley.relaying.rulings import LooseRuling, read_ruling
from parley.relaying.unfinished import cause_of, without_frames
from parley.relaying.whole import hold_as_whole, make_way


class ReceiptUnfinishedError(Exception):
    """Some recipients have no outcome yet. errors: what went wrong with each of them; their texts may quote
    mailboxes and are for no log."""

    def __init__(self, receipt_id: str, errors: tuple[Exception, ...], reports: "tuple[Report, ...]") -> None:
        super().__init__(f"{receipt_id}: {', '.join(map(cause_of, errors))}")
        self.errors = errors
        self.reports = reports

    @property
    def causes(self) -> tuple[str, ...]:
        """Types and codes of the errors, fit for a log."""
        return tuple(map(cause_of, self.errors))


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one recipient's mail: ids and codes only, fit for a log. received_at: by SES."""

    message: str
    conversation: str | None
    outcome: str
    codes: tuple[str, ...]
    received_at: datetime | None = field(default=None, compare=False)


MAX_WITHDRAWALS = 5
"""How often the hold of a whole mail is taken back for one recipient. Requests of the sweep that are worked
on at the same moment make it again, until something is claimed."""

_FOREIGN = AliasId("(foreign)")
"""Parentheses cannot stand in an alias: it is nobody's."""


def receive(text: str, outside: Outside, deployment: Deployment) -> tuple[Report, ...]:
    """Handles one text of the queue.

    Raises `ReceiptUnfinishedError`, `NotificationError`, `RulingError` or `NoSuchObjectError`, and for a
    reviewer's ruling what `carry_out` raises.
    """
    ruling = read_ruling(text)
    if isinstance(ruling, LooseRuling):
        return _receive_released(ruling, outside, deployment)
    if ruling is not None:
        ruled = carry_out(ruling, outside, deployment)
        return () if ruled is None else (_report(ruled),)
    notification = read_notification(text, deployment.inbox_prefix)
    if notification is None:
        return ()
    raw = outside.inbox.get(notification.key)
    receipt = notification
    if isinstance(receipt, LostReceipt):
        receipt = _recover(receipt, raw, outside)
    if not receipt.recipients:
        return (_report(hold_as_whole(receipt, outside)),)
    return _receive_for_each(receipt, raw, outside, deployment)


def _receive_released(ruling: LooseRuling, outside: Outside, deployment: Deployment) -> tuple[Report, ...]:
    """A mail whose recipients were not known, for those whom a reviewer lets it go to."""
    carried_out = carry_out_loose(ruling, outside, deployment)
    if not isinstance(carried_out, Routed):
        return () if carried_out is None else (_report(carried_out),)
    reports = _receive_for_each(carried_out.receipt, carried_out.raw, outside, deployment)
    # How long the mail lay with a reviewer is no measure of how fast mail is relayed.
    untimed = (replace(report, received_at=None) for report in reports)
    return (*untimed, _report(end(carried_out, outside)))


def _receive_for_each(
    receipt: Receipt, raw: bytes, outside: Outside, deployment: Deployment
) -> tuple[Report, ...]:
    reports: list[Report] = []
    errors: list[Exception] = []
    for recipient in receipt.recipients:
        try:
            reports.append(_receive_beside(recipient, receipt, raw, outside, deployment))
        except Exception as error:  # One recipient's failure, whatever it is, must not touch another.
            errors.append(without_frames(error))
    if errors and receipt.told is not None:
        try:
            # Who failed may have claimed nothing, and nobody but this text knows of them.
            outside.messages.note_told(receipt.id, receipt.told, receipt.received_at)
        except Exception as error:  # As above: it is told beside the others.
            errors.append(without_frames(error))
    if errors:
        raise ReceiptUnfinishedError(receipt.id, tuple(errors), tuple(reports))
    return tuple(reports)


def _receive_beside(
    recipient: str, receipt: Receipt, raw: bytes, outside: Outside, deployment: Deployment
) -> Report:
    """One recipient's mail, also where the receipt was held as a whole before its notification came: such a
    hold is taken back, unless a reviewer has refused the mail or let it go to some of its recipients."""
    for _ in range(MAX_WITHDRAWALS):
        try:
            return _receive_for(recipient, receipt, raw, outside, deployment)
        except HeldAsWholeError as held:
            way = make_way(held.message, receipt, outside)
            if way is None:
                return _report(held.message)
            receipt = way
    raise BusyError("held-as-whole")


def _receive_for(
    recipient: str, receipt: Receipt, raw: bytes, outside: Outside, deployment: Deployment
) -> Report:
    match route(recipient, deployment.relay_domain):
        case ForeignRoute():
            return _record(receipt, recipient, _FOREIGN, "foreign-domain", outside)
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
        return _record(receipt, alias_id, alias_id, code, outside)
    if isinstance(alias, ContactAlias):
        alias = ConversationAlias(id=alias.id, conversation=alias.intake, stands_for=Role.SELLER)
    message = relay(alias, receipt, raw, outside, deployment)
    join_report(message, alias.stands_for, raw, outside)
    return _report(message)


def _recover(lost: LostReceipt, raw: bytes, outside: Outside) -> Receipt:
    """The receipt as SES told of it, if work on one of its messages has begun; otherwise as far as the
    object tells it."""
    try:
        receipt = recover(lost, read_header(raw))
    except StructureError:
        receipt = recover(lost, Header(()))
    told = outside.messages.told(lost.id)
    if told is None:
        return receipt
    return replace(receipt, recipients=told.recipients, verdicts=told.verdicts, told=told)


def _record(receipt: Receipt, recipient: str, alias: AliasId, code: str, outside: Outside) -> Report:
    """Records a mail that leads nowhere; it stays in the inbox until that expires."""
    message = Message(
        id=message_id(receipt.id, AliasId(recipient)),
        receipt_id=receipt.id,
        alias=alias,
        received_at=receipt.received_at,
        state=State.DISCARDED,
        codes=(code,),
    )
    try:
        outside.messages.claim_loose(message, told=receipt.told)
    except AlreadyClaimedError as claimed:
        message = claimed.message
    return _report(message)


def _report(message: Message) -> Report:
    return Report(message.id, message.conversation, message.state, message.codes, message.received_at)
