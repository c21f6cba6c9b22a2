"""Requests to admin_api as API Gateway hands them over (payload format 2.0), and its answers checked against
what `openapi.json` promises."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import fastjsonschema

from admin_api.description import COMPONENTS, DOCUMENT, OPERATIONS
from tests.support.runtime import Runtime, event


@dataclass(frozen=True)
class Reply:
    """operation: the id of the one that answered, None for a path that there is not."""

    operation: str | None
    status: int
    body: Any

    @property
    def refusal(self) -> tuple[int, str, str | None]:
        return self.status, self.body.get("code"), self.body.get("field")


def request(
    method: str,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    body: object = None,
    encoded: bool = False,
) -> dict[str, Any]:
    """body: text as it is, or what becomes JSON. encoded: as API Gateway does with binary bodies."""
    asked: dict[str, Any] = event("http.json")
    asked |= {"rawPath": path, "rawQueryString": urlencode(query or {})}
    asked["requestContext"]["http"] |= {"method": method, "path": path}
    asked["routeKey"] = asked["requestContext"]["routeKey"] = f"{method} {path}"
    if query:
        asked["queryStringParameters"] = dict(query)
    if body is not None:
        text = body if isinstance(body, str) else json.dumps(body)
        asked["body"] = base64.b64encode(text.encode()).decode() if encoded else text
        asked["isBase64Encoded"] = encoded
    return asked


def ask(runtime: Runtime, method: str, path: str, **rest: Any) -> Reply:
    """One request; its answer is checked against the description."""
    answer = runtime.invoke("admin_api", request(method, path, **rest))
    operation = _operation(method, path)
    reply = Reply(operation, answer["statusCode"], json.loads(answer["body"]))
    problem = reply.status >= 400
    assert answer["headers"]["Content-Type"] == (
        "application/problem+json" if problem else "application/json"
    )
    assert answer["isBase64Encoded"] is False
    _schema("Problem")(reply.body) if problem else _check(reply)
    if 400 <= reply.status < 500:
        assert reply.body["field"]
    return reply


def escaped(text: str) -> str:
    return quote(text, safe="")


def _operation(method: str, path: str) -> str | None:
    for each in OPERATIONS:
        parts = zip(each.path.split("/"), path.split("/"), strict=False)
        fits = each.path.count("/") == path.count("/") and all(a == b or a[:1] == "{" for a, b in parts)
        if each.method == method and fits:
            return each.id
    return None


def _check(reply: Reply) -> None:
    (responses,) = (
        item[method]["responses"]
        for item in DOCUMENT["paths"].values()
        for method in ("get", "post", "patch")
        if item.get(method, {}).get("operationId") == reply.operation
    )
    schema = responses[str(reply.status)]["content"]["application/json"]["schema"]
    if "$ref" in schema:
        _schema(schema["$ref"].rpartition("/")[2])(reply.body)


@cache
def _schema(name: str) -> Any:
    return fastjsonschema.compile(
        {"allOf": [{"$ref": f"#/components/schemas/{name}"}], "components": COMPONENTS}
    )
