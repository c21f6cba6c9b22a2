"""The function behind the table's stream: entries, attachments, transcripts, checkpoints."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from parley.archiving.follow import follow
from parley.observability import logger, metrics
from parley.stores.changes import read_change
from parley.wiring import wire_archiving


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, list[dict[str, str]]]:
    """Follows the changes of a batch. Returns the record from which on the batch must come again
    (ReportBatchItemFailures): the first of a conversation that could not be told; all of it can be redone."""
    changes = [(record, read_change(record)) for record in event["Records"]]
    followed = follow([change for _, change in changes if change is not None], wire_archiving())
    metrics.add_metric(name="EntryFiled", unit=MetricUnit.Count, value=followed.entries)
    causes = dict(followed.failed)
    for conversation, cause in causes.items():
        logger.warning("unfollowed", extra={"conversation_id": conversation, "cause": cause})
    metrics.add_metric(name="ConversationUnfollowed", unit=MetricUnit.Count, value=len(causes))
    first = next((r for r, change in changes if change and change.conversation in causes), None)
    failures = [] if first is None else [{"itemIdentifier": first["dynamodb"]["SequenceNumber"]}]
    return {"batchItemFailures": failures}
