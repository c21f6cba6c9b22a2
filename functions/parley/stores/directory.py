"""Aliases, conversations and parties in the relay table.

Every read is consistent: an alias that was handed out a moment ago must be found, because mail to an unknown
one is discarded for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.conversation.conversations import ConversationView, Head
from parley.conversation.parties import PartyId
from parley.relaying.ports import AlreadyExistsError
from parley.stores import items, keys
from parley.stores.attributes import read_text
from parley.stores.table import CancelledError, read_batch, write_together

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.conversation.aliases import Alias, AliasId, ConversationId
    from parley.conversation.conversations import Conversation
    from parley.conversation.parties import Party
    from parley.mail.address import Mailbox
    from parley.stores.keys import Item
    from parley.stores.mailbox_index import MailboxIndex

RECENT_MESSAGES = 50


class DynamoConversations:
    """Aliases, conversations and parties by their ids: what needs no key of the mailbox index."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def alias(self, alias: AliasId) -> Alias | None:
        item = self._get(keys.alias_key(alias))
        return None if item is None else items.read_alias(item)

    def conversation(self, conversation: ConversationId) -> ConversationView | None:
        """One page of a Query: 1 MB, of which 51 items of some 2 KB each take a tenth. It ends before the
        attempts (`keys`)."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk >= :first",
            ExpressionAttributeValues={
                ":pk": {"S": keys.conversation_pk(conversation)},
                ":first": {"S": keys.MESSAGE},
            },
            ScanIndexForward=False,
            Limit=1 + RECENT_MESSAGES,
            ConsistentRead=True,
        )
        found = answer["Items"]
        if not found or found[0]["sk"] != {"S": keys.HEAD}:
            return None
        head = items.read_head(found[0])
        return ConversationView(*head, tuple(items.read_message(each) for each in found[1:]))

    def alone(self, conversation: ConversationId) -> Conversation | None:
        """One item, of which `conversation` reads 51. A Query, so that who follows the stream needs no other
        right."""
        key = keys.head_key(conversation)
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk = :head",
            ExpressionAttributeValues={":pk": key["pk"], ":head": key["sk"]},
            ConsistentRead=True,
        )
        found = answer["Items"]
        return items.read_head(found[0])[0] if found else None

    def parties(self, ids: Collection[PartyId]) -> Mapping[PartyId, Party]:
        if not ids:
            return {}
        found = read_batch(self._client, self._table, [keys.party_key(each) for each in sorted(set(ids))])
        return {party.id: party for party in map(items.read_party, found)}

    def _get(self, key: Item) -> Item | None:
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return answer.get("Item")


class DynamoDirectory(DynamoConversations):
    """Implements the port `Directory`."""

    def __init__(self, client: DynamoDBClient, table: str, index: MailboxIndex) -> None:
        super().__init__(client, table)
        self._index = index

    def party_of_mailbox(self, mailbox: Mailbox) -> Party | None:
        entry = self._get(keys.mailbox_key(self._index.keyed_hash(mailbox)))
        if entry is None:
            return None
        item = self._get(keys.party_key(PartyId(read_text(entry, "party_id"))))
        return None if item is None else items.read_party(item)

    def author_hash(self, mailbox: Mailbox) -> str:
        return self._index.keyed_hash(mailbox)

    def register(self, party: Party) -> None:
        # Two spellings of one mailbox have one entry: a transaction writes no item twice.
        hashes = {self._index.keyed_hash(mailbox) for mailbox in party.mailboxes}
        entries = [items.mailbox_item(each, party.id) for each in sorted(hashes)]
        self._create([items.party_item(party), *entries])

    def open(self, conversation: Conversation, aliases: Collection[Alias]) -> None:
        self._create([items.head_item(conversation, Head(0, "")), *map(items.alias_item, aliases)])

    def _create(self, new: list[Item]) -> None:
        """All of them, or none if one exists. DynamoDB takes 100 in a transaction."""
        writes: list[Any] = [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": item,
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            }
            for item in new
        ]
        try:
            write_together(self._client, writes)
        except CancelledError as cancelled:
            if any(cancelled.failed(write) for write in range(len(writes))):
                raise AlreadyExistsError from None
            raise
