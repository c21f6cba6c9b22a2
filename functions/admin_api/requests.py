"""Reads a request: its shape is checked against `openapi.json`, and what is wrong is named by its field."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import fastjsonschema

from admin_api.description import COMPONENTS, OPERATIONS, Operation
from parley.registering.refusals import RefusedError

_BY_ID = {operation.id: operation for operation in OPERATIONS}
_CODES = {"required": "missing-field", "additionalProperties": "unknown-field"}
_INTEGER = re.compile(r"[0-9]{1,9}")


def check_parameters(
    operation: Operation, path: Mapping[str, str], query: Mapping[str, str]
) -> dict[str, Any]:
    """The parameters of path and query, with their defaults. Raises `RefusedError`."""
    given: dict[str, Any] = {**query, **path}
    if doubled := sorted(query.keys() & path.keys()):
        raise RefusedError("unknown-field", doubled[0])
    for name, parameter in operation.parameters.items():
        if parameter["schema"].get("type") == "integer" and _INTEGER.fullmatch(given.get(name, "")):
            given[name] = int(given[name])
    checked: dict[str, Any] = _checked(_parameters_check(operation.id), given, "query")
    return checked


def read_body(operation: Operation, body: Callable[[], str | None]) -> dict[str, Any]:
    """The body, with defaults; {} where none is described. Raises `RefusedError`."""
    if operation.body is None:
        return {}
    try:
        # Two members of one name: rejected instead of picking (RFC 8259 §4 leaves it open which one counts).
        given = json.loads(body() or "", object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError):
        raise RefusedError("invalid-json", "body") from None
    read: dict[str, Any] = _checked(_body_check(operation.id), given, "body")
    return read


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("two members of one name")
    return read


# Compiled when first used: an operation that nobody calls costs no cold start anything.
@cache
def _body_check(operation_id: str) -> Callable[[Any], Any]:
    return _compiled(_BY_ID[operation_id].body or {})


@cache
def _parameters_check(operation_id: str) -> Callable[[Any], Any]:
    parameters = _BY_ID[operation_id].parameters
    return _compiled(
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: each["schema"] for name, each in parameters.items()},
            "required": [name for name, each in parameters.items() if each.get("required")],
        }
    )


def _compiled(schema: dict[str, Any]) -> Callable[[Any], Any]:
    # OpenAPI 3.1 uses JSON Schema 2020-12; what is used of it here means the same in draft 7.
    compiled: Callable[[Any], Any] = fastjsonschema.compile(
        {"allOf": [schema], "components": COMPONENTS}, detailed_exceptions=True
    )
    return compiled


def _checked(check: Callable[[Any], Any], given: Any, whole: str) -> Any:
    try:
        return check(given)
    except fastjsonschema.JsonSchemaValueException as error:
        raise RefusedError(_CODES.get(error.rule or "", "invalid-value"), _field(error, whole)) from None


def _field(error: fastjsonschema.JsonSchemaValueException, whole: str) -> str:
    """The member at fault as one writes it in code: `mailboxes[1]`."""
    within = (error.name or "").removeprefix("data").removeprefix(".")
    match error.rule:
        case "required":
            at_fault = [name for name in error.rule_definition if name not in error.value]
        case "additionalProperties":
            at_fault = [name for name in error.value if name not in error.definition["properties"]]
        case _:
            return within or whole
    return ".".join(part for part in (within, at_fault[0][:64]) if part)
