"""The function behind a schedule, and behind the privacy officer's command: retention and erasure."""

from dataclasses import replace
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from parley.erasing.tasks import TaskError, answer, work
from parley.observability import logger, metrics
from parley.wiring import wire_erasing

_RESERVE_MILLISECONDS = 60_000
"""What one conversation may take once it is begun."""


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answers a request (`task`), or does what the schedule asks for."""
    outside = replace(
        wire_erasing(), has_time=lambda: context.get_remaining_time_in_millis() > _RESERVE_MILLISECONDS
    )
    if "task" in event:
        metrics.add_metric(name="ErasureAsked", unit=MetricUnit.Count, value=1)
        try:
            return answer(event, outside)
        except TaskError as error:
            return {"error": error.code}
    progress, kept = work(outside)
    for each in progress:
        plan = None if each.plan is None else each.plan.id
        told = {"erasure": plan, "waiting": dict(each.waiting), "causes": each.failed}
        logger.info("erasure", extra=told)
    counts = {"looked_at": kept.looked_at, "finished": kept.finished, "held": kept.held}
    logger.info("retention", extra={**counts, "causes": kept.failed, "is_through": kept.is_through})
    failed = len(kept.failed) + sum(len(each.failed) for each in progress)
    metrics.add_metric(name="ErasureFailed", unit=MetricUnit.Count, value=failed)
    metrics.add_metric(name="ContentsErased", unit=MetricUnit.Count, value=kept.finished)
    return {"erasures": len(progress), **counts, "failed": failed}
