"""The function behind the queue of delivery events. It only unwraps the event; `parley.tracking` works, and
`parley.relaying.unfinished` says what becomes of what it could not finish."""

from datetime import timedelta
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from parley.conversation.confirmations import ConfirmationError
from parley.mail.delivery_events import EventError
from parley.observability import (
    logger,
    metrics,
    record_event_given_up,
    record_tracked,
    record_unasked,
    record_untracked,
)
from parley.relaying.unfinished import cause_of, without_frames
from parley.settling import is_given_up
from parley.tracking.track import track
from parley.wiring import wire_tracking, wire_tracking_recourse

# A failed batch is reported item by item; raising instead would log the exceptions' texts.
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


class UnfinishedError(Exception):
    """The record must come again. Without text or cause: Lambda and Powertools log both."""


@metrics.log_metrics
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """One event per record. Returns the records that must come again (ReportBatchItemFailures)."""
    _, place = wire_tracking()  # A wrong setting fails the invocation, named in its log, not each record.

    def track_in_time(record: SQSRecord) -> None:
        """An event whose services do not answer leaves the others of its batch their own time: what is done
        is acknowledged, and what is not begun comes again when the queue shows it anew."""
        if timedelta(milliseconds=context.get_remaining_time_in_millis()) < place.event_time:
            record_untracked("out-of-time")
            raise UnfinishedError
        _track(record)

    return process_partial_response(
        event=event, record_handler=track_in_time, processor=processor, context=context
    )


def _track(record: SQSRecord) -> None:
    try:
        tracked = track(record.body, *wire_tracking())
    except Exception as error:
        record_untracked(cause_of(error), is_readable=not isinstance(error, EventError | ConfirmationError))
        if not is_given_up(record, (without_frames(error),), wire_tracking_recourse, record_untracked):
            raise UnfinishedError from None
        record_event_given_up(record.message_id)
    else:
        if tracked is None:
            record_unasked()
        else:
            record_tracked(tracked)
