"""Mail larger than can go out again."""

from collections.abc import Iterator

from parley.mail.findings import Finding
from parley.mail.structure import MAX_MAIL_BYTES
from parley.screening.context import Context


def look(context: Context) -> Iterator[Finding]:
    if context.size > MAX_MAIL_BYTES:
        yield Finding("too-large")
