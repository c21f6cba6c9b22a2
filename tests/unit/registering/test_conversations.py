"""Opening, finding, listing, closing and reopening conversations."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from parley.conversation.aliases import ConversationAlias, ConversationId, is_well_formed
from parley.conversation.conversations import Status
from parley.conversation.parties import PartyId, Role
from parley.registering.conversations import (
    Place,
    find,
    list_of_order,
    list_of_party,
    open_for_order,
    set_status,
)
from parley.registering.parties import Application, register
from parley.registering.ports import AlreadyOpenError, Office
from parley.registering.refusals import RefusedError
from tests.support.fake_registry import FakeRegistry

BUYER, SELLER = PartyId("buyer-1"), PartyId("seller-1")
START = Place(None, None)


def test_an_open_conversation_has_an_alias_for_each_party(registered: Office, registry: FakeRegistry) -> None:
    conversation, new = open_for_order("303-11", BUYER, SELLER, registered)
    assert new
    assert (conversation.order, conversation.status) == ("303-11", Status.OPEN)
    assert conversation.parties == {Role.BUYER: BUYER, Role.SELLER: SELLER}
    for role, alias in conversation.aliases.items():
        assert is_well_formed(alias)
        assert registry.memory.aliases[alias] == ConversationAlias(
            id=alias, conversation=conversation.id, stands_for=role
        )


def test_whoever_asks_again_gets_the_same_conversation(registered: Office) -> None:
    first, _ = open_for_order("303-11", BUYER, SELLER, registered)
    assert open_for_order("303-11", BUYER, SELLER, registered) == (first, False)


def test_many_who_ask_at_once_get_the_same_conversation(registered: Office, registry: FakeRegistry) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: open_for_order("303-11", BUYER, SELLER, registered), range(24)))
    assert len({conversation.id for conversation, _ in opened}) == 1
    assert sum(new for _, new in opened) == 1
    assert len(registry.memory.aliases) == 2


def test_who_is_overtaken_between_looking_and_opening_gets_the_others_conversation(
    registered: Office, registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[ConversationId] = []
    look = registry.conversation

    def overtaken(conversation: ConversationId) -> object:
        looked.append(conversation)
        if len(looked) > 1:
            return look(conversation)
        found = look(conversation)
        open_for_order("303-11", BUYER, SELLER, registered)
        return found

    monkeypatch.setattr(registry, "conversation", overtaken)
    conversation, new = open_for_order("303-11", BUYER, SELLER, registered)
    assert not new
    assert registry.memory.heads.keys() == {conversation.id}


def test_an_alias_that_is_in_use_is_no_answer(
    registered: Office, registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AlreadyOpenError

    monkeypatch.setattr(registry, "open", refuse)
    with pytest.raises(AlreadyOpenError):
        open_for_order("303-11", BUYER, SELLER, registered)


def test_each_order_and_each_pair_has_a_conversation_of_its_own(
    registered: Office, seller: Application
) -> None:
    register(replace(seller, id=PartyId("seller-2"), mailboxes=("two@cups.example",)), registered)
    opened = {
        open_for_order(order, buyer, shop, registered)[0].id
        for order, buyer, shop in (
            ("1", BUYER, SELLER),
            ("2", BUYER, SELLER),
            ("1", BUYER, PartyId("seller-2")),
            ("1", PartyId("seller-2"), SELLER),
        )
    }
    assert len(opened) == 4


@pytest.mark.parametrize(
    ("buyer", "seller", "code", "field"),
    [
        (PartyId("nobody"), SELLER, "unknown-buyer", "buyer"),
        (BUYER, PartyId("nobody"), "unknown-seller", "seller"),
        (SELLER, BUYER, "not-a-seller", "seller"),
        (SELLER, SELLER, "same-party", "seller"),
    ],
)
def test_parties_that_cannot_have_a_conversation_are_refused_by_their_field(
    registered: Office, registry: FakeRegistry, buyer: PartyId, seller: PartyId, code: str, field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        open_for_order("303-11", buyer, seller, registered)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not registry.memory.heads


def test_a_conversation_is_closed_and_reopened_as_often_as_one_likes(registered: Office) -> None:
    conversation, _ = open_for_order("303-11", BUYER, SELLER, registered)
    for status in (Status.CLOSED, Status.CLOSED, Status.OPEN, Status.OPEN):
        changed = set_status(conversation.id, status, registered)
        assert changed == find(conversation.id, registered) == replace(conversation, status=status)


def test_opening_it_again_leaves_a_closed_conversation_closed(registered: Office) -> None:
    conversation, _ = open_for_order("303-11", BUYER, SELLER, registered)
    set_status(conversation.id, Status.CLOSED, registered)
    assert open_for_order("303-11", BUYER, SELLER, registered)[0].status is Status.CLOSED


def test_an_unknown_conversation_is_neither_found_nor_closed(office: Office) -> None:
    nowhere = ConversationId("c1")
    for ask in (lambda: find(nowhere, office), lambda: set_status(nowhere, Status.CLOSED, office)):
        with pytest.raises(RefusedError) as refused:
            ask()
        assert (refused.value.code, refused.value.field) == ("unknown-conversation", "conversation")


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
def test_a_partys_conversations_are_each_listed_once_on_pages_of_any_size(
    registered: Office, seller: Application, limit: int
) -> None:
    register(replace(seller, id=PartyId("seller-2"), mailboxes=("two@cups.example",)), registered)
    selling = {open_for_order(f"{n}", BUYER, SELLER, registered)[0].id for n in range(3)}
    buying = {open_for_order("9", SELLER, PartyId("seller-2"), registered)[0].id}
    pages, place = [], START
    while True:
        listing = list_of_party(SELLER, place, limit, registered)
        pages.append([each.id for each in listing.conversations])
        if listing.next is None:
            break
        place = listing.next
    listed = [each for page in pages for each in page]
    assert listed == [*sorted(selling), *buying]
    assert max(map(len, pages)) <= limit


def test_an_orders_conversations_are_listed_and_no_others(registered: Office) -> None:
    conversation, _ = open_for_order("1", BUYER, SELLER, registered)
    open_for_order("2", BUYER, SELLER, registered)
    listing = list_of_order("1", START, 100, registered)
    assert (listing.conversations, listing.next) == ((conversation,), None)
    first = list_of_order("1", START, 1, registered)
    assert first.next == Place(None, conversation.id)
    assert list_of_order("1", first.next, 1, registered).conversations == ()
