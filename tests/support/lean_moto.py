"""moto without what it works out again for every request and every key, a third of the time of many tests.

It answers the same, only sooner. What is spared depends on nothing that changes within a run.
"""

import copy
import functools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from botocore.useragent import UserAgentString
from moto.core.base_backend import BaseBackend
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser  # type: ignore[attr-defined]
from moto.kms import models as kms
from moto.kms.utils import generate_private_key

_serialize_structure = BaseJSONSerializer._serialize_type_structure
_made_urls: property = vars(BaseBackend)["urls"]


@contextmanager
def lean() -> Iterator[None]:
    with ExitStack() as patches:
        for target, name, spared in (
            (BaseJSONSerializer, "_serialize_type_structure", _present_members),
            (BaseBackend, "urls", property(_urls)),
            (kms, "generate_private_key", _private_key),
            (UserAgentString, "to_string", lambda _: "tests"),
            (DepthFirstTraverser, "nodes_to_be_processed", _nodes_to_be_processed),
        ):
            patches.enter_context(patch.object(target, name, spared))
        # A transaction that fails is undone by a copy of the whole table, with what no write ever changes.
        patches.enter_context(patch.object(Table, "__deepcopy__", _copied_table, create=True))
        yield


def _nodes_to_be_processed(traverser: Any) -> tuple[type, ...]:
    """Asked for at every node of every expression; it is the same for all of them."""
    found: tuple[type, ...] | None = traverser.__dict__.get("_nodes")
    if found is None:
        found = traverser._nodes = tuple(traverser._processing_map())
    return found


def _copied_table(table: Table, memo: dict[int, Any]) -> Table:
    copied = copy.copy(table)
    copied.items = copy.deepcopy(table.items, memo)
    return copied


def _present_members(serializer: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    """A value of DynamoDB has one member of ten, and moto looks for the others under six names each."""
    if shape.name != "AttributeValue" or type(value) is not dict or not key:
        _serialize_structure(serializer, serialized, value, shape, key)
        return
    members: dict[str, Any] = {}
    for name, member in value.items():
        serializer._serialize(members, member, shape.members[name], name)
    serializer._default_serialize(serialized, members, shape, key)


def _urls(backend: BaseBackend) -> Any:
    return _urls_of(type(backend))  # type: ignore[arg-type]  # classes are hashable


@functools.cache
def _urls_of(backend: type[BaseBackend]) -> Any:
    """A backend's addresses; S3's are made by loading a module anew."""
    assert _made_urls.fget
    return _made_urls.fget(object.__new__(backend))


def _private_key(key_spec: str) -> Any:
    """A key that encrypts signs nothing, and its unused RSA key need not be its own."""
    return _unused_key() if key_spec == "SYMMETRIC_DEFAULT" else generate_private_key(key_spec)


@functools.cache
def _unused_key() -> Any:
    return generate_private_key("SYMMETRIC_DEFAULT")
