"""Lambda around the deployed functions, played faithfully where it matters.

One message an invocation; a message that is not acknowledged comes again; a killed process loses all that it
had in memory.
"""

import copy
import importlib
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from parley import wiring
from parley.stores.clock import SystemClock
from tests.support.aws import Deployment
from tests.support.fakes import FakeClock
from tests.support.stream import Stream, filters_of
from tests.support.wire import Answer, Call, Killed, Sent, no_fault

EVENTS = Path(__file__).parent.parent / "functional" / "events"
AFTER_THE_LEASE = timedelta(minutes=5)


def event(name: str) -> Any:
    """One of the recorded events, fresh."""
    text = (EVENTS / name).read_text()
    return json.loads(text) if name.endswith(".json") else text


@dataclass(frozen=True)
class Fault:
    """What goes wrong while a function runs (`Wire.before`, `Wire.after`)."""

    before: Callable[[Call], Answer | None] = no_fault
    after: Callable[[Call], Any] = no_fault


def answers(operation: str, status: int, code: str, text: str = "") -> Fault:
    """Every call of that operation gets this error."""
    return Fault(before=lambda call: Answer(status, code, text) if call.operation == operation else None)


class Runtime:
    """Invokes the functions. clock: what they take for the present time. environment: replaces variables of
    theirs. fault: befalls every invocation until it is replaced. cost: the calls of the last invocation.
    acting: in whose name a function calls. aside: in nobody's, be it in the middle of an invocation.
    lasting: whether what functions keep in memory outlives an invocation, until `start_anew`."""

    def __init__(self, deployment: Deployment, clock: FakeClock) -> None:
        self.deployment = deployment
        self.wire = deployment.wire
        self.clock = clock
        self.fault = Fault()
        self.cost: list[str] = []
        self.environment: dict[str, str] = {}
        self.acting: Callable[[str], AbstractContextManager[Any]] = nullcontext
        self.aside: Callable[[], AbstractContextManager[Any]] = nullcontext
        self.lasting = False
        self._queued: dict[str, str] = {}
        self.stream = Stream(filters_of(deployment.template, "ArchivingMapping"))

    def invoke(self, package: str, payload: Any) -> Any:
        """One invocation in a process of its own, with `fault`; `cost` are the calls that it made."""
        with self.process(package) as module:
            # What the function's variables name is made when they are first asked for, and is no cost of its.
            first = len(self.wire.calls)
            self.wire.before, self.wire.after = self.fault.before, self.fault.after
            try:
                with self.acting(package):
                    return module.handler(copy.deepcopy(payload), _context(package))
            finally:
                self.wire.heal()
                self.cost = self.wire.operations()[first:]

    @contextmanager
    def process(self, package: str) -> Iterator[Any]:
        """A fresh execution environment of a function: its variables, nothing in memory."""
        clock = patch.object(SystemClock, "now", lambda _: self.clock.now())
        # Making clients anew takes longer than everything else; they hold nothing between calls.
        clients = patch.object(wiring, "Clients", lambda *_: self.deployment.clients)
        with self.aside():
            variables = {**self.deployment.environment(package), **self.environment}
        with patch.dict("os.environ", variables), clock, clients:
            if not self.lasting:
                self.start_anew()
            try:
                yield importlib.import_module(f"{package}.handler")
            finally:
                if not self.lasting:
                    self.start_anew()

    def start_anew(self) -> None:
        """All execution environments end."""
        _forget()

    def deliver(self, message: dict[str, Any]) -> bool:
        """Hands one message of the queue to receive_mail as Lambda does; whether it was acknowledged."""
        payload = event("sqs.json")
        (record,) = payload["Records"]
        record |= {"messageId": message["MessageId"], "body": message["Body"]}
        record["receiptHandle"] = message["ReceiptHandle"]
        record["attributes"] |= {**message.get("Attributes", {}), "SentTimestamp": self.queued_at(message)}
        answer = self.invoke("receive_mail", payload)
        if answer["batchItemFailures"]:
            return False
        self.deployment.acknowledge(message)
        return True

    def queued_at(self, message: dict[str, Any]) -> str:
        """When it was first seen in a queue, by the functions' clock: moto goes by the machine's."""
        now = str(int(self.clock.now().timestamp() * 1000))
        return self._queued.setdefault(message["MessageId"], now)

    def work(self) -> list[bool]:
        """Delivers what waits in the queue once each: True for what was acknowledged. The rest returns."""
        acknowledged = []
        for message in self.deployment.queued():
            try:
                acknowledged.append(self.deliver(message))
            except Killed:
                acknowledged.append(False)
            if not acknowledged[-1]:
                self.deployment.return_to_queue(message)
        return acknowledged

    def work_after(self, span: timedelta) -> list[bool]:
        self.clock.pass_by(span)
        return self.work()

    def follow(self) -> list[str]:
        """Hands write_archive what its mapping lets pass of the table's changes, as Lambda does: what failed
        comes again with the next call. Returns the sequence numbers that were reported as failed."""
        records = self.stream.records(self.deployment.items())
        if not records:
            return []
        answer = self.invoke("write_archive", {"Records": records})
        failed = [each["itemIdentifier"] for each in answer["batchItemFailures"]]
        numbers = [each["dynamodb"]["SequenceNumber"] for each in records]
        # Lambda tries again from the first that failed on (Developer Guide, "Implementing partial batch
        # responses").
        done = min((numbers.index(each) for each in failed), default=len(records))
        self.stream.taken(records[:done])
        return failed

    @property
    def sent(self) -> list[Sent]:
        """What SES was handed."""
        return self.wire.sent


def _forget() -> None:
    wiring.wire.cache_clear()
    wiring.wire_recourse.cache_clear()
    wiring.wire_archiving.cache_clear()
    wiring.wire_sweep.cache_clear()
    wiring.wire_registering.cache_clear()
    wiring.wire_reviewing.cache_clear()
    wiring.wire_erasing.cache_clear()
    wiring.wire_lake.cache_clear()
    wiring.wire_tracking.cache_clear()


def _context(package: str) -> Any:
    return SimpleNamespace(
        function_name=package,
        function_version="$LATEST",
        invoked_function_arn=f"arn:aws:lambda:eu-west-1:123456789012:function:{package}",
        memory_limit_in_mb=1769,
        aws_request_id="8a3c0f1e-6b1d-4c9a-9a51-1f2e3d4c5b6a",
        get_remaining_time_in_millis=lambda: remaining(package),
    )


def remaining(package: str) -> int:
    """Milliseconds until Lambda would end the invocation."""
    return 900_000 if package == "keep_lake" else 120_000
