import pytest

from parley.conversation.mailboxes import index_form, own_domain, same_for_admission
from parley.mail.address import parse_mailbox

SAME = [
    ("anna@b.example", "Anna@b.example"),
    ("anna.k@gmail.com", "annak@googlemail.com"),
    ("annak+shop@gmail.com", "anna.k@gmail.com"),
]
DIFFERENT = [
    ("anna@b.example", "anna+shop@b.example"),
    ("anna@icloud.com", "anna@me.com"),
    ("anna.k@b.example", "annak@b.example"),
    ("anna@b.example", "anna@c.example"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_mailbox_are_the_same_for_admission(one: str, other: str) -> None:
    first, second = parse_mailbox(one), parse_mailbox(other)
    assert same_for_admission(first, second)
    assert index_form(first) == index_form(second)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_mailboxes_that_may_have_two_owners_are_different_for_admission(one: str, other: str) -> None:
    first, second = parse_mailbox(one), parse_mailbox(other)
    assert not same_for_admission(first, second)
    assert index_form(first) != index_form(second)


@pytest.mark.parametrize(
    ("mailbox", "domain"),
    [("shop@haendler.example", "haendler.example"), ("anna.k@gmail.com", None), ("Anna@GMX.de", None)],
)
def test_a_domain_names_an_organisation_unless_strangers_share_it(mailbox: str, domain: str | None) -> None:
    assert own_domain(parse_mailbox(mailbox)) == domain
