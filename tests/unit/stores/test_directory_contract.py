"""What every Directory does."""

from datetime import timedelta

import pytest

from parley.conversation.aliases import AliasId, ContactAlias, ConversationId
from parley.conversation.conversations import Head
from parley.conversation.parties import PartyId, Role
from parley.mail.address import Mailbox
from parley.relaying.ports import AlreadyExistsError
from tests.support.samples import (
    BUYER_ALIAS,
    RECEIVED_AT,
    SELLER_ALIAS,
    a_conversation,
    a_message,
    a_party,
    its_aliases,
)
from tests.support.stores import Stores


def test_an_opened_conversation_is_found_by_each_of_its_aliases(stores: Stores) -> None:
    conversation = a_conversation()
    stores.directory.open(conversation, its_aliases(conversation))
    for alias in its_aliases(conversation):
        assert stores.directory.alias(alias.id) == alias


def test_a_contact_alias_is_found(stores: Stores) -> None:
    intake = a_conversation(order=None, parties={Role.SELLER: PartyId("p-seller")}, aliases={})
    contact = ContactAlias(id=AliasId("c-1"), seller=PartyId("p-seller"), intake=intake.id)
    stores.directory.open(intake, [contact])
    assert stores.directory.alias(contact.id) == contact


def test_an_unknown_alias_is_none(stores: Stores) -> None:
    assert stores.directory.alias(BUYER_ALIAS) is None


def test_an_opened_conversation_is_empty_and_open(stores: Stores) -> None:
    conversation = a_conversation()
    stores.directory.open(conversation, its_aliases(conversation))
    view = stores.directory.conversation(conversation.id)
    assert view is not None
    assert view.conversation == conversation
    assert view.head == Head(0, "")
    assert view.recent == ()


def test_an_intake_conversation_without_buyer_and_order_is_read_as_written(stores: Stores) -> None:
    intake = a_conversation(order=None, parties={Role.SELLER: PartyId("p-seller")}, aliases={})
    stores.directory.open(intake, [])
    view = stores.directory.conversation(intake.id)
    assert view is not None
    assert view.conversation == intake


def test_an_unknown_conversation_is_none(stores: Stores) -> None:
    assert stores.directory.conversation(ConversationId("nowhere")) is None


def test_a_conversation_shows_its_latest_fifty_messages_newest_first(stores: Stores) -> None:
    conversation = a_conversation()
    stores.directory.open(conversation, its_aliases(conversation))
    messages = [
        a_message(f"receipt-{n}", seq=n, received_at=RECEIVED_AT + timedelta(microseconds=n))
        for n in range(1, 53)
    ]
    # Claimed in another order than received: a redelivery can overtake.
    for n, message in enumerate(reversed(messages)):
        stores.messages.claim(message, before=_head(n), after=_head(n + 1))
    view = stores.directory.conversation(conversation.id)
    assert view is not None
    assert view.head == _head(52)
    assert view.recent == tuple(reversed(messages[2:]))


def test_attempts_of_unproved_authors_push_no_mail_out_of_a_conversations_memory(stores: Stores) -> None:
    conversation = a_conversation()
    stores.directory.open(conversation, its_aliases(conversation))
    first = a_message("receipt-0", seq=1)
    stores.messages.claim(first, before=_head(0), after=_head(1))
    for n in range(1, 61):
        attempt = a_message(
            f"receipt-{n}",
            seq=n + 1,
            author_role=None,
            received_at=RECEIVED_AT + timedelta(seconds=n),
        )
        stores.messages.claim(attempt, before=_head(n), after=_head(n + 1))
    view = stores.directory.conversation(conversation.id)
    assert view is not None
    assert (view.head, view.recent) == (_head(61), (first,))


def test_a_conversation_of_attempts_alone_shows_none(stores: Stores) -> None:
    conversation = a_conversation()
    stores.directory.open(conversation, its_aliases(conversation))
    stores.messages.claim(a_message(author_role=None), before=_head(0), after=_head(1))
    view = stores.directory.conversation(conversation.id)
    assert view is not None
    assert (view.head, view.recent) == (_head(1), ())


def _head(n: int) -> Head:
    return Head(n, f"{n:064x}" if n else "")


def test_a_conversation_cannot_be_opened_twice(stores: Stores) -> None:
    conversation = a_conversation()
    stores.directory.open(conversation, its_aliases(conversation))
    with pytest.raises(AlreadyExistsError):
        stores.directory.open(conversation, [])


def test_an_alias_in_use_keeps_another_conversation_from_opening(stores: Stores) -> None:
    conversation = a_conversation()
    stores.directory.open(conversation, its_aliases(conversation))
    other = a_conversation(id=ConversationId("c2"), aliases={Role.SELLER: SELLER_ALIAS})
    with pytest.raises(AlreadyExistsError):
        stores.directory.open(other, its_aliases(other))
    assert stores.directory.conversation(other.id) is None


def test_registered_parties_are_read_as_written(stores: Stores) -> None:
    seller = a_party()
    buyer = a_party(
        id=PartyId("p-buyer"),
        role=Role.BUYER,
        mailboxes=(Mailbox("Kunde", "post.example"),),
        public_contacts=frozenset(),
    )
    stores.directory.register(seller)
    stores.directory.register(buyer)
    found = stores.directory.parties([seller.id, buyer.id, PartyId("p-nobody")])
    assert found == {seller.id: seller, buyer.id: buyer}


def test_no_ids_are_no_parties(stores: Stores) -> None:
    assert stores.directory.parties([]) == {}


def test_a_party_is_found_by_each_of_its_mailboxes(stores: Stores) -> None:
    party = a_party()
    stores.directory.register(party)
    for mailbox in party.mailboxes:
        assert stores.directory.party_of_mailbox(mailbox) == party


def test_a_party_is_found_by_another_spelling_of_its_mailbox(stores: Stores) -> None:
    party = a_party()
    stores.directory.register(party)
    assert stores.directory.party_of_mailbox(Mailbox("AnnaB+shop", "googlemail.com")) == party


def test_an_unregistered_mailbox_belongs_to_nobody(stores: Stores) -> None:
    stores.directory.register(a_party())
    assert stores.directory.party_of_mailbox(Mailbox("shop+tag", "haendler.example")) is None


def test_a_party_with_two_spellings_of_one_mailbox_is_registered(stores: Stores) -> None:
    party = a_party(mailboxes=(Mailbox("anna.b", "gmail.com"), Mailbox("annab", "googlemail.com")))
    stores.directory.register(party)
    assert stores.directory.party_of_mailbox(Mailbox("annab", "gmail.com")) == party


def test_a_party_cannot_be_registered_twice(stores: Stores) -> None:
    stores.directory.register(a_party())
    with pytest.raises(AlreadyExistsError):
        stores.directory.register(a_party(mailboxes=(Mailbox("new", "haendler.example"),)))


def test_a_mailbox_belongs_to_one_party_only(stores: Stores) -> None:
    stores.directory.register(a_party())
    with pytest.raises(AlreadyExistsError) as caught:
        stores.directory.register(a_party(id=PartyId("p-other"), mailboxes=(Mailbox("annab", "gmail.com"),)))
    assert stores.directory.parties([PartyId("p-other")]) == {}
    assert "annab" not in str(caught.value)


def test_an_author_has_one_hash_in_every_spelling_and_it_does_not_tell_the_mailbox(stores: Stores) -> None:
    one = stores.directory.author_hash(Mailbox("annab", "gmail.com"))
    assert stores.directory.author_hash(Mailbox("AnnaB+shop", "googlemail.com")) == one
    assert stores.directory.author_hash(Mailbox("annac", "gmail.com")) != one
    assert "annab" not in one


def test_a_conversation_is_read_alone_as_it_is_with_its_messages(stores: Stores) -> None:
    stores.directory.open(a_conversation(), [])
    view = stores.directory.conversation(a_conversation().id)
    assert view is not None
    assert stores.directory.alone(a_conversation().id) == view.conversation
    assert stores.directory.alone(ConversationId("nothing")) is None
