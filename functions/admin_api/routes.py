"""Routes as `openapi.json` describes them: each operation is looked up by its id, checked and answered.

Whatever goes wrong is answered as problem+json and logged by operation, status and code: a request's values
are never logged, nor is the text of an error.
"""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from admin_api.description import OPERATIONS, Operation
from admin_api.exchange import Answer, Request
from admin_api.operations import ANSWERS
from admin_api.problems import problem
from admin_api.requests import check_parameters, read_body
from admin_api.reviewing import REVIEWING
from parley.observability import logger
from parley.registering.refusals import RefusedError
from parley.wiring import wire_registering, wire_reviewing

api = APIGatewayHttpResolver()
UNIDENTIFIED = "unidentified"


def _answer(operation_id: str) -> Callable[[Request], Answer]:
    """Each operation with the ports of its use cases."""
    if operation_id in REVIEWING:
        return lambda request: REVIEWING[operation_id](request, wire_reviewing())
    return lambda request: ANSWERS[operation_id](request, wire_registering())


def _caller() -> str:
    """Who signed the request. API Gateway tells it of every route that asks IAM, as all of this API do; the
    local emulator, which knows no users, does not."""
    authorizer = api.current_event.raw_event["requestContext"].get("authorizer") or {}
    return str((authorizer.get("iam") or {}).get("userArn") or UNIDENTIFIED)


def _route(operation: Operation) -> None:
    answer = _answer(operation.id)

    def respond(**path: str) -> Response[str]:
        event = api.current_event
        try:
            parameters = check_parameters(operation, path, event.query_string_parameters)
            body = read_body(operation, lambda: event.decoded_body)
            answered = answer(Request(parameters, body, _caller()))
        except RefusedError as refused:
            return _refuse(operation.id, refused)
        except Exception as error:
            return _fail(operation.id, error)
        _log(operation.id, answered.status, subject=answered.subject)
        return Response(answered.status, "application/json", answered.body)

    rule = operation.path.replace("{", "<").replace("}", ">")
    register: Callable[..., Any] = api.route(rule, method=operation.method)
    register(respond)


for _operation in OPERATIONS:
    _route(_operation)


def _lost(_: NotFoundError) -> Response[str]:
    return _refuse("none", RefusedError("unknown-route", "path"))


api.exception_handler(NotFoundError)(_lost)


def _refuse(operation: str, refused: RefusedError) -> Response[str]:
    status, body = problem(refused.code, field=refused.field, party=refused.party)
    _log(operation, status, code=refused.code)
    return Response(status, "application/problem+json", body)


def _fail(operation: str, error: Exception) -> Response[str]:
    status, body = problem("failed")
    _log(operation, status, code="failed", cause=type(error).__name__)
    return Response(status, "application/problem+json", body)


def _log(operation: str, status: int, **ids_and_codes: str) -> None:
    request_id = api.current_event.request_context.request_id
    extra = {"operation": operation, "status": status, "api_request_id": request_id, **ids_and_codes}
    logger.info("answered", extra=extra)
