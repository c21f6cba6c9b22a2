"""I2 and I3: any call to AWS may fail in any way; the mail is relayed in the end, and once.

The calls are not listed here: they are those of an undisturbed run.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from tests.support.aws import deployed
from tests.support.market import Market
from tests.support.runtime import AFTER_THE_LEASE, Fault
from tests.support.scenarios import check, check_repeats, relayed
from tests.support.wire import Answer, Call

ENDPOINT = "https://aws.example"


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """botocore waits between its tries."""
    with patch("time.sleep", lambda seconds: None):
        yield


def at(number: int, *, onwards: bool = False) -> Callable[[], bool]:
    """Whether this is the n-th call (or a later one), counted by asking."""
    count = itertools.count(1)
    return lambda: next(count) >= number if onwards else next(count) == number


def outage(number: int) -> Fault:
    """From the n-th call on, AWS answers nothing but 500."""
    struck = at(number, onwards=True)
    return Fault(before=lambda call: Answer(500, "InternalServerError") if struck() else None)


def denial(number: int) -> Fault:
    struck = at(number)
    return Fault(before=lambda call: Answer(400, "AccessDeniedException") if struck() else None)


def throttling(number: int) -> Fault:
    """The n-th call is throttled; botocore tries again, except for SES."""
    struck = at(number)
    return Fault(before=lambda call: Answer(400, "ThrottlingException") if struck() else None)


def no_connection(number: int) -> Fault:
    struck = at(number)

    def before(call: Call) -> None:
        if struck():
            raise ConnectTimeoutError(endpoint_url=ENDPOINT)

    return Fault(before=before)


def timeout_before_the_effect(number: int) -> Fault:
    struck = at(number)

    def before(call: Call) -> None:
        if struck():
            raise ReadTimeoutError(endpoint_url=ENDPOINT)

    return Fault(before=before)


def timeout_after_the_effect(number: int) -> Fault:
    struck = at(number)

    def after(call: Call) -> None:
        if struck():
            raise ReadTimeoutError(endpoint_url=ENDPOINT)

    return Fault(after=after)


def in_the_window(calls: list[str]) -> dict[Callable[[int], Fault], int]:
    """Where a fault hides from us that SES has the mail: its answer is lost, or what it was cannot be
    recorded. There, and nowhere else, the same mail is sent again."""
    send = calls.index("sesv2.SendEmail") + 1
    return {timeout_after_the_effect: send, outage: send + 1, denial: send + 1}


FAULTS = [
    outage,
    denial,
    throttling,
    no_connection,
    timeout_before_the_effect,
    timeout_after_the_effect,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_at_any_call_delays_a_mail_and_no_more(
    template: dict[str, Any], fault: Callable[[int], Fault]
) -> None:
    with deployed(template) as deployment:
        undisturbed = Market(deployment)
        relayed(undisturbed)
        undisturbed.work()
        calls = undisturbed.cost
    for number, call in enumerate(calls, 1):
        with deployed(template) as deployment:
            market = Market(deployment)
            receipt = relayed(market)
            market.fault = fault(number)
            acknowledged = market.work()
            market.fault = Fault()
            if acknowledged == [False]:
                assert market.work_after(AFTER_THE_LEASE) == [True]
            check(market, receipt, 1)
            check_repeats(market)
            repeated = number == in_the_window(calls).get(fault)
            assert len(market.sent) == (2 if repeated else 1), f"{number} {call}"
            assert [state for state, _ in market.outcomes()] == ["relayed"], f"{number} {call}"
