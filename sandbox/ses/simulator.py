"""Recipients by whose local-part one can ask for what goes wrong, at any domain.

AWS, "Using the mailbox simulator": `bounce`, `complaint`, `ooto`, `suppressionlist` and `success` at
simulator.amazonses.com, with any `+label`. Here they work at every domain, and there are some more.
"""

from enum import StrEnum

SIMULATOR = "simulator.amazonses.com"


class Wish(StrEnum):
    """What a recipient asks for."""

    SUCCESS = "success"
    """Delivered, into no mailbox; only at the simulator's own domain."""
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    OUT_OF_OFFICE = "ooto"
    SUPPRESSED = "suppressionlist"
    DELAY = "delay"
    """Delayed once, then delivered."""
    REJECT = "reject"
    """Accepted, then found to carry a virus."""
    UNRENDERABLE = "unrenderable"
    """Accepted, then found to be a template that cannot be filled. Parley sends none, and asks for the event
    all the same."""
    THROTTLE = "throttle"
    PAUSE = "pause"
    TIMEOUT = "timeout"
    """Accepted and delivered, and the caller never hears of it."""


def wish(mailbox: str) -> Wish | None:
    local_part, _, domain = mailbox.lower().rpartition("@")
    name = local_part.partition("+")[0]
    if name not in set(Wish):
        return None
    if name == Wish.SUCCESS and domain != SIMULATOR:
        return None
    return Wish(name)


def is_simulator(mailbox: str) -> bool:
    return mailbox.lower().rpartition("@")[2] == SIMULATOR
