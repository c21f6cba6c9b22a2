"""Which of the things that SES told of a mail stands for what became of it.

Events come late, twice and in any order, so the choice depends on what they say alone: of two, the one of the
higher rank stands, and of one rank the later one.
"""

from dataclasses import dataclass
from datetime import datetime

RANKS = {
    "sent": 0,
    "delayed": 1,
    # The server gave up for now, or an automatic reply was taken for a bounce: a delivery says more.
    "soft-bounced": 2,
    "delivered": 3,
    # What a server took, it may send back later.
    "suppressed": 4,
    "rejected": 5,
    "bounced": 6,
    # Who complains has received.
    "complained": 7,
}
"""Every status, and its rank."""
UNDELIVERED = frozenset({"suppressed", "rejected", "bounced"})
"""The mail did not arrive, and will not."""


@dataclass(frozen=True, slots=True, order=False)
class Delivery:
    """What became of a mail. status: a key of `RANKS`. at: SES's time of it (UTC). told: whether its author
    knows that it did not arrive."""

    status: str
    at: datetime
    told: bool = False


def standing(known: Delivery | None, news: Delivery) -> Delivery:
    """Which of the two stands. Who was told stays told."""
    if known is None:
        return news
    told = known.told or news.told
    _, _, status, at = max((RANKS[each.status], each.at, each.status, each.at) for each in (known, news))
    return Delivery(status, at, told)
