"""What every record of Messages does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from parley.conversation.conversations import Head
from parley.conversation.messages import IllegalTransitionError, Message, MessageId, State, message_id
from parley.conversation.opting import Wish
from parley.conversation.parties import Role
from parley.relaying.ports import AlreadyClaimedError, HeadMovedError, LeaseLostError
from tests.support.samples import (
    BUYER_ALIAS,
    RECEIVED_AT,
    a_conversation,
    a_lease,
    a_loose_message,
    a_message,
    its_aliases,
)
from tests.support.stores import Stores

EMPTY, FIRST, SECOND = Head(0, ""), Head(1, "1" * 64), Head(2, "2" * 64)
LATER = RECEIVED_AT + timedelta(seconds=9)


@pytest.fixture
def claimed(stores: Stores) -> Message:
    """A message with a lease, the first of its conversation."""
    conversation = a_conversation()
    stores.directory.open(conversation, its_aliases(conversation))
    message = a_message()
    stores.messages.claim(message, before=EMPTY, after=FIRST)
    return message


def stored(stores: Stores, message: Message) -> Message:
    """The message as the record has it."""
    if message.conversation is None:
        with pytest.raises(AlreadyClaimedError) as caught:
            stores.messages.claim_loose(message)
        return caught.value.message
    view = stores.directory.conversation(message.conversation)
    assert view is not None
    return next(each for each in view.recent if each.id == message.id)


def head(stores: Stores) -> Head:
    view = stores.directory.conversation(a_conversation().id)
    assert view is not None
    return view.head


def test_a_claim_puts_the_message_and_moves_the_head(stores: Stores, claimed: Message) -> None:
    assert stored(stores, claimed) == claimed
    assert head(stores) == FIRST


def test_a_claim_writes_what_the_mail_tells_of_its_authors_wish(stores: Stores, claimed: Message) -> None:
    wishes = {Role.BUYER: Wish(LATER)}
    stores.messages.claim(a_message("receipt-2", seq=2), before=FIRST, after=replace(SECOND, wishes=wishes))
    assert head(stores).wishes == wishes


def test_a_message_is_claimed_once(stores: Stores, claimed: Message) -> None:
    again = replace(claimed, lease=a_lease("invocation-2"))
    with pytest.raises(AlreadyClaimedError) as caught:
        stores.messages.claim(again, before=FIRST, after=SECOND)
    assert caught.value.message == claimed
    assert head(stores) == FIRST


def test_that_a_message_exists_counts_more_than_that_the_head_moved(stores: Stores, claimed: Message) -> None:
    with pytest.raises(AlreadyClaimedError):
        stores.messages.claim(replace(claimed, lease=None), before=EMPTY, after=FIRST)


def test_the_same_owner_may_repeat_a_claim_whose_answer_was_lost(stores: Stores, claimed: Message) -> None:
    stores.messages.claim(claimed, before=EMPTY, after=FIRST)
    assert stored(stores, claimed) == claimed
    assert head(stores) == FIRST


def test_a_claim_without_lease_is_nobodys_and_not_repeated(stores: Stores) -> None:
    message = a_loose_message(state=State.DISCARDED)
    stores.messages.claim_loose(message)
    with pytest.raises(AlreadyClaimedError):
        stores.messages.claim_loose(message)


@pytest.mark.parametrize("before", [EMPTY, SECOND, Head(1, "0" * 64), Head(0, "1" * 64)])
def test_a_claim_on_another_head_writes_nothing(stores: Stores, claimed: Message, before: Head) -> None:
    other = a_message("receipt-2", seq=2)
    with pytest.raises(HeadMovedError):
        stores.messages.claim(other, before=before, after=Head(9, "9" * 64))
    assert head(stores) == FIRST
    view = stores.directory.conversation(a_conversation().id)
    assert view is not None
    assert view.recent == (claimed,)


def test_a_claim_in_an_unknown_conversation_finds_no_head(stores: Stores) -> None:
    with pytest.raises(HeadMovedError):
        stores.messages.claim(a_message(), before=EMPTY, after=FIRST)


def test_a_loose_message_is_found_by_its_receipt(stores: Stores) -> None:
    message = a_loose_message(state=State.HELD, codes=("notification-missing",))
    assert stores.messages.loose("receipt-1", message.id) is None
    stores.messages.claim_loose(message)
    assert stores.messages.loose("receipt-1", message.id) == message
    assert stores.messages.loose("receipt-2", message.id) is None
    releasing = stores.messages.advance(message, State.RELEASING, sendings=0)
    assert stores.messages.loose("receipt-1", message.id) == releasing


def test_a_message_of_a_conversation_is_not_loose(stores: Stores, claimed: Message) -> None:
    assert stores.messages.loose(claimed.receipt_id, claimed.id) is None


def test_a_loose_message_is_claimed_once(stores: Stores) -> None:
    message = a_loose_message(state=State.DISCARDED, codes=("alias-unknown",))
    stores.messages.claim_loose(message)
    assert stored(stores, message) == message


def test_a_loose_message_is_claimed_once_whatever_time_its_receipt_is_said_to_have(stores: Stores) -> None:
    message = a_loose_message(lease=a_lease())
    stores.messages.claim_loose(message)
    with pytest.raises(AlreadyClaimedError) as caught:
        stores.messages.claim_loose(replace(message, received_at=LATER))
    assert caught.value.message == message


def test_a_message_is_claimed_once_whatever_time_its_receipt_is_said_to_have(
    stores: Stores, claimed: Message
) -> None:
    """The notification and the sweep tell different times, and meanwhile the message may have got on."""
    sending = stores.messages.advance(claimed, State.SENDING, sendings=1)
    again = replace(claimed, received_at=LATER, seq=2, lease=a_lease("invocation-2"))
    with pytest.raises(AlreadyClaimedError) as caught:
        stores.messages.claim(again, before=FIRST, after=SECOND)
    assert caught.value.message == sending
    assert head(stores) == FIRST


def test_that_a_receipt_has_the_message_counts_more_than_that_the_head_moved(
    stores: Stores, claimed: Message
) -> None:
    with pytest.raises(AlreadyClaimedError):
        stores.messages.claim(replace(claimed, received_at=LATER), before=EMPTY, after=FIRST)


def test_an_attempt_is_found_again_although_the_conversation_does_not_show_it(
    stores: Stores, claimed: Message
) -> None:
    attempt = a_message("receipt-2", seq=2, author_role=None)
    stores.messages.claim(attempt, before=FIRST, after=SECOND)
    refused = stores.messages.finish(attempt, State.REFUSED, codes=("stranger",), finished_at=LATER)
    with pytest.raises(AlreadyClaimedError) as caught:
        stores.messages.claim(replace(attempt, received_at=LATER), before=SECOND, after=Head(3, "3" * 64))
    assert caught.value.message == refused


def test_a_receipt_makes_a_message_for_each_of_its_aliases(stores: Stores, claimed: Message) -> None:
    other = a_loose_message(id=message_id("receipt-1", BUYER_ALIAS), alias=BUYER_ALIAS)
    stores.messages.claim_loose(other)
    assert stored(stores, claimed) == claimed
    assert stored(stores, other) == other


def test_a_new_owner_takes_over(stores: Stores, claimed: Message) -> None:
    lease = a_lease("invocation-2", LATER)
    taken = stores.messages.take_over(claimed, lease)
    assert taken == replace(claimed, lease=lease)
    assert stored(stores, claimed) == taken


def test_a_message_without_lease_can_be_taken(stores: Stores, claimed: Message) -> None:
    released = stores.messages.advance(claimed, State.ARCHIVED, release=True)
    assert released.lease is None
    assert stores.messages.take_over(released, a_lease("invocation-2")).lease == a_lease("invocation-2")


def test_of_two_that_take_over_one_loses(stores: Stores, claimed: Message) -> None:
    stores.messages.take_over(claimed, a_lease("invocation-2", LATER))
    with pytest.raises(LeaseLostError):
        stores.messages.take_over(claimed, a_lease("invocation-3", LATER))
    assert stored(stores, claimed).lease == a_lease("invocation-2", LATER)


def test_the_same_owner_may_repeat_a_write_whose_answer_was_lost(stores: Stores, claimed: Message) -> None:
    lease = a_lease("invocation-2", LATER)
    taken = stores.messages.take_over(claimed, lease)
    assert stores.messages.take_over(claimed, lease) == taken
    archived = stores.messages.advance(taken, State.ARCHIVED, sendings=1)
    assert stores.messages.advance(taken, State.ARCHIVED, sendings=1) == archived
    held = stores.messages.finish(archived, State.HELD, codes=("leak",), finished_at=LATER)
    assert stores.messages.finish(archived, State.HELD, codes=("leak",), finished_at=LATER) == held


def test_a_step_keeps_all_but_the_state(stores: Stores, claimed: Message) -> None:
    sending = stores.messages.advance(claimed, State.SENDING)
    assert sending == replace(claimed, state=State.SENDING)
    assert stored(stores, claimed) == sending


def test_a_step_may_count_a_sending(stores: Stores, claimed: Message) -> None:
    sending = stores.messages.advance(claimed, State.SENDING, sendings=1)
    back = stores.messages.advance(sending, State.ARCHIVED, release=True)
    assert stored(stores, claimed) == back
    assert (back.sendings, back.lease) == (1, None)
    again = stores.messages.take_over(back, a_lease("invocation-2", LATER))
    assert stores.messages.advance(again, State.SENDING, sendings=0).sendings == 0


def test_sending_may_be_written_again(stores: Stores, claimed: Message) -> None:
    sending = stores.messages.advance(claimed, State.SENDING)
    again = stores.messages.take_over(sending, a_lease("invocation-2", LATER))
    assert stores.messages.advance(again, State.SENDING) == again


def test_a_step_after_the_lease_was_lost_writes_nothing(stores: Stores, claimed: Message) -> None:
    taken = stores.messages.take_over(claimed, a_lease("invocation-2", LATER))
    with pytest.raises(LeaseLostError):
        stores.messages.advance(claimed, State.SENDING)
    assert stored(stores, claimed) == taken


def test_a_step_from_another_state_writes_nothing(stores: Stores, claimed: Message) -> None:
    archived = stores.messages.advance(claimed, State.ARCHIVED)
    with pytest.raises(LeaseLostError):
        stores.messages.advance(claimed, State.SENDING)
    assert stored(stores, claimed) == archived


def test_an_illegal_step_is_refused_before_anything_is_written(stores: Stores, claimed: Message) -> None:
    with pytest.raises(IllegalTransitionError):
        stores.messages.advance(claimed, State.RELEASED)
    with pytest.raises(IllegalTransitionError):
        stores.messages.finish(claimed, State.EXPIRED, codes=(), finished_at=LATER)
    assert stored(stores, claimed) == claimed


def test_a_step_of_an_unknown_message_is_refused(stores: Stores) -> None:
    with pytest.raises(LeaseLostError):
        stores.messages.advance(a_message(), State.SENDING)


def test_a_step_of_a_message_of_another_time_is_refused(stores: Stores, claimed: Message) -> None:
    with pytest.raises(LeaseLostError):
        stores.messages.advance(replace(claimed, received_at=LATER), State.SENDING)
    assert stored(stores, claimed) == claimed


def test_an_outcome_drops_the_lease(stores: Stores, claimed: Message) -> None:
    sending = stores.messages.advance(claimed, State.SENDING)
    relayed = stores.messages.finish(
        sending,
        State.RELAYED,
        codes=("ok",),
        outgoing_message_id="0102@eu-west-1.amazonses.com",
        finished_at=LATER,
    )
    assert relayed == replace(
        claimed,
        state=State.RELAYED,
        codes=("ok",),
        lease=None,
        outgoing_message_id="0102@eu-west-1.amazonses.com",
    )
    assert stored(stores, claimed) == relayed


def test_a_held_message_is_released_and_keeps_its_outgoing_id(stores: Stores, claimed: Message) -> None:
    held = stores.messages.finish(
        claimed, State.HELD, codes=("leak",), outgoing_message_id="0102@x.example", finished_at=LATER
    )
    releasing = stores.messages.advance(held, State.RELEASING, sendings=1)
    released = stores.messages.finish(
        releasing, State.RELEASED, codes=("leak", "by-reviewer"), finished_at=LATER
    )
    assert stored(stores, claimed) == released
    assert released.outgoing_message_id == "0102@x.example"


def test_an_outcome_after_the_lease_was_lost_writes_nothing(stores: Stores, claimed: Message) -> None:
    taken = stores.messages.take_over(claimed, a_lease("invocation-2", LATER))
    with pytest.raises(LeaseLostError):
        stores.messages.finish(claimed, State.HELD, codes=("x",), finished_at=LATER)
    assert stored(stores, claimed) == taken


def test_a_receipt_is_attended_from_its_first_claim_on(stores: Stores, claimed: Message) -> None:
    assert stores.messages.unattended(["receipt-1", "receipt-2"], LATER) == {"receipt-2"}
    stores.messages.claim_loose(a_loose_message("receipt-2", lease=a_lease()))
    assert stores.messages.unattended(["receipt-1", "receipt-2"], LATER) == frozenset()


def test_a_receipt_that_was_asked_for_is_attended_until_then(stores: Stores) -> None:
    stores.messages.note_request("receipt-1", LATER)
    just_before = LATER - timedelta(microseconds=1)
    assert stores.messages.unattended(["receipt-1", "receipt-2"], just_before) == {"receipt-2"}
    assert stores.messages.unattended(["receipt-1", "receipt-2"], LATER) == {"receipt-1", "receipt-2"}


def test_a_receipt_can_be_asked_for_again(stores: Stores) -> None:
    stores.messages.note_request("receipt-1", RECEIVED_AT)
    stores.messages.note_request("receipt-1", LATER)
    assert stores.messages.unattended(["receipt-1"], RECEIVED_AT) == frozenset()


@pytest.mark.parametrize("asked_first", [True, False])
def test_a_request_and_a_claim_do_not_hide_each_other(stores: Stores, asked_first: bool) -> None:
    if asked_first:
        stores.messages.note_request("receipt-1", RECEIVED_AT)
    stores.messages.claim_loose(a_loose_message(lease=a_lease()))
    if not asked_first:
        stores.messages.note_request("receipt-1", RECEIVED_AT)
    assert stores.messages.unattended(["receipt-1"], LATER) == frozenset()
    with pytest.raises(AlreadyClaimedError):
        stores.messages.claim_loose(a_loose_message(received_at=LATER))


def test_more_receipts_than_one_batch_takes_are_told_apart(stores: Stores) -> None:
    known = {f"receipt-{n}" for n in range(0, 130, 3)}
    for receipt_id in known:
        stores.messages.claim_loose(a_loose_message(receipt_id, state=State.DISCARDED))
    asked = {f"receipt-{n}" for n in range(130)}
    assert stores.messages.unattended(asked, LATER) == asked - known


def test_of_no_receipts_none_is_unattended(stores: Stores) -> None:
    assert stores.messages.unattended([], LATER) == frozenset()


MORNING = datetime(2026, 9, 4, 8, tzinfo=UTC)
ONE, OTHER = MessageId("one"), MessageId("other")


def test_the_first_message_may_notify_and_the_next_may_not(stores: Stores) -> None:
    assert stores.messages.claim_notice("p1-too-large", ONE, MORNING)
    assert not stores.messages.claim_notice("p1-too-large", OTHER, MORNING + timedelta(hours=1))


def test_the_message_that_notifies_may_ask_once_more(stores: Stores) -> None:
    assert stores.messages.claim_notice("p1-too-large", ONE, MORNING)
    assert stores.messages.claim_notice("p1-too-large", ONE, MORNING + timedelta(hours=1))
    assert not stores.messages.claim_notice("p1-too-large", ONE, MORNING + timedelta(hours=1))


def test_a_claim_that_is_given_back_does_not_count(stores: Stores) -> None:
    for _ in range(3):
        claim = stores.messages.claim_notice("p1-too-large", ONE, MORNING)
        assert claim is not None
        stores.messages.give_back(claim)
    # It stays that message's all the same.
    assert not stores.messages.claim_notice("p1-too-large", OTHER, MORNING)
    assert stores.messages.claim_notice("p1-too-large", ONE, MORNING)
    assert stores.messages.claim_notice("p1-too-large", ONE, MORNING)
    assert not stores.messages.claim_notice("p1-too-large", ONE, MORNING)


def test_each_subject_has_its_own_window(stores: Stores) -> None:
    assert stores.messages.claim_notice("p1-too-large", ONE, MORNING)
    assert stores.messages.claim_notice("p1-attachment", OTHER, MORNING)


def test_a_day_later_another_message_may_notify(stores: Stores) -> None:
    assert stores.messages.claim_notice("p1-too-large", ONE, MORNING)
    assert stores.messages.claim_notice("p1-too-large", OTHER, MORNING + timedelta(hours=24))


@pytest.mark.parametrize("told", [True, False])
def test_a_message_that_has_its_outcome_can_be_taken_and_put_down(
    stores: Stores, claimed: Message, told: bool
) -> None:
    refused = stores.messages.finish(claimed, State.REFUSED, codes=("spam",), finished_at=LATER)
    taken = stores.messages.take_over(refused, a_lease("invocation-2", LATER))
    put_down = stores.messages.put_down(taken, told=told)
    assert put_down == replace(refused, told=told) == stored(stores, claimed)
    with pytest.raises(LeaseLostError):
        stores.messages.put_down(replace(taken, lease=a_lease("invocation-3", LATER)), told=not told)
