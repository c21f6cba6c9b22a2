"""The relay table's stream as its function is told it: records made from the table's items.

Of several changes of one item since the last look only the last is told, as if the batch held no other.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tests.support.resources import Template, of_type

Item = dict[str, Any]
_Key = tuple[str, str]


class Stream:
    """filters: the event source mapping's patterns; without one, everything passes."""

    def __init__(self, filters: Iterable[Mapping[str, Any]] = ()) -> None:
        self._filters = list(filters)
        self._known: dict[_Key, Item] = {}
        self._number = 111_000

    def records(self, items: Iterable[Item]) -> list[dict[str, Any]]:
        """What changed since it was last `taken`, and passes the filters."""
        changed = [item for item in items if self._known.get(_key(item)) != item]
        records = [self._record(item) for item in changed]
        return [each for each in records if self._passes(each)]

    def taken(self, records: Iterable[dict[str, Any]]) -> None:
        """These do not come again."""
        for record in records:
            image = record["dynamodb"]["NewImage"]
            self._known[_key(image)] = image

    def __repr__(self) -> str:
        """All on which it depends what comes next."""
        return f"Stream({sorted(self._known.items())})"

    def _record(self, item: Item) -> dict[str, Any]:
        self._number += 1
        known = _key(item) in self._known
        keys = {name: item[name] for name in ("pk", "sk")}
        return {
            "eventID": f"{self._number:032x}",
            "eventName": "MODIFY" if known else "INSERT",
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "Keys": keys,
                "NewImage": item,
                "SequenceNumber": str(self._number),
                "StreamViewType": "NEW_IMAGE",
            },
        }

    def _passes(self, record: dict[str, Any]) -> bool:
        return not self._filters or any(matches(each, record) for each in self._filters)


def filters_of(template: Template, mapping: str) -> list[dict[str, Any]]:
    """The patterns of the event source mapping whose logical id begins with `mapping`."""
    (found,) = (
        each["Properties"]
        for name, each in of_type(template, "AWS::Lambda::EventSourceMapping").items()
        if name.startswith(mapping)
    )
    return [json.loads(each["Pattern"]) for each in found["FilterCriteria"]["Filters"]]


def matches(pattern: Mapping[str, Any], told: Any) -> bool:
    """Lambda Developer Guide, "Using event filtering": each name of the pattern, and one of its rules."""
    return isinstance(told, Mapping) and all(
        matches(rules, told.get(name)) if isinstance(rules, Mapping) else _one_of(rules, told.get(name))
        for name, rules in pattern.items()
    )


def _one_of(rules: list[Any], value: Any) -> bool:
    return any(_rule(each, value) for each in rules)


def _rule(rule: Any, value: Any) -> bool:
    match rule:
        case {"exists": bool(exists)}:
            return (value is not None) is exists
        case {"prefix": str(prefix)}:
            return isinstance(value, str) and value.startswith(prefix)
        case dict():
            raise NotImplementedError(f"the rule {rule}")
    return bool(value == rule)


def _key(item: Item) -> _Key:
    return item["pk"]["S"], item["sk"]["S"]
