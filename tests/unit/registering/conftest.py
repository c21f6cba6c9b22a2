"""An office over the fakes, with one seller and one buyer."""

from dataclasses import replace

import pytest

from parley.conversation.parties import PartyId, Role
from parley.registering.parties import Application, register
from parley.registering.ports import Office
from tests.support.fake_registry import FakeIds, FakeRegistry
from tests.support.fakes import FakeClock, FakeEntropy, FakeQueue

SELLER = Application(
    id=PartyId("seller-1"),
    role=Role.SELLER,
    locale="de",
    display_name="Tea & Cups",
    mailboxes=("shop@tea.example",),
    public_contacts=("https://tea.example/Imprint",),
    own_domains=("tea.example",),
    contact_alias=False,
)
BUYER = replace(
    SELLER,
    id=PartyId("buyer-1"),
    role=Role.BUYER,
    display_name="Anna",
    mailboxes=("anna@post.example",),
    public_contacts=(),
    own_domains=(),
)


@pytest.fixture
def seller() -> Application:
    return SELLER


@pytest.fixture
def buyer() -> Application:
    return BUYER


@pytest.fixture
def registry() -> FakeRegistry:
    return FakeRegistry()


@pytest.fixture
def office(registry: FakeRegistry) -> Office:
    return Office(
        registry=registry,
        ids=FakeIds(),
        requests=FakeQueue(),
        clock=FakeClock(),
        entropy=FakeEntropy(),
        relay_domain="relay.example",
    )


@pytest.fixture
def registered(office: Office) -> Office:
    """The office, with both parties registered."""
    register(SELLER, office)
    register(BUYER, office)
    return office
