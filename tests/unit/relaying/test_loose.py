"""Held mail that belongs to no conversation, once a reviewer decided on it: every way that it can end."""

import json
from unittest.mock import Mock

import pytest

from parley.conversation.messages import Message, MessageId, State
from parley.registering.refusals import RefusedError
from parley.relaying.loose import MAX_NAMED
from parley.relaying.ports import SendDeferredError, SendRefusedError, Submission
from parley.relaying.receipts import sweep_request
from parley.relaying.receive import ReceiptUnfinishedError, Report
from parley.relaying.rulings import LooseRuling, RulingError, read_ruling, ruling_request
from parley.reviewing.loose import LooseMail, refuse_loose, release_loose
from parley.reviewing.ports import Desk
from tests.support.fake_reviews import FakeAccesses, a_desk
from tests.support.relay_world import (
    BUYER,
    CONTACT_ALIAS,
    OPERATOR,
    PASSED,
    SELLER,
    SELLER_ALIAS,
    World,
    mail,
    ses_fields,
)

RECEIPT = "lostlost1"
ABUSE = "abuse@relay.example"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def desk(world: World) -> Desk:
    return a_desk(world)


def lost(world: World, author: str = BUYER, **fields: str) -> Message:
    """A mail to several recipients whose notification never came."""
    raw = ses_fields(author, PASSED) + mail(author, **fields)
    world.inbox.put(f"inbox/{RECEIPT}", raw.encode(), world.clock.now())
    world.receive(sweep_request(f"inbox/{RECEIPT}", world.clock.now()))
    assert (world.message.state, world.message.codes) == (State.HELD, ("notification-missing",))
    return world.message


def for_operator(world: World) -> Message:
    """A mail to abuse@ that SES could not look into."""
    world.receive(world.accept(mail(BUYER), BUYER, ABUSE, virus="PROCESSING_FAILED"))
    assert (world.message.state, world.message.codes) == (State.HELD, ("virus-verdict-missing",))
    return world.message


def decided(message: Message) -> LooseMail:
    return LooseMail(receipt=message.receipt_id, message=message.id, case="case-17", actor="arn:aws:sts::1:x")


def released(world: World, desk: Desk, message: Message) -> tuple[Report, ...]:
    """Asks for it, and has what was asked for carried out."""
    assert release_loose(decided(message), desk).state is State.RELEASING
    return world.receive(world.queue.bodies[-1])


def now(world: World, message: Message) -> Message:
    found = world.messages.loose(message.receipt_id, message.id)
    assert found is not None
    return found


def records(desk: Desk) -> list[dict[str, str]]:
    assert isinstance(desk.accesses, FakeAccesses)
    return [json.loads(each) for each in desk.accesses.objects.values()]


def to(world: World) -> list[str]:
    return [str(each.forward_path) for each in world.sent]


# Released


def test_it_is_received_for_each_alias_that_it_names(world: World, desk: Desk) -> None:
    message = lost(world, To=f"The shop <{SELLER_ALIAS}>, friend@elsewhere.example", Cc=ABUSE)
    reports = released(world, desk, message)
    assert [each.outcome for each in reports] == ["relayed", "relayed", "released"]
    # How long it lay here does not count among the times that mail takes.
    assert {each.received_at for each in reports if each.outcome == "relayed"} == {None}
    assert to(world) == [SELLER, OPERATOR]
    assert now(world, message).state is State.RELEASED
    assert now(world, message).codes == ("notification-missing",)


def test_it_is_sent_once_however_often_it_is_asked_for(world: World, desk: Desk) -> None:
    message = lost(world, To=SELLER_ALIAS)
    released(world, desk, message)
    assert release_loose(decided(message), desk).state is State.RELEASED
    for body in world.queue.bodies * 2:
        world.receive(body)
    assert to(world) == [SELLER]


def test_who_had_the_mail_already_does_not_get_it_again(world: World, desk: Desk) -> None:
    told = world.accept(mail(BUYER, To=SELLER_ALIAS), BUYER, SELLER_ALIAS, ABUSE)
    receipt = json.loads(told)["mail"]["messageId"]
    world.receive(sweep_request(f"inbox/{receipt}", world.clock.now()))
    (message,) = (each for each in world.memory.messages.values() if each.state is State.HELD)
    released(world, desk, message)
    assert to(world) == [SELLER]
    world.receive(told)
    assert to(world) == [SELLER, OPERATOR]


def test_a_reviewer_vouches_for_the_recipients_and_not_for_the_author(world: World, desk: Desk) -> None:
    message = lost(world, "mallory@elsewhere.example", To=SELLER_ALIAS)
    reports = released(world, desk, message)
    assert [each.outcome for each in reports] == ["refused", "released"]
    assert to(world) == []


def test_a_first_contact_that_it_names_opens_a_conversation(world: World, desk: Desk) -> None:
    message = lost(world, "carl@third.example", To=CONTACT_ALIAS)
    assert [each.outcome for each in released(world, desk, message)] == ["relayed", "released"]


def notified(world: World, *recipients: str) -> str:
    """The notification of what was lost, after all."""
    told = json.loads(world.accept(mail(BUYER), BUYER, *recipients))
    told["mail"]["messageId"] = RECEIPT
    told["receipt"]["action"]["objectKey"] = f"inbox/{RECEIPT}"
    return json.dumps(told)


def test_who_is_told_after_the_release_and_lost_again_is_asked_for(
    world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    released(world, desk, lost(world, To=SELLER_ALIAS))

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("no claim")

    monkeypatch.setattr(world.messages, "claim_loose", claims := Mock(side_effect=fails))
    with pytest.raises(ReceiptUnfinishedError):
        world.receive(notified(world, SELLER_ALIAS, ABUSE))
    assert claims.called
    later = world.clock.now()
    assert world.messages.unattended([RECEIPT], later, overdue=[RECEIPT]) == {RECEIPT}
    monkeypatch.undo()
    world.receive(sweep_request(f"inbox/{RECEIPT}", later))
    assert to(world) == [SELLER, OPERATOR]
    assert world.messages.unattended([RECEIPT], later, overdue=[RECEIPT]) == frozenset()


def test_a_hold_that_is_made_again_while_it_makes_way_makes_way_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another request of the sweep is worked on between the withdrawal and the claim."""
    lost(world)
    withdraw = world.messages.withdraw
    asked: list[Message] = []

    def overtaken(whole: Message) -> None:
        withdraw(whole)
        if not asked:
            asked.append(whole)
            world.receive(sweep_request(f"inbox/{RECEIPT}", world.clock.now()))

    monkeypatch.setattr(world.messages, "withdraw", overtaken)
    (report,) = world.receive(notified(world, SELLER_ALIAS))
    assert asked
    assert report.outcome == "relayed"
    assert [each.state for each in world.memory.messages.values()] == [State.RELAYED]


def test_a_hold_that_is_made_again_each_time_is_left_for_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost(world)
    withdraw = world.messages.withdraw

    def overtaken(whole: Message) -> None:
        withdraw(whole)
        world.receive(sweep_request(f"inbox/{RECEIPT}", world.clock.now()))

    monkeypatch.setattr(world.messages, "withdraw", overtaken)
    with pytest.raises(ReceiptUnfinishedError, match="held-as-whole"):
        world.receive(notified(world, SELLER_ALIAS))
    assert world.message.state is State.HELD
    assert to(world) == []


@pytest.mark.parametrize("refuses", [True, False], ids=["refused", "held"])
def test_a_first_contact_opens_no_conversation_for_what_a_reviewer_refused(
    world: World, desk: Desk, refuses: bool
) -> None:
    message = lost(world, "carl@third.example")
    conversations = len(world.memory.heads)
    if refuses:
        refuse_loose(decided(message), desk)
    told = notified(world, CONTACT_ALIAS)
    (report,) = world.receive(told)
    assert report.outcome == ("refused" if refuses else "relayed")
    assert len(world.memory.heads) == conversations + (not refuses)


@pytest.mark.parametrize("named", ["friend@elsewhere.example", "s-none@relay.example", "", "<><>,,;:"])
def test_what_names_no_alias_is_held_again_and_says_so(world: World, desk: Desk, named: str) -> None:
    message = lost(world, To=named)
    (report,) = released(world, desk, message)
    assert (report.outcome, report.codes) == ("held", ("notification-missing", "recipients-unknown"))
    assert to(world) == []
    assert refuse_loose(decided(message), desk).state is State.REFUSED


def test_names_without_end_are_not_looked_at(world: World, desk: Desk) -> None:
    many = ", ".join(f"a{number}@elsewhere.example" for number in range(MAX_NAMED))
    message = lost(world, To=f"{many}, {SELLER_ALIAS}")
    (report,) = released(world, desk, message)
    assert "recipients-unknown" in report.codes


def test_what_the_inbox_no_longer_has_is_held_again_and_says_so(world: World, desk: Desk) -> None:
    message = lost(world, To=SELLER_ALIAS)
    world.inbox.objects.clear()
    (report,) = released(world, desk, message)
    assert (report.outcome, report.codes) == ("held", ("notification-missing", "original-gone"))


def test_it_stays_to_be_released_while_ses_takes_no_mail(world: World, desk: Desk) -> None:
    def throttled(_: Submission) -> None:
        raise SendDeferredError("throttled")

    message = lost(world, To=f"{SELLER_ALIAS}, {ABUSE}")
    world.mailer.fault = throttled
    with pytest.raises(ReceiptUnfinishedError):
        released(world, desk, message)
    assert now(world, message).state is State.RELEASING
    with pytest.raises(RefusedError, match="being-released"):
        refuse_loose(decided(message), desk)
    world.mailer.fault = lambda _: None
    world.receive(world.queue.bodies[-1])
    assert now(world, message).state is State.RELEASED
    assert to(world) == [SELLER, OPERATOR]


def test_the_operators_is_forwarded(world: World, desk: Desk) -> None:
    message = for_operator(world)
    (report,) = released(world, desk, message)
    assert (report.outcome, report.codes) == ("released", ("virus-verdict-missing", "role-mailbox"))
    assert to(world) == [OPERATOR]
    world.receive(world.queue.bodies[-1])
    assert to(world) == [OPERATOR]


def test_the_operators_waits_for_ses_and_is_held_again_if_ses_refuses_it(world: World, desk: Desk) -> None:
    faults: list[Exception] = [SendRefusedError("ses-rejected"), SendDeferredError("throttled")]

    def fault(_: Submission) -> None:
        raise faults.pop()

    message = for_operator(world)
    world.mailer.fault = fault
    with pytest.raises(SendDeferredError):
        released(world, desk, message)
    (report,) = world.receive(world.queue.bodies[-1])
    assert (report.outcome, report.codes) == ("held", ("virus-verdict-missing", "ses-rejected"))
    assert refuse_loose(decided(message), desk).state is State.REFUSED


@pytest.mark.parametrize("carried_out", [False, True], ids=["releasing", "released"])
def test_the_operators_comes_again_and_its_release_stands(
    world: World, desk: Desk, carried_out: bool
) -> None:
    """Its notification comes again for hours where another recipient of the mail has to wait."""
    told = world.accept(mail(BUYER), BUYER, ABUSE, virus="PROCESSING_FAILED")
    world.receive(told)
    message = world.message
    release_loose(decided(message), desk)
    if carried_out:
        world.receive(world.queue.bodies[-1])
    before = now(world, message)
    (report,) = world.receive(told)
    assert report.outcome == before.state == (State.RELEASED if carried_out else State.RELEASING)
    assert now(world, message) == before
    world.receive(world.queue.bodies[-1])
    assert now(world, message).state is State.RELEASED
    assert to(world) == [OPERATOR]


# Refused


def test_it_is_refused_for_good_and_nobody_is_told(world: World, desk: Desk) -> None:
    message = lost(world, To=SELLER_ALIAS)
    for _ in range(2):
        assert refuse_loose(decided(message), desk).state is State.REFUSED
    assert desk.reviews.held(after=None, limit=10).messages == []
    with pytest.raises(RefusedError, match="not-held"):
        release_loose(decided(message), desk)
    assert world.queue.bodies == []
    assert world.sent == []


def test_mail_of_a_conversation_is_not_decided_on_by_its_receipt(world: World, desk: Desk) -> None:
    world.receive(world.accept(mail(BUYER), BUYER, SELLER_ALIAS, spam="FAIL"))
    for decide in (release_loose, refuse_loose):
        with pytest.raises(RefusedError, match="unknown-message"):
            decide(decided(world.message), desk)
    assert world.message.state is State.HELD


# The record


def test_each_decision_is_recorded_before_it_is_made(world: World, desk: Desk) -> None:
    message = lost(world, To="nobody@elsewhere.example")
    released(world, desk, message)
    for _ in range(2):
        refuse_loose(decided(message), desk)
    asked, refused = records(desk)
    assert (asked["kind"], refused["kind"]) == ("release-asked", "refused")
    for record in (asked, refused):
        told = {name: record[name] for name in ("receipt", "message", "case", "who")}
        assert told == {
            "receipt": RECEIPT,
            "message": message.id,
            "case": "case-17",
            "who": "arn:aws:sts::1:x",
        }


def test_what_cannot_be_recorded_is_not_decided(world: World) -> None:
    class Broken(FakeAccesses):
        def put(self, key: str, content: bytes, *, media_type: str) -> None:
            raise RuntimeError("bucket on fire")

    message = lost(world, To=SELLER_ALIAS)
    desk = a_desk(world, accesses=Broken())
    for decide in (release_loose, refuse_loose):
        with pytest.raises(RuntimeError):
            decide(decided(message), desk)
    assert now(world, message) == message
    assert world.queue.bodies == []


def test_its_ruling_is_read_as_it_was_written() -> None:
    ruling = LooseRuling(receipt=RECEIPT, message=MessageId("m1"), request="r1")
    assert read_ruling(ruling_request(ruling)) == ruling
    with pytest.raises(RulingError):
        read_ruling('{"ruling": {"receipt": "anna"}}')
