"""The page of a running sandbox."""

from sandbox.page.exchange import Exchange
from sandbox.stack import Sandbox

# The queue of delivery events is left out: whoever waits for a mail need not wait for what SES tells of it.
_QUEUES = {
    "ReceiptsQueue": "mail",
    "ReceiptsDeadLetters": "dead letters",
    "ReceiptsUndelivered": "dead letters",
    "DeliveryEventsDeadLetters": "dead letters",
    "DeliveryEventsUndelivered": "dead letters",
}


def exchange_of(sandbox: Sandbox) -> Exchange:
    """The correspondence that is there from the start."""
    first = sandbox.first
    return Exchange(
        accounts=sandbox.accounts,
        people=(first.buyer, first.seller),
        mailboxes=sandbox.mailboxes,
        submit=sandbox.submit,
        archive=sandbox.archive(first.conversation),
        queues=sandbox.queues().labelled(_QUEUES),
    )
