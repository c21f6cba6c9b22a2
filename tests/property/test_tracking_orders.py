"""Events of deliveries come late, twice and in any order: what stands in the end is always the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from parley.conversation.delivery import RANKS, Delivery, standing
from parley.conversation.parties import Party, PartyId, Role, Unreachable
from parley.mail.address import Mailbox
from parley.tracking.ports import Outside
from parley.tracking.reachable import mark_reachable, mark_unreachable
from tests.support.fake_tracking import PlainIndex

START = datetime(2026, 9, 4, 16, 12, tzinfo=UTC)
moments = st.integers(0, 5).map(lambda seconds: START + timedelta(seconds=seconds))
deliveries = st.lists(
    st.builds(Delivery, st.sampled_from(sorted(RANKS)), moments, told=st.booleans()), min_size=1, max_size=6
)


def stands(told: list[Delivery]) -> Delivery | None:
    known: Delivery | None = None
    for each in told:
        known = standing(known, each)
    return known


@settings(deadline=None)
@given(deliveries, st.data())
def test_what_became_of_a_mail_does_not_depend_on_the_order_of_its_events(
    told: list[Delivery], data: st.DataObject
) -> None:
    repeated = told + data.draw(st.lists(st.sampled_from(told), max_size=4))
    assert stands(data.draw(st.permutations(repeated))) == stands(told)


@settings(deadline=None)
@given(deliveries)
def test_a_bounce_counts_more_than_a_delivery_whenever_it_comes(told: list[Delivery]) -> None:
    found = stands([*told, Delivery("bounced", START)])
    assert found is not None
    assert found.status in ("bounced", "complained")


class OneParty:
    """The port `Reachability` with one party in memory. Every other write is lost to somebody else's."""

    def __init__(self, party: Party) -> None:
        self.now = party
        self._writes = 0

    def party(self, party: PartyId) -> Party | None:
        return self.now

    def write(self, old: Party, new: Party) -> bool:
        self._writes += 1
        if self._writes % 2:
            return False
        self.now = new
        return True


def around(reachability: OneParty) -> Outside:
    """What is not asked for here is not there."""
    others: Any = dict.fromkeys(("deliveries", "notices", "suppressions", "mailer", "clock", "entropy"))
    return Outside(reachability=reachability, index=PlainIndex(), **others)


MAILBOX = Mailbox("shop", "seller.example")
PARTY = Party(
    id=PartyId("p1"),
    role=Role.SELLER,
    locale="en",
    display_name="",
    mailboxes=(MAILBOX,),
    unreachable=Unreachable(str(MAILBOX), START, "r1", START),
)


@settings(deadline=None)
@given(
    st.lists(moments, max_size=4),
    st.one_of(st.none(), moments.map(lambda at: at + timedelta(milliseconds=500))),
    st.data(),
)
def test_whether_a_party_is_reachable_does_not_depend_on_the_order_of_events(
    bounces: list[datetime], confirmed_at: datetime | None, data: st.DataObject
) -> None:
    reachability = OneParty(PARTY)
    outside = around(reachability)
    told = [*bounces, *bounces, *([None, None] if confirmed_at else [])]
    for at in data.draw(st.permutations(told)):
        if at is None:
            assert confirmed_at is not None
            mark_reachable(PARTY.id, "r1", confirmed_at, outside)
        else:
            mark_unreachable(PARTY.id, MAILBOX, at, outside)
    is_confirmed = confirmed_at is not None and confirmed_at > max([START, *bounces])
    assert (reachability.now.unreachable is None) is is_confirmed


@settings(deadline=None)
@given(st.lists(st.tuples(moments, st.booleans()), min_size=1, max_size=5), st.data())
def test_a_mailbox_that_bounced_is_dead_whatever_is_suppressed_and_in_any_order(
    told: list[tuple[datetime, bool]], data: st.DataObject
) -> None:
    reachability = OneParty(replace(PARTY, unreachable=None))
    for at, is_suppressed in data.draw(st.permutations(told)):
        mark_unreachable(PARTY.id, MAILBOX, at, around(reachability), is_suppressed=is_suppressed)
    bounces = [at for at, is_suppressed in told if not is_suppressed]
    mark = reachability.now.unreachable
    assert mark is not None
    assert reachability.now.is_dead is (bounces != [])
    assert mark.since == max(bounces or [at for at, _ in told])


@settings(deadline=None)
@given(moments)
def test_a_bounce_of_another_mailbox_marks_nobody(at: datetime) -> None:
    reachability = OneParty(replace(PARTY, unreachable=None))
    assert not mark_unreachable(PARTY.id, Mailbox("old", "seller.example"), at, around(reachability))
    assert reachability.now.unreachable is None
