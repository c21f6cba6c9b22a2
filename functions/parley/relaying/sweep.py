"""The inbox sweep: finds mail whose notification never came and asks for it to be received.

SES writes the object and publishes the notification in two steps; if the second fails, nobody would ever look
at the mail. Once a message of a receipt is claimed, the queue owns it, and the sweep leaves it alone.
"""

from datetime import timedelta
from itertools import islice

from parley.relaying.ports import Clock, Inbox, Messages, Queue
from parley.relaying.receipts import SETUP_OBJECT, sweep_request

GRACE = timedelta(minutes=30)
"""How old an object is before it counts as forgotten."""
HORIZON = timedelta(days=3)
"""How old an object is when the sweep no longer looks at it: a dozen requests did not help."""
PATIENCE = timedelta(hours=6)
"""How long a request may take before it is made again."""


def sweep(inbox: Inbox, messages: Messages, queue: Queue, clock: Clock, inbox_prefix: str) -> int:
    """Puts a request into the queue for every object of the inbox that is older than `GRACE`, not older than
    `HORIZON`, and of which no message was ever claimed. Returns how many."""
    now, requests = clock.now(), 0
    objects = inbox.written_between(now - HORIZON, now - GRACE)
    while page := list(islice(objects, 100)):
        found = {key.removeprefix(inbox_prefix): (key, written) for key, written in page}
        found.pop(SETUP_OBJECT, None)
        for receipt_id in sorted(messages.unattended(found.keys(), now)):
            queue.send(sweep_request(*found[receipt_id]))
            messages.note_request(receipt_id, now + PATIENCE)
            requests += 1
    return requests
