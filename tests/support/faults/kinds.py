"""The ways in which one call fails. A kind makes what befalls the call at hand and those after it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from botocore.exceptions import ReadTimeoutError

from tests.support.runtime import Fault
from tests.support.wire import Answer, Call, Killed

_ENDPOINT = "https://aws.example"
_THROTTLED = {
    "s3": Answer(503, "SlowDown"),
    "sesv2": Answer(429, "TooManyRequestsException"),
    "dynamodb": Answer(400, "ProvisionedThroughputExceededException"),
}
# What says so in each protocol; the service's own name for it does not matter to any caller.
_DENIED = {"s3": Answer(403, "AccessDenied"), "sqs": Answer(403, "AccessDenied")}
_CONDITION_FAILED = "ConditionalCheckFailed"


@dataclass(frozen=True, slots=True)
class Kind:
    """name: of the row in what is printed. fault: made for the call at which it strikes first. has_effect:
    whether that call takes place all the same. is_the_end: whether nothing at all happens any more.
    is_in_doubt: whether the call may have had its effect, for all that its caller knows. is_another: whether
    another writer was first."""

    name: str
    fault: Callable[[Call], Fault]
    has_effect: bool = False
    is_the_end: bool = False
    is_in_doubt: bool = False
    is_another: bool = False


def kinds(call: Call) -> Iterator[Kind]:
    """All that can happen to this call."""
    yield Kind("throttled", lambda struck: _answering(struck, _THROTTLED.get(struck.service, _SLOW)))
    yield Kind("server error", lambda struck: _answering(struck, Answer(500, "InternalServerError")))
    yield Kind("request lost", lambda struck: Fault(before=_at(struck, _time_out)), is_in_doubt=True)
    yield Kind("answer lost once", lambda struck: Fault(after=_once(_time_out)), has_effect=True)
    yield Kind("answers lost", lambda struck: Fault(after=_at(struck, _time_out)), has_effect=True)
    yield Kind(
        "denied",
        lambda struck: _once_answering(_DENIED.get(struck.service, Answer(403, "AccessDeniedException"))),
    )
    for place, has_condition in enumerate(call.conditional):
        if has_condition:
            answer = _condition_failed(call, place)
            yield Kind("condition failed", lambda _, answer=answer: _once_answering(answer), is_another=True)
    yield Kind("killed before", lambda _: Fault(before=_once(_die)), is_the_end=True)


KILLED_AT_THE_END = Kind("killed after", lambda struck: Fault(after=_once(_die)), has_effect=True)
"""Of the last call; after any other it is the same as before the next."""
_SLOW = Answer(400, "ThrottlingException")


def _condition_failed(call: Call, place: int) -> Answer:
    """Another writer was first."""
    if call.service == "s3":
        # 412 is what the repetition after a lost answer gets; this is another writer at the same moment.
        return Answer(409, "ConditionalRequestConflict")
    if call.operation != "TransactWriteItems":
        return Answer(400, f"{_CONDITION_FAILED}Exception")
    reasons: list[dict[str, str]] = [{"Code": "None"} for _ in call.conditional]
    reasons[place] = {"Code": _CONDITION_FAILED}
    return Answer(400, "TransactionCanceledException", body={"CancellationReasons": reasons})


def _answering(struck: Call, answer: Answer) -> Fault:
    """For this call and, until the invocation ends, all others of the same operation."""
    return Fault(before=lambda call: answer if _is_alike(call, struck) else None)


def _once_answering(answer: Answer) -> Fault:
    answers = iter([answer])
    return Fault(before=lambda _: next(answers, None))


def _at(struck: Call, happen: Callable[[Call], None]) -> Callable[[Call], None]:
    return lambda call: happen(call) if _is_alike(call, struck) else None


def _once(happen: Callable[[Call], None]) -> Callable[[Call], None]:
    times = iter([happen])
    return lambda call: next(times, lambda _: None)(call)


def _is_alike(call: Call, struck: Call) -> bool:
    return (call.service, call.operation) == (struck.service, struck.operation)


def _time_out(_call: Call) -> None:
    raise ReadTimeoutError(endpoint_url=_ENDPOINT)


def _die(call: Call) -> None:
    raise Killed(str(call))
