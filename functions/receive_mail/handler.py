"""The function behind the receiving queue. It only unwraps the event; `parley.relaying.receive` works."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from parley.observability import logger, metrics, record_failure, record_outcomes
from parley.relaying.receive import ReceiptUnfinishedError, receive
from parley.wiring import wire

# A failed batch is reported item by item; raising instead would log the exceptions' texts.
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


class UnfinishedError(Exception):
    """The record must come again. Without text or cause: Lambda and Powertools log both."""


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """One text per record. Returns the records that must come again (ReportBatchItemFailures)."""
    wire()  # A wrong setting fails the invocation, named in its log, rather than each record in silence.
    return process_partial_response(
        event=event, record_handler=_receive, processor=processor, context=context
    )


def _receive(record: SQSRecord) -> None:
    outside, deployment = wire()
    try:
        record_outcomes(receive(record.body, outside, deployment))
    except ReceiptUnfinishedError as unfinished:
        record_outcomes(unfinished.reports)
        causes = unfinished.causes
    except Exception as error:
        causes = (type(error).__name__,)
    else:
        return
    record_failure(causes)
    raise UnfinishedError
