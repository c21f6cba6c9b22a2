"""Settling what a function could not finish of its queue: `parley.relaying.unfinished` decides, and how long
the text has waited is told."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from parley.observability import record_deferral
from parley.relaying.unfinished import Delivery, Recourse, cause_of, settle


def is_given_up(
    record: SQSRecord,
    errors: Sequence[Exception],
    recourse: Callable[[], Recourse],
    tell: Callable[[str], None],
    *,
    receipt: str | None = None,
) -> bool:
    """Whether the text was put among the dead letters and is to be acknowledged; otherwise it comes again.
    Where not even that can be settled, it does when the queue shows it anew.

    recourse: makes what settling needs. tell: records the cause where settling failed. receipt: as in
    `Delivery`.
    """
    attributes = record.attributes
    delivery = Delivery(
        id=record.message_id,
        handle=record.receipt_handle,
        receives=int(attributes.approximate_receive_count),
        body=record.body,
        receipt=receipt,
        sent_at=datetime.fromtimestamp(int(attributes.sent_timestamp) / 1000, UTC),
    )
    try:
        if settle(delivery, errors, recourse()):
            return True
    except Exception as error:
        tell(cause_of(error))
    record_deferral(recourse().clock.now() - delivery.sent_at)
    return False
