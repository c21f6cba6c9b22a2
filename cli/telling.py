"""Tells a person how a smoke test goes, or nobody."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from cli.findings import Finding
from cli.reports import line


class Spoken:
    """Implements `Teller` on a terminal: a line for each hop that is passed, and what is waited for."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status = console.status("starting")

    def told(self, scenario: str, hop: str, finding: Finding) -> None:
        self._console.print(f"{escape(scenario)}, {hop}: {line(finding)}", highlight=False)

    def waiting(self, text: str) -> None:
        self._status.update(escape(text))

    def asked(self, plan: str, confirm: Callable[[str], bool]) -> bool:
        """Shows the plan and asks; nothing moves meanwhile."""
        self._status.stop()
        self._console.print(plan, highlight=False, markup=False, soft_wrap=True)
        agreed = confirm("Go on?")
        self._status.start()
        return agreed

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._status.stop()


class Quiet:
    """Implements `Teller` for who reads JSON at the end."""

    def told(self, scenario: str, hop: str, finding: Finding) -> None:
        """Nobody listens."""

    def waiting(self, text: str) -> None:
        """Nobody listens."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """There is nothing to end."""
