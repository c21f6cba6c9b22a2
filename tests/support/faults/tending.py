"""tend_archive and write_archive at work: what follows mail, and what looks after it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.support import scenarios as receipts
from tests.support.faults.peek import Peek
from tests.support.faults.receiving import empty_queues, worked, worked_later
from tests.support.faults.scenario import Scenario
from tests.support.market import Market
from tests.support.runtime import Fault, event
from tests.support.verified import verified
from tests.support.wire import Answer, Call

SCHEDULED = {"source": "aws.events"}


def _announced_to_nobody(market: Market) -> None:
    market.accept(market.from_buyer(), announced=False)
    # S3 stamps objects with the real time; the functions' clock follows it here.
    market.clock.pass_by(datetime.now(UTC) + timedelta(minutes=31) - market.clock.now())


def _lost_while_it_waits(market: Market) -> None:
    """SES throttles the second of two recipients, and then the queue is emptied."""
    sends: list[Call] = []

    def throttle_the_second(call: Call) -> Answer | None:
        if call.operation != "SendEmail":
            return None
        sends.append(call)
        return Answer(429, "TooManyRequestsException") if len(sends) > 1 else None

    receipts.at_two_aliases(market)
    market.fault = Fault(before=throttle_the_second)
    assert not worked(market)
    market.fault = Fault()
    market.deployment.clients.sqs.purge_queue(QueueUrl=market.deployment.queue_url)
    market.clock.pass_by(datetime.now(UTC) + timedelta(days=8) - market.clock.now())


def _swept_and_worked(market: Market) -> bool:
    market.invoke("tend_archive", event("schedule.json"))
    return worked(market)


def _swept_and_worked_later(market: Market) -> bool:
    market.invoke("tend_archive", event("schedule.json"))
    return worked_later(market)


def _one_relayed_and_one_held(market: Market) -> None:
    receipts.relayed(market)
    market.accept(market.from_buyer(message_id="CA2@mail.zeisig-post.example"), verdicts=receipts.SPAM)
    assert worked(market)


def _followed(market: Market) -> bool:
    return market.follow() == []


def _written(market: Market) -> str:
    looked, settings = Peek(market.deployment), market.deployment.archive_settings
    archived, reviewed = (looked.objects(each) for each in (settings.archive_bucket, settings.review_bucket))
    return json.dumps([sorted(archived), sorted(reviewed)])


def _verifies(market: Market) -> Iterator[str]:
    """From the objects of the archive alone."""
    verdict = verified(market.deployment, "c1")
    if not verdict.is_intact or verdict.signed != verdict.count:
        yield f"the archive does not verify: {[str(each.code) for each in verdict.faults]}"


TENDING = (
    Scenario(
        name="sweep",
        prepare=_announced_to_nobody,
        act=_swept_and_worked,
        again=_swept_and_worked_later,
        check=empty_queues,
    ),
    Scenario(
        name="sweep of what waited",
        prepare=_lost_while_it_waits,
        act=_swept_and_worked,
        again=_swept_and_worked_later,
        check=empty_queues,
    ),
    Scenario(
        name="archive",
        prepare=_one_relayed_and_one_held,
        act=_followed,
        again=_followed,
        told=_written,
        check=_verifies,
    ),
)
