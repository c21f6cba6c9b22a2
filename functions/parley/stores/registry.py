"""Parties and conversations as the marketplace's own API registers and lists them, in the relay table.

The indexes hold keys only: a list is read from them and then from the table, so that it shows each
conversation as it is now, and a mail, which moves its conversation's head, writes to no index.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Head, Status
from parley.conversation.mailboxes import same_for_admission
from parley.conversation.parties import PartyId, Role
from parley.registering.ports import (
    AlreadyOpenError,
    ChangedMeanwhileError,
    MailboxTakenError,
    Page,
    PartyExistsError,
)
from parley.stores import items, keys
from parley.stores.attributes import read_text, text
from parley.stores.table import (
    CONFLICT,
    CancelledError,
    ConditionFailedError,
    read_batch,
    write_alone,
    write_together,
)
from parley.stores.updates import Update

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.conversation.aliases import Alias
    from parley.conversation.conversations import Conversation
    from parley.conversation.parties import Party
    from parley.mail.mailbox import Mailbox
    from parley.stores.keys import Item
    from parley.stores.mailbox_index import MailboxIndex

_PARTY = 0
"""Place of the party in its transactions; its mailboxes follow."""
_TRIES = 4
_PAUSE_SECONDS = 0.05
_CHANGEABLE = (
    *("locale", "display_name", "mailboxes", "public_contacts", "own_domains", "former_mailboxes"),
    *("opted_out_at", "opted_in_at"),
)


class DynamoRegistry:
    """Implements the port `Registry`."""

    def __init__(self, client: DynamoDBClient, table: str, index: MailboxIndex) -> None:
        self._client = client
        self._table = table
        self._index = index

    def parties(self, ids: Collection[PartyId]) -> Mapping[PartyId, Party]:
        found = read_batch(self._client, self._table, [keys.party_key(each) for each in sorted(set(ids))])
        return {party.id: party for party in map(items.read_party, found)}

    def add(self, party: Party) -> None:
        places = self._places(party.mailboxes)
        entries = [items.mailbox_item(each, party.id) for each in places]
        try:
            self._write([self._put(items.party_item(party)), *map(self._put, entries)])
        except CancelledError as cancelled:
            if cancelled.failed(_PARTY):
                raise PartyExistsError(items.read_party(cancelled.reasons[_PARTY].item)) from None
            self._raise_taken(cancelled, list(places.values()), first=_PARTY + 1)
            raise

    def replace(self, old: Party, new: Party) -> None:
        before, after = items.party_item(old), items.party_item(new)
        update = Update(keys.party_key(old.id))
        for name in _CHANGEABLE:
            update.when(name, before.get(name)).set_or_remove(name, after.get(name))
        if not same_for_admission(old.receiving_mailbox, new.receiving_mailbox):
            # What bounced is not what receives from now on.
            update.set_or_remove("unreachable", None)
        had, has = self._places(old.mailboxes), self._places(new.mailboxes)
        added = {each: place for each, place in has.items() if each not in had}
        puts = [self._put(items.mailbox_item(each, new.id)) for each in added]
        deletes = [self._delete(each, old.id) for each in had if each not in has]
        try:
            self._write([update.write(self._table), *puts, *deletes])
        except CancelledError as cancelled:
            if cancelled.failed(_PARTY):
                raise ChangedMeanwhileError(old.id) from None
            self._raise_taken(cancelled, list(added.values()), first=_PARTY + 1)
            raise

    def conversation(self, conversation: ConversationId) -> Conversation | None:
        answer = self._client.get_item(
            TableName=self._table, Key=keys.head_key(conversation), ConsistentRead=True
        )
        return items.read_head(answer["Item"])[0] if "Item" in answer else None

    def open(self, conversation: Conversation, aliases: Collection[Alias]) -> None:
        new = [items.head_item(conversation, Head(0, "")), *map(items.alias_item, aliases)]
        try:
            self._write([self._put(item) for item in new])
        except CancelledError as cancelled:
            if any(cancelled.failed(write) for write in range(len(new))):
                raise AlreadyOpenError(conversation.id) from None
            raise

    def set_status(self, conversation: ConversationId, status: Status) -> bool:
        update = Update(keys.head_key(conversation))
        update.when("conversation_id", text(conversation)).set("status", text(status))
        try:
            write_alone(self._client, update.write(self._table)["Update"])
        except ConditionFailedError:
            return False
        return True

    def of_order(self, order: str, *, after: ConversationId | None, limit: int) -> Page:
        return self._page(keys.BY_ORDER, "order_id", order, after, limit)

    def of_party(self, party: PartyId, role: Role, *, after: ConversationId | None, limit: int) -> Page:
        index = keys.BY_BUYER if role is Role.BUYER else keys.BY_SELLER
        return self._page(index, f"{role}_id", party, after, limit)

    def _page(self, index: str, attribute: str, value: str, after: ConversationId | None, limit: int) -> Page:
        query: dict[str, Any] = {}
        if after is not None:
            query["ExclusiveStartKey"] = {
                **keys.head_key(after),
                attribute: text(value),
                "conversation_id": text(after),
            }
        answer = self._client.query(
            TableName=self._table,
            IndexName=index,
            KeyConditionExpression="#value = :value",
            ExpressionAttributeNames={"#value": attribute},
            ExpressionAttributeValues={":value": text(value)},
            Limit=limit,
            **query,
        )
        ids = [ConversationId(read_text(item, "conversation_id")) for item in answer["Items"]]
        last = answer.get("LastEvaluatedKey")
        more_after = None if not last else ConversationId(read_text(last, "conversation_id"))
        return Page(tuple(self._conversations(ids)), more_after)

    def _conversations(self, ids: Sequence[ConversationId]) -> list[Conversation]:
        if not ids:
            return []
        heads = read_batch(self._client, self._table, [keys.head_key(each) for each in ids])
        found = {conversation.id: conversation for conversation, _ in map(items.read_head, heads)}
        return [found[each] for each in ids if each in found]

    def _places(self, mailboxes: Sequence[Mailbox]) -> dict[str, int]:
        """Each hash and where its first mailbox stands: two spellings of one mailbox have one entry."""
        hashes = [self._index.keyed_hash(mailbox) for mailbox in mailboxes]
        return {each: hashes.index(each) for each in hashes}

    def _put(self, item: Item) -> Any:
        return {
            "Put": {
                "TableName": self._table,
                "Item": item,
                "ConditionExpression": "attribute_not_exists(pk)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _delete(self, keyed_hash: str, owner: PartyId) -> Any:
        return {
            "Delete": {
                "TableName": self._table,
                "Key": keys.mailbox_key(keyed_hash),
                "ConditionExpression": "party_id = :owner",
                "ExpressionAttributeValues": {":owner": text(owner)},
            }
        }

    def _write(self, writes: list[Any]) -> None:
        """All or nothing. Raises `CancelledError`, whose conditions were all asked.

        While another transaction commits, one item of it may be there already and the next one still be in
        its hands: what exists is told only when nobody is at work on the items.
        """
        for attempt in range(1, _TRIES + 1):
            try:
                write_together(self._client, writes)
            except CancelledError as cancelled:
                mixed = CONFLICT in {reason.code for reason in cancelled.reasons} and not cancelled.passes
                if attempt == _TRIES or not mixed:
                    raise
                time.sleep(_PAUSE_SECONDS * attempt)
            else:
                return

    def _raise_taken(self, cancelled: CancelledError, places: Sequence[int], *, first: int) -> None:
        """`MailboxTakenError` for the entry that another party has; entries stand from `first` on."""
        taken = [
            (place, cancelled.reasons[write].item)
            for write, place in enumerate(places, first)
            if cancelled.failed(write)
        ]
        if taken:
            place, item = min(taken, key=lambda each: each[0])
            raise MailboxTakenError(place, PartyId(read_text(item, "party_id"))) from None
