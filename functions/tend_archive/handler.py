"""The function behind the schedule: the inbox sweep."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from parley.observability import logger, metrics
from parley.relaying.sweep import sweep
from parley.wiring import wire_sweep


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Asks for every forgotten mail of the inbox; returns how many there were."""
    forgotten = sweep(*wire_sweep())
    logger.info("swept", extra={"forgotten": forgotten})
    metrics.add_metric(name="MailForgotten", unit=MetricUnit.Count, value=forgotten)
    return {"forgotten": forgotten}
