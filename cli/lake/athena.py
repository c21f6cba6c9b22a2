"""Athena: a statement is started in the workgroup, watched, and its rows are fetched page by page.

The workgroup decides where results lie, how they are encrypted, and how much a statement may scan.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from cli.aws import Clients
from cli.lake.engines import Answer, Cell, EngineError, Progress
from cli.lake.statements import Statement

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 2.0
_PAGE: Final = 1000
"""Rows of a page, the most that Athena gives."""
_LIMIT: Final = "bytes scanned limit"
"""Athena cancels a statement that would scan too much, and says so in words only."""
_READERS: Final[dict[str, Callable[[str], Cell]]] = {
    **dict.fromkeys(("tinyint", "smallint", "integer", "bigint"), int),
    **dict.fromkeys(("double", "float", "real", "decimal"), float),
    "boolean": lambda text: text == "true",
}
DOLLARS_PER_TB: Final = 5.0
"""What Athena costs in most regions."""
_LEAST_OCTETS: Final = 10 * 1024**2


def dollars(scanned: int, per_tb: float) -> float:
    """What a statement costs: Athena rounds up to 10 MB."""
    return max(scanned, _LEAST_OCTETS) / 1024**4 * per_tb


@dataclass(frozen=True, slots=True, kw_only=True)
class Athena:
    """Implements `Engine`. workgroup, database: their names."""

    clients: Clients
    workgroup: str
    database: str
    sleep: Callable[[float], None] = time.sleep

    def run(self, statement: Statement, progress: Progress) -> Answer:
        """Also raises what botocore raises. A KeyboardInterrupt stops the statement at Athena too."""
        id_ = self._start(statement)
        try:
            scanned = self._watch(id_, progress)
            progress("fetching", scanned)
            columns, rows = self._fetch(id_)
        except EngineError:
            raise
        except BaseException:
            # Whoever leaves does not pay for the rest. The reason to leave is told, not that this failed.
            with contextlib.suppress(ClientError, BotoCoreError):
                self.clients.athena.stop_query_execution(QueryExecutionId=id_)
            raise
        return Answer(columns=columns, rows=tuple(rows), scanned=scanned)

    def _start(self, statement: Statement) -> str:
        given: dict[str, Any] = (
            {"ExecutionParameters": list(statement.literals)} if statement.literals else {}
        )
        try:
            started = self.clients.athena.start_query_execution(
                QueryString=statement.sql,
                QueryExecutionContext={"Database": self.database},
                WorkGroup=self.workgroup,
                **given,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidRequestException":
                raise
            reason = error.response["Error"].get("Message", "")
            raise EngineError("query-failed", f"Athena does not take the statement: {reason}") from None
        return started["QueryExecutionId"]

    def _watch(self, id_: str, progress: Progress) -> int:
        """Octets scanned. Raises `EngineError` unless it succeeded."""
        pause = _FIRST_PAUSE
        while True:
            told = self.clients.athena.get_query_execution(QueryExecutionId=id_)["QueryExecution"]
            status = told.get("Status", {})
            state, reason = status.get("State", "QUEUED"), status.get("StateChangeReason", "")
            scanned = told.get("Statistics", {}).get("DataScannedInBytes", 0)
            match state:
                case "SUCCEEDED":
                    return scanned
                case "FAILED":
                    raise EngineError(
                        "query-failed", f"The query failed: {reason or 'Athena does not say why'}"
                    )
                case "CANCELLED":
                    raise _cancelled(reason, scanned)
            progress(state.lower(), scanned)
            self.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def _fetch(self, id_: str) -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
        columns: tuple[str, ...] = ()
        rows: list[tuple[Cell, ...]] = []
        for number, page in enumerate(self._pages(id_)):
            described = page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
            columns = tuple(each["Name"] for each in described)
            readers = [_READERS.get(each["Type"], str) for each in described]
            # The first row of the first page repeats the names of the columns.
            for row in page["ResultSet"]["Rows"][0 if number else 1 :]:
                cells = [each.get("VarCharValue") for each in row["Data"]]
                rows.append(
                    tuple(
                        None if text is None else read(text)
                        for text, read in zip(cells, readers, strict=True)
                    )
                )
        return columns, rows

    def _pages(self, id_: str) -> Iterator[Any]:
        pages = self.clients.athena.get_paginator("get_query_results")
        yield from pages.paginate(QueryExecutionId=id_, PaginationConfig={"PageSize": _PAGE})


def _cancelled(reason: str, scanned: int) -> EngineError:
    if _LIMIT in reason.lower():
        text = (
            f"The query was stopped after {shown_octets(scanned)}: it would scan more than is allowed."
            " Ask for fewer days or columns, or raise parley:query-scan-limit-mb (docs/configuration.md)."
        )
        return EngineError("scan-limit", text)
    return EngineError("query-cancelled", "The query was cancelled by somebody. Ask again.")


def shown_octets(octets: int) -> str:
    size = float(octets)
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.2f} TB"
