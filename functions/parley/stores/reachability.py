"""Whether mail reaches a party, in the relay table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.conversation.parties import Party, PartyId
from parley.stores import items, keys
from parley.stores.standing import reachability_attributes
from parley.stores.table import ConditionFailedError, write_alone
from parley.stores.updates import Update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoReachability:
    """Implements the port `Reachability`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def party(self, party: PartyId) -> Party | None:
        answer = self._client.get_item(TableName=self._table, Key=keys.party_key(party), ConsistentRead=True)
        return items.read_party(answer["Item"]) if "Item" in answer else None

    def write(self, old: Party, new: Party) -> bool:
        """The mailboxes are among the conditions: the mark is of the one that receives."""
        before, after = reachability_attributes(old), reachability_attributes(new)
        update = Update(keys.party_key(old.id)).when("mailboxes", items.party_item(old)["mailboxes"])
        for name, value in before.items():
            update.when(name, value)
        for name, value in after.items():
            update.set_or_remove(name, value)
        try:
            write_alone(self._client, update.write(self._table)["Update"])
        except ConditionFailedError as failed:
            # A repetition after a lost answer finds what the first try wrote.
            return bool(failed.item) and {name: failed.item.get(name) for name in after} == after
        return True
