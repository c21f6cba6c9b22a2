"""Attributes of an item in DynamoDB's notation: written, and read back with nothing guessed. Pure.

Every item carries `version: 1`. Another version, or an attribute that is missing or of another type, raises
`UnreadableItemError`, which names the attribute and no value. What is None is left out of an item.
"""

from typing import Any

from parley.stores.keys import Item

VERSION = 1


class UnreadableItemError(Exception):
    """An item is not as this version writes it."""


def text(value: str) -> dict[str, Any]:
    return {"S": value}


def number(value: int) -> dict[str, Any]:
    return {"N": str(value)}


def texts(values: tuple[str, ...]) -> dict[str, Any]:
    return {"L": [text(value) for value in values]}


def read_text(item: Item, name: str) -> str:
    """A text attribute. Raises `UnreadableItemError`."""
    value = read_optional(item, name)
    if value is None:
        raise UnreadableItemError(name)
    return value


def read_optional(item: Item, name: str) -> str | None:
    value = item.get(name, {}).get("S")
    return None if value is None else str(value)


def read_flag(item: Item, name: str) -> bool:
    """False if it is absent."""
    return bool(item.get(name, {}).get("BOOL", False))


def read_number(item: Item, name: str) -> int:
    try:
        return int(item[name]["N"])
    except (KeyError, ValueError):
        raise UnreadableItemError(name) from None


def read_list(item: Item, name: str) -> list[Item]:
    value = item.get(name, {}).get("L")
    if not isinstance(value, list):
        raise UnreadableItemError(name)
    return value


def read_texts(item: Item, name: str) -> tuple[str, ...]:
    try:
        return tuple(str(each["S"]) for each in read_list(item, name))
    except KeyError:
        raise UnreadableItemError(name) from None


def read_pair(item: Item) -> tuple[str, str]:
    """A list of exactly two texts."""
    match read_texts({"pair": item}, "pair"):
        case (first, second):
            return first, second
    raise UnreadableItemError("pair")


def check(item: Item) -> None:
    """Raises `UnreadableItemError` unless the item is of this version."""
    if item.get("version") != number(VERSION):
        raise UnreadableItemError("version")


def written(key: Item, **attributes: dict[str, Any] | None) -> Item:
    """An item of this version with those of the attributes that are not None."""
    present = {name: value for name, value in attributes.items() if value is not None}
    return {**key, "version": number(VERSION), **present}


def optional(value: str | None) -> dict[str, Any] | None:
    return None if value is None else text(value)
