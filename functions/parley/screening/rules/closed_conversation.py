"""Mail to a conversation that is closed or expired."""

from collections.abc import Iterator

from parley.mail.findings import Finding
from parley.screening.context import Context


def look(context: Context) -> Iterator[Finding]:
    if not context.conversation_open:
        yield Finding("conversation-closed")
