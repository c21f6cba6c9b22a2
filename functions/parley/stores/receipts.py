"""What is known of receipts, in the relay table: what SES told of them, and if anything is left to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.conversation.messages import IN_WORK, State
from parley.stores import keys
from parley.stores.attributes import read_text, text
from parley.stores.receipt_notes import noted_told, read_note, read_told, requested
from parley.stores.table import KEYS_PER_BATCH, read_batch, write_alone

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.relaying.ports import Told
    from parley.stores.keys import Item
    from parley.stores.receipt_notes import Note, Place


class DynamoReceipts:
    """The part of the port `Messages` that is about receipts."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def told(self, receipt_id: str) -> Told | None:
        answer = self._client.get_item(
            TableName=self._table, Key=keys.receipt_key(receipt_id), ConsistentRead=True
        )
        return read_told(receipt_id, answer["Item"]) if "Item" in answer else None

    def note_told(self, receipt_id: str, told: Told, received_at: datetime) -> None:
        write_alone(self._client, noted_told(receipt_id, told, received_at).write(self._table)["Update"])

    def unattended(
        self, receipt_ids: Collection[str], now: datetime, *, overdue: Collection[str] = ()
    ) -> frozenset[str]:
        """Read with delay, at half the price: a receipt that is wrongly asked for again does no harm."""
        notes = self._notes(receipt_ids)
        found = {each for each in receipt_ids if each not in notes}
        brought_by_none = {each: note for each, note in notes.items() if not note.is_awaited(now)}
        found |= {each for each, note in brought_by_none.items() if not note.places}
        late = {each: note for each in overdue if (note := brought_by_none.get(each)) is not None}
        states = self._states([place for note in late.values() for place in note.places.values()])
        return frozenset(found | {each for each, note in late.items() if not note.is_ended(states, IN_WORK)})

    def note_request(self, receipt_id: str, until: datetime) -> None:
        write_alone(self._client, requested(receipt_id, until).write(self._table)["Update"])

    def _notes(self, receipt_ids: Collection[str]) -> dict[str, Note]:
        names = {keys.receipt_key(each)["pk"]["S"]: each for each in receipt_ids}
        found = self._read_lazily([keys.receipt_key(each) for each in names.values()])
        notes = ((names[item["pk"]["S"]], item) for item in found)
        return {receipt_id: read_note(receipt_id, item) for receipt_id, item in notes}

    def _states(self, places: Sequence[Place]) -> dict[Place, State]:
        wanted = [{"pk": text(pk), "sk": text(sk)} for pk, sk in places]
        read = self._read_lazily(wanted, ("pk", "sk", "state"))
        return {(item["pk"]["S"], item["sk"]["S"]): State(read_text(item, "state")) for item in read}

    def _read_lazily(self, wanted: Sequence[Item], only: tuple[str, ...] = ()) -> Iterator[Item]:
        for start in range(0, len(wanted), KEYS_PER_BATCH):
            batch = wanted[start : start + KEYS_PER_BATCH]
            yield from read_batch(self._client, self._table, batch, consistent=False, only=only)
