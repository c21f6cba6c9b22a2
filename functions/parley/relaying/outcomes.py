"""What became of a receipt, whatever a reviewer decided afterwards."""

import json

from parley.conversation.messages import OUTCOMES, Message, State

_HELD_BEFORE = frozenset({State.RELEASING, State.RELEASED, State.EXPIRED})


def receipt_outcome(message: Message) -> State | None:
    """The outcome that the work on the message's receipt ended with; None while it is being worked on.

    Who was refused by a reviewer had been held: no receipt that is to be held or relayed ends as refused.
    """
    if message.state in _HELD_BEFORE:
        return State.HELD
    if message.state is State.REFUSED and intended_outcome(message) not in (None, State.REFUSED):
        return State.HELD
    return message.state if message.state in OUTCOMES else None


def intended_outcome(message: Message) -> State | None:
    """What was decided when the message was claimed; None if it belongs to no conversation."""
    return None if message.record is None else State(json.loads(message.record)["outcome"])
