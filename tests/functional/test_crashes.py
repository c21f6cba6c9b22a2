"""I2 and I3: the process may end after any call to AWS; a redelivery ends in one outcome.

The calls are not listed here: each scenario runs once undisturbed, and then once for every call that it made,
with the process killed when that call has had its effect.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.aws import deployed
from tests.support.market import Market
from tests.support.runtime import AFTER_THE_LEASE, Fault
from tests.support.scenarios import (
    SCENARIOS,
    Scenario,
    check,
    check_repeats,
    held_with_a_notice,
    relayed,
    to_the_operator,
)
from tests.support.wire import Answer, Call, kill_after


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_a_crash_after_any_call_ends_in_one_outcome(template: dict[str, Any], scenario: Scenario) -> None:
    with deployed(template) as deployment:
        undisturbed = Market(deployment)
        receipt = scenario(undisturbed)
        assert undisturbed.work() == [True]
        calls, sends = undisturbed.cost, len(undisturbed.sent)
        check(undisturbed, receipt, SCENARIOS[scenario])
    assert calls
    for number, call in enumerate(calls, 1):
        with deployed(template) as deployment:
            market = Market(deployment)
            receipt = scenario(market)
            market.fault = Fault(after=kill_after(number))
            assert market.work() == [False], f"not killed at {number} {call}"
            finish(market)
            check(market, receipt, SCENARIOS[scenario])
            # A crash between SES's acceptance and our record of it is the one that may repeat a send.
            repeated = len(market.sent) - sends
            assert repeated == (1 if call == "sesv2.SendEmail" else 0), f"{number} {call}"
            check_repeats(market)


def finish(market: Market) -> None:
    """The queue delivers again: at once, within the dead process's lease, and after it."""
    market.fault = Fault()
    if market.work() == [False]:
        assert market.work_after(AFTER_THE_LEASE) == [True]
    assert market.work() == []


def throttled_once() -> Callable[[Call], Answer | None]:
    throttled: list[Call] = []

    def before(call: Call) -> Answer | None:
        if call.operation != "SendEmail" or throttled:
            return None
        throttled.append(call)
        return Answer(429, "TooManyRequestsException")

    return before


@pytest.mark.parametrize("scenario", [relayed, held_with_a_notice, to_the_operator], ids=lambda s: s.__name__)
def test_a_crash_around_a_throttled_send_ends_in_one_outcome(
    template: dict[str, Any], scenario: Scenario
) -> None:
    with deployed(template) as deployment:
        undisturbed = Market(deployment)
        scenario(undisturbed)
        undisturbed.fault = Fault(before=throttled_once())
        assert undisturbed.work() == [False]
        calls = undisturbed.cost
    for number in range(calls.index("sesv2.SendEmail") + 2, len(calls) + 1):
        with deployed(template) as deployment:
            market = Market(deployment)
            receipt = scenario(market)
            # What is refused has no effect after which to die, so the next call is counted from there.
            market.fault = Fault(before=throttled_once(), after=kill_after(number - 1))
            assert market.work() == [False]
            finish(market)
            check(market, receipt, SCENARIOS[scenario])
            assert len(market.sent) == 1
