"""What a check found: one sentence with a stable code, and what to do next."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """UNKNOWN: the check could not look. ABSENT: what it looks at does not exist in the local emulator."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Finding:
    """text: one sentence. next: what to do, "" where nothing is."""

    status: Status
    code: str
    text: str
    next: str = ""


def ok(code: str, text: str) -> Finding:
    return Finding(Status.OK, code, text)


def warn(code: str, text: str, next_: str) -> Finding:
    return Finding(Status.WARN, code, text, next_)


def fail(code: str, text: str, next_: str) -> Finding:
    return Finding(Status.FAIL, code, text, next_)


def unknown(code: str, text: str, next_: str) -> Finding:
    return Finding(Status.UNKNOWN, code, text, next_)
