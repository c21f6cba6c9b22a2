"""Mail to a party that complained of an earlier one, where the policy is to send it no more."""

from collections.abc import Iterator

from parley.mail.findings import Finding
from parley.screening.context import Context


def look(context: Context) -> Iterator[Finding]:
    if context.recipient_opted_out:
        yield Finding("recipient-opted-out")
