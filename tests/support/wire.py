"""Everything that crosses the wire in a test: recorded, sealed, and broken where a test wants it.

Every request of botocore passes here. SES is answered here, because moto's SESv2 fails on 8-bit mail and has
no suppression list; all else is answered by moto, one request after the other, because moto is not made for
threads. What neither answers raises `SealBrokenError`: no call leaves the machine.
"""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote
from xml.sax.saxutils import escape

import botocore.httpsession
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse


class SealBrokenError(AssertionError):
    """A request would have left the machine."""


class Killed(BaseException):  # not an error: the process is gone
    """The process ends here. Nothing in the product may catch it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request: its place among all since the wire was opened (from 1), and what it asks for. conditional:
    for each write in it, whether it depends on what somebody else may have changed. is_claim: whether it asks
    for the right to tell somebody something."""

    number: int
    service: str
    operation: str
    conditional: tuple[bool, ...] = ()
    is_claim: bool = False

    def __str__(self) -> str:
        return f"{self.number} {self.service}.{self.operation}"


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that SES took."""

    message_id: str
    mail_from: str
    recipients: tuple[str, ...]
    configuration_set: str
    tags: dict[str, str]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a fault answers in the service's place, in its protocol (S3 speaks XML, the others JSON)."""

    status: int
    code: str
    message: str = ""
    body: dict[str, Any] = field(default_factory=dict)


def no_fault(call: Call) -> None:
    return None


@dataclass
class Wire:
    """before, after: run before a request has its effect and after it; they may raise. before may answer.

    verified: the domains that SES sends for. suppressed: the account's suppression list.
    """

    calls: list[Call] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    verified: set[str] = field(default_factory=set)
    suppressed: set[str] = field(default_factory=set)
    before: Callable[[Call], Answer | None] = no_fault
    after: Callable[[Call], None] = no_fault
    lock: threading.RLock = field(default_factory=threading.RLock)

    def heal(self) -> None:
        """No more faults."""
        self.before = self.after = no_fault

    def operations(self) -> list[str]:
        return [f"{call.service}.{call.operation}" for call in self.calls]


@contextmanager
def opened() -> Iterator[Wire]:
    """Within it, all clients of this process speak over the wire."""
    wire = Wire()
    by_moto = BotocoreStubber.__call__

    def answer(stubber: Any, event_name: str, request: AWSPreparedRequest, **rest: Any) -> AWSResponse | None:
        _, service, operation = event_name.split(".")
        with wire.lock:
            number = len(wire.calls) + 1
            call = Call(number, service, operation, _conditional(service, request), _is_claim(request))
            wire.calls.append(call)
            fault = wire.before(call)
            if fault is not None:
                return _error(request, service, fault)
            match service, operation:
                case "sesv2", "SendEmail":
                    response: AWSResponse | None = _take(wire, request)
                case "sesv2", "DeleteSuppressedDestination":
                    response = _unsuppress(wire, request)
                case _:
                    response = by_moto(stubber, event_name, request, **rest)
            wire.after(call)
            return response

    def leave(session: Any, request: AWSPreparedRequest) -> None:
        raise SealBrokenError(f"{request.method} {request.url}")

    with (
        patch.object(BotocoreStubber, "__call__", answer),
        patch.object(botocore.httpsession.URLLib3Session, "send", leave),
    ):
        yield wire


def octets(body: Any) -> bytes:
    """The body of a request as it goes out: octets, or a file, which is put back to its beginning."""
    if not hasattr(body, "read"):
        return bytes(body)
    read: bytes = body.read()
    body.seek(0)
    return read


def _conditional(service: str, request: AWSPreparedRequest) -> tuple[bool, ...]:
    if service == "s3":
        return (True,) if "If-None-Match" in request.headers else ()
    body = request.body
    if service != "dynamodb" or not isinstance(body, bytes) or b"ConditionExpression" not in body:
        return ()
    asked = json.loads(body)
    writes = [write for each in asked.get("TransactItems", [{"": asked}]) for write in each.values()]
    # Whether something is not there yet is no such condition: only who has put it there makes it fail.
    return tuple(" = " in write.get("ConditionExpression", "") for write in writes)


def _is_claim(request: AWSPreparedRequest) -> bool:
    return isinstance(request.body, bytes) and b"COUNT#notice#" in request.body


def kill_before(number: int) -> Callable[[Call], None]:
    """For `Wire.before`: the process ends before the n-th request from now has an effect."""
    return _kill(number, "before")


def kill_after(number: int) -> Callable[[Call], None]:
    """For `Wire.after`: the n-th request has its effect, and nobody sees the answer."""
    return _kill(number, "after")


def _kill(number: int, when: str) -> Callable[[Call], None]:
    seen = 0

    def hook(call: Call) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            raise Killed(f"{when} {call}")

    return hook


def _take(wire: Wire, request: AWSPreparedRequest) -> AWSResponse:
    """SES as it behaves at the API's edge."""
    asked = json.loads(octets(request.body))
    mail_from = asked["FromEmailAddress"]
    if mail_from.rpartition("@")[2] not in wire.verified:
        refused = Answer(400, "MessageRejected", f"Email address is not verified: {mail_from}")
        return _error(request, "sesv2", refused)
    raw = base64.b64decode(asked["Content"]["Raw"]["Data"], validate=True)
    number = len(wire.sent) + 1
    taken = Sent(
        message_id=f"0102019{number:09x}-5e5f6a1b-0000-4000-8000-000000000000-000000",
        mail_from=mail_from,
        recipients=tuple(asked["Destination"]["ToAddresses"]),
        configuration_set=asked["ConfigurationSetName"],
        tags={tag["Name"]: tag["Value"] for tag in asked["EmailTags"]},
        raw=raw,
    )
    wire.sent.append(taken)
    return _json(request, 200, {}, {"MessageId": taken.message_id})


def _unsuppress(wire: Wire, request: AWSPreparedRequest) -> AWSResponse:
    mailbox = unquote(str(request.url).rpartition("/")[2])
    if mailbox not in wire.suppressed:
        return _error(request, "sesv2", Answer(404, "NotFoundException"))
    wire.suppressed.remove(mailbox)
    return _json(request, 200, {}, {})


def _error(request: AWSPreparedRequest, service: str, answer: Answer) -> AWSResponse:
    if service == "s3":
        text = f"<Error><Code>{answer.code}</Code><Message>{escape(answer.message)}</Message></Error>"
        return _response(request, answer.status, {"content-type": "application/xml"}, text)
    body = {"__type": answer.code, "message": answer.message, **answer.body}
    return _json(request, answer.status, {"x-amzn-errortype": answer.code}, body)


def _json(
    request: AWSPreparedRequest, status: int, headers: dict[str, str], body: dict[str, Any]
) -> AWSResponse:
    return _response(request, status, {"content-type": "application/json", **headers}, json.dumps(body))


def _response(request: AWSPreparedRequest, status: int, headers: dict[str, str], text: str) -> AWSResponse:
    # Neither moto's body nor a plain dict is what the type says, and botocore takes both.
    return AWSResponse(request.url, status, headers, MockRawResponse(text))  # type: ignore[arg-type]
