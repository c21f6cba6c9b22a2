"""Mail for more of our aliases at once than anybody has a reason to write to."""

from collections.abc import Iterator

from parley.mail.findings import Finding
from parley.screening.context import Context

MAX_RECIPIENTS = 10
"""Forward-paths at the relay domain. People answer one party; a seller may write to a few buyers of one
order, and a mail program that answers to all names what it knows. Whoever writes to more sends a circular,
which belongs to the marketplace. It is also about what one invocation can do of the largest mails: each
recipient of 36 MB is composed, kept and sent on its own, one after the other (`infra.timing`)."""


def look(context: Context) -> Iterator[Finding]:
    if context.recipients > MAX_RECIPIENTS:
        yield Finding("too-many-recipients")
