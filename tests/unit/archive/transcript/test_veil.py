"""No registered mailbox in a transcript, whatever it was when its mail went out."""

import pytest

from parley.archive.transcript.veil import veil
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import Mailbox
from tests.support.transcripts import PARTIES

HIDDEN = veil(PARTIES, {Role.BUYER: "b-7k2m@relay.example", Role.SELLER: "s-9q4t@relay.example"})


@pytest.mark.parametrize(
    "written",
    [
        "anna.kaeufer@privatmail.example",
        "Anna.Kaeufer@PRIVATMAIL.example",
        "anna.kaeufer%40privatmail.example",
        "anna.kaeufer&#64;privatmail.example",
    ],
)
def test_a_mailbox_becomes_its_owners_alias(written: str) -> None:
    assert HIDDEN.finds(written)
    assert HIDDEN.over(f"to <{written}>.") == "to <b-7k2m@relay.example>."


@pytest.mark.parametrize(
    "other", ["joanna.kaeufer@privatmail.example", "anna.kaeufer@privatmail.example.org"]
)
def test_another_mailbox_that_looks_alike_stays(other: str) -> None:
    assert HIDDEN.over(other) == other


def test_every_mailbox_of_a_party_is_hidden_also_one_with_odd_characters() -> None:
    party = Party(
        id=PartyId("p"),
        role=Role.BUYER,
        locale="de",
        display_name="",
        mailboxes=(Mailbox("a", "x.example"), Mailbox("o'hara&co", "y.example")),
    )
    hidden = veil({Role.BUYER: party}, {Role.BUYER: "b-1@relay.example"})
    assert hidden.over("a@x.example o'hara&co@y.example o&#x27;hara&amp;co@y.example") == (
        "b-1@relay.example b-1@relay.example b-1@relay.example"
    )


def test_without_parties_nothing_is_hidden() -> None:
    hidden = veil({}, {})
    assert hidden.over("a@b.example") == "a@b.example"
    assert not hidden.finds("a@b.example")


@pytest.mark.parametrize("written", ["\u017fhop@haendler-mueller.example", "SHOP@haendler-mueller.example"])
def test_a_letter_that_differs_in_case_alone_brings_nothing_down(written: str) -> None:
    assert HIDDEN.over(written) == "s-9q4t@relay.example"
