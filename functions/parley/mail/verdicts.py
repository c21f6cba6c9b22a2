"""SES's verdicts about a receipt (AWS: "Contents of notifications for SES email receiving")."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    PASS = "PASS"  # noqa: S105  # no password
    FAIL = "FAIL"
    GRAY = "GRAY"
    PROCESSING_FAILED = "PROCESSING_FAILED"
    DISABLED = "DISABLED"
    MISSING = "MISSING"
    """Ours: the notification has no such verdict, or one that we do not know."""

    @classmethod
    def read(cls, status: object) -> "Verdict":
        """The verdict of that status; MISSING for anything SES does not document."""
        return next((verdict for verdict in cls if verdict == status), cls.MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    spf: Verdict = Verdict.MISSING
    dkim: Verdict = Verdict.MISSING
    dmarc: Verdict = Verdict.MISSING
    spam: Verdict = Verdict.MISSING
    virus: Verdict = Verdict.MISSING
