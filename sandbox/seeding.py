"""Who writes in the sandbox: parties and conversations, made through the deployed API as marketplaces do."""

from dataclasses import dataclass

from botocore.credentials import Credentials

from cli.marketplace import MarketplaceApi
from parley.conversation.parties import Role
from sandbox.accounts import Account
from sandbox.emulator.deployment import Deployed
from sandbox.emulator.environment import ACCOUNT, SECRET, require_loopback

PASSWORD = "sandbox"  # noqa: S105  # opens nothing but the sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A party to register, and the account that it writes from."""

    id: str
    role: Role
    locale: str
    display_name: str
    account: Account


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A person in a conversation. writes_to: the alias that stands for the other one."""

    person: Person
    writes_to: str

    @property
    def account(self) -> Account:
        return self.person.account

    @property
    def role(self) -> Role:
        return self.person.role

    @property
    def display_name(self) -> str:
        return self.person.display_name


@dataclass(frozen=True, slots=True)
class Correspondence:
    conversation: str
    buyer: Correspondent
    seller: Correspondent


BUYER = Person(
    id="buyer-1",
    role=Role.BUYER,
    locale="en",
    display_name="Anna Käufer",
    account=Account("anna@privatmail.example", PASSWORD),
)
SELLER = Person(
    id="seller-1",
    role=Role.SELLER,
    locale="de",
    display_name="Müller Tee & Tassen",
    account=Account("shop@mueller.example", PASSWORD),
)
ORDER = "303-11"


def marketplace_api(deployed: Deployed) -> MarketplaceApi:
    """The deployed API in the emulator; it cannot be one elsewhere."""
    url = deployed.api or ""
    require_loopback(url)
    # The emulator verifies signatures of requests that say that they came by https.
    headers = {"X-Forwarded-Proto": "https"}
    return MarketplaceApi(url, deployed.local.region, Credentials(ACCOUNT, SECRET), headers)


def correspondence(api: MarketplaceApi, order: str, buyer: Person, seller: Person) -> Correspondence:
    """Registers both and opens their conversation about the order, or finds all that. Raises `ApiProblem`."""
    for person in (buyer, seller):
        api.register_party(
            id=person.id,
            role="buyer" if person.role is Role.BUYER else "seller",
            locale=person.locale,
            display_name=person.display_name,
            mailboxes=[person.account.mailbox],
        )
    opened = api.open_conversation(order=order, buyer=buyer.id, seller=seller.id)
    return Correspondence(
        opened.id,
        Correspondent(buyer, opened.seller_alias or ""),
        Correspondent(seller, opened.buyer_alias or ""),
    )
