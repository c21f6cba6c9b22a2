"""What erasing writes of conversations and parties, in the relay table.

What erasing remembers of a conversation stands on its head, so that one conditional write tells whether a
hold was placed meanwhile, and a process that ends anywhere leaves nothing to be put right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.conversation.conversations import Status
from parley.conversation.events import Event
from parley.conversation.messages import Message
from parley.conversation.parties import Role
from parley.erasing.ports import ChangedMeanwhileError
from parley.erasing.unheld import check_hold
from parley.relaying.ports import ConversationGoneError
from parley.stores import keys
from parley.stores.attributes import number, optional, text, texts
from parley.stores.erasure_subjects import (
    CLOSED_AT,
    DUE,
    ERASED_AT,
    FINISHED_AT_SEQ,
    KEPT_UNTIL,
    DynamoSubjects,
)
from parley.stores.table import CancelledError, ConditionFailedError, write_alone, write_together
from parley.stores.updates import Update

if TYPE_CHECKING:
    from datetime import datetime

    from parley.conversation.aliases import ConversationId
    from parley.conversation.parties import Party
    from parley.erasing.matters import Plan, Subject
    from parley.stores.keys import Item


class DynamoErasures(DynamoSubjects):
    """Implements the port `Records`."""

    def close(self, subject: Subject, now: datetime) -> None:
        conversation = subject.conversation
        head = Update(keys.head_key(conversation.id)).when("hold", None).when(CLOSED_AT, None)
        head.set("status", text(Status.EXPIRED)).set(CLOSED_AT, text(keys.stamp(now)))
        for role, alias in conversation.aliases.items():
            head.when(f"{role}_alias", text(alias)).set_or_remove(f"{role}_alias", None)
        aliases = [
            {"Delete": {"TableName": self._table, "Key": keys.alias_key(alias)}}
            for alias in conversation.aliases.values()
        ]
        self._write([head.write(self._table), *aliases])

    def strip(
        self, happening: Message | Event, plan: Plan | None = None, *, but_author: bool = False
    ) -> None:
        kept = tuple((kind, salt) for kind, salt in happening.salts if kind == "record")
        update = Update(_key_of(happening)).when("link", optional(happening.link))
        update.set("salts", {"L": [texts(pair) for pair in kept]}).set_or_remove(keys.ONLY_DELIVERY, None)
        for name in ("author_message_id", "fingerprint", "author_domain"):
            update.set_or_remove(name, None)
        writes: list[Any] = []
        if not but_author:
            for name in (keys.AUTHOR, "named_hashes"):
                update.set_or_remove(name, None)
            if isinstance(happening, Message):
                writes = [
                    {"Delete": {"TableName": self._table, "Key": key}} for key in keys.named_keys(happening)
                ]
        if plan is not None and isinstance(happening, Message):
            # So that it is counted once, by whoever strips it.
            update.when(keys.AUTHOR, optional(happening.author_hash))
            counted = _counted(plan, first_contacts=1)
            writes.append({"Update": {"TableName": self._table, **counted}})
        self._write([update.write(self._table), *writes])

    def begin(self, conversation: ConversationId) -> None:
        head = Update(keys.head_key(conversation)).when("conversation_id", text(conversation))
        try:
            self._write([head.when("hold", None).set(keys.ERASING, {"BOOL": True}).write(self._table)])
        except ChangedMeanwhileError:
            check_hold(self.read(conversation))
            raise

    def end(self, conversation: ConversationId) -> None:
        head = Update(keys.head_key(conversation)).set_or_remove(keys.ERASING, None)
        write_alone(self._client, head.write(self._table)["Update"])

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
        for name, moment in ((ERASED_AT, erased_at), (KEPT_UNTIL, kept_until), (DUE, due)):
            if moment is not None:
                head.set(name, text(keys.stamp(moment)))
        if finished:
            head.set(FINISHED_AT_SEQ, number(subject.head.seq)).set_or_remove(ERASED_AT, None)
        try:
            write_alone(self._client, head.write(self._table)["Update"])
        except ConditionFailedError:
            raise ConversationGoneError(subject.id) from None

    def unlink(self, subject: Subject, plan: Plan) -> bool:
        head = Update(keys.head_key(subject.id))
        for role, party in subject.conversation.parties.items():
            if party == plan.party:
                nobody = text(keys.NOBODY + subject.id) if role is Role.SELLER else None
                head.when(f"{role}_id", text(party)).set_or_remove(f"{role}_id", nobody)
        counted = _counted(
            plan, conversations=1, kept_for_claims=int(subject.kept_until is not None), links=subject.head.seq
        )
        try:
            self._write([head.write(self._table), {"Update": {"TableName": self._table, **counted}}])
        except ChangedMeanwhileError:
            return False
        return True

    def forget(self, party: Party, plan: Plan) -> None:
        deleted = [
            {"Delete": {"TableName": self._table, "Key": keys.party_key(party.id)}},
            *(self._without_entry(each, party) for each in self._hashes(party)),
        ]
        counted = _counted(plan, mailboxes=len(party.mailboxes) + len(party.former_mailboxes))
        self._write([{"Update": {"TableName": self._table, **counted}}, *deleted])

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

    def _write(self, writes: list[Any]) -> None:
        """All or nothing; a single write is an update. Raises `ChangedMeanwhileError`."""
        try:
            if len(writes) == 1:
                write_alone(self._client, writes[0]["Update"])
            else:
                write_together(self._client, writes)
        except ConditionFailedError:
            raise ChangedMeanwhileError from None
        except CancelledError as cancelled:
            if any(cancelled.failed(write) for write in range(len(writes))):
                raise ChangedMeanwhileError from None
            raise


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
