"""Complaints come late, twice and in any order, around the marketplace's word: who is opted out in the end is
always the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from parley.conversation.aliases import AliasId, ConversationId
from parley.conversation.conversations import Conversation, Head
from parley.conversation.messages import Message, MessageId, State
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import Mailbox
from parley.mail.delivery_events import DeliveryEvent, Fate
from parley.tracking.opting_out import opt_out
from parley.tracking.ports import Known, Outside
from tests.support.fakes import FakeClock, FakeEntropy

START = datetime(2026, 9, 4, 16, 12, tzinfo=UTC)
moments = st.integers(0, 5).map(lambda seconds: START + timedelta(seconds=seconds))
PARTY = Party(
    id=PartyId("p1"),
    role=Role.BUYER,
    locale="en",
    display_name="",
    mailboxes=(Mailbox("anna", "privatmail.example"),),
)
CONVERSATION = Conversation(id=ConversationId("c1"), order=None, parties={}, aliases={})
KNOWN = Known(
    CONVERSATION,
    Head(0, ""),
    Message(
        id=MessageId("m1"), receipt_id="r1", alias=AliasId("b-1"), received_at=START, state=State.RELAYED
    ),
)


class OneParty:
    """The port `Reachability` with one party in memory. Every other write is lost to somebody else's."""

    def __init__(self) -> None:
        self.now = PARTY
        self._writes = 0

    def party(self, _party: PartyId) -> Party | None:
        return self.now

    def write(self, _old: Party, new: Party) -> bool:
        self._writes += 1
        if self._writes % 2:
            return False
        self.now = new
        return True


class ErasedConversation:
    """Of the port `Deliveries`: there is nothing left to chain an event to."""

    def find(self, *_: object) -> None:
        return None


@settings(deadline=None)
@given(st.lists(moments, max_size=4), st.lists(moments, max_size=3), st.booleans(), st.data())
def test_who_is_opted_out_does_not_depend_on_the_order_of_complaints(
    before: list[datetime], after: list[datetime], is_opted_in: bool, data: st.DataObject
) -> None:
    """before, after: the marketplace's word, if there is one. Complaints from before it may become known only
    after it."""
    after = [at + timedelta(minutes=1) for at in after]
    word: list[datetime | None] = [None] if is_opted_in else []
    reachability = OneParty()
    for at in (
        *data.draw(st.permutations([*before, *before, *word])),
        *data.draw(st.permutations([*before, *after, *after])),
    ):
        if at is None:
            # As `parley.registering.parties` has it.
            said = START + timedelta(seconds=30)
            reachability.now = replace(reachability.now, opted_out_at=None, opted_in_at=said)
        else:
            opt_out(PARTY.id, complaint(at), KNOWN, around(reachability))
    counted = after if is_opted_in else before + after
    assert reachability.now.opted_out_at == max(counted, default=None)


def complaint(at: datetime) -> DeliveryEvent:
    return DeliveryEvent(id="e1", fate=Fate.COMPLAINED, at=at, tags={}, facts={"feedback": "abuse"})


def around(reachability: OneParty) -> Outside:
    """What is not asked for here is not there."""
    others: Any = dict.fromkeys(("notices", "index", "suppressions", "mailer"))
    erased: Any = ErasedConversation()
    return Outside(
        reachability=reachability, deliveries=erased, clock=FakeClock(), entropy=FakeEntropy(), **others
    )
