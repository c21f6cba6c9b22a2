"""One conditional update of an item, put together attribute by attribute.

Every name goes through a placeholder: some of ours (`state`, `status`) are reserved words of DynamoDB.
"""

from collections.abc import Mapping
from typing import Any, Self

from parley.stores.keys import Item

Value = Mapping[str, Any]


class Update:
    """Collects conditions and changes; the last of two changes to one attribute counts."""

    def __init__(self, key: Item) -> None:
        self._key = key
        self._conditions: dict[str, Value | None] = {}
        self._changes: dict[str, tuple[str, Value | None]] = {}

    def when(self, name: str, value: Value | None) -> Self:
        """Only if the attribute has this value, or for None, if it is absent."""
        self._conditions[name] = value
        return self

    def set(self, name: str, value: Value) -> Self:
        self._changes[name] = ("SET", value)
        return self

    def set_or_remove(self, name: str, value: Value | None) -> Self:
        self._changes[name] = ("REMOVE", None) if value is None else ("SET", value)
        return self

    def write(self, table: str) -> Any:
        """The update as a member of a transaction; below "Update" are the arguments of UpdateItem too."""
        names: dict[str, str] = {}
        values: dict[str, Value] = {}

        def name_of(name: str) -> str:
            names[f"#{name}"] = name
            return f"#{name}"

        def value_of(prefix: str, name: str, value: Value) -> str:
            values[f":{prefix}_{name}"] = value
            return f":{prefix}_{name}"

        conditions = [
            f"attribute_not_exists({name_of(name)})"
            if value is None
            else f"{name_of(name)} = {value_of('old', name, value)}"
            for name, value in self._conditions.items()
        ]
        clauses: dict[str, list[str]] = {}
        for name, (verb, value) in self._changes.items():
            operand = "" if value is None else value_of("new", name, value)
            joint = {"SET": " = ", "REMOVE": ""}[verb]
            clauses.setdefault(verb, []).append(f"{name_of(name)}{joint}{operand}")
        update: dict[str, Any] = {
            "TableName": table,
            "Key": self._key,
            "UpdateExpression": " ".join(f"{verb} {', '.join(each)}" for verb, each in clauses.items()),
            "ExpressionAttributeNames": names,
        }
        if values:
            update["ExpressionAttributeValues"] = values
        if conditions:
            update["ConditionExpression"] = " AND ".join(conditions)
            update["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return {"Update": update}
