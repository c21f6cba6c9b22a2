"""A mail whose recipients nobody knew, held as one message for all of them, and how that makes way when its
notification comes after all.

The hold was nobody's outcome and is taken back. What a reviewer has refused stays refused; what one has
released goes besides to the recipients whom the release did not reach.
"""

from dataclasses import replace

from parley.conversation.aliases import AliasId
from parley.conversation.messages import Message, State
from parley.relaying.outside import Outside
from parley.relaying.ports import AlreadyClaimedError
from parley.relaying.receipts import Receipt, whole_id

_UNKNOWN = AliasId("(unknown)")
"""Parentheses cannot stand in an alias: it is nobody's."""


def hold_as_whole(receipt: Receipt, outside: Outside) -> Message:
    """The one message, as it is by now. Raises `BusyError` if the recipients were told meanwhile."""
    message = Message(
        id=whole_id(receipt.id),
        receipt_id=receipt.id,
        alias=_UNKNOWN,
        received_at=receipt.received_at,
        state=State.HELD,
        codes=("notification-missing",),
    )
    try:
        outside.messages.claim_whole(message)
    except AlreadyClaimedError as claimed:
        return claimed.message
    return message


def make_way(whole: Message, receipt: Receipt, outside: Outside) -> Receipt | None:
    """The receipt as it is to be received now; None if a reviewer has refused the mail. Raises
    `LeaseLostError` if a reviewer decides at this moment.

    After a withdrawal the receipt is the same as before: a request of the sweep may make the hold again
    before anything is claimed, and then that has to make way, too.
    """
    if whole.state is State.HELD:
        outside.messages.withdraw(whole)
        return receipt
    if whole.state not in (State.RELEASING, State.RELEASED):
        return None
    if receipt.told is None:
        return receipt
    return replace(receipt, told=replace(receipt.told, whole=None))
