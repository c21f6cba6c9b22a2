"""The same mail to the same alias again within a day: the author's server tried twice."""

from collections.abc import Iterator

from parley.mail.findings import Finding
from parley.screening.context import Context


def look(context: Context) -> Iterator[Finding]:
    if context.fingerprint in context.recent_fingerprints:
        yield Finding("resubmission")
