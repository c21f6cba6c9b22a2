"""What SES tells and nobody can read reaches the dead letters, what only has to wait waits, and nobody is
written to more than twice for one reason, however often work is cut short."""

import json
from datetime import timedelta

import pytest

from parley.relaying.unfinished import MAX_FAILURES, PUT_OFF_FOR
from tests.functional.test_tracking import relayed
from tests.support.deliveries import (
    HARD,
    dead_events,
    kinds,
    notices,
    queued_events,
    tell,
    told,
    track,
    work_on_events,
)
from tests.support.http import ask
from tests.support.mails import PASS
from tests.support.market import Market
from tests.support.runtime import Fault, answers
from tests.support.wire import Call, Killed

PAUSED = answers("SendEmail", 400, "SendingPausedException")


def bounced(market: Market) -> str:
    """What SES tells of a mail to a dead mailbox. Its author is to be told."""
    return told(relayed(market), "Bounce", market.clock.now(), **HARD)


def asked_to_confirm(market: Market) -> None:
    track(market, bounced(market))
    assert ask(market, "POST", "/parties/p-seller/confirmation").status == 202


def confirmations(market: Market) -> int:
    return sum(sent.tags.get("kind") == "confirmation" for sent in market.sent)


def dies_after_sending(_: Market) -> Fault:
    def after(call: Call) -> None:
        if call.operation == "SendEmail":
            raise Killed

    return Fault(after=after)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("no event", "EventError"),
        (json.dumps({"notificationType": "Bounce", "mail": {}}), "EventError"),
        ('{"confirmation": 1}', "ConfirmationError"),
    ],
)
def test_what_cannot_be_read_is_a_dead_letter_after_five_times_and_says_why(
    market: Market, text: str, cause: str
) -> None:
    tell(market, text)
    assert [work_on_events(market) for _ in range(MAX_FAILURES)] == [[False]] * (MAX_FAILURES - 1) + [[True]]
    assert work_on_events(market) == []
    assert dead_events(market) == [(text, cause)]


def test_an_event_that_cannot_be_read_keeps_no_other_of_its_batch(market: Market) -> None:
    delivered = told(relayed(market), "Delivery", market.clock.now())
    assert track(market, "no event", delivered) == [0]
    assert kinds(market) == ["delivered"]


def test_while_ses_is_paused_a_notice_is_put_off_and_its_event_is_no_dead_letter(market: Market) -> None:
    tell(market, bounced(market))
    market.fault = PAUSED
    for _ in range(2 * MAX_FAILURES):
        market.clock.pass_by(timedelta(hours=1))
        assert work_on_events(market) == [False]
        assert market.cost[-1] == "sqs.ChangeMessageVisibility"
    market.fault = Fault()
    assert work_on_events(market) == [True]
    assert len(notices(market)) == 1
    assert dead_events(market) == []


def test_a_confirmation_waits_for_days_while_ses_is_paused(
    market: Market, capsys: pytest.CaptureFixture[str]
) -> None:
    asked_to_confirm(market)
    market.fault = PAUSED
    assert work_on_events(market) == [False]
    market.clock.pass_by(PUT_OFF_FOR - timedelta(hours=1))
    capsys.readouterr()
    assert work_on_events(market) == [False]
    # By this the operator hears of it.
    waited = (PUT_OFF_FOR - timedelta(hours=1)).total_seconds()
    assert f'"DeferredAge":[{waited}]' in capsys.readouterr().out
    market.fault = Fault()
    assert work_on_events(market) == [True]
    assert confirmations(market) == 1


def test_a_notice_is_sent_at_most_twice_however_often_the_process_dies(market: Market) -> None:
    tell(market, bounced(market))
    market.fault = dies_after_sending(market)
    for _ in range(4):
        work_on_events(market)
    market.fault = Fault()
    work_on_events(market)
    assert len(notices(market)) == 2
    assert len({sent.raw for sent in notices(market)}) == 1
    (message,) = market.messages()
    assert message.delivery is not None
    assert message.delivery.told


def test_a_notice_of_a_refusal_is_sent_at_most_twice_however_often_the_process_dies(market: Market) -> None:
    market.accept(market.from_buyer(), verdicts={**PASS, "spam": "FAIL"})
    market.fault = dies_after_sending(market)
    for _ in range(4):
        market.work_after(timedelta(minutes=5))
    assert market.work() == []
    assert [state for state, _ in market.outcomes()] == ["held"]
    assert len(notices(market)) == 2


def test_a_notice_that_ses_did_not_take_may_still_be_sent_as_often(market: Market) -> None:
    tell(market, bounced(market))
    market.fault = PAUSED
    for _ in range(4):
        work_on_events(market)
    market.fault = dies_after_sending(market)
    for _ in range(4):
        work_on_events(market)
    assert len(notices(market)) == 2


def test_a_confirmation_is_sent_at_most_twice_however_often_the_process_dies(market: Market) -> None:
    asked_to_confirm(market)
    market.fault = PAUSED
    for _ in range(4):
        work_on_events(market)
    market.fault = dies_after_sending(market)
    for _ in range(4):
        work_on_events(market)
    market.fault = Fault()
    assert work_on_events(market) == []
    assert confirmations(market) == 2


def test_a_confirmation_that_is_delivered_twice_by_the_queue_is_sent_once(market: Market) -> None:
    asked_to_confirm(market)
    (text,) = queued_events(market)
    assert track(market, text, text) == []
    assert track(market, text) == []
    assert confirmations(market) == 1


def test_an_event_that_hangs_leaves_what_is_done_of_its_batch_acknowledged(
    market: Market, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sent = [relayed(market, message_id=f"CA{n}@mail.example", body=f"{n}\r\n") for n in range(3)]
    left = [120_000]
    monkeypatch.setattr("tests.support.runtime.remaining", lambda _: left[0])

    def hangs(call: Call) -> None:
        if call.operation == "SendEmail":
            left[0] -= 63_000

    market.fault = Fault(before=hangs)
    now = market.clock.now()
    batch = [
        told(sent[0], "Delivery", now),
        told(sent[1], "Bounce", now, **HARD),
        told(sent[2], "Delivery", now),
    ]
    assert track(market, *batch) == [2]
    assert kinds(market) == ["delivered", "bounced"]
    assert "out-of-time" in [vars(line).get("cause") for line in caplog.records]
    left[0] = 120_000
    assert track(market, batch[2]) == []
    assert kinds(market) == ["delivered", "bounced", "delivered"]
