"""Erasures that are under way, and how far the day's round of retention is, in the relay table.

All plans lie in one partition: there are few at a time, and each goes when it is finished.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.conversation.parties import PartyId
from parley.erasing.matters import Plan
from parley.stores import keys
from parley.stores.attributes import number, optional, read_number, read_optional, read_text, text, written
from parley.stores.table import ConditionFailedError, write_alone
from parley.stores.updates import Update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from parley.stores.keys import Item


class DynamoPlans:
    """Implements the port `Plans`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, plan: Plan) -> Plan:
        for known in self.all():
            if known.party == plan.party:
                return known
        self._client.put_item(
            TableName=self._table, Item=plan_item(plan), ConditionExpression="attribute_not_exists(pk)"
        )
        return plan

    def all(self) -> list[Plan]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": keys.plan_key("")["pk"]},
            ConsistentRead=True,
        )
        return [_read_plan(item) for page in pages for item in page["Items"]]

    def read(self, plan: str) -> Plan | None:
        answer = self._client.get_item(TableName=self._table, Key=keys.plan_key(plan), ConsistentRead=True)
        return _read_plan(answer["Item"]) if "Item" in answer else None

    def hurry(self, plan: Plan) -> None:
        self._write(self._update(plan).set("for_claims", {"BOOL": plan.for_claims}))

    def put_off(self, plan: Plan) -> None:
        self._write(self._update(plan))

    def _update(self, plan: Plan) -> Update:
        update = Update(keys.plan_key(plan.id)).when("party_id", text(plan.party))
        return update.set("next_at", text(keys.stamp(plan.next_at)))

    def _write(self, update: Update) -> None:
        try:
            write_alone(self._client, update.write(self._table)["Update"])
        except ConditionFailedError:
            return  # Another invocation has finished it.

    def drop(self, plan: Plan) -> None:
        self._client.delete_item(TableName=self._table, Key=keys.plan_key(plan.id))

    def retention_stands_at(self) -> tuple[str, str | None]:
        answer = self._client.get_item(TableName=self._table, Key=keys.retention_key(), ConsistentRead=True)
        item = answer.get("Item")
        return ("", None) if item is None else (read_text(item, "day"), read_optional(item, "place"))

    def note_retention(self, day: str, place: str | None) -> None:
        item = written(keys.retention_key(), day=text(day), place=optional(place))
        self._client.put_item(TableName=self._table, Item=item)


def plan_item(plan: Plan) -> Item:
    return written(
        keys.plan_key(plan.id),
        plan_id=text(plan.id),
        party_id=text(plan.party),
        case_id=text(plan.case),
        for_claims={"BOOL": plan.for_claims},
        requested_at=text(keys.stamp(plan.requested_at)),
        salt=text(plan.salt),
        next_at=text(keys.stamp(plan.next_at)),
        conversations=number(plan.conversations),
        kept_for_claims=number(plan.kept_for_claims),
        links=number(plan.links),
        mailboxes=number(plan.mailboxes),
        first_contacts=number(plan.first_contacts),
    )


def _read_plan(item: Item) -> Plan:
    return Plan(
        id=read_text(item, "plan_id"),
        party=PartyId(read_text(item, "party_id")),
        case=read_text(item, "case_id"),
        for_claims=bool(item["for_claims"]["BOOL"]),
        requested_at=keys.moment(read_text(item, "requested_at")),
        salt=read_text(item, "salt"),
        next_at=keys.moment(read_text(item, "next_at")),
        conversations=read_number(item, "conversations"),
        kept_for_claims=read_number(item, "kept_for_claims"),
        links=read_number(item, "links"),
        mailboxes=read_number(item, "mailboxes"),
        first_contacts=read_number(item, "first_contacts"),
    )
