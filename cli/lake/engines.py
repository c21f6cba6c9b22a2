"""What answers a question: the port that Athena and DuckDB both implement."""

from dataclasses import dataclass
from typing import Protocol

from cli.lake.statements import Statement
from cli.review.words import harmless

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """rows: times are ISO 8601 without a zone, in UTC. scanned: octets that were read for it. objects: how
    many were opened, None where that is not known."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    scanned: int
    objects: int | None = None


class EngineError(Exception):
    """There is no answer. code: stable: "query-failed", "query-cancelled", "scan-limit". The text is for a
    person, and says what to do; of what an engine repeats from mail, nothing moves the cursor."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(harmless(text))
        self.code = code


class Progress(Protocol):
    """Is told how a query goes."""

    def __call__(self, state: str, scanned: int) -> None:
        """state: queued, running or fetching. scanned: octets so far."""


class Engine(Protocol):
    def run(self, statement: Statement, progress: Progress) -> Answer:
        """Raises `EngineError`, and `QueryError` for a statement that this engine cannot run."""
        ...
