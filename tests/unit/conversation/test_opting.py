from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from parley.conversation.aliases import AliasId
from parley.conversation.messages import Message, MessageId, State
from parley.conversation.opting import UNANSWERED, Wish, is_opted_out, with_complaint, with_mail
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import Mailbox

SINCE = datetime(2026, 9, 4, 16, 12, tzinfo=UTC)
LATER = SINCE + timedelta(seconds=1)
PARTY = Party(
    id=PartyId("p1"),
    role=Role.BUYER,
    locale="en",
    display_name="",
    mailboxes=(Mailbox("anna", "privatmail.example"),),
    opted_out_at=SINCE,
)
WRITTEN = Message(
    id=MessageId("m1"),
    receipt_id="r1",
    alias=AliasId("s-1"),
    received_at=LATER,
    state=State.RELAYED,
    author_role=Role.BUYER,
)


def test_who_never_complained_is_written_to() -> None:
    assert not is_opted_out(replace(PARTY, opted_out_at=None), Wish(complained_at=LATER))


def test_who_wrote_since_wants_the_answers() -> None:
    assert is_opted_out(PARTY, Wish())
    assert not is_opted_out(PARTY, Wish(LATER))


def test_who_asked_shortly_before_complaining_of_something_else_wants_the_answer() -> None:
    assert not is_opted_out(PARTY, Wish(SINCE - UNANSWERED + timedelta(seconds=1)))
    assert is_opted_out(PARTY, Wish(SINCE - UNANSWERED))


def test_who_complains_of_the_answer_wants_no_more_of_it_until_they_write_again() -> None:
    asked = with_mail({}, replace(WRITTEN, received_at=SINCE - timedelta(minutes=5)))
    complained = with_complaint(asked, Role.BUYER, SINCE)
    assert is_opted_out(PARTY, complained[Role.BUYER])
    assert not is_opted_out(PARTY, with_mail(complained, WRITTEN)[Role.BUYER])


@pytest.mark.parametrize(
    "other",
    [replace(WRITTEN, author_role=None), replace(WRITTEN, automatic="auto-reply")],
    ids=["by nobody proved", "by a program"],
)
def test_what_no_proved_person_wrote_asks_for_no_answer(other: Message) -> None:
    assert with_mail({}, other) == {}


def test_a_mail_is_its_authors_wish_alone() -> None:
    wishes = with_mail({Role.SELLER: Wish(SINCE)}, WRITTEN)
    assert wishes == {Role.SELLER: Wish(SINCE), Role.BUYER: Wish(LATER)}


def test_the_latest_mail_and_the_latest_complaint_count_in_whatever_order_they_become_known() -> None:
    known = {Role.BUYER: Wish(LATER, LATER)}
    assert with_mail(known, replace(WRITTEN, received_at=SINCE)) == known
    assert with_complaint(known, Role.BUYER, SINCE) == known
