"""Conversations and parties as erasing sees them, read from the relay table."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from parley.conversation.aliases import ConversationId
from parley.conversation.parties import PartyId, Role
from parley.erasing.mails import UNFINISHED
from parley.erasing.matters import Subject
from parley.relaying.ports import ConversationGoneError
from parley.stores import items, keys
from parley.stores.attributes import read_number, read_optional, read_pair, read_text, text
from parley.stores.receipt_notes import read_note
from parley.stores.table import KEYS_PER_BATCH, read_batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.conversation.messages import Message
    from parley.conversation.parties import Party
    from parley.mail.mailbox import Mailbox
    from parley.stores.keys import Item
    from parley.stores.mailbox_index import MailboxIndex

CLOSED_AT, ERASED_AT, FINISHED_AT_SEQ = "closed_at", "erased_at", "finished_at_seq"
KEPT_UNTIL, DUE = "kept_until", "contents_due"
"""What erasing writes on a head."""
_INDEX_OF = {Role.BUYER: keys.BY_BUYER, Role.SELLER: keys.BY_SELLER}


class DynamoSubjects:
    """The reading half of the port `Records`."""

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
            listed = self._query(f"{role}_id = :party", {":party": party}, IndexName=index)
            for subject in self._subjects(listed):
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
        return max(found) if found else self._first_event(conversation)

    def _first_event(self, conversation: ConversationId) -> datetime | None:
        events = self._query(
            "pk = :pk AND begins_with(sk, :kind)",
            {":pk": keys.conversation_pk(conversation), ":kind": keys.EVENT},
            ConsistentRead=True,
        )
        return min((keys.moment(read_text(item, "recorded_at")) for item in events), default=None)

    def is_received(self, receipt_id: str) -> bool:
        note = read_note(receipt_id, self._get(keys.receipt_key(receipt_id)) or {})
        states = {}
        for batch in _batches({"pk": text(pk), "sk": text(sk)} for pk, sk in note.places.values()):
            for item in read_batch(self._client, self._table, batch):
                states[item["pk"]["S"], item["sk"]["S"]] = items.read_message(item).state
        return note.is_ended(states, UNFINISHED)

    def first_contacts(self, party: PartyId) -> Iterator[Message]:
        known, found = self.party(party), set()
        mailboxes = () if known is None else self.mailboxes_of(known)
        for author in sorted({self._index.keyed_hash(mailbox) for mailbox in mailboxes}):
            for message in self._read_mails([*self._written_by(author), *self._naming(author)], author):
                # One mail may name several mailboxes of the party.
                if message.id not in found:
                    found.add(message.id)
                    yield message

    def _written_by(self, author: str) -> Iterator[Item]:
        listed = self._query(f"{keys.AUTHOR} = :author", {":author": author}, IndexName=keys.BY_AUTHOR)
        return ({"pk": item["pk"], "sk": item["sk"]} for item in listed)

    def _naming(self, author: str) -> Iterator[Item]:
        """The keys of mails that name a mailbox beside their author's."""
        for item in self._query("pk = :pk", {":pk": keys.named_pk(author)}, ConsistentRead=True):
            pk, sk = read_pair(item["message"])
            yield {"pk": text(pk), "sk": text(sk)}

    def _read_mails(self, listed: Iterable[Item], author: str) -> Iterator[Message]:
        for batch in _batches(listed):
            for message in map(items.read_message, read_batch(self._client, self._table, batch)):
                # The index lags behind: one that was erased a moment ago is still listed.
                if author in (message.author_hash, *message.named_hashes):
                    yield message

    def mailboxes_of(self, party: Party) -> list[Mailbox]:
        former = [each for each in party.former_mailboxes if not self._is_anothers(each, party.id)]
        return [*party.mailboxes, *former]

    def _is_anothers(self, mailbox: Mailbox, party: PartyId) -> bool:
        entry = self._get(keys.mailbox_key(self._index.keyed_hash(mailbox)))
        return entry is not None and read_text(entry, "party_id") != party

    def party(self, party: PartyId) -> Party | None:
        item = self._get(keys.party_key(party))
        return None if item is None else items.read_party(item)

    def _hashes(self, party: Party) -> list[str]:
        return sorted({self._index.keyed_hash(mailbox) for mailbox in party.mailboxes})

    def _subjects(self, listed: Iterable[Item]) -> Iterator[Subject]:
        """The heads behind what an index lists, in its order."""
        for batch in _batches({"pk": item["pk"], "sk": item["sk"]} for item in listed):
            read = read_batch(self._client, self._table, batch)
            found = {item["pk"]["S"]: item for item in read}
            for key in batch:
                if key["pk"]["S"] in found:
                    yield _read_subject(found[key["pk"]["S"]])

    def _query(self, condition: str, values: Mapping[str, str], **rest: Any) -> Iterator[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues={name: text(value) for name, value in values.items()},
            **rest,
        )
        return (item for page in pages for item in page["Items"])

    def _get(self, key: Item) -> Item | None:
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return answer.get("Item")


def _batches(keys_: Iterable[Item]) -> Iterator[list[Item]]:
    remaining = iter(keys_)
    while batch := list(islice(remaining, KEYS_PER_BATCH)):
        yield batch


def _read_subject(item: Item) -> Subject:
    conversation, head = items.read_head(item)
    return Subject(
        conversation=conversation,
        head=head,
        closed_at=_moment(item, CLOSED_AT),
        erased_at=_moment(item, ERASED_AT),
        finished_at_seq=read_number(item, FINISHED_AT_SEQ) if FINISHED_AT_SEQ in item else None,
        kept_until=_moment(item, KEPT_UNTIL),
        due=_moment(item, DUE),
    )


def _moment(item: Item, name: str) -> datetime | None:
    value = read_optional(item, name)
    return None if value is None else keys.moment(value)


def _place(item: Item) -> str:
    return json.dumps([read_text(item, name) for name in ("seller_id", "conversation_id")])


def _start(place: str) -> Item:
    seller, conversation = json.loads(place)
    return {
        **keys.head_key(ConversationId(conversation)),
        "seller_id": text(seller),
        "conversation_id": text(conversation),
    }
