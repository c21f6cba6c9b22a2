"""Registering parties and changing them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from parley.conversation.aliases import ContactAlias, alias_id, is_well_formed
from parley.conversation.confirmations import read_confirmation_request
from parley.conversation.parties import Party, PartyId, Role, Unreachable
from parley.mail.mailbox import Mailbox
from parley.registering.parties import (
    MAX_FORMER_MAILBOXES,
    Application,
    Changes,
    confirm,
    find,
    register,
    update,
)
from parley.registering.ports import ChangedMeanwhileError, Office
from parley.registering.refusals import RefusedError
from tests.support.fake_registry import FakeRegistry
from tests.support.fakes import FakeClock, FakeQueue

SHOP = PartyId("seller-1")
MARK = Unreachable("a1" * 32, datetime(2026, 9, 4, tzinfo=UTC))


def refusal(refused: pytest.ExceptionInfo[RefusedError]) -> tuple[str, str]:
    return refused.value.code, refused.value.field


def test_a_registered_party_is_found_as_it_was_described(seller: Application, office: Office) -> None:
    registered, new = register(seller, office)
    assert new
    assert find(SHOP, office) == registered
    assert registered.party == Party(
        id=SHOP,
        role=Role.SELLER,
        locale="de",
        display_name="Tea & Cups",
        mailboxes=(Mailbox("shop", "tea.example"),),
        public_contacts=frozenset({"https://tea.example/imprint"}),
        own_domains=frozenset({"tea.example"}),
    )


def test_the_same_application_again_changes_nothing(seller: Application, office: Office) -> None:
    first, _ = register(seller, office)
    assert register(seller, office) == (first, False)


def test_another_application_under_the_same_id_is_refused(seller: Application, office: Office) -> None:
    register(seller, office)
    with pytest.raises(RefusedError) as refused:
        register(replace(seller, locale="en"), office)
    assert refusal(refused) == ("party-exists", "id")


def test_without_an_id_each_party_gets_one_of_its_own(
    seller: Application, buyer: Application, office: Office
) -> None:
    ids = {register(replace(each, id=None), office)[0].party.id for each in (seller, buyer)}
    assert len(ids) == 2


def test_a_mailbox_of_another_party_is_refused_by_its_place_and_owner(
    seller: Application, buyer: Application, office: Office
) -> None:
    register(seller, office)
    with pytest.raises(RefusedError) as refused:
        register(replace(buyer, mailboxes=(*buyer.mailboxes, "Shop@TEA.example")), office)
    assert refusal(refused) == ("mailbox-registered", "mailboxes[1]")
    assert refused.value.party == SHOP


def test_a_contact_alias_leads_to_the_seller(
    seller: Application, office: Office, registry: FakeRegistry
) -> None:
    registered, _ = register(replace(seller, contact_alias=True), office)
    assert registered.contact is not None
    assert is_well_formed(registered.contact.local_part)
    alias = registry.memory.aliases[alias_id(registered.contact.local_part)]
    assert isinstance(alias, ContactAlias)
    assert alias.seller == SHOP
    assert alias.intake in registry.memory.heads


def test_a_seller_has_one_contact_alias_however_often_it_is_wanted(
    seller: Application, office: Office
) -> None:
    wanting = replace(seller, contact_alias=True)
    first = register(wanting, office)[0].contact
    assert register(wanting, office)[0].contact == first
    assert update(SHOP, Changes(contact_alias=True), office).contact == first
    assert find(SHOP, office).contact == first


def test_a_registration_that_broke_off_before_the_contact_alias_is_completed(
    seller: Application, office: Office
) -> None:
    register(seller, office)
    assert find(SHOP, office).contact is None
    assert register(replace(seller, contact_alias=True), office)[0].contact is not None


def test_what_is_not_changed_stays(seller: Application, office: Office) -> None:
    before = register(seller, office)[0].party
    assert update(SHOP, Changes(locale="fr"), office).party == replace(before, locale="fr")


def test_everything_that_may_change_changes(seller: Application, office: Office) -> None:
    register(seller, office)
    changes = Changes(
        locale="fr",
        display_name="Cups & Tea",
        mailboxes=("new@tea.example",),
        public_contacts=(),
        own_domains=("cups.example",),
    )
    changed = update(SHOP, changes, office).party
    assert (changed.locale, changed.display_name) == ("fr", "Cups & Tea")
    assert changed.mailboxes == (Mailbox("new", "tea.example"),)
    assert (changed.public_contacts, changed.own_domains) == (frozenset(), frozenset({"cups.example"}))
    assert find(SHOP, office).party == changed


def test_a_mailbox_that_was_given_up_can_be_registered_by_another(
    seller: Application, buyer: Application, office: Office
) -> None:
    register(seller, office)
    update(SHOP, Changes(mailboxes=("new@tea.example",)), office)
    assert register(replace(buyer, mailboxes=seller.mailboxes), office)[1]


def test_a_mailbox_of_another_party_cannot_be_taken_by_an_update(
    registered: Office, buyer: Application
) -> None:
    with pytest.raises(RefusedError) as refused:
        update(SHOP, Changes(mailboxes=("shop@tea.example", *buyer.mailboxes)), registered)
    assert refusal(refused) == ("mailbox-registered", "mailboxes[1]")
    assert find(SHOP, registered).party.mailboxes == (Mailbox("shop", "tea.example"),)


def test_an_unknown_party_is_neither_found_nor_updated(office: Office) -> None:
    for ask in (lambda: find(SHOP, office), lambda: update(SHOP, Changes(locale="de"), office)):
        with pytest.raises(RefusedError) as refused:
            ask()
        assert refusal(refused) == ("unknown-party", "party")


def test_two_updates_of_different_fields_at_once_both_take_effect(registered: Office) -> None:
    changes = [Changes(locale="fr"), Changes(display_name="Other"), Changes(own_domains=())]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda each: update(SHOP, each, registered), changes))
    party = find(SHOP, registered).party
    assert (party.locale, party.display_name, party.own_domains) == ("fr", "Other", frozenset())


def test_an_update_gives_up_when_the_party_never_stands_still(
    registered: Office, registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replaced(old: Party, new: Party) -> None:
        raise ChangedMeanwhileError

    monkeypatch.setattr(registry, "replace", replaced)
    with pytest.raises(RefusedError) as refused:
        update(SHOP, Changes(locale="fr"), registered)
    assert refusal(refused) == ("changed-meanwhile", "party")


WRONG = [
    ({"mailboxes": ("shop@tea.example", "nobody")}, "invalid-mailbox", "mailboxes[1]"),
    ({"mailboxes": ("Shop <shop@tea.example>",)}, "invalid-mailbox", "mailboxes[0]"),
    ({"mailboxes": ("shop@localhost",)}, "invalid-mailbox", "mailboxes[0]"),
    ({"mailboxes": ("x" * 65 + "@tea.example",)}, "invalid-mailbox", "mailboxes[0]"),
    ({"mailboxes": ("\ud800@tea.example",)}, "invalid-mailbox", "mailboxes[0]"),
    ({"mailboxes": ("händler@tea.example",)}, "unsupported-mailbox", "mailboxes[0]"),
    ({"mailboxes": ("shop@Relay.example.",)}, "relay-domain", "mailboxes[0]"),
    ({"mailboxes": ("shop@bounce.relay.example",)}, "relay-domain", "mailboxes[0]"),
    ({"mailboxes": ("a.b@gmail.com", "ab+x@googlemail.com")}, "duplicate-mailbox", "mailboxes[1]"),
    ({"display_name": "shop@tea.example"}, "invalid-display-name", "display_name"),
    ({"display_name": "Tea\r\nBcc: x"}, "invalid-display-name", "display_name"),
    ({"display_name": "\u202eaeT"}, "invalid-display-name", "display_name"),
    ({"own_domains": ("tea.example", "GMX.de")}, "shared-domain", "own_domains[1]"),
    ({"own_domains": ("relay.example",)}, "relay-domain", "own_domains[0]"),
    ({"own_domains": ("x@tea.example",)}, "invalid-domain", "own_domains[0]"),
    ({"own_domains": ("example",)}, "invalid-domain", "own_domains[0]"),
    ({"own_domains": ("tea..example",)}, "invalid-domain", "own_domains[0]"),
    (
        {"public_contacts": ("https://tea.example", "ftp://a.example")},
        *("invalid-public-contact", "public_contacts[1]"),
    ),
    ({"public_contacts": ("https://shop@tea.example/",)}, "invalid-public-contact", "public_contacts[0]"),
    ({"public_contacts": ("+49 30 1234567 1234567",)}, "invalid-public-contact", "public_contacts[0]"),
    ({"public_contacts": ("030 1234567",)}, "invalid-domain", "public_contacts[0]"),
    ({"public_contacts": ("call us",)}, "invalid-domain", "public_contacts[0]"),
    ({"public_contacts": ("https://relay.example/x",)}, "relay-domain", "public_contacts[0]"),
    ({"public_contacts": ("SHOP@tea.example",)}, "public-contact-is-registered", "public_contacts"),
]


@pytest.mark.parametrize(("fields", "code", "field"), WRONG)
def test_what_a_party_cannot_have_is_refused_by_its_field(
    seller: Application, office: Office, registry: FakeRegistry, fields: dict[str, str], code: str, field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        register(replace(seller, **fields), office)  # type: ignore[arg-type]
    assert refusal(refused) == (code, field)
    assert not registry.memory.parties


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"contact_alias": True}, "contact_alias"), ({"public_contacts": ("tea.example",)}, "public_contacts")],
)
def test_only_a_seller_has_public_contacts_and_a_contact_alias(
    buyer: Application, office: Office, fields: dict[str, bool], field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        register(replace(buyer, **fields), office)  # type: ignore[arg-type]
    assert refusal(refused) == ("seller-only", field)


def test_public_contacts_are_mailboxes_hosts_and_links(seller: Application, office: Office) -> None:
    contacts = ("Service@tea.example", "tea.example", "HTTPS://tea.example:8443/Imprint?x=a@b")
    registered, _ = register(replace(seller, public_contacts=contacts), office)
    assert registered.party.public_contacts == {each.lower() for each in contacts}


def test_a_domain_may_be_written_in_its_own_letters(seller: Application, office: Office) -> None:
    registered, _ = register(replace(seller, own_domains=("Müller.example",)), office)
    assert registered.party.own_domains == {"xn--mller-kva.example"}


@pytest.mark.parametrize("written", ["+49 (0)30 123 45-67", "tel:+49-30-1234567", " +49301234567"])
def test_a_public_telephone_number_is_kept_in_one_form(
    seller: Application, office: Office, registry: FakeRegistry, written: str
) -> None:
    register(replace(seller, public_contacts=(written,)), office)
    (party,) = registry.memory.parties.values()
    assert party.public_contacts == {"tel:+49301234567"}


def test_mailboxes_that_a_party_had_stay_with_it_until_it_has_them_again(
    seller: Application, office: Office
) -> None:
    register(seller, office)
    for mailbox in ("new@tea.example", "newer@tea.example", "new@tea.example"):
        update(SHOP, Changes(mailboxes=(mailbox,)), office)
    party = office.registry.parties([SHOP])[SHOP]
    assert party.mailboxes == (Mailbox("new", "tea.example"),)
    assert party.former_mailboxes == (Mailbox("shop", "tea.example"), Mailbox("newer", "tea.example"))


def test_the_application_of_a_party_that_had_another_mailbox_is_known_again(
    seller: Application, office: Office
) -> None:
    register(seller, office)
    update(SHOP, Changes(mailboxes=("new@tea.example",)), office)
    _, new = register(replace(seller, mailboxes=("new@tea.example",)), office)
    assert not new


def test_no_mailbox_that_a_party_had_is_forgotten_to_make_room(seller: Application, office: Office) -> None:
    register(seller, office)
    for number in range(MAX_FORMER_MAILBOXES):
        update(SHOP, Changes(mailboxes=(f"shop{number}@tea.example",)), office)
    with pytest.raises(RefusedError) as refused:
        update(SHOP, Changes(mailboxes=("one-more@tea.example",)), office)
    assert refusal(refused) == ("too-many-mailboxes", "mailboxes")
    update(SHOP, Changes(locale="en"), office)


def test_a_confirmation_is_asked_for_where_mail_does_not_reach_the_party(
    registry: FakeRegistry, registered: Office
) -> None:
    assert confirm(SHOP, registered).party.unreachable is None
    registry.memory.parties[SHOP] = replace(registry.memory.parties[SHOP], unreachable=MARK)
    assert confirm(SHOP, registered).party.unreachable == MARK
    assert isinstance(registered.requests, FakeQueue)
    (asked,) = map(read_confirmation_request, registered.requests.bodies)
    assert asked is not None
    assert asked.party == SHOP


def test_a_party_that_is_unreachable_is_still_the_one_that_was_described(
    seller: Application, registry: FakeRegistry, registered: Office
) -> None:
    registry.memory.parties[SHOP] = replace(registry.memory.parties[SHOP], unreachable=MARK)
    assert register(seller, registered)[1] is False


@pytest.mark.parametrize(
    ("mailboxes", "is_reachable"),
    [(("SHOP@tea.example", "two@tea.example"), False), (("two@tea.example", "shop@tea.example"), True)],
)
def test_another_receiving_mailbox_makes_a_party_reachable(
    registry: FakeRegistry, registered: Office, mailboxes: tuple[str, ...], is_reachable: bool
) -> None:
    registry.memory.parties[SHOP] = replace(registry.memory.parties[SHOP], unreachable=MARK)
    update(SHOP, Changes(mailboxes=mailboxes), registered)
    assert (registry.memory.parties[SHOP].unreachable is None) is is_reachable


def test_a_party_is_opted_out_since_it_was_first_said_and_in_since_it_was_last_said(
    registry: FakeRegistry, registered: Office
) -> None:
    clock, said = registered.clock, registered.clock.now()
    assert isinstance(clock, FakeClock)
    for _ in range(2):
        update(SHOP, Changes(opted_out=True), registered)
        assert registry.memory.parties[SHOP].opted_out_at == said
        clock.pass_by(timedelta(minutes=1))
    update(SHOP, Changes(opted_out=False), registered)
    clock.pass_by(timedelta(minutes=1))
    now = update(SHOP, Changes(opted_out=False), registered).party
    assert (now.opted_out_at, now.opted_in_at) == (None, said + timedelta(minutes=3))


def test_a_party_that_opted_out_is_still_the_one_that_was_described(
    seller: Application, registered: Office
) -> None:
    update(SHOP, Changes(opted_out=True), registered)
    party, new = register(seller, registered)
    assert (party.party.opted_out_at is None, new) == (True, False)
