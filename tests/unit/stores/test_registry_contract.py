"""What every Registry and Ids do: in memory, and on moto."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from parley.conversation.aliases import AliasId, ContactAlias, ConversationId
from parley.conversation.conversations import Status
from parley.conversation.messages import Message
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.mailbox import Mailbox
from parley.registering.ports import (
    AlreadyOpenError,
    ChangedMeanwhileError,
    Ids,
    MailboxTakenError,
    PartyExistsError,
    Registry,
)
from parley.stores.mailbox_index import MailboxIndex
from parley.stores.registry import DynamoRegistry
from tests.support.aws import Deployment
from tests.support.fake_registry import FakeIds, FakeRegistry
from tests.support.samples import a_conversation, a_message, a_party, its_aliases
from tests.support.stores import on_aws

SHOP = PartyId("p-seller")


def index_of(deployment: Deployment) -> MailboxIndex:
    return MailboxIndex(lambda: deployment.clients.secretsmanager, deployment.settings.mailbox_key_secret)


@pytest.fixture(params=["fake", "aws"])
def registry(request: pytest.FixtureRequest) -> Registry:
    if request.param == "fake":
        return FakeRegistry()
    deployment = request.getfixturevalue("deployment")
    return DynamoRegistry(deployment.clients.dynamodb, deployment.settings.table, index_of(deployment))


@pytest.fixture(params=["fake", "aws"])
def ids(request: pytest.FixtureRequest) -> Ids:
    return FakeIds() if request.param == "fake" else index_of(request.getfixturevalue("deployment"))


def stored(registry: Registry) -> Party:
    return registry.parties([SHOP])[SHOP]


def another(*mailboxes: str) -> Party:
    return a_party(
        id=PartyId("p-other"), mailboxes=tuple(Mailbox(*mailbox.split("@")) for mailbox in mailboxes)
    )


def test_an_added_party_is_read_as_written(registry: Registry) -> None:
    registry.add(a_party())
    assert registry.parties([SHOP, PartyId("p-nobody")]) == {SHOP: a_party()}


def test_a_party_with_two_spellings_of_one_mailbox_is_added(registry: Registry) -> None:
    party = a_party(mailboxes=(Mailbox("anna.b", "gmail.com"), Mailbox("annab", "googlemail.com")))
    registry.add(party)
    assert stored(registry) == party


def test_who_is_there_already_is_told_as_stored(registry: Registry) -> None:
    registry.add(a_party())
    with pytest.raises(PartyExistsError) as exists:
        registry.add(a_party(locale="fr"))
    assert exists.value.party == stored(registry) == a_party()


def test_the_first_mailbox_that_another_party_has_is_told_by_its_place(registry: Registry) -> None:
    registry.add(a_party())
    with pytest.raises(MailboxTakenError) as taken:
        registry.add(another("new@one.example", "annab@gmail.com", "shop@haendler.example"))
    assert (taken.value.position, taken.value.owner) == (1, SHOP)
    assert "annab" not in str(taken.value)
    assert registry.parties([PartyId("p-other")]) == {}


def test_a_replaced_party_is_read_as_it_is_now(registry: Registry) -> None:
    registry.add(a_party())
    new = a_party(
        locale="fr",
        display_name="",
        mailboxes=(Mailbox("new", "haendler.example"), *a_party().mailboxes[1:]),
        public_contacts=frozenset(),
        own_domains=frozenset({"neu.example"}),
    )
    registry.replace(a_party(), new)
    assert stored(registry) == new


def test_mailboxes_given_up_are_free_and_the_others_are_not(registry: Registry) -> None:
    registry.add(a_party())
    registry.replace(a_party(), a_party(mailboxes=(Mailbox("annab", "googlemail.com"),)))
    with pytest.raises(MailboxTakenError):
        registry.add(another("anna.b@gmail.com"))
    registry.add(another("shop@haendler.example"))


def test_mailboxes_may_change_places(registry: Registry) -> None:
    registry.add(a_party())
    turned = a_party(mailboxes=a_party().mailboxes[::-1])
    registry.replace(a_party(), turned)
    assert stored(registry) == turned
    with pytest.raises(MailboxTakenError):
        registry.add(another("shop@haendler.example"))


def test_a_mailbox_of_another_party_is_not_taken_from_it(registry: Registry) -> None:
    registry.add(a_party())
    registry.add(another("new@one.example"))
    with pytest.raises(MailboxTakenError) as taken:
        registry.replace(a_party(), a_party(mailboxes=(*a_party().mailboxes, Mailbox("NEW", "one.example"))))
    assert (taken.value.position, taken.value.owner) == (2, "p-other")
    assert stored(registry) == a_party()


@pytest.mark.parametrize(
    "change",
    [
        {"locale": "fr"},
        {"display_name": "Other"},
        {"mailboxes": (Mailbox("new", "haendler.example"),)},
        {"public_contacts": frozenset[str]()},
        {"own_domains": frozenset({"neu.example"})},
        {"former_mailboxes": (Mailbox("old", "haendler.example"),)},
        {"opted_out_at": datetime(2026, 9, 4, 16, 12, tzinfo=UTC)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_another_changed_meanwhile_is_not_overwritten(
    registry: Registry, change: dict[str, Any]
) -> None:
    registry.add(a_party())
    changed = replace(a_party(), **change)
    registry.replace(a_party(), changed)
    with pytest.raises(ChangedMeanwhileError):
        registry.replace(a_party(), a_party(locale="es"))
    assert stored(registry) == changed


def test_a_party_that_is_not_there_is_not_replaced(registry: Registry) -> None:
    with pytest.raises(ChangedMeanwhileError):
        registry.replace(a_party(), a_party(locale="fr"))
    assert registry.parties([SHOP]) == {}


def test_an_opened_conversation_is_found(registry: Registry) -> None:
    conversation = a_conversation()
    assert registry.conversation(conversation.id) is None
    registry.open(conversation, its_aliases(conversation))
    assert registry.conversation(conversation.id) == conversation


def test_neither_id_nor_alias_is_used_twice(registry: Registry) -> None:
    conversation = a_conversation()
    registry.open(conversation, its_aliases(conversation))
    for other in (replace(conversation, aliases={}), replace(conversation, id=ConversationId("c2"))):
        with pytest.raises(AlreadyOpenError):
            registry.open(other, its_aliases(other))
    assert registry.conversation(ConversationId("c2")) is None


def test_of_many_who_open_at_once_one_does(registry: Registry) -> None:
    def opens(n: int) -> bool:
        aliases = {Role.BUYER: AliasId(f"b-{n}"), Role.SELLER: AliasId(f"s-{n}")}
        conversation = a_conversation(aliases=aliases)
        try:
            registry.open(conversation, its_aliases(conversation))
        except AlreadyOpenError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(opens, range(8))) == [False] * 7 + [True]


def test_the_status_is_set_and_nothing_else(registry: Registry) -> None:
    conversation = a_conversation()
    registry.open(conversation, its_aliases(conversation))
    for status in (Status.CLOSED, Status.CLOSED, Status.OPEN):
        assert registry.set_status(conversation.id, status)
        assert registry.conversation(conversation.id) == replace(conversation, status=status)


def test_what_is_not_there_has_no_status(registry: Registry) -> None:
    assert not registry.set_status(ConversationId("c404"), Status.CLOSED)
    assert registry.conversation(ConversationId("c404")) is None


def opened(registry: Registry, name: str, **changes: object) -> None:
    aliases = {Role.BUYER: AliasId(f"b-{name}"), Role.SELLER: AliasId(f"s-{name}")}
    conversation = a_conversation(id=ConversationId(name), **{"aliases": aliases, **changes})
    registry.open(conversation, its_aliases(conversation))


def test_lists_hold_what_was_asked_for_by_rising_ids(registry: Registry) -> None:
    for n in (3, 1, 2):
        opened(registry, f"c{n}", order="one")
    opened(registry, "c4", order="two")
    opened(registry, "c5", order=None, parties={Role.SELLER: SHOP}, aliases={})
    contact = ContactAlias(id=AliasId("c-1"), seller=SHOP, intake=ConversationId("c6"))
    registry.open(a_conversation(id=ConversationId("c6"), order=None, aliases={}), [contact])

    def listed(role: Role) -> list[str]:
        party = SHOP if role is Role.SELLER else PartyId("p-buyer")
        return [each.id for each in registry.of_party(party, role, after=None, limit=100).conversations]

    order = registry.of_order("one", after=None, limit=100)
    assert [each.id for each in order.conversations] == ["c1", "c2", "c3"]
    assert order.more_after is None
    assert listed(Role.SELLER) == ["c1", "c2", "c3", "c4", "c5", "c6"]
    assert listed(Role.BUYER) == ["c1", "c2", "c3", "c4", "c6"]
    assert registry.of_party(SHOP, Role.BUYER, after=None, limit=100).conversations == ()


def test_a_list_is_read_page_by_page_to_its_end(registry: Registry) -> None:
    for n in range(1, 6):
        opened(registry, f"c{n}", order="one")
    pages, after = [], None
    while True:
        page = registry.of_order("one", after=after, limit=2)
        pages.append([each.id for each in page.conversations])
        if page.more_after is None:
            break
        after = page.more_after
    assert pages == [["c1", "c2"], ["c3", "c4"], ["c5"]]


def test_messages_are_in_no_list(deployment: Deployment) -> None:
    stores = on_aws(deployment)
    registry = DynamoRegistry(deployment.clients.dynamodb, deployment.settings.table, index_of(deployment))
    conversation = a_conversation()
    registry.open(conversation, its_aliases(conversation))
    view = stores.directory.conversation(conversation.id)
    assert view is not None
    message: Message = a_message()
    stores.messages.claim(message, before=view.head, after=replace(view.head, seq=1, tip="f" * 64))
    assert registry.of_order(str(conversation.order), after=None, limit=9).conversations == (conversation,)


def test_the_same_parts_make_the_same_id_and_others_another(ids: Ids) -> None:
    made = {ids.derived(*parts) for parts in (("a", "b"), ("a", "b"), ("ab",), ("a", "", "b"), ("b", "a"))}
    assert len(made) == 4
    assert all(len(each) == 26 and each.isalnum() and each == each.lower() for each in made)


def test_without_the_key_an_id_cannot_be_told(deployment: Deployment) -> None:
    before = index_of(deployment).derived("order", "303-11")
    deployment.clients.secretsmanager.put_secret_value(
        SecretId=deployment.settings.mailbox_key_secret, SecretString="another"
    )
    assert index_of(deployment).derived("order", "303-11") != before
