"""Keys of the relay table: which item lies where. The one place that knows how they are spelled.

| item             | pk                                  | sk                               |
|------------------|-------------------------------------|----------------------------------|
| alias            | ALIAS#<local-part>                  | ALIAS                            |
| conversation     | CONVERSATION#<id>                   | ~HEAD                            |
| message          | CONVERSATION#<id>                   | MESSAGE#<time of receipt>#<id>   |
| attempt          | CONVERSATION#<id>                   | ATTEMPT#<time of receipt>#<id>   |
| event            | CONVERSATION#<id>                   | EVENT#<id>                       |
| loose message    | RECEIPT#<receipt id>                | MESSAGE#<id>                     |
| receipt          | RECEIPT#<receipt id>                | RECEIPT                          |
| party            | PARTY#<id>                          | PARTY                            |
| mailbox → party  | MAILBOX#<keyed hash>                | MAILBOX                          |
| named → message  | NAMED#<keyed hash>                  | MESSAGE#<id>                     |
| notice window    | COUNT#notice#<subject>#<window>     | COUNT                            |
| failures         | COUNT#failures#<text id>            | COUNT                            |
| sweep            | SWEEP                               | SWEEP                            |
| erasure          | ERASURES                            | ERASURE#<id>                     |
| retention        | RETENTION                           | RETENTION                        |
| turn at the lake | LAKE                                | TURN                             |

An attempt is a message whose author is not proved. Attempts and events sort before all messages and `~HEAD`
after them, so one reverse Query from the head down to `MESSAGE#` brings the head and the latest proved
messages, however many attempts there are. A receipt notes the key of each of its messages under the message's
id, because the key holds a time, and SES's notification and the sweep tell different times of one receipt. It
also notes what SES told of it (`parley.stores.receipt_notes`).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from parley.conversation.aliases import AliasId, ConversationId
from parley.conversation.events import EventId
from parley.conversation.messages import Message, MessageId
from parley.conversation.parties import PartyId

Item = Mapping[str, Mapping[str, Any]]
"""An item, or a part of one, in DynamoDB's own notation: name → {type: value}."""

EXPIRES_AT = "expires_at"
"""The attribute after which DynamoDB deletes an item, in seconds since 1970; the table's TTL names it."""

ONLY_DELIVERY = "only_delivery"
"""The attribute of a message whose latest change told of its delivery alone."""

HEAD = "~HEAD"
ATTEMPT = "ATTEMPT#"
EVENT = "EVENT#"
MESSAGE = "MESSAGE#"
RECEIPT = "RECEIPT"

BY_ORDER = "by_order"
BY_BUYER = "by_buyer"
BY_SELLER = "by_seller"
BY_HELD = "by_held"
HELD = "held"
"""The index of what waits for a reviewer, by an attribute that no other item has, sorted by `received_at`."""
BY_AUTHOR = "by_author"
AUTHOR = "author_hash"
"""The index of mail at contact aliases that opened no conversation, by who wrote it."""
ERASING = "erasing"
"""On a head while contents are erased; it and `hold` never stand there together."""
NOBODY = "~"
"""What the name of a party begins with that is nobody's: it keeps an erased seller's conversations in the
index that retention goes through."""
INDEXES = {BY_ORDER: "order_id", BY_BUYER: "buyer_id", BY_SELLER: "seller_id"}
"""The indexes and the attribute that each is by, sorted by `conversation_id`. Heads alone have both."""


def alias_key(alias: AliasId) -> Item:
    return _key(f"ALIAS#{alias}", "ALIAS")


def conversation_pk(conversation: ConversationId) -> str:
    return f"CONVERSATION#{conversation}"


def head_key(conversation: ConversationId) -> Item:
    return _key(conversation_pk(conversation), HEAD)


def message_key(message: Message) -> Item:
    """Within its conversation by time of receipt; one that has none lies with its receipt."""
    if message.conversation is None:
        return loose_key(message.receipt_id, message.id)
    kind = ATTEMPT if message.author_role is None else MESSAGE
    return _key(conversation_pk(message.conversation), f"{kind}{stamp(message.received_at)}#{message.id}")


def loose_key(receipt_id: str, message: MessageId) -> Item:
    """Of a message that belongs to no conversation."""
    return _key(f"RECEIPT#{receipt_id}", MESSAGE + message)


def event_key(conversation: ConversationId, event: EventId) -> Item:
    return _key(conversation_pk(conversation), EVENT + event)


def receipt_key(receipt_id: str) -> Item:
    return _key(f"RECEIPT#{receipt_id}", RECEIPT)


def party_key(party: PartyId) -> Item:
    return _key(f"PARTY#{party}", "PARTY")


def mailbox_key(keyed_hash: str) -> Item:
    return _key(f"MAILBOX#{keyed_hash}", "MAILBOX")


def notice_key(subject: str, window: int) -> Item:
    return _key(f"COUNT#notice#{subject}#{window}", "COUNT")


def failures_key(text_id: str) -> Item:
    """text_id: SQS's, of the text that failed."""
    return _key(f"COUNT#failures#{text_id}", "COUNT")


def sweep_key() -> Item:
    return _key("SWEEP", "SWEEP")


def named_pk(keyed_hash: str) -> str:
    return f"NAMED#{keyed_hash}"


def named_keys(message: Message) -> list[Item]:
    """Of the items by which a mail is found that names a mailbox beside its author's."""
    return [_key(named_pk(each), MESSAGE + message.id) for each in message.named_hashes]


def plan_key(plan: str) -> Item:
    return _key("ERASURES", f"ERASURE#{plan}")


def retention_key() -> Item:
    return _key("RETENTION", "RETENTION")


def turn_key() -> Item:
    return _key("LAKE", "TURN")


def stamp(moment: datetime) -> str:
    """A moment as text of constant length that sorts by time: `2026-09-04T16:12:00.000000Z`.

    Raises `ValueError` for a moment without a zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """The moment that `stamp` wrote."""
    return datetime.fromisoformat(text)


def _key(pk: str, sk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}
