"""Buyer and seller write to each other through SES's two ends and the functions between."""

from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from tests.sandbox.whole import Whole, reply, whole, written


@pytest.fixture
def world(template: dict[str, Any]) -> Iterator[Whole]:
    with whole(template) as started:
        yield started


def first_mail(world: Whole, **fields: str) -> bytes:
    to = world.market.main.buyer_writes_to
    return written(world.buyer, to, "When will it come?\n", Message_ID="<1@buyer>", **fields)


def test_three_rounds_stay_in_one_thread_and_no_mailbox_shows(world: Whole) -> None:
    buyer, seller, market = world.buyer, world.seller, world.market
    world.post(buyer, first_mail(world), market.main.buyer_writes_to)
    (question,) = world.inbox(seller)
    assert question["From"].addresses[0].addr_spec == market.main.seller_writes_to

    world.post(seller, reply(seller, question, "Tomorrow.", "<2@seller>"), market.main.seller_writes_to)
    (answer,) = world.inbox(buyer)
    assert answer["From"].addresses[0].addr_spec == market.main.buyer_writes_to
    assert answer["In-Reply-To"] == "<1@buyer>"

    world.post(buyer, reply(buyer, answer, "Thank you.", "<3@buyer>"), market.main.buyer_writes_to)
    _, thanks = world.inbox(seller)
    assert thanks["In-Reply-To"] == "<2@seller>"
    assert question["Message-ID"] in thanks["References"].split()

    world.post(seller, reply(seller, thanks, "Welcome.", "<4@seller>"), market.main.seller_writes_to)
    _, welcome = world.inbox(buyer)
    assert welcome["In-Reply-To"] == "<3@buyer>"
    assert "Tomorrow." in welcome.get_content()

    assert buyer.domain.encode() not in world.everything(seller)
    assert seller.domain.encode() not in world.everything(buyer)
    assert [each["eventType"] for each in world.events] == ["Send", "Delivery"] * 4


def test_events_name_the_conversation_and_the_message(world: Whole) -> None:
    world.post(world.buyer, first_mail(world), world.market.main.buyer_writes_to)
    (message,) = world.market.messages()
    tags = world.events[0]["mail"]["tags"]
    assert (tags["conversation"], tags["message"]) == (["c1"], [message.id])


def test_a_mail_without_authentication_reaches_nobody(world: Whole) -> None:
    to = world.market.main.buyer_writes_to
    world.post(None, first_mail(world), to, author=world.buyer.mailbox)
    assert world.inbox(world.seller) == []
    assert world.market.outcomes() == [("refused", ("not-authenticated",))]


def test_a_mail_called_spam_is_not_relayed(world: Whole) -> None:
    world.post(
        world.buyer, first_mail(world, X_Sandbox_Verdicts="spam=FAIL"), world.market.main.buyer_writes_to
    )
    assert world.inbox(world.seller) == []
    assert world.market.outcomes()[0][0] == "held"


def test_one_mail_to_two_aliases_is_handled_for_each(world: Whole) -> None:
    other = world.market.correspondence("c2")
    both = (world.market.main.buyer_writes_to, other.buyer_writes_to)
    world.post(world.buyer, first_mail(world), *both)
    assert len(world.inbox(world.seller)) == 2
    assert {mail["From"].addresses[0].addr_spec for mail in world.inbox(world.seller)} == {
        world.market.main.seller_writes_to,
        other.seller_writes_to,
    }


def test_an_out_of_office_comes_back_from_the_alias_and_is_marked(world: Whole) -> None:
    """The seller's server answers by itself; the relay passes it on as automatic."""
    writes_to, seller = world.seller_called("ooto")
    world.post(world.buyer, written(world.buyer, writes_to, "Hello?\n"), writes_to)
    world.work()
    (away,) = world.inbox(world.buyer)
    assert away["From"].addresses[0].addr_spec == writes_to
    assert away["Auto-Submitted"] == "auto-replied"
    assert seller.domain.encode() not in world.everything(world.buyer)


def test_a_bounce_is_told_for_the_mail_that_bounced(world: Whole) -> None:
    writes_to, _ = world.seller_called("bounce")
    world.post(world.buyer, written(world.buyer, writes_to, "Hello?\n"), writes_to)
    assert [each["eventType"] for each in world.events] == ["Send", "Bounce"]
    assert world.events[1]["mail"]["tags"]["conversation"] == ["c9"]


def test_an_attachment_arrives_octet_for_octet(world: Whole) -> None:
    pdf = b"%PDF-1.7\n" + bytes(range(256)) * 400
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = world.buyer.mailbox, world.market.main.buyer_writes_to
    mail["Subject"] = "The invoice"
    mail.set_content("Here it is.")
    mail.add_attachment(pdf, maintype="application", subtype="pdf", filename="invoice.pdf")
    world.post(world.buyer, mail.as_bytes(), world.market.main.buyer_writes_to)
    (heard,) = world.inbox(world.seller)
    (attached,) = heard.iter_attachments()
    assert attached.get_content() == pdf
