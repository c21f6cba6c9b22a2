"""The handlers over the fakes: what they acknowledge and what they log."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

import receive_mail.handler
import tend_archive.handler
from parley.relaying.ports import SendDeferredError
from tests.support.relay_world import BUYER, SELLER_ALIAS, World, mail


@dataclass
class Context:
    """What the runtime tells of an invocation."""

    function_name: str = "receive_mail"
    memory_limit_in_mb: int = 1769
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:111122223333:function:receive_mail"
    aws_request_id: str = "request-1"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    world = World()
    monkeypatch.setattr(receive_mail.handler, "wire", lambda: (world.outside, world.deployment))
    swept = (world.inbox, world.messages, world.queue, world.clock, world.deployment.inbox_prefix)
    monkeypatch.setattr(tend_archive.handler, "wire_sweep", lambda: swept)
    return world


def deliver(*bodies: str) -> list[str]:
    """Which of the records must come again."""
    records = [
        {"messageId": f"record-{number}", "body": body, "eventSource": "aws:sqs", "attributes": {}}
        for number, body in enumerate(bodies)
    ]
    answer = receive_mail.handler.handler({"Records": records}, Context())  # type: ignore[arg-type]
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def test_a_relayed_mail_is_acknowledged_and_logged_by_ids_and_codes(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    assert deliver(world.accept(mail(BUYER), BUYER, SELLER_ALIAS)) == []
    logged = vars(caplog.records[-1])
    assert (logged["outcome"], logged["message_id"]) == ("relayed", world.message.id)
    assert logged["conversation_id"] == "c1"


def test_what_could_not_be_finished_comes_again_and_the_rest_does_not(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    good = world.accept(mail(BUYER), BUYER, SELLER_ALIAS)
    assert deliver("{}", good, "Successfully validated SNS topic for Amazon SES event publishing.") == [
        "record-0"
    ]
    assert [vars(line).get("cause") for line in caplog.records] == ["NotificationError", None]


def test_a_failures_text_is_never_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    def fault(_: object) -> None:
        raise SendDeferredError("ses-throttled") from ValueError(f"{BUYER} is not verified")

    world.mailer.fault = fault
    assert deliver(world.accept(mail(BUYER), BUYER, SELLER_ALIAS)) == ["record-0"]
    assert vars(caplog.records[-1])["cause"] == "ses-throttled"
    assert not any(BUYER in str(vars(line)) for line in caplog.records)


def test_the_sweep_reports_how_many_mails_were_forgotten(world: World) -> None:
    assert tend_archive.handler.handler({}, Context()) == {"forgotten": 0}  # type: ignore[arg-type]
