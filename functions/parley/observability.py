"""Logs and metrics: ids and codes only (invariant I7).

Exceptions are logged by type and code, never by text: AWS quotes mailboxes in its messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

if TYPE_CHECKING:
    from collections.abc import Iterable

    # Only to name the type: a function that relays nothing shall not import all that relaying needs.
    from parley.relaying.receive import Report

NAMESPACE = "Parley"
logger = Logger(service="parley")
metrics = Metrics(namespace=NAMESPACE, service="parley")


def record_outcomes(reports: Iterable[Report]) -> None:
    """Logs each outcome and counts it."""
    for report in reports:
        logger.info(
            "outcome",
            extra={
                "message_id": report.message,
                "conversation_id": report.conversation,
                "outcome": report.outcome,
                "codes": report.codes,
            },
        )
        metrics.add_metric(name=f"Mail{report.outcome.capitalize()}", unit=MetricUnit.Count, value=1)


def record_failure(causes: Iterable[str]) -> None:
    """Logs and counts what could not be finished now."""
    for cause in causes:
        logger.warning("unfinished", extra={"cause": cause})
        metrics.add_metric(name="MailUnfinished", unit=MetricUnit.Count, value=1)
