"""What every record of Messages knows of a receipt: what SES told, who has an outcome, what brings it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parley.conversation.aliases import AliasId
from parley.conversation.conversations import Head
from parley.conversation.messages import Message, MessageId, State, message_id
from parley.mail.verdicts import Verdict, Verdicts
from parley.relaying.ports import (
    AlreadyClaimedError,
    BusyError,
    HeldAsWholeError,
    LeaseLostError,
    Told,
)
from parley.relaying.receipts import whole_id
from tests.support.samples import (
    RECEIVED_AT,
    a_conversation,
    a_lease,
    a_loose_message,
    a_message,
    its_aliases,
)
from tests.support.stores import Stores

EMPTY, FIRST = Head(0, ""), Head(1, "1" * 64)
WHOLE = a_loose_message(id=whole_id("receipt-1"), state=State.HELD, codes=("notification-missing",))
VERDICTS = Verdicts(
    spf=Verdict.PASS, dkim=Verdict.FAIL, dmarc=Verdict.GRAY, spam=Verdict.DISABLED, virus=Verdict.MISSING
)
TOLD = Told(('"odd, one"@relay.example', "b-1@relay.example"), VERDICTS, WHOLE.id)
LATER = RECEIVED_AT + timedelta(days=8)


def claim(stores: Stores, told: Told | None = TOLD) -> Message:
    conversation = a_conversation()
    stores.directory.open(conversation, its_aliases(conversation))
    stores.messages.claim(a_message(), before=EMPTY, after=FIRST, told=told)
    return a_message()


def unfinished(stores: Stores) -> bool:
    return stores.messages.unattended(["receipt-1"], LATER, overdue=["receipt-1"]) == {"receipt-1"}


def test_what_was_told_is_known_from_the_first_claim_on(stores: Stores) -> None:
    assert stores.messages.told("receipt-1") is None
    claim(stores)
    assert stores.messages.told("receipt-1") == TOLD


def test_what_was_told_is_known_from_a_loose_claim_too(stores: Stores) -> None:
    stores.messages.claim_loose(a_loose_message(state=State.DISCARDED), told=TOLD)
    assert stores.messages.told("receipt-1") == TOLD


def test_of_a_receipt_of_which_nothing_was_told_nothing_is_known(stores: Stores) -> None:
    claim(stores, told=None)
    assert stores.messages.told("receipt-1") is None


def test_nothing_is_claimed_beside_a_message_for_the_whole_receipt(stores: Stores) -> None:
    stores.messages.claim_whole(WHOLE)
    with pytest.raises(HeldAsWholeError) as caught:
        claim(stores)
    assert caught.value.message == WHOLE
    with pytest.raises(HeldAsWholeError):
        stores.messages.claim_loose(a_loose_message(id=MessageId("other")), told=TOLD)
    view = stores.directory.conversation(a_conversation().id)
    assert view is not None
    assert (view.head, view.recent) == (EMPTY, ())


def test_it_is_claimed_beside_it_where_that_is_asked_for(stores: Stores) -> None:
    stores.messages.claim_whole(WHOLE)
    claim(stores, replace(TOLD, whole=None))
    assert stores.messages.loose("receipt-1", WHOLE.id) == WHOLE


def test_a_receipt_of_which_was_told_gets_no_message_as_a_whole(stores: Stores) -> None:
    claim(stores)
    with pytest.raises(BusyError):
        stores.messages.claim_whole(WHOLE)
    assert stores.messages.loose("receipt-1", WHOLE.id) is None


def test_a_receipt_has_one_message_as_a_whole(stores: Stores) -> None:
    stores.messages.claim_whole(WHOLE)
    with pytest.raises(AlreadyClaimedError) as caught:
        stores.messages.claim_whole(replace(WHOLE, received_at=LATER))
    assert caught.value.message == WHOLE


def test_what_is_withdrawn_was_never_there(stores: Stores) -> None:
    stores.messages.claim_whole(WHOLE)
    for _ in range(2):
        stores.messages.withdraw(WHOLE)
    assert stores.messages.unattended(["receipt-1"], LATER) == {"receipt-1"}
    claim(stores)


def test_what_somebody_decided_on_is_not_withdrawn(stores: Stores) -> None:
    stores.messages.claim_whole(WHOLE)
    refused = stores.messages.finish(WHOLE, State.REFUSED, codes=WHOLE.codes, finished_at=LATER)
    with pytest.raises(LeaseLostError):
        stores.messages.withdraw(WHOLE)
    assert stores.messages.loose("receipt-1", WHOLE.id) == refused


@pytest.mark.parametrize("state", [State.RECEIVED, State.ARCHIVED, State.SENDING])
def test_an_overdue_receipt_is_unattended_while_a_message_of_it_is_worked_on(
    stores: Stores, state: State
) -> None:
    stores.messages.claim_loose(a_loose_message(state=state, lease=a_lease()))
    assert stores.messages.unattended(["receipt-1"], LATER) == frozenset()
    assert unfinished(stores)


@pytest.mark.parametrize("state", [State.RELAYED, State.HELD, State.REFUSED, State.DISCARDED])
def test_an_overdue_receipt_is_attended_once_its_messages_have_their_outcome(
    stores: Stores, state: State
) -> None:
    stores.messages.claim_loose(a_loose_message(state=state))
    assert not unfinished(stores)


def made_for(local_part: str) -> Message:
    made = message_id("receipt-1", AliasId(local_part))
    return a_loose_message(id=made, state=State.DISCARDED)


def test_an_overdue_receipt_is_unattended_while_a_recipient_has_no_message(stores: Stores) -> None:
    stores.messages.claim_loose(made_for("b-1"), told=TOLD)
    assert unfinished(stores)
    stores.messages.claim_loose(made_for('"odd, one"'), told=TOLD)
    assert not unfinished(stores)


@pytest.mark.parametrize("spelling", ["B-1@relay.example", '"b-1"@relay.example', "b-1@Relay.example."])
def test_a_recipient_has_its_message_however_it_was_spelled(stores: Stores, spelling: str) -> None:
    stores.messages.claim_loose(made_for("b-1"), told=replace(TOLD, recipients=(spelling,)))
    assert not unfinished(stores)


@pytest.mark.parametrize("recipient", ["b-1@elsewhere.example", "no mailbox"])
def test_a_recipient_who_is_none_of_the_relays_has_its_message_by_its_text(
    stores: Stores, recipient: str
) -> None:
    stores.messages.claim_loose(made_for(recipient), told=replace(TOLD, recipients=(recipient,)))
    assert not unfinished(stores)


def test_what_a_reviewer_lets_go_is_no_message_of_who_was_told_later(stores: Stores) -> None:
    """Neither what stood for the whole receipt, nor what went to somebody whom only the To field names."""
    stores.messages.claim_whole(replace(WHOLE, state=State.RELEASED))
    for each in ("b-1", "named"):
        stores.messages.claim_loose(made_for(each))
    assert not unfinished(stores)
    stores.messages.note_told("receipt-1", TOLD, RECEIVED_AT)
    assert unfinished(stores)
    stores.messages.claim_loose(made_for('"odd, one"'), told=replace(TOLD, whole=None))
    assert not unfinished(stores)


def test_a_receipt_of_which_was_only_told_is_unattended_and_gets_no_message_as_a_whole(
    stores: Stores,
) -> None:
    stores.messages.note_told("receipt-1", TOLD, RECEIVED_AT)
    assert stores.messages.told("receipt-1") == TOLD
    assert stores.messages.unattended(["receipt-1"], LATER) == {"receipt-1"}
    with pytest.raises(BusyError):
        stores.messages.claim_whole(WHOLE)


@pytest.mark.parametrize(
    ("state", "asked_for"), [(State.HELD, True), (State.RELEASED, True), (State.REFUSED, False)]
)
def test_who_is_told_beside_a_message_as_a_whole_is_asked_for_unless_it_was_refused(
    stores: Stores, state: State, asked_for: bool
) -> None:
    stores.messages.claim_whole(replace(WHOLE, state=state))
    for _ in range(2):
        stores.messages.note_told("receipt-1", TOLD, RECEIVED_AT)
    assert stores.messages.told("receipt-1") == TOLD
    assert unfinished(stores) == asked_for


def test_an_overdue_receipt_that_a_text_brings_is_attended(stores: Stores) -> None:
    claim(stores)
    stores.messages.note_request("receipt-1", LATER + timedelta(seconds=1))
    assert not unfinished(stores)
    stores.messages.note_request("receipt-1", LATER)
    assert unfinished(stores)


def test_of_many_overdue_receipts_only_the_unfinished_are_unattended(stores: Stores) -> None:
    names = [f"receipt-{number}" for number in range(130)]
    for number, name in enumerate(names):
        state = State.ARCHIVED if number % 10 == 0 else State.HELD
        stores.messages.claim_loose(a_loose_message(name, id=MessageId(f"m{number}"), state=state))
    assert stores.messages.unattended(names, LATER, overdue=names) == set(names[::10])
