"""The page of a running sandbox."""

from sandbox.page.exchange import Exchange
from sandbox.stack import Sandbox

_QUEUES = {"ReceiptsQueue": "mail", "ReceiptsDeadLetters": "dead letters"}


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
