"""DynamoDB's read and write units of calls, by the sizes of the items they were about.

DynamoDB Developer Guide, "Read and write operations", "Item sizes and formats": an item's size is that of its
names and values; 4 KB are a unit read consistently, and half of one otherwise; 1 KB is a unit written; a
transaction takes two for each. An index that an item stands in is written besides.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient

Item = Mapping[str, Any]


@dataclass(slots=True)
class Seen:
    """What was asked of DynamoDB, with the answers."""

    calls: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = field(default_factory=list)


@contextmanager
def watching() -> Iterator[Seen]:
    seen, make = Seen(), BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: Any, operation: str, parameters: Mapping[str, Any]) -> Any:
        answer = make(client, operation, parameters)
        if client.meta.service_model.service_name == "dynamodb":
            seen.calls.append((operation, parameters, answer))
        return answer

    with patch.object(BaseClient, "_make_api_call", call):
        yield seen


def written(seen: Seen, find: Callable[[Item], Item]) -> float:
    """find: the item of a key, as it is in the end: an update is paid for by the whole of it."""
    units = 0.0
    for operation, asked, _ in seen.calls:
        match operation:
            case "PutItem" | "UpdateItem":
                units += _of_write(asked, find)
            case "TransactWriteItems":
                units += sum(
                    2 * _of_write(member, find) for each in asked["TransactItems"] for member in each.values()
                )
    return units


def read(seen: Seen) -> float:
    units = 0.0
    for operation, asked, answer in seen.calls:
        match operation:
            case "GetItem":
                units += _of_read(size(answer.get("Item", {})), asked.get("ConsistentRead", False))
            case "Query":
                total = sum(map(size, answer["Items"]))
                units += _of_read(total, asked.get("ConsistentRead", False))
            case "BatchGetItem":
                for table, items in answer["Responses"].items():
                    consistent = asked["RequestItems"][table].get("ConsistentRead", False)
                    units += sum(_of_read(size(each), consistent) for each in items)
    return units


def size(item: Item) -> int:
    """Octets of an item in DynamoDB's own notation."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Mapping[str, Any]) -> int:
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "B":
            return len(held)
        case "N":
            # "Approximately" one octet for two digits, and one more.
            return math.ceil(len(held.strip("-0.")) / 2) + 1
        case "L":
            return 3 + sum(1 + _size(each) for each in held)
        case "M":
            return 3 + len(held) + size(held)
        case "BOOL" | "NULL":
            return 1
    raise ValueError(f"nothing of ours is of the kind {kind}")


def _of_write(member: Mapping[str, Any], find: Callable[[Item], Item]) -> int:
    item = member["Item"] if "Item" in member else find(member["Key"])
    return max(1, math.ceil(size(item) / 1024))


def _of_read(octets: int, consistent: bool) -> float:
    return max(1, math.ceil(octets / 4096)) * (1.0 if consistent else 0.5)
