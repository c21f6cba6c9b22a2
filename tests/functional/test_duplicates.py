"""I3: the same receipt sends once, however often and however closely together it is delivered."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from parley.relaying.receive import ReceiptUnfinishedError, receive
from parley.wiring import wire
from tests.support.aws import deployed
from tests.support.market import Market
from tests.support.runtime import AFTER_THE_LEASE, Fault
from tests.support.scenarios import SCENARIOS, Scenario, check
from tests.support.wire import Call, kill_after


def test_a_receipt_delivered_three_times_is_sent_once(market: Market) -> None:
    market.accept(market.from_buyer())
    (message,) = market.deployment.queued()
    assert [market.deliver(message) for _ in range(3)] == [True, True, True]
    assert len(market.sent) == 1
    assert len(market.messages()) == 1


def test_a_receipt_announced_three_times_is_sent_once(market: Market) -> None:
    written = market.from_buyer()
    receipt_id = market.accept(written)
    for _ in range(2):
        market.announce_again(receipt_id, written)
    assert market.work() == [True, True, True]
    assert len(market.sent) == 1


def test_a_receipt_delivered_concurrently_is_sent_once(market: Market) -> None:
    for round_ in range(5):
        market.accept(market.from_buyer(message_id=f"CA{round_}@mail.zeisig-post.example"))
    bodies = [message["Body"] for message in market.deployment.queued()] * 3
    with market.process("receive_mail"):
        outside, deployment = wire()

        def deliver(body: str) -> bool:
            try:
                receive(body, outside, deployment)
            except ReceiptUnfinishedError:
                return False
            return True

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(deliver, bodies))
        market.clock.pass_by(AFTER_THE_LEASE)
        assert all(deliver(body) for body in bodies)
    assert len(market.sent) == 5
    assert sorted(message.seq for message in market.messages()) == [1, 2, 3, 4, 5]
    assert {outcome for outcome, _ in market.outcomes()} == {"relayed"}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_a_second_delivery_before_any_call_of_the_first_changes_nothing(
    template: dict[str, Any], scenario: Scenario
) -> None:
    with deployed(template) as deployment:
        undisturbed = Market(deployment)
        scenario(undisturbed)
        undisturbed.work()
        calls, sends = len(undisturbed.cost), len(undisturbed.sent)
    for number in range(1, calls + 1):
        with deployed(template) as deployment:
            market = Market(deployment)
            receipt = scenario(market)
            (message,) = market.deployment.queued()
            market.fault = Fault(before=second_delivery_at(market, message["Body"], number))
            acknowledged = market.deliver(message)
            market.fault = Fault()
            market.clock.pass_by(AFTER_THE_LEASE)
            assert acknowledged or market.deliver(message)
            check(market, receipt, SCENARIOS[scenario])
            assert len(market.sent) == sends, f"{number} of {calls}"


def second_delivery_at(market: Market, body: str, number: int) -> Callable[[Call], None]:
    """Before its n-th call, another process gets the same receipt and works on it until it can no further."""
    with market.process("receive_mail"):
        outside, deployment = wire()
    seen = 0

    def before(call: Call) -> None:
        nonlocal seen
        seen += 1
        # The second delivery's own calls come by here too.
        if seen == number:
            with contextlib.suppress(ReceiptUnfinishedError):
                receive(body, outside, deployment)

    return before


def test_a_delivery_within_another_ones_lease_waits(market: Market) -> None:
    market.accept(market.from_buyer())
    market.fault = Fault(after=kill_after(6))
    assert market.work() == [False]
    market.fault = Fault()
    assert market.work() == [False]
    assert market.sent == []
    assert market.work_after(AFTER_THE_LEASE) == [True]
    assert len(market.sent) == 1


def test_the_same_mail_submitted_again_is_not_relayed_again(market: Market) -> None:
    market.accept(market.from_buyer())
    market.accept(market.from_buyer())
    assert market.work() == [True, True]
    assert len(market.sent) == 1
    assert market.outcomes()[1] == ("discarded", ("resubmission",))
