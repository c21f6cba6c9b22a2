"""What was noticed about a mail: by the scanner, a screening rule or the masker."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    NOTE = "note"
    WARNING = "warning"
    SERIOUS = "serious"


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation. It never carries what was found, only where (I7).

    code: stable, in the table of `parley.screening.policy`. place: "subject", "header:from",
    "part:1.2" (1-based path of the part), "part:1.2:filename" or "" for the mail as a whole.
    count: how often at that place.
    """

    code: str
    severity: Severity = Severity.NOTE
    place: str = ""
    count: int = 1
