"""Answers as a table, as JSON or as CSV. Texts of strangers cannot move the cursor or become a formula."""

import csv
import json
from collections.abc import Mapping
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.lake.engines import Answer, Cell
from cli.review.words import harmless
from parley.lake.catalogue import Query

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def answer_table(answer: Answer, most: int) -> Table:
    """most: rows that are shown."""
    table = Table(show_lines=False, expand=False)
    for place, name in enumerate(answer.columns):
        is_number = any(isinstance(row[place], int | float) for row in answer.rows)
        table.add_column(Text(harmless(name)), overflow="fold", justify="right" if is_number else "left")
    for row in answer.rows[:most]:
        table.add_row(*(Text(harmless(told(cell))) for cell in row))
    return table


def told(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case float():
            return f"{cell:g}" if abs(cell) < 1e6 else f"{cell:.0f}"
        case _:
            return str(cell)


def answer_document(name: str | None, answer: Answer, cost: float | None) -> dict[str, Any]:
    """For JSON. name: of the query, None for free SQL. cost: dollars, None where nothing is paid."""
    return {
        "query": name,
        "columns": answer.columns,
        "rows": [dict(zip(answer.columns, row, strict=True)) for row in answer.rows],
        "scanned_octets": answer.scanned,
        "objects": answer.objects,
        "dollars": cost,
    }


def write_csv(answer: Answer, file: TextIO) -> None:
    """RFC 4180, with a line of names. What a spreadsheet would take for a formula gets an apostrophe."""
    writer = csv.writer(file)
    writer.writerow([_cell(each) for each in answer.columns])
    for row in answer.rows:
        writer.writerow([_cell(each) for each in row])


def _cell(value: Cell) -> Cell:
    if isinstance(value, str):
        return harmless(f"'{value}" if value.startswith(_FORMULA) else value)
    return "" if value is None else value


def show_catalogue(queries: Mapping[str, Query], console: Console) -> None:
    for each in queries.values():
        who = "" if each.workgroup == "reviewing" else "  (for auditors)"
        console.print(Text.assemble((each.name, "bold"), f"  {each.title}{who}"), soft_wrap=True)
        console.print(Text(f"    {each.answers}"), highlight=False)
        for parameter in each.parameters:
            default = "needed" if parameter.default is None else f"else {parameter.default or 'all'}"
            told_of = f"    --param {parameter.name}={parameter.example}  {parameter.says} ({default})"
            console.print(Text(told_of, "dim"), soft_wrap=True)


def catalogue_document(queries: Mapping[str, Query]) -> str:
    return json.dumps(
        [
            {
                "name": each.name,
                "title": each.title,
                "answers": each.answers,
                "for": "reviewers" if each.workgroup == "reviewing" else "auditors",
                "parameters": [
                    {
                        "name": parameter.name,
                        "type": parameter.type,
                        "says": parameter.says,
                        "default": parameter.default,
                        "example": parameter.example,
                    }
                    for parameter in each.parameters
                ],
            }
            for each in queries.values()
        ]
    )
