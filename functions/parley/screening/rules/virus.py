"""SES's virus verdict."""

from collections.abc import Iterator

from parley.mail.findings import Finding, Severity
from parley.mail.verdicts import Verdict
from parley.screening.context import Context


def look(context: Context) -> Iterator[Finding]:
    match context.verdicts.virus:
        case Verdict.PASS:
            return
        case Verdict.FAIL:
            yield Finding("virus", Severity.SERIOUS)
        case Verdict.DISABLED:
            yield Finding("virus-scan-disabled", Severity.WARNING)
        case _:
            yield Finding("virus-verdict-missing", Severity.WARNING)
