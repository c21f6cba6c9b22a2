"""Athena as an engine, against answers in the shape that botocore knows."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.aws import Clients
from cli.lake.athena import Athena, dollars
from cli.lake.engines import EngineError
from cli.lake.statements import Statement, free_statement, named_statement
from parley.lake.catalogue import find_query
from tests.cli.sites import Refuses, Says, stubbed

STATEMENT = free_statement("SELECT state, count(*) AS messages FROM messages GROUP BY state")
STARTED = Says("athena", "start_query_execution", {"QueryExecutionId": "q1"})
STOPPED = Says("athena", "stop_query_execution", {})


def state(name: str, scanned: int = 0, reason: str = "") -> Says:
    return Says(
        "athena",
        "get_query_execution",
        {
            "QueryExecution": {
                "QueryExecutionId": "q1",
                "Status": {"State": name, **({"StateChangeReason": reason} if reason else {})},
                "Statistics": {"DataScannedInBytes": scanned},
            }
        },
    )


def results(*rows: list[str | None], types: Mapping[str, str], more: str | None = None) -> Says:
    described = [{"Name": name, "Type": kind} for name, kind in types.items()]
    told = [{"Data": [{} if each is None else {"VarCharValue": each} for each in row]} for row in rows]
    page: dict[str, Any] = {"ResultSet": {"Rows": told, "ResultSetMetadata": {"ColumnInfo": described}}}
    return Says("athena", "get_query_results", page | ({"NextToken": more} if more else {}))


class Told:
    """Implements `Progress`."""

    def __init__(self) -> None:
        self.states: list[tuple[str, int]] = []

    def __call__(self, state: str, scanned: int) -> None:
        self.states.append((state, scanned))


def athena(*answers: Says | Refuses, sleep: Callable[[float], None] = lambda _seconds: None) -> Athena:
    return Athena(clients=Clients(stubbed(*answers)), workgroup="reviewing", database="lake", sleep=sleep)


TYPES = {"state": "varchar", "messages": "bigint", "share": "double", "known": "boolean"}


def test_rows_come_typed_over_all_pages_and_progress_is_told() -> None:
    told = Told()
    answer = athena(
        STARTED,
        state("QUEUED"),
        state("RUNNING", 4096),
        state("SUCCEEDED", 8192),
        results(["state", "messages", "share", "known"], ["held", "3", "1.5", "true"], types=TYPES, more="n"),
        results(["relayed", "4", None, "false"], types=TYPES),
    ).run(STATEMENT, told)
    assert answer.columns == tuple(TYPES)
    assert answer.rows == (("held", 3, 1.5, True), ("relayed", 4, None, False))
    assert answer.scanned == 8192
    assert told.states == [("queued", 0), ("running", 4096), ("fetching", 8192)]


def test_values_go_as_execution_parameters_and_never_into_the_statement() -> None:
    asked: dict[str, Any] = {}
    query = find_query("search-text")
    bound = query.bind({"conversation_id": "c1", "words": "it's"}, date(2026, 9, 4))
    engine = athena(STARTED, state("SUCCEEDED"), results(["name"], types={"name": "varchar"}))
    engine.clients.athena.meta.events.register(
        "provide-client-params.athena.StartQueryExecution",
        lambda params, **_others: asked.update(params),
    )
    engine.run(named_statement(query, bound), Told())
    assert asked["ExecutionParameters"] == ["'c1'", *3 * ["'it''s'"]]
    assert asked["QueryString"].count("?") == 4
    assert "it's" not in asked["QueryString"]
    assert (asked["WorkGroup"], asked["QueryExecutionContext"]) == ("reviewing", {"Database": "lake"})


def failing(statement: Statement, *answers: Says | Refuses) -> EngineError:
    with pytest.raises(EngineError) as caught:
        athena(*answers).run(statement, Told())
    return caught.value


def test_a_failed_query_tells_athenas_reason() -> None:
    error = failing(STATEMENT, STARTED, state("FAILED", reason="COLUMN_NOT_FOUND: colour"), STOPPED)
    assert (error.code, "COLUMN_NOT_FOUND: colour" in str(error)) == ("query-failed", True)


def test_a_query_over_the_scan_limit_says_what_to_do() -> None:
    reason = "Query cancelled! : Bytes scanned limit was exceeded"
    error = failing(STATEMENT, STARTED, state("CANCELLED", 10 * 1024**2, reason), STOPPED)
    assert error.code == "scan-limit"
    assert "10.0 MB" in str(error)
    assert "fewer days" in str(error)


def test_a_query_that_somebody_cancelled_is_not_called_a_failure() -> None:
    error = failing(STATEMENT, STARTED, state("CANCELLED", reason="Query was cancelled by user"), STOPPED)
    assert error.code == "query-cancelled"


def test_what_athena_does_not_take_is_told_with_its_words() -> None:
    error = failing(
        STATEMENT, Refuses("athena", "start_query_execution", "InvalidRequestException", "mismatched input")
    )
    assert (error.code, "mismatched input" in str(error)) == ("query-failed", True)


def test_a_missing_right_stays_an_error_of_aws() -> None:
    refused = Refuses("athena", "start_query_execution", "AccessDeniedException", status=403)
    with pytest.raises(ClientError):
        athena(refused).run(STATEMENT, Told())


def test_an_interrupted_query_is_stopped_at_athena_too() -> None:
    stopped: list[Any] = []

    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    engine = athena(STARTED, state("RUNNING"), STOPPED, sleep=interrupted)
    engine.clients.athena.meta.events.register(
        "provide-client-params.athena.StopQueryExecution",
        lambda params, **_others: stopped.append(params),
    )
    with pytest.raises(KeyboardInterrupt):
        engine.run(STATEMENT, Told())
    assert stopped == [{"QueryExecutionId": "q1"}]


def test_an_interrupt_is_told_even_if_the_query_cannot_be_stopped() -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    refused = Refuses("athena", "stop_query_execution", "AccessDeniedException", status=403)
    with pytest.raises(KeyboardInterrupt):
        athena(STARTED, state("RUNNING"), refused, sleep=interrupted).run(STATEMENT, Told())


def test_the_least_that_athena_bills_is_ten_megabytes() -> None:
    assert dollars(0, 5.0) == dollars(10 * 1024**2, 5.0) == pytest.approx(5 * 10 / 1024**2)
    assert dollars(1024**4, 6.75) == 6.75
