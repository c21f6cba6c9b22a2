"""`openapi.json`: what the API takes and answers. Routes, checks, the stack and the docs all follow it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TEXT = Path(__file__).with_name("openapi.json").read_text("utf-8")
DOCUMENT: dict[str, Any] = json.loads(TEXT)
COMPONENTS: dict[str, Any] = DOCUMENT["components"]
_METHODS = ("get", "post", "patch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """parameters: by name, those of path and query. body: schema of the request's body, None without one."""

    id: str
    method: str
    path: str
    parameters: dict[str, dict[str, Any]]
    body: dict[str, Any] | None


def _operations() -> list[Operation]:
    found = []
    for path, item in DOCUMENT["paths"].items():
        for method in _METHODS:
            if method not in item:
                continue
            described = item[method]
            parameters = map(_resolve, [*item.get("parameters", []), *described.get("parameters", [])])
            content = described.get("requestBody", {}).get("content", {})
            found.append(
                Operation(
                    id=described["operationId"],
                    method=method.upper(),
                    path=path,
                    parameters={each["name"]: each for each in parameters},
                    body=content.get("application/json", {}).get("schema"),
                )
            )
    return found


def _resolve(parameter: dict[str, Any]) -> dict[str, Any]:
    name = parameter.get("$ref", "").removeprefix("#/components/parameters/")
    resolved: dict[str, Any] = COMPONENTS["parameters"][name] if name else parameter
    return resolved


OPERATIONS = _operations()
