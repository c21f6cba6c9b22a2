"""Mail that has been here before: our own mail come back, or one that travels in circles."""

from collections.abc import Iterator

from parley.mail.findings import Finding, Severity
from parley.screening.context import Context

OWN_MARK = "x-parley-message"
MAX_HOPS = 50
"""RFC 5321 §6.3 asks for a limit of at least 100 Received fields; ordinary mail has fewer than 20."""


def look(context: Context) -> Iterator[Finding]:
    header = context.mail.header
    if header.first(OWN_MARK) is not None:
        yield Finding("loop", Severity.SERIOUS, "header:x-parley-message")
    elif len(header.all("received")) > MAX_HOPS:
        yield Finding("too-many-hops", Severity.SERIOUS, "header:received")
