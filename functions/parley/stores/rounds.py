"""How far the inbox sweep is, in the relay table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.relaying.sweep import Round
from parley.stores import keys
from parley.stores.attributes import check, optional, read_optional, read_text, text, written

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoRounds:
    """Implements the port `Rounds`. Of two sweeps at once the last says how far they are: what one of them
    reads again does no harm."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def latest(self) -> Round | None:
        answer = self._client.get_item(TableName=self._table, Key=keys.sweep_key(), ConsistentRead=True)
        item = answer.get("Item")
        if item is None:
            return None
        check(item)
        return Round(
            since=keys.moment(read_text(item, "since")),
            until=keys.moment(read_text(item, "until")),
            # DynamoDB takes an empty text; an absent one says that the round is through.
            after=read_optional(item, "after"),
            thorough_at=keys.moment(read_text(item, "thorough_at")),
        )

    def note(self, round_: Round) -> None:
        item = written(
            keys.sweep_key(),
            since=text(keys.stamp(round_.since)),
            until=text(keys.stamp(round_.until)),
            after=optional(round_.after),
            thorough_at=text(keys.stamp(round_.thorough_at)),
        )
        self._client.put_item(TableName=self._table, Item=item)
