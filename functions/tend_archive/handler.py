"""The function behind the schedule: the inbox sweep, and how long held mail has waited."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from parley.observability import logger, metrics, record_waiting
from parley.relaying.sweep import sweep
from parley.wiring import wire_sweep, wire_waiting

RESERVE_MILLISECONDS = 60_000
"""A page takes three seconds, and a minute if each of its thousand mails is forgotten."""


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Asks for the forgotten mail of the inbox; returns how many there were, and how many pages of names it
    read."""
    # First, so that a sweep that fails leaves the age of held mail told.
    record_waiting(*wire_waiting())
    swept = sweep(wire_sweep(), lambda: context.get_remaining_time_in_millis() > RESERVE_MILLISECONDS)
    told = {"forgotten": swept.forgotten, "pages": swept.pages}
    logger.info("swept", extra={**told, "is_through": swept.is_through})
    metrics.add_metric(name="MailForgotten", unit=MetricUnit.Count, value=swept.forgotten)
    metrics.add_metric(name="SweepPages", unit=MetricUnit.Count, value=swept.pages)
    return told
