"""I2 and I3: two faults in one delivery. SES throttles, and while that is written down the process dies; each
fault alone is in the matrix (`test_faults.py`).
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
    held_with_a_notice,
    relayed,
    to_the_operator,
)
from tests.support.wire import Answer, Call, kill_after


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
