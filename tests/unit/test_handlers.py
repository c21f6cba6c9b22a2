"""The handlers over the fakes: what they acknowledge, put off and give up, and what they log."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

import receive_mail.handler
import tend_archive.handler
from parley.relaying.ports import SendDeferredError
from parley.relaying.receipts import sweep_request
from parley.relaying.sweep import Sweeping
from parley.relaying.unfinished import BROUGHT_AGAIN, KEPT_DEAD, MAX_FAILURES, PUT_OFF_FOR, Recourse
from parley.stores.passing import passes
from tests.support.fakes import FakeClock, FakeEntropy, FakeRounds
from tests.support.relay_world import BUYER, SELLER_ALIAS, World, mail


@dataclass
class Context:
    """What the runtime tells of an invocation."""

    function_name: str = "receive_mail"
    memory_limit_in_mb: int = 1769
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:111122223333:function:receive_mail"
    aws_request_id: str = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


SENT_AT = str(int(FakeClock().now().timestamp() * 1000))


@dataclass
class Queue:
    """What was put off, by handle, and given up, with its cause. refuses: whether SQS answers at all."""

    pauses: list[tuple[str, timedelta]] = field(default_factory=list)
    dead: list[tuple[str, str]] = field(default_factory=list)
    failed: dict[str, set[int]] = field(default_factory=dict)
    refuses: bool = False

    def put_off(self, handle: str, span: timedelta) -> None:
        if self.refuses:
            raise ConnectionError
        self.pauses.append((handle, span))

    def give_up(self, body: str, cause: str) -> None:
        self.dead.append((body, cause))

    def count(self, text_id: str, receive: int, until: datetime) -> int:
        failed = self.failed.setdefault(text_id, set())
        failed.add(receive)
        return len(failed)


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, queue: Queue) -> Iterator[World]:
    world = World()
    monkeypatch.setattr(receive_mail.handler, "wire", lambda: (world.outside, world.deployment))
    recourse = Recourse(
        deliveries=queue,
        failures=queue,
        receipts=world.messages,
        passes=passes,
        clock=world.clock,
        entropy=FakeEntropy(),
    )
    monkeypatch.setattr(receive_mail.handler, "wire_recourse", lambda: recourse)
    swept = Sweeping(
        inbox=world.inbox,
        messages=world.messages,
        rounds=FakeRounds(),
        queue=world.queue,
        clock=world.clock,
        inbox_prefix=world.deployment.inbox_prefix,
    )
    monkeypatch.setattr(tend_archive.handler, "wire_sweep", lambda: swept)
    monkeypatch.setattr(tend_archive.handler, "wire_waiting", lambda: (None, world.clock.now()))
    return world


def deliver(*bodies: str, receives: int = 1) -> list[str]:
    """Which of the records must come again."""
    records = [
        {
            "messageId": f"record-{number}",
            "receiptHandle": f"handle-{number}",
            "body": body,
            "eventSource": "aws:sqs",
            "attributes": {"ApproximateReceiveCount": str(receives), "SentTimestamp": SENT_AT},
        }
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


def test_what_always_fails_is_given_up_at_the_fifth_time_and_blocks_nothing_before(
    world: World, queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    goods = [world.accept(mail(BUYER, f"{n}"), BUYER, SELLER_ALIAS) for n in range(MAX_FAILURES)]
    failed = [deliver("{}", good, receives=n) for n, good in enumerate(goods, 1)]
    assert failed == [["record-0"]] * (MAX_FAILURES - 1) + [[]]
    assert queue.dead == [("{}", "NotificationError")]
    assert len(world.sent) == MAX_FAILURES
    assert "given-up" in [line.getMessage() for line in caplog.records]


def test_what_only_has_to_wait_is_given_up_before_the_queue_would_forget_it(
    world: World, queue: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    def fault(_: object) -> None:
        raise SendDeferredError("ses-paused")

    world.mailer.fault = fault
    waiting = world.accept(mail(BUYER), BUYER, SELLER_ALIAS)
    waited = (PUT_OFF_FOR - timedelta(minutes=1)).total_seconds()
    world.clock.pass_by(FakeClock().now() + timedelta(seconds=waited) - world.clock.now())
    assert deliver(waiting, receives=200) == ["record-0"]
    assert f'"DeferredAge":[{waited}]' in capsys.readouterr().out
    world.clock.pass_by(timedelta(minutes=1))
    assert deliver(waiting, receives=201) == []
    assert queue.dead == [(waiting, "ses-paused")]


def test_what_ses_does_not_take_is_put_off_and_never_given_up(world: World, queue: Queue) -> None:
    def fault(_: object) -> None:
        raise SendDeferredError("ses-paused")

    world.mailer.fault = fault
    text = world.accept(mail(BUYER), BUYER, SELLER_ALIAS)
    for receives in range(1, 100):
        assert deliver(text, receives=receives) == ["record-0"]
    assert queue.dead == []
    assert queue.failed == {}
    spans = [span for handle, span in queue.pauses if handle == "handle-0"]
    assert timedelta(seconds=7) < spans[0] <= timedelta(seconds=15)
    assert all(timedelta(hours=1) <= span <= timedelta(hours=2) for span in spans[10:])
    assert len(spans) == 99


def test_what_is_put_off_or_given_up_is_not_the_sweeps_to_ask_for(world: World, queue: Queue) -> None:
    def fault(_: object) -> None:
        raise SendDeferredError("ses-paused")

    world.mailer.fault = fault
    now = world.clock.now()
    assert deliver(world.accept(mail(BUYER), BUYER, SELLER_ALIAS)) == ["record-0"]
    (receipt,) = world.memory.requests
    assert world.memory.requests[receipt] == now + BROUGHT_AGAIN
    world.inbox.objects.clear()
    gone = sweep_request(f"inbox/{receipt}", now)
    for receives in range(1, MAX_FAILURES + 1):
        deliver(gone, receives=receives)
    assert queue.dead == [(gone, "NoSuchObjectError")]
    assert world.memory.requests[receipt] == now + KEPT_DEAD


def test_where_the_queue_cannot_be_asked_a_text_comes_again_by_itself(world: World, queue: Queue) -> None:
    queue.refuses = True
    assert deliver("{}") == ["record-0"]


def test_a_failures_text_is_never_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    def fault(_: object) -> None:
        raise SendDeferredError("ses-throttled") from ValueError(f"{BUYER} is not verified")

    world.mailer.fault = fault
    assert deliver(world.accept(mail(BUYER), BUYER, SELLER_ALIAS)) == ["record-0"]
    assert vars(caplog.records[-1])["cause"] == "ses-throttled"
    assert not any(BUYER in str(vars(line)) for line in caplog.records)


def test_the_sweep_reports_how_many_mails_were_forgotten_and_what_it_cost(world: World) -> None:
    answer = tend_archive.handler.handler({}, Context())  # type: ignore[arg-type]
    assert answer == {"forgotten": 0, "pages": 1}
