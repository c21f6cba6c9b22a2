from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import parse_mailbox


def party(*mailboxes: str, own_domains: frozenset[str] = frozenset()) -> Party:
    return Party(
        id=PartyId("p1"),
        role=Role.SELLER,
        locale="de",
        display_name="Laden",
        mailboxes=tuple(map(parse_mailbox, mailboxes)),
        own_domains=own_domains,
    )


def test_freemail_domains_are_nobodys_own() -> None:
    assert party("laden@gmail.com", "info@laden.example").private_domains == {"laden.example"}


def test_a_declared_domain_is_private_too() -> None:
    assert party("laden@gmx.de", own_domains=frozenset({"laden.example"})).private_domains == {
        "laden.example"
    }


def test_the_first_mailbox_receives_and_all_may_send() -> None:
    laden = party("info@laden.example", "chef@laden.example")
    assert str(laden.receiving_mailbox) == "info@laden.example"
    assert laden.may_send_from(parse_mailbox("Chef@laden.example"))
    assert not laden.may_send_from(parse_mailbox("lager@laden.example"))
