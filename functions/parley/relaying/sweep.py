"""The inbox sweep: finds mail whose notification never came and asks for it to be received.

SES writes the object and publishes the notification in two steps; if the second fails, nobody would ever look
at the mail. Receiving is idempotent, so a mail that is merely late is asked for in vain and without harm.
"""

from datetime import timedelta

from parley.relaying.outside import Deployment, Outside
from parley.relaying.receipts import SETUP_OBJECT, sweep_request

GRACE = timedelta(minutes=30)
"""How old an object is before it counts as forgotten."""
HORIZON = timedelta(days=3)
"""How old an object is when the sweep no longer looks at it: some 280 requests did not help."""


def sweep(outside: Outside, deployment: Deployment) -> int:
    """Puts a request into the queue for every object of the inbox that is older than `GRACE`, not older than
    `HORIZON`, and none of whose messages has an outcome. Returns how many."""
    now = outside.clock.now()
    found = {
        key[len(deployment.inbox_prefix) :]: (key, written)
        for key, written in outside.inbox.older_than(now - GRACE)
        if written >= now - HORIZON
    }
    found.pop(SETUP_OBJECT, None)
    forgotten = found.keys() - outside.messages.finished_receipts(found.keys())
    for receipt_id in sorted(forgotten):
        outside.queue.send(sweep_request(*found[receipt_id]))
    return len(forgotten)
