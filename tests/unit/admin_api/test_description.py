"""`openapi.json` and what follows it."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from admin_api.description import DOCUMENT, OPERATIONS, TEXT
from admin_api.operations import ANSWERS
from admin_api.problems import PROBLEMS
from admin_api.reviewing import REVIEWING
from admin_api.routes import api

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
SOURCES = [
    *(ROOT / "functions/admin_api").glob("*.py"),
    *(ROOT / "functions/parley/registering").glob("*.py"),
    *(ROOT / "functions/parley/reviewing").glob("*.py"),
]


def test_the_committed_description_is_the_one_that_is_served() -> None:
    assert (DOCS / "openapi.json").read_text() == TEXT


def test_every_operation_is_answered_and_no_other() -> None:
    assert [each.id for each in OPERATIONS] == list(dict.fromkeys(each.id for each in OPERATIONS))
    assert {each.id for each in OPERATIONS} == ANSWERS.keys() | REVIEWING.keys()
    assert not ANSWERS.keys() & REVIEWING.keys()
    assert len(api._static_routes) + len(api._dynamic_routes) == len(OPERATIONS)


def test_every_reference_in_the_description_leads_somewhere() -> None:
    for reference in set(references(DOCUMENT)):
        found: Any = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def references(value: Any) -> list[str]:
    match value:
        case {"$ref": str(reference)}:
            return [reference]
        case dict():
            return [found for each in value.values() for found in references(each)]
        case list():
            return [found for each in value for found in references(each)]
    return []


def test_no_document_has_members_that_are_not_described() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        if schema["type"] == "object":
            assert schema["additionalProperties"] is False, name


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_every_operation_says_how_it_fails(operation: Any) -> None:
    described = DOCUMENT["paths"][operation.path][operation.method.lower()]["responses"]
    assert "500" in described
    assert ("400" in described) == bool(operation.parameters or operation.body)


def test_the_codes_are_those_that_are_raised() -> None:
    raised = {code for path in SOURCES for code in codes(ast.parse(path.read_text()))}
    assert raised | {"missing-field", "unknown-field", "invalid-value", "failed"} == PROBLEMS.keys()


def codes(tree: ast.AST) -> set[str]:
    """First arguments of RefusedError that are written out."""
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "RefusedError"
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_code_is_documented_with_its_status() -> None:
    page = (DOCS / "api.md").read_text()
    documented = re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \| (.*) \|$", page, re.M)
    assert documented == [(code, str(status.value), detail) for code, (status, detail) in PROBLEMS.items()]


def test_the_description_is_written_as_json_writes_it() -> None:
    """So that two versions of it differ in what they say alone."""
    assert json.dumps(DOCUMENT, indent=2, ensure_ascii=False) + "\n" == TEXT
