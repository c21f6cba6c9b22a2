"""Mail larger than people may send: its parts may have to grow on the way out, and SES takes 40 MB in all."""

from collections.abc import Iterator

from parley.mail.findings import Finding
from parley.screening.context import Context

MAX_BYTES = 36 * 1024 * 1024
"""25 MB of attachments as base64, and some text."""


def look(context: Context) -> Iterator[Finding]:
    if context.size > MAX_BYTES:
        yield Finding("too-large")
