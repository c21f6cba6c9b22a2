"""No registered mailbox in a transcript, whatever it was when its mail went out."""

import time
from dataclasses import replace

import pytest

from parley.archive.transcript.veil import veil
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import Mailbox
from tests.support.transcripts import PARTIES

ALIASES = {Role.BUYER: "b-7k2m@relay.example", Role.SELLER: "s-9q4t@relay.example"}
HIDDEN = veil(PARTIES, ALIASES)


@pytest.mark.parametrize(
    "written",
    [
        "anna.kaeufer@privatmail.example",
        "Anna.Kaeufer@PRIVATMAIL.example",
        "anna.kaeufer%40privatmail.example",
        "anna.kaeufer&#64;privatmail.example",
        "anna.kaeufer@privatmail\u3002example",
        "anna.kaeufer\uff20privatmail\uff0eexample",
        "\uff41nna.kaeufer@privatmail.example",
        "%61nna%2Ekaeufer%40privatmail.example",
        "anna.kaeufer%2540privatmail.example",
        "&#97;nna.kaeufer&commat;privatmail&period;example",
        "anna.kaeufer&amp;#64;privatmail.example",
        "an\u200bna.kaeu\xadfer@priv\u2060atmail.example",
        "anna[U+200B].kaeufer@privatmail.example",
        "anna.kaeufer @ privatmail.example",
        "anna.kaeufer\t@privatmail.example",
    ],
)
def test_a_mailbox_becomes_its_owners_alias(written: str) -> None:
    assert HIDDEN.finds(written)
    assert HIDDEN.over(f"to <{written}>.") == "to <b-7k2m@relay.example>."


@pytest.mark.parametrize("before", ["mailto%3A", "&lt;", "?to=", "%20", "&quot;"])
def test_what_stands_before_a_mailbox_does_not_hide_it(before: str) -> None:
    assert HIDDEN.over(f"{before}anna.kaeufer@privatmail.example") == f"{before}b-7k2m@relay.example"


@pytest.mark.parametrize("beside", ["anna.kaeufer@privatmail.example", "b-7k2m@relay.example", "***@***"])
def test_a_mailbox_that_is_joined_to_another_or_to_an_alias_is_hidden(beside: str) -> None:
    for text in (f"{beside}anna.kaeufer@privatmail.example", f"anna.kaeufer@privatmail.example{beside}"):
        assert HIDDEN.finds(text)
        assert "anna.kaeufer" not in HIDDEN.over(text)


def test_a_long_text_of_at_signs_takes_no_longer_than_another() -> None:
    mailbox = "anna.kaeufer@privatmail.example"
    for text in (mailbox[:-1] * 20_000, f"***@***{mailbox}" * 20_000 + "x", "a\u200b" * 300_000 + "@"):
        began = time.thread_time()
        assert not HIDDEN.finds(text)
        assert time.thread_time() - began < 2


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


def test_a_mailbox_that_a_party_had_before_is_hidden_as_well() -> None:
    moved = replace(
        PARTIES[Role.BUYER],
        mailboxes=(Mailbox("new", "x.example"),),
        former_mailboxes=PARTIES[Role.BUYER].mailboxes,
    )
    hidden = veil({**PARTIES, Role.BUYER: moved}, ALIASES)
    assert hidden.over("anna.kaeufer@privatmail.example") == ALIASES[Role.BUYER]


def test_the_mailbox_of_anybody_else_is_hidden_where_no_masking_was() -> None:
    assert HIDDEN.over("berta@third-post.example") == "berta@third-post.example"
    assert HIDDEN.strictly("berta@third-post.example, anna.kaeufer@privatmail.example") == (
        "***@***, b-7k2m@relay.example"
    )


@pytest.mark.parametrize("known", [set(), {Role.BUYER}, {Role.SELLER}])
def test_while_a_party_is_unknown_every_mailbox_is_hidden_from_everything(known: set[Role]) -> None:
    hidden = veil({role: PARTIES[role] for role in known}, ALIASES)
    text = "a@b.example shop@haendler-mueller.example s-9q4t@relay.example"
    assert hidden.finds("a@b.example")
    assert not hidden.finds("s-9q4t@relay.example")
    assert hidden.over(text) in (
        "***@*** ***@*** s-9q4t@relay.example",
        "***@*** s-9q4t@relay.example s-9q4t@relay.example",
    )


@pytest.mark.parametrize("written", ["\u017fhop@haendler-mueller.example", "SHOP@haendler-mueller.example"])
def test_a_letter_that_differs_in_case_alone_brings_nothing_down(written: str) -> None:
    assert HIDDEN.over(written) == "s-9q4t@relay.example"
