"""Held mail that belongs to no conversation, once a reviewer releases it: where it goes, and how that ends.

Its recipients were never known (`notification-missing`), or it is the operator's. The original lies in the
inbox alone. What a reviewer adds is that the mail may go to whom its own header section names; everything
else is decided as for any mail that arrives: who wrote it, whether that may pass, and what is masked.
"""

from dataclasses import dataclass, replace

from parley.conversation.messages import Message, State
from parley.conversation.routing import AliasRoute, ForeignRoute, RoleRoute, route
from parley.mail.address import Mailbox, address_list
from parley.mail.header import Header
from parley.relaying.operator import forward_released
from parley.relaying.outside import Deployment, Outside
from parley.relaying.ports import NoSuchObjectError
from parley.relaying.reading import header_of
from parley.relaying.receipts import LostReceipt, Receipt
from parley.relaying.recovery import recover
from parley.relaying.rulings import LooseRuling
from parley.relaying.work import take_over

MAX_NAMED = 50
"""How many mailboxes of To and Cc are looked at."""


@dataclass(frozen=True, slots=True)
class Routed:
    """A mail to be received as any other, for the recipients of `receipt`. message: what was held."""

    message: Message
    receipt: Receipt
    raw: bytes


def carry_out_loose(ruling: LooseRuling, outside: Outside, deployment: Deployment) -> Routed | Message | None:
    """What is left to be done for its recipients, after which `end` is called; or the message if it needs
    nothing more, None if there is none.

    Raises `BusyError`, `SendDeferredError`, `SendUncertainError`, or what a port raises; the work is then
    resumed when the request comes again.
    """
    message = outside.messages.loose(ruling.receipt, ruling.message)
    if message is None or message.state is not State.RELEASING:
        return message
    key = deployment.inbox_prefix + message.receipt_id
    try:
        raw = outside.inbox.get(key)
    except NoSuchObjectError:
        return _hold_again(message, "original-gone", outside)
    header = header_of(raw)
    receipt = recover(LostReceipt(message.receipt_id, key, message.received_at), header)
    match route(f"{message.alias}@{deployment.relay_domain}", deployment.relay_domain):
        case RoleRoute(mailbox):
            taken = take_over(message, outside, deployment)
            return forward_released(mailbox, taken, receipt, raw, outside, deployment)
    recipients = tuple(str(each) for each in _named(header, outside, deployment))
    if not recipients:
        return _hold_again(message, "recipients-unknown", outside)
    return Routed(message, replace(receipt, recipients=recipients), raw)


def end(routed: Routed, outside: Outside) -> Message:
    """The held message, once each of its recipients has a message with an outcome of its own. It needs no
    lease: whoever else does the same writes the same."""
    message = routed.message
    return outside.messages.finish(
        message, State.RELEASED, codes=message.codes, finished_at=outside.clock.now()
    )


def _named(header: Header, outside: Outside, deployment: Deployment) -> tuple[Mailbox, ...]:
    """Those that To and Cc name and the relay knows, each once, in order."""
    fields = (field.decode("utf-8", "replace") for name in ("to", "cc") for field in header.all(name))
    named = [each.mailbox for field in fields for each in address_list(field)]
    known: dict[Mailbox, None] = {}
    for mailbox in named[:MAX_NAMED]:
        match route(str(mailbox), deployment.relay_domain):
            case RoleRoute(role):
                known[role] = None
            case AliasRoute(alias) if outside.directory.alias(alias) is not None:
                known[Mailbox(alias, deployment.relay_domain)] = None
            case AliasRoute() | ForeignRoute():
                pass
    return tuple(known)


def _hold_again(message: Message, code: str, outside: Outside) -> Message:
    codes = tuple(dict.fromkeys((*message.codes, code)))
    return outside.messages.finish(message, State.HELD, codes=codes, finished_at=outside.clock.now())
