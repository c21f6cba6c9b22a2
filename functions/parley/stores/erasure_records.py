"""Conversations and parties as erasing sees them, in the relay table.

What erasing remembers of a conversation stands on its head, so that one conditional write tells whether a
hold was placed meanwhile, and a process that ends anywhere leaves nothing to be put right.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Status
from parley.conversation.events import Event
from parley.conversation.parties import PartyId, Role
from parley.erasing.erasing import UNFINISHED
from parley.erasing.ports import ChangedMeanwhileError, Subject
from parley.relaying.ports import ConversationGoneError
from parley.stores import items, keys
from parley.stores.attributes import (
    number,
    optional,
    read_number,
    read_optional,
    read_pair,
    read_text,
    text,
    texts,
)
from parley.stores.table import (
    KEYS_PER_BATCH,
    CancelledError,
    ConditionFailedError,
    read_batch,
    write_alone,
    write_together,
)
from parley.stores.updates import Update

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.conversation.messages import Message
    from parley.conversation.parties import Party
    from parley.erasing.ports import Plan
    from parley.stores.keys import Item
    from parley.stores.mailbox_index import MailboxIndex

_INDEX_OF = {Role.BUYER: keys.BY_BUYER, Role.SELLER: keys.BY_SELLER}
# What erasing writes on a head.
_CLOSED_AT, _ERASED_AT, _FINISHED_AT_SEQ = "closed_at", "erased_at", "finished_at_seq"
_KEPT_UNTIL, _DUE = "kept_until", "contents_due"


class DynamoErasures:
    """Implements the port `Records`."""

    def __init__(self, client: DynamoDBClient, table: str, index: MailboxIndex) -> None:
        self._client = client
        self._table = table
        self._index = index

    def read(self, conversation: ConversationId) -> Subject:
        item = self._get(keys.head_key(conversation))
        if item is None:
            raise ConversationGoneError(conversation)
        return _read_subject(item)

    def of_party(self, party: PartyId) -> Iterator[Subject]:
        for role, index in _INDEX_OF.items():
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                IndexName=index,
                KeyConditionExpression="#party = :party",
                ExpressionAttributeNames={"#party": f"{role}_id"},
                ExpressionAttributeValues={":party": text(party)},
            )
            for subject in self._subjects(item for page in pages for item in page["Items"]):
                # The index lags behind: one that was unlinked a moment ago is still listed.
                if subject.conversation.parties.get(role) == party:
                    yield subject

    def all(self, after: str | None) -> Iterator[tuple[Subject, str]]:
        start: Any = {} if after is None else {"ExclusiveStartKey": _start(after)}
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table, IndexName=keys.BY_SELLER, **start
        )
        for page in pages:
            places = {read_text(item, "conversation_id"): _place(item) for item in page["Items"]}
            for subject in self._subjects(page["Items"]):
                yield subject, places[subject.id]

    def latest_mail(self, conversation: ConversationId) -> datetime | None:
        found = []
        for kind in (keys.MESSAGE, keys.ATTEMPT):
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :kind)",
                ExpressionAttributeValues={
                    ":pk": text(keys.conversation_pk(conversation)),
                    ":kind": text(kind),
                },
                ScanIndexForward=False,
                Limit=1,
                ConsistentRead=True,
            )
            found += [keys.moment(read_text(item, "received_at")) for item in answer["Items"]]
        return max(found, default=None)

    def is_received(self, receipt_id: str) -> bool:
        note = self._get(keys.receipt_key(receipt_id))
        listed = [read_pair(value) for value in (note or {}).values() if "L" in value]
        for batch in _batches({"pk": text(pk), "sk": text(sk)} for pk, sk in listed):
            for item in read_batch(self._client, self._table, batch):
                if items.read_message(item).state in UNFINISHED:
                    return False
        return True

    def close(self, subject: Subject, now: datetime) -> None:
        conversation = subject.conversation
        head = Update(keys.head_key(conversation.id)).when("hold", None).when(_CLOSED_AT, None)
        head.set("status", text(Status.EXPIRED)).set(_CLOSED_AT, text(keys.stamp(now)))
        for role, alias in conversation.aliases.items():
            head.when(f"{role}_alias", text(alias)).set_or_remove(f"{role}_alias", None)
        aliases = [
            {"Delete": {"TableName": self._table, "Key": keys.alias_key(alias)}}
            for alias in conversation.aliases.values()
        ]
        self._write([head.write(self._table), *aliases])

    def strip(self, happening: Message | Event) -> None:
        kept = tuple((kind, salt) for kind, salt in happening.salts if kind == "record")
        key = _key_of(happening)
        update = Update(key).when("link", optional(happening.link))
        update.set("salts", {"L": [texts(pair) for pair in kept]})
        update.set_or_remove("author_message_id", None).set_or_remove("fingerprint", None)
        try:
            write_alone(self._client, update.write(self._table)["Update"])
        except ConditionFailedError:
            raise ChangedMeanwhileError(happening.id) from None

    def mark(
        self,
        subject: Subject,
        *,
        erased_at: datetime | None = None,
        finished: bool = False,
        kept_until: datetime | None = None,
        due: datetime | None = None,
    ) -> None:
        head = Update(keys.head_key(subject.id)).when("conversation_id", text(subject.id))
        for name, moment in ((_ERASED_AT, erased_at), (_KEPT_UNTIL, kept_until), (_DUE, due)):
            if moment is not None:
                head.set(name, text(keys.stamp(moment)))
        if finished:
            head.set(_FINISHED_AT_SEQ, number(subject.head.seq)).set_or_remove(_ERASED_AT, None)
        try:
            write_alone(self._client, head.write(self._table)["Update"])
        except ConditionFailedError:
            raise ConversationGoneError(subject.id) from None

    def unlink(self, subject: Subject, plan: Plan) -> bool:
        head = Update(keys.head_key(subject.id))
        for role, party in subject.conversation.parties.items():
            if party == plan.party:
                head.when(f"{role}_id", text(party)).set_or_remove(f"{role}_id", None)
        counted = _counted(
            plan, conversations=1, kept_for_claims=int(subject.kept_until is not None), links=subject.head.seq
        )
        try:
            self._write([head.write(self._table), {"Update": {"TableName": self._table, **counted}}])
        except ChangedMeanwhileError:
            return False
        return True

    def party(self, party: PartyId) -> Party | None:
        item = self._get(keys.party_key(party))
        return None if item is None else items.read_party(item)

    def forget(self, party: Party, plan: Plan) -> None:
        deleted = [
            {"Delete": {"TableName": self._table, "Key": keys.party_key(party.id)}},
            *(self._without_entry(each, party) for each in self._hashes(party)),
        ]
        counted = _counted(plan, mailboxes=len(party.mailboxes))
        self._write([{"Update": {"TableName": self._table, **counted}}, *deleted])

    def _hashes(self, party: Party) -> list[str]:
        return sorted({self._index.keyed_hash(mailbox) for mailbox in party.mailboxes})

    def _without_entry(self, keyed_hash: str, party: Party) -> Any:
        """Unless the mailbox is somebody else's by now, which no write of ours allows."""
        return {
            "Delete": {
                "TableName": self._table,
                "Key": keys.mailbox_key(keyed_hash),
                "ConditionExpression": "attribute_not_exists(pk) OR party_id = :owner",
                "ExpressionAttributeValues": {":owner": text(party.id)},
            }
        }

    def _subjects(self, listed: Iterable[Item]) -> Iterator[Subject]:
        """The heads behind what an index lists, in its order."""
        for batch in _batches({"pk": item["pk"], "sk": item["sk"]} for item in listed):
            read = read_batch(self._client, self._table, batch)
            found = {item["pk"]["S"]: item for item in read}
            for key in batch:
                if key["pk"]["S"] in found:
                    yield _read_subject(found[key["pk"]["S"]])

    def _get(self, key: Item) -> Item | None:
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return answer.get("Item")

    def _write(self, writes: list[Any]) -> None:
        """All or nothing. Raises `ChangedMeanwhileError`."""
        try:
            write_together(self._client, writes)
        except CancelledError as cancelled:
            if any(cancelled.failed(write) for write in range(len(writes))):
                raise ChangedMeanwhileError from None
            raise


def _batches(keys_: Iterable[Item]) -> Iterator[list[Item]]:
    remaining = iter(keys_)
    while batch := list(islice(remaining, KEYS_PER_BATCH)):
        yield batch


def _read_subject(item: Item) -> Subject:
    conversation, head = items.read_head(item)
    return Subject(
        conversation=conversation,
        head=head,
        closed_at=_moment(item, _CLOSED_AT),
        erased_at=_moment(item, _ERASED_AT),
        finished_at_seq=read_number(item, _FINISHED_AT_SEQ) if _FINISHED_AT_SEQ in item else None,
        kept_until=_moment(item, _KEPT_UNTIL),
        due=_moment(item, _DUE),
    )


def _moment(item: Item, name: str) -> datetime | None:
    value = read_optional(item, name)
    return None if value is None else keys.moment(value)


def _key_of(happening: Message | Event) -> Item:
    if isinstance(happening, Event):
        return keys.event_key(happening.conversation, happening.id)
    return keys.message_key(happening)


def _counted(plan: Plan, **counts: int) -> dict[str, Any]:
    """An update that adds to the numbers of a plan, if it is there."""
    return {
        "Key": keys.plan_key(plan.id),
        "UpdateExpression": "ADD " + ", ".join(f"{name} :{name}" for name in counts),
        "ExpressionAttributeValues": {f":{name}": number(count) for name, count in counts.items()}
        | {":party": text(plan.party)},
        "ConditionExpression": "party_id = :party",
    }


def _place(item: Item) -> str:
    return json.dumps([read_text(item, name) for name in ("seller_id", "conversation_id")])


def _start(place: str) -> Item:
    seller, conversation = json.loads(place)
    return {
        **keys.head_key(ConversationId(conversation)),
        "seller_id": text(seller),
        "conversation_id": text(conversation),
    }
