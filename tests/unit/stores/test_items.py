"""Items hold every value that the types can have."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.conversation.aliases import AliasId, ConversationId
from parley.conversation.conversations import Conversation, Head, Hold, Status
from parley.conversation.delivery import Delivery
from parley.conversation.messages import Lease, Message, MessageId, State
from parley.conversation.opting import Wish
from parley.conversation.parties import Party, PartyId, Role, Unreachable
from parley.mail.address import Mailbox
from parley.stores import items, keys
from parley.stores.attributes import UnreadableItemError, read_pair, read_texts
from tests.support.samples import RECEIVED_AT, a_message

moments = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
words = st.text(min_size=1, max_size=30)


@given(
    st.builds(
        Message,
        id=words.map(MessageId),
        receipt_id=words,
        alias=words.map(AliasId),
        received_at=moments,
        state=st.sampled_from(State),
        codes=st.lists(words, max_size=3).map(tuple),
        conversation=st.none() | words.map(ConversationId),
        seq=st.integers(0, 10**9),
        author_role=st.none() | st.sampled_from(Role),
        lease=st.none() | st.builds(Lease, words, moments),
        author_message_id=st.none() | words,
        outgoing_message_id=st.none() | words,
        fingerprint=st.none() | words,
        automatic=st.none() | words,
        link=st.none() | words,
        salts=st.lists(st.tuples(words, words), max_size=2).map(tuple),
        sendings=st.integers(0, 100),
        released=st.just("") | words,
    )
)
def test_every_message_is_read_as_it_was_written(message: Message) -> None:
    assert items.read_message(items.message_item(message)) == message


FULL = [
    Message(
        id=MessageId("m1"),
        receipt_id="receipt-1",
        alias=AliasId("s-9q4t"),
        received_at=RECEIVED_AT,
        state=State.SENDING,
        codes=("spam",),
        conversation=ConversationId("c1"),
        seq=7,
        author_role=Role.BUYER,
        lease=Lease("invocation-1", RECEIVED_AT),
        author_message_id="CAF1@mail.example",
        outgoing_message_id="0102@eu-west-1.amazonses.com",
        fingerprint="f" * 64,
        automatic="out-of-office",
        author_domain="haendler.example",
        link='{"seq": 7}',
        salts=(("original", "00ff"), ("relayed", "ff00")),
        sendings=2,
        record='{"kind": "message"}',
        folder="conversations/c1/0007_x/",
        released="conversations/c1/events/x/",
        told=True,
        author_hash="ab" * 32,
        named_hashes=("cd" * 32,),
        delivery=Delivery("bounced", RECEIVED_AT, told=True),
    ),
    Conversation(
        id=ConversationId("c1"),
        order="order-303-11",
        parties={Role.BUYER: PartyId("p-buyer"), Role.SELLER: PartyId("p-seller")},
        aliases={Role.BUYER: AliasId("b-7k2m"), Role.SELLER: AliasId("s-9q4t")},
        status=Status.CLOSED,
        holds=(Hold("h1", "case-17", RECEIVED_AT), Hold("h2", "case-18", RECEIVED_AT)),
        erasing=True,
    ),
    Party(
        id=PartyId("p-seller"),
        role=Role.SELLER,
        locale="de",
        display_name="Händler Müller",
        mailboxes=(Mailbox("shop", "haendler.example"), Mailbox("anna.b", "gmail.com")),
        public_contacts=frozenset({"https://haendler.example/impressum", "service@haendler.example"}),
        own_domains=frozenset({"haendler.example", "müller.example"}),
        former_mailboxes=(Mailbox("old", "haendler.example"),),
        unreachable=Unreachable("a1" * 32, RECEIVED_AT, "request-1", RECEIVED_AT, is_sent=True),
        confirmed_at=RECEIVED_AT,
        opted_out_at=RECEIVED_AT,
        opted_in_at=RECEIVED_AT,
    ),
]
"""One of each, without a field that is empty or has its default."""


def written_and_read(value: Message | Conversation | Party) -> Message | Conversation | Party:
    match value:
        case Message():
            return items.read_message(items.message_item(value))
        case Conversation():
            return items.read_head(items.head_item(value, Head(3, "f" * 64)))[0]
        case Party():
            return items.read_party(items.party_item(value))


@pytest.mark.parametrize("value", FULL, ids=lambda value: type(value).__name__)
def test_no_field_is_missing_from_its_item(value: Message | Conversation | Party) -> None:
    """A field that is new has to be given a value here, and is then missed if the item lacks it."""
    for field in fields(value):
        given = getattr(value, field.name)
        assert given, field.name
        assert given != field.default, field.name
    read = written_and_read(value)
    assert {f.name: getattr(read, f.name) for f in fields(value)} == {
        f.name: getattr(value, f.name) for f in fields(value)
    }


def test_a_head_keeps_what_the_parties_wish() -> None:
    conversation = next(each for each in FULL if isinstance(each, Conversation))
    wishes = {Role.BUYER: Wish(RECEIVED_AT), Role.SELLER: Wish(RECEIVED_AT, RECEIVED_AT)}
    for given_ in (wishes, {}):
        item = items.head_item(conversation, Head(3, "f" * 64, given_))
        assert items.read_head(item)[1].wishes == given_


@given(moments, moments)
def test_stamps_sort_as_moments_do(one: datetime, other: datetime) -> None:
    assert (keys.stamp(one) < keys.stamp(other)) == (one < other)


@given(moments)
def test_a_stamp_is_read_back_to_the_microsecond_in_any_zone(moment: datetime) -> None:
    elsewhere = moment.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert keys.moment(keys.stamp(elsewhere)) == moment
    assert keys.moment(keys.stamp(elsewhere)).utcoffset() == timedelta(0)


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        keys.stamp(datetime(2026, 9, 4))  # noqa: DTZ001


@pytest.mark.parametrize(
    "name", ["message_id", "received_at", "state", "codes", "seq", "salts", "sendings", "version"]
)
def test_an_item_that_lacks_an_attribute_is_refused_by_its_name(name: str) -> None:
    item = {key: value for key, value in items.message_item(a_message()).items() if key != name}
    with pytest.raises(UnreadableItemError, match=f"^{name}$"):
        items.read_message(item)


def test_a_list_of_other_things_than_texts_is_refused() -> None:
    item: dict[str, dict[str, Any]] = {"codes": {"L": [{"N": "1"}]}}
    with pytest.raises(UnreadableItemError, match="codes"):
        read_texts(item, "codes")


def test_a_pair_of_one_is_refused() -> None:
    with pytest.raises(UnreadableItemError):
        read_pair({"L": [{"S": "alone"}]})  # type: ignore[dict-item]  # part of an item
