"""Athena in front of the command: it takes every statement, and finds no rows.

Which role may ask is the guard's to judge (`tests.support.guard`); what the rows would be is DuckDB's to tell
(`tests/lake`).
"""

from collections.abc import Mapping
from typing import Any

import sqlglot
from sqlglot import exp

from tests.support.guard import Answers

Parameters = Mapping[str, Any]


class FakeAthena:
    """started: the statements, by the ids that they were given, which begin with the workgroup's name."""

    def __init__(self) -> None:
        self.started: dict[str, str] = {}

    def answers(self) -> Answers:
        return {
            "athena.StartQueryExecution": self._start,
            "athena.GetQueryExecution": lambda _: {"QueryExecution": {"Status": {"State": "SUCCEEDED"}}},
            "athena.GetQueryResults": self._columns,
        }

    def _start(self, asked: Parameters) -> Any:
        id_ = f"{asked['WorkGroup']}:{len(self.started) + 1}"
        self.started[id_] = asked["QueryString"]
        return {"QueryExecutionId": id_}

    def _columns(self, asked: Parameters) -> Any:
        """The first row of a result repeats the columns' names."""
        tree = sqlglot.parse_one(self.started[asked["QueryExecutionId"]], dialect="trino")
        assert isinstance(tree, exp.Query)
        names = tree.named_selects
        return {
            "ResultSet": {
                "ResultSetMetadata": {"ColumnInfo": [{"Name": each, "Type": "varchar"} for each in names]},
                "Rows": [{"Data": [{"VarCharValue": each} for each in names]}],
            }
        }
