"""Mail that no person wrote (RFC 3834): each kind has its own code, so that policy can tell them apart."""

from collections.abc import Iterator

from parley.mail.findings import Finding
from parley.mail.reports import Automatic
from parley.screening.context import Context

LIMITS = {Automatic.AUTO_REPLY: 1, Automatic.AUTO_GENERATED: 20}
"""How many pass to one alias in 24 hours: an out-of-office tells nothing new the second time, and two
programs that confirm each other's confirmations never stop by themselves."""


def look(context: Context) -> Iterator[Finding]:
    if context.automatic is None:
        return
    yield Finding(context.automatic.value)
    limit = LIMITS.get(context.automatic)
    if limit is not None and context.automatic_lately >= limit:
        yield Finding("automatic-repeated")
    if context.first_contact:
        yield Finding("automatic-first-contact")
