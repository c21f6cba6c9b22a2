"""Whether an outgoing mail has the form that SES and every reader want."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_LINE = 998


@dataclass(frozen=True, slots=True)
class Trouble:
    """kind: stable, what minimising keeps. detail: for the person who mends it."""

    kind: str
    detail: str


def of_form(outgoing: bytes) -> Iterator[Trouble]:
    """What is wrong with its form."""
    if not outgoing.isascii() or b"\0" in outgoing:
        yield Trouble("not-7bit", "")
    if not outgoing.count(b"\r\n") == outgoing.count(b"\r") == outgoing.count(b"\n"):
        yield Trouble("line-ends", "a bare CR or LF")
    if max(map(len, outgoing.split(b"\r\n"))) > LONGEST_LINE:
        yield Trouble("long-line", "")
    parsed = email.message_from_bytes(outgoing, policy=email.policy.compat32)
    for part in parsed.walk():
        if part.defects:
            yield Trouble("malformed", ", ".join(type(defect).__name__ for defect in part.defects))
        names = [name.lower() for name, _ in part.raw_items()]
        if len(names) != len(set(names)):
            yield Trouble("repeated-field", ", ".join(names))
