"""Runs checks at the same time, each within its time, and never fails itself."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from cli.checks.site import Check, Site
from cli.findings import Finding, Status, unknown
from cli.troubles import explain

CHECK_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, and which check of which concern it is of."""

    concern: str
    check: str
    finding: Finding


def examine(checks: Sequence[Check], site: Site, seconds: float = CHECK_SECONDS) -> tuple[Found, ...]:
    """What the checks find, in their order. seconds: for all of them, since they run side by side."""
    looks = [_Look(check, site) for check in checks]
    until = time.monotonic() + seconds
    return tuple(
        Found(look.check.concern, look.check.name, finding)
        for look in looks
        for finding in look.findings(max(0.0, until - time.monotonic()))
    )


def failed(found: Sequence[Found]) -> bool:
    return any(each.finding.status is Status.FAIL for each in found)


def proved(found: Sequence[Found]) -> bool:
    """Whether all was looked at and nothing failed."""
    return not any(each.finding.status in (Status.FAIL, Status.UNKNOWN) for each in found)


@dataclass(slots=True)
class _Look:
    """One check at work in a thread of its own, which ends with the process if it hangs."""

    check: Check
    site: Site
    _found: list[Finding] = field(default_factory=list)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name=self.check.name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        if self.site.deployment.local and not self.check.local:
            self._found.append(Finding(Status.ABSENT, "not-in-the-sandbox", "This is not in the sandbox."))
            return
        try:
            # What was found before an error counts.
            self._found.extend(self.check.look(self.site))
        except Exception as error:
            self._found.append(explain(error))

    def findings(self, seconds: float) -> list[Finding]:
        self._thread.join(seconds)
        if not self._thread.is_alive():
            return self._found
        late = unknown("timed-out", "This check took too long.", "Look at the network, try again.")
        return [*self._found, late]
