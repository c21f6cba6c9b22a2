"""The function behind a schedule, and on demand: one round of the lake."""

from dataclasses import replace
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from parley.compacting.keeping import keep
from parley.observability import logger, metrics
from parley.wiring import wire_lake

_RESERVE_MILLISECONDS = 300_000
"""What a batch may take once it is begun."""


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Whatever the event says, it does what there is to do."""
    outside = replace(
        wire_lake(), has_time=lambda: context.get_remaining_time_in_millis() > _RESERVE_MILLISECONDS
    )
    kept = keep(outside, context.aws_request_id)
    counts = {
        "rows": kept.rows,
        "malformed": kept.malformed,
        "days": kept.days,
        "erased": kept.erased,
        "unreadable": kept.unreadable,
        "waiting": kept.waiting,
        "failed": len(kept.failed),
    }
    logger.info("lake", extra={"is_busy": kept.is_busy, "causes": kept.failed, **counts})
    if not kept.is_busy:
        _count("LakeRows", kept.rows)
        _count("LakeLinesMalformed", kept.malformed + kept.unreadable)
        _count("LakeDaysFailed", len(kept.failed))
        seconds = kept.oldest.total_seconds()
        metrics.add_metric(name="LakeOldestArrival", unit=MetricUnit.Seconds, value=seconds)
    return {"is_busy": kept.is_busy, **counts}


def _count(name: str, value: int) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
