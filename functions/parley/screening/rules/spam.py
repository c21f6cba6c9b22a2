"""SES's spam verdict."""

from collections.abc import Iterator

from parley.mail.findings import Finding, Severity
from parley.mail.verdicts import Verdict
from parley.screening.context import Context


def look(context: Context) -> Iterator[Finding]:
    match context.verdicts.spam:
        case Verdict.PASS:
            return
        case Verdict.FAIL:
            yield Finding("spam", Severity.SERIOUS)
        case Verdict.GRAY:
            yield Finding("spam-uncertain")
        case Verdict.DISABLED:
            yield Finding("spam-scan-disabled", Severity.WARNING)
        case _:
            yield Finding("spam-verdict-missing", Severity.WARNING)
