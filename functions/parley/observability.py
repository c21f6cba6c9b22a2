"""Logs and metrics: ids and codes only (invariant I7).

Exceptions are logged by type and code, never by text: AWS quotes mailboxes in its messages. Metrics have one
dimension, `service`, which is always the same: each combination of dimensions is a metric of its own and is
paid for. Which conversation, which code and why stand in the log, where the dashboard asks for them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    # Only to name the type: a function that relays nothing shall not import all that relaying needs.
    from parley.relaying.receive import Report
    from parley.tracking.track import Tracked

NAMESPACE = "Parley"
SERVICE = "parley"
LEAKS = frozenset(("leak", "leak-gate-unreadable"))
"""The codes of mail that the leak gate stopped: masking missed what the gate found."""
logger = Logger(service=SERVICE)
metrics = Metrics(namespace=NAMESPACE, service=SERVICE)


def record_outcomes(reports: Iterable[Report]) -> None:
    """Logs each outcome and counts it; of what was relayed, how long after SES's receipt."""
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
        if report.outcome == "relayed" and report.received_at:
            waited = datetime.now(UTC) - report.received_at
            metrics.add_metric(name="RelayTime", unit=MetricUnit.Seconds, value=waited.total_seconds())
        if LEAKS.intersection(report.codes):
            metrics.add_metric(name="LeakStopped", unit=MetricUnit.Count, value=1)


def record_given_up(text_id: str) -> None:
    """Logs and counts a text that went to the dead letters. text_id: SQS's; the failures before it say why
    under the same request."""
    logger.error("given-up", extra={"text_id": text_id})
    metrics.add_metric(name="MailGivenUp", unit=MetricUnit.Count, value=1)


def record_failure(causes: Iterable[str]) -> None:
    """Logs and counts what could not be finished now."""
    for cause in causes:
        logger.warning("unfinished", extra={"cause": cause})
        metrics.add_metric(name="MailUnfinished", unit=MetricUnit.Count, value=1)


def record_deferral(waited: timedelta) -> None:
    """Measures how long a text has been in its queue that could not be finished and comes again. SQS's own
    measure leaves out what was received three times."""
    metrics.add_metric(name="DeferredAge", unit=MetricUnit.Seconds, value=max(waited.total_seconds(), 0.0))


def record_waiting(oldest: datetime | None, now: datetime) -> None:
    """Measures how long the oldest held message has waited. oldest: when SES received it, None for none."""
    seconds = 0.0 if oldest is None else (now - oldest).total_seconds()
    metrics.add_metric(name="HeldAge", unit=MetricUnit.Seconds, value=seconds)


def record_tracked(tracked: Tracked) -> None:
    """Logs what SES told, and counts it the first time."""
    logger.info(
        "tracked",
        extra={
            "message_id": tracked.message,
            "conversation_id": tracked.conversation,
            "told": tracked.what,
            "about": tracked.about,
            "done": tracked.done,
            "flags": tracked.flags,
        },
    )
    if tracked.done == "recorded":
        _count(f"Delivery{tracked.what.capitalize()}")
    if tracked.done in ("repeated", "unknown", "noted"):
        _count(f"Delivery{tracked.done.capitalize()}")
    if tracked.what == "confirmation-asked":
        _count(f"Confirmation{tracked.done.capitalize()}")
    is_ours = tracked.about in ("notice", "role", "confirmation")
    if is_ours and tracked.what in ("bounced", "suppressed", "rejected"):
        _count("NoticeUndelivered")
    if "unreachable" in tracked.flags:
        _count("MailboxUnreachable")
    if "opted-out" in tracked.flags:
        _count("PartyOptedOut")


def record_untracked(cause: str, *, is_readable: bool = True) -> None:
    """Logs and counts a text of the queue of delivery events that could not be worked on."""
    logger.warning("untracked", extra={"cause": cause})
    _count("DeliveryUnfinished" if is_readable else "DeliveryUnreadable")


def record_unasked() -> None:
    """Counts what SES told and nobody asked for."""
    _count("DeliveryUnasked")


def record_event_given_up(text_id: str) -> None:
    """Logs and counts a text of that queue that went to its dead letters."""
    logger.error("given-up", extra={"text_id": text_id})
    _count("DeliveryGivenUp")


def _count(name: str) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
