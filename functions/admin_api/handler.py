"""The function behind the HTTP API. It only unwraps the event; `parley.registering` and
`parley.reviewing` work."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from admin_api.routes import api
from parley.observability import logger
from parley.wiring import wire_registering


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answers one request (payload format 2.0)."""
    wire_registering()  # A wrong setting fails the invocation, named in its log.
    return api.resolve(event, context)
