"""The ear itself: what stays silent is not silent because nobody listens."""

import logging
import sys
from types import SimpleNamespace

import pytest

from tests.support import canary


def record(text: str, *values: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("x", logging.INFO, "", 0, text, values, None)
    made.__dict__.update(extra)
    return made


@pytest.mark.parametrize("each", canary.CANARIES)
def test_every_canary_is_heard_in_any_case(each: str) -> None:
    assert each in canary.canaries_in(f"mail from {each.upper()}!")


def test_a_canary_in_a_message_its_values_or_its_extra_fields_is_heard() -> None:
    plain, value = record(canary.BODY_WORD), record("to %s", canary.BUYER_MAILBOX)
    extra = record("x", code=canary.SUBJECT_WORD)
    assert all(canary.canaries_in(canary.text_of(each)) for each in (plain, value, extra))


def test_a_canary_in_an_exception_or_its_cause_is_heard() -> None:
    heard = record("failed")
    try:
        try:
            raise ValueError(canary.BUYER_NAME)
        except ValueError as error:
            raise RuntimeError("no name here") from error
    except RuntimeError:
        heard.exc_info = sys.exc_info()
    assert canary.canaries_in(canary.text_of(heard))


def test_every_record_of_every_logger_is_read() -> None:
    # Nobody else hears this logger, or pytest would show what it says and this test would fail for it.
    logger = logging.getLogger("somewhere.deep")
    logger.propagate = False
    logger.addHandler(logging.NullHandler())
    cage = canary.Cage()
    cage.listen()
    try:
        logger.critical("sent to %s", canary.SELLER_MAILBOX.swapcase())
    finally:
        cage.stop()
    assert cage.heard == ["'girlitz-handel' in a record of somewhere.deep"]
    canary.CAGE.heard.clear()  # The ear of this run heard it too.


def test_what_a_process_that_shares_the_run_heard_outside_of_any_test_is_heard_by_the_one_that_reports() -> (
    None
):
    sharing, reporting = canary.Cage(), canary.Cage()
    sharing.note(canary.BODY_WORD, "fixture")
    node = SimpleNamespace(config=SimpleNamespace(workeroutput={}), exitstatus=0)
    sharing.pytest_sessionfinish(node)  # type: ignore[arg-type]
    reporting.pytest_testnodedown(SimpleNamespace(workeroutput=node.config.workeroutput), None)
    assert reporting.heard == ["'stieglitzgeheimnis' in a fixture"]
    assert node.exitstatus == pytest.ExitCode.TESTS_FAILED
