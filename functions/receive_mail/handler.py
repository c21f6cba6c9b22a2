"""The function behind the receiving queue. It only unwraps the event; `parley.relaying.receive` works, and
`parley.relaying.unfinished` says what becomes of what it could not finish."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from parley.observability import logger, metrics, record_failure, record_given_up, record_outcomes
from parley.relaying.receipts import receipt_of
from parley.relaying.receive import ReceiptUnfinishedError, receive
from parley.relaying.unfinished import cause_of, without_frames
from parley.settling import is_given_up
from parley.wiring import wire, wire_recourse

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
        errors = unfinished.errors
    except Exception as error:
        errors = (without_frames(error),)
    else:
        return
    record_failure(map(cause_of, errors))
    if not _is_given_up(record, errors):
        raise UnfinishedError


def _is_given_up(record: SQSRecord, errors: tuple[Exception, ...]) -> bool:
    receipt = receipt_of(record.body, wire()[1].inbox_prefix)
    given_up = is_given_up(
        record, errors, wire_recourse, lambda cause: record_failure((cause,)), receipt=receipt
    )
    if given_up:
        record_given_up(record.message_id)
    return given_up
