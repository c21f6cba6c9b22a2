"""Mail that no person wrote (RFC 3834): each kind has its own code, so that policy can tell them apart."""

from collections.abc import Iterator

from parley.mail.findings import Finding
from parley.mail.reports import Automatic
from parley.screening.context import Context


def look(context: Context) -> Iterator[Finding]:
    if context.automatic is None:
        return
    yield Finding(context.automatic.value)
    if context.automatic is Automatic.AUTO_REPLY and context.automatic_recently:
        yield Finding("auto-reply-repeated")
