"""Valid values of the product's types for tests; each argument replaces one field."""

from datetime import UTC, datetime, timedelta
from typing import Any

from parley.conversation.aliases import AliasId, ConversationAlias, ConversationId
from parley.conversation.conversations import Conversation
from parley.conversation.messages import Lease, Message, State, message_id
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import Mailbox

RECEIVED_AT = datetime(2026, 9, 4, 16, 12, 0, 123456, tzinfo=UTC)
BUYER_ALIAS = AliasId("b-7k2m")
SELLER_ALIAS = AliasId("s-9q4t")


def a_lease(owner: str = "invocation-1", until: datetime = RECEIVED_AT + timedelta(minutes=3)) -> Lease:
    return Lease(owner, until)


def a_message(receipt_id: str = "receipt-1", **changes: Any) -> Message:
    """Claimed, with a lease, in the conversation c1."""
    values: dict[str, Any] = {
        "id": message_id(receipt_id, SELLER_ALIAS),
        "receipt_id": receipt_id,
        "alias": SELLER_ALIAS,
        "received_at": RECEIVED_AT,
        "state": State.RECEIVED,
        "conversation": ConversationId("c1"),
        "seq": 1,
        "author_role": Role.BUYER,
        "lease": a_lease(),
        "author_message_id": "CAF1@mail.example",
        "fingerprint": "f" * 64,
        "link": '{"seq": 1}',
        "salts": (("original", "00ff"), ("relayed", "ff00")),
    }
    return Message(**{**values, **changes})


def a_loose_message(receipt_id: str = "receipt-1", **changes: Any) -> Message:
    loose: dict[str, Any] = {
        "conversation": None,
        "seq": 0,
        "author_role": None,
        "lease": None,
        "author_message_id": None,
        "fingerprint": None,
        "link": None,
        "salts": (),
    }
    return a_message(receipt_id, **{**loose, **changes})


def a_conversation(**changes: Any) -> Conversation:
    values: dict[str, Any] = {
        "id": ConversationId("c1"),
        "order": "order-303-11",
        "parties": {Role.BUYER: PartyId("p-buyer"), Role.SELLER: PartyId("p-seller")},
        "aliases": {Role.BUYER: BUYER_ALIAS, Role.SELLER: SELLER_ALIAS},
    }
    return Conversation(**{**values, **changes})


def its_aliases(conversation: Conversation) -> list[ConversationAlias]:
    return [
        ConversationAlias(id=alias, conversation=conversation.id, stands_for=role)
        for role, alias in conversation.aliases.items()
    ]


def a_party(**changes: Any) -> Party:
    values: dict[str, Any] = {
        "id": PartyId("p-seller"),
        "role": Role.SELLER,
        "locale": "de",
        "display_name": "Händler Müller",
        "mailboxes": (Mailbox("shop", "haendler.example"), Mailbox("anna.b", "gmail.com")),
        "public_contacts": frozenset({"https://haendler.example/impressum", "service@haendler.example"}),
    }
    return Party(**{**values, **changes})
