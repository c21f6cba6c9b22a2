"""Mail to a party whose mailbox bounced for good: refused at once, so that its author knows."""

from collections.abc import Iterator

from parley.mail.findings import Finding
from parley.screening.context import Context


def look(context: Context) -> Iterator[Finding]:
    if not context.recipient_reachable:
        yield Finding("recipient-unreachable")
