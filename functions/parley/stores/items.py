"""What the items of the relay table hold: each type to its item and back, attribute by attribute. Pure."""

from typing import Any

from parley.conversation.aliases import Alias, AliasId, ContactAlias, ConversationAlias, ConversationId
from parley.conversation.conversations import Conversation, Head, Hold, Status
from parley.conversation.events import Event, EventId
from parley.conversation.messages import UNDECIDED, Lease, Message, MessageId, State
from parley.conversation.parties import Party, PartyId, Role
from parley.mail.address import Mailbox
from parley.stores import keys, standing
from parley.stores.attributes import (
    UnreadableItemError,
    check,
    number,
    optional,
    read_flag,
    read_list,
    read_number,
    read_optional,
    read_pair,
    read_text,
    read_texts,
    text,
    texts,
    written,
)
from parley.stores.keys import Item


def alias_item(alias: Alias) -> Item:
    key = keys.alias_key(alias.id)
    match alias:
        case ConversationAlias():
            return written(
                key,
                alias=text(alias.id),
                kind=text("conversation"),
                conversation_id=text(alias.conversation),
                stands_for=text(alias.stands_for),
            )
        case ContactAlias():
            return written(
                key,
                alias=text(alias.id),
                kind=text("contact"),
                seller_id=text(alias.seller),
                intake_id=text(alias.intake),
            )


def read_alias(item: Item) -> Alias:
    check(item)
    alias = AliasId(read_text(item, "alias"))
    match read_text(item, "kind"):
        case "conversation":
            return ConversationAlias(
                id=alias,
                conversation=ConversationId(read_text(item, "conversation_id")),
                stands_for=Role(read_text(item, "stands_for")),
            )
        case "contact":
            return ContactAlias(
                id=alias,
                seller=PartyId(read_text(item, "seller_id")),
                intake=ConversationId(read_text(item, "intake_id")),
            )
    raise UnreadableItemError("kind")


def head_item(conversation: Conversation, head: Head) -> Item:
    return written(
        keys.head_key(conversation.id),
        conversation_id=text(conversation.id),
        order_id=optional(conversation.order),
        buyer_id=optional(conversation.parties.get(Role.BUYER)),
        seller_id=optional(conversation.parties.get(Role.SELLER)),
        buyer_alias=optional(conversation.aliases.get(Role.BUYER)),
        seller_alias=optional(conversation.aliases.get(Role.SELLER)),
        status=text(conversation.status),
        seq=number(head.seq),
        tip=text(head.tip),
        hold=holds_attribute(conversation.holds),
        **{keys.ERASING: {"BOOL": True} if conversation.erasing else None},
        **standing.wish_attributes(head.wishes),
    )


def holds_attribute(holds: tuple[Hold, ...]) -> dict[str, Any] | None:
    """Of a head: the holds in force; None, and no attribute, without one."""
    listed = [texts((hold.id, hold.case, keys.stamp(hold.placed_at))) for hold in holds]
    return {"L": listed} if listed else None


def read_head(item: Item) -> tuple[Conversation, Head]:
    check(item)
    parties = {role: read_optional(item, f"{role}_id") for role in Role}
    aliases = {role: read_optional(item, f"{role}_alias") for role in Role}
    conversation = Conversation(
        id=ConversationId(read_text(item, "conversation_id")),
        order=read_optional(item, "order_id"),
        parties={
            role: PartyId(each)
            for role, each in parties.items()
            if each is not None and not each.startswith(keys.NOBODY)
        },
        aliases={role: AliasId(each) for role, each in aliases.items() if each is not None},
        status=Status(read_text(item, "status")),
        holds=tuple(_read_hold(each) for each in read_list(item, "hold")) if "hold" in item else (),
        erasing=read_flag(item, keys.ERASING),
    )
    head = Head(read_number(item, "seq"), read_text(item, "tip"), standing.read_wishes(item))
    return conversation, head


def _read_hold(item: Item) -> Hold:
    hold, case, placed_at = read_texts({"hold": item}, "hold")
    return Hold(hold, case, keys.moment(placed_at))


def message_item(message: Message) -> Item:
    lease = message.lease
    return written(
        keys.message_key(message),
        message_id=text(message.id),
        receipt_id=text(message.receipt_id),
        alias=text(message.alias),
        received_at=text(keys.stamp(message.received_at)),
        state=text(message.state),
        codes=texts(message.codes),
        conversation_id=optional(message.conversation),
        seq=number(message.seq),
        author_role=optional(message.author_role),
        lease_owner=None if lease is None else text(lease.owner),
        lease_until=None if lease is None else text(keys.stamp(lease.until)),
        author_message_id=optional(message.author_message_id),
        outgoing_message_id=optional(message.outgoing_message_id),
        fingerprint=optional(message.fingerprint),
        automatic=optional(message.automatic),
        author_domain=optional(message.author_domain),
        link=optional(message.link),
        record=optional(message.record),
        folder=optional(message.folder or None),
        salts={"L": [texts(pair) for pair in message.salts]},
        sendings=number(message.sendings),
        released=optional(message.released or None),
        told={"BOOL": True} if message.told else None,
        **{keys.AUTHOR: optional(message.author_hash)},
        named_hashes=texts(message.named_hashes) if message.named_hashes else None,
        **{keys.HELD: text(keys.HELD) if message.state in UNDECIDED else None},
        **standing.delivery_attributes(message.delivery),
    )


def read_message(item: Item) -> Message:
    check(item)
    conversation = read_optional(item, "conversation_id")
    role = read_optional(item, "author_role")
    owner = read_optional(item, "lease_owner")
    return Message(
        id=MessageId(read_text(item, "message_id")),
        receipt_id=read_text(item, "receipt_id"),
        alias=AliasId(read_text(item, "alias")),
        received_at=keys.moment(read_text(item, "received_at")),
        state=State(read_text(item, "state")),
        codes=read_texts(item, "codes"),
        conversation=None if conversation is None else ConversationId(conversation),
        seq=read_number(item, "seq"),
        author_role=None if role is None else Role(role),
        lease=None if owner is None else Lease(owner, keys.moment(read_text(item, "lease_until"))),
        author_message_id=read_optional(item, "author_message_id"),
        outgoing_message_id=read_optional(item, "outgoing_message_id"),
        fingerprint=read_optional(item, "fingerprint"),
        automatic=read_optional(item, "automatic"),
        author_domain=read_optional(item, "author_domain"),
        link=read_optional(item, "link"),
        record=read_optional(item, "record"),
        folder=read_optional(item, "folder") or "",
        salts=tuple(read_pair(each) for each in read_list(item, "salts")),
        sendings=read_number(item, "sendings"),
        released=read_optional(item, "released") or "",
        told=read_flag(item, "told"),
        author_hash=read_optional(item, keys.AUTHOR),
        named_hashes=read_texts(item, "named_hashes") if "named_hashes" in item else (),
        delivery=standing.read_delivery(item),
    )


def named_items(message: Message) -> list[Item]:
    """By which a mail is found that names a mailbox beside its author's."""
    key = keys.message_key(message)
    found = texts((key["pk"]["S"], key["sk"]["S"]))
    return [written(each, message=found) for each in keys.named_keys(message)]


def event_item(event: Event) -> Item:
    return written(
        keys.event_key(event.conversation, event.id),
        event_id=text(event.id),
        conversation_id=text(event.conversation),
        seq=number(event.seq),
        recorded_at=text(keys.stamp(event.at)),
        kind=text(event.kind),
        link=text(event.link),
        record=text(event.record),
        salts={"L": [texts(pair) for pair in event.salts]},
        message_id=optional(event.message),
        folder=optional(event.folder or None),
    )


def read_event(item: Item) -> Event:
    check(item)
    message = read_optional(item, "message_id")
    return Event(
        id=EventId(read_text(item, "event_id")),
        conversation=ConversationId(read_text(item, "conversation_id")),
        seq=read_number(item, "seq"),
        at=keys.moment(read_text(item, "recorded_at")),
        kind=read_text(item, "kind"),
        link=read_text(item, "link"),
        record=read_text(item, "record"),
        salts=tuple(read_pair(each) for each in read_list(item, "salts")),
        message=None if message is None else MessageId(message),
        folder=read_optional(item, "folder") or "",
    )


def party_item(party: Party) -> Item:
    return written(
        keys.party_key(party.id),
        party_id=text(party.id),
        role=text(party.role),
        locale=text(party.locale),
        display_name=text(party.display_name),
        mailboxes=_mailboxes(party.mailboxes),
        public_contacts=texts(tuple(sorted(party.public_contacts))),
        own_domains=texts(tuple(sorted(party.own_domains))),
        former_mailboxes=_mailboxes(party.former_mailboxes) if party.former_mailboxes else None,
        **standing.reachability_attributes(party),
    )


def read_party(item: Item) -> Party:
    check(item)
    return Party(
        id=PartyId(read_text(item, "party_id")),
        role=Role(read_text(item, "role")),
        locale=read_text(item, "locale"),
        display_name=read_text(item, "display_name"),
        mailboxes=_read_mailboxes(item, "mailboxes"),
        public_contacts=frozenset(read_texts(item, "public_contacts")),
        own_domains=frozenset(read_texts(item, "own_domains")),
        former_mailboxes=(_read_mailboxes(item, "former_mailboxes") if "former_mailboxes" in item else ()),
        unreachable=standing.read_unreachable(item),
        confirmed_at=standing.read_moment(item, "confirmed_at"),
        opted_out_at=standing.read_moment(item, "opted_out_at"),
        opted_in_at=standing.read_moment(item, "opted_in_at"),
    )


def _mailboxes(mailboxes: tuple[Mailbox, ...]) -> dict[str, Any]:
    return {"L": [texts((each.local_part, each.domain)) for each in mailboxes]}


def _read_mailboxes(item: Item, name: str) -> tuple[Mailbox, ...]:
    return tuple(Mailbox(*read_pair(each)) for each in read_list(item, name))


def mailbox_item(keyed_hash: str, party: PartyId) -> Item:
    return written(keys.mailbox_key(keyed_hash), party_id=text(party))
