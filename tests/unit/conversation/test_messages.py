from itertools import product

import pytest

from parley.conversation.aliases import AliasId
from parley.conversation.messages import (
    NEXT_STATES,
    UNDECIDED,
    IllegalTransitionError,
    State,
    check_transition,
    message_id,
)


def test_every_state_has_its_row() -> None:
    assert set(NEXT_STATES) == set(State)


@pytest.mark.parametrize(("old", "new"), list(product(State, State)))
def test_only_listed_transitions_are_legal(old: State, new: State) -> None:
    if new in NEXT_STATES[old]:
        check_transition(old, new)
    else:
        with pytest.raises(IllegalTransitionError):
            check_transition(old, new)


def test_what_left_cannot_be_held_or_sent_again() -> None:
    for over in (State.RELAYED, State.REFUSED, State.DISCARDED, State.RELEASED, State.EXPIRED):
        assert not NEXT_STATES[over]


def test_held_mail_is_released_by_way_of_releasing_and_may_be_held_again() -> None:
    assert State.RELEASED not in NEXT_STATES[State.HELD]
    assert NEXT_STATES[State.RELEASING] == {State.RELEASING, State.RELEASED, State.HELD}
    assert frozenset({State.HELD, State.RELEASING}) == UNDECIDED


def test_a_receipt_makes_one_message_for_each_alias() -> None:
    first = message_id("receipt-1", AliasId("b-1"))
    assert first == message_id("receipt-1", AliasId("b-1"))
    assert len({first, message_id("receipt-1", AliasId("s-1")), message_id("receipt-2", AliasId("b-1"))}) == 3
    assert first.isalnum()
    assert first == first.lower()
    assert len(first) == 26
