"""moto without what it works out again for every request and every key, a third of the time of many tests.

It answers the same, only sooner. What is spared depends on nothing that changes within a run.
"""

import functools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from moto.core.base_backend import BaseBackend
from moto.core.serialize import BaseJSONSerializer
from moto.kms import models as kms

_serialize_structure = BaseJSONSerializer._serialize_type_structure
_generate_private_key = kms.generate_private_key
_urls = BaseBackend.urls.fget


@contextmanager
def lean() -> Iterator[None]:
    with ExitStack() as patches:
        for target, name, spared in (
            (BaseJSONSerializer, "_serialize_type_structure", _present_members),
            (BaseBackend, "urls", property(lambda backend: _urls_of(type(backend)))),
            (kms, "generate_private_key", _private_key),
        ):
            patches.enter_context(patch.object(target, name, spared))
        yield


def _present_members(serializer: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    """A value of DynamoDB has one member of ten, and moto looks for the others under six names each."""
    if shape.name != "AttributeValue" or type(value) is not dict or not key:
        _serialize_structure(serializer, serialized, value, shape, key)
        return
    members: dict[str, Any] = {}
    for name, member in value.items():
        serializer._serialize(members, member, shape.members[name], name)
    serializer._default_serialize(serialized, members, shape, key)


@functools.cache
def _urls_of(backend: type[BaseBackend]) -> Any:
    """A backend's addresses; S3's are made by loading a module anew."""
    assert _urls
    return _urls(object.__new__(backend))


def _private_key(key_spec: str) -> Any:
    """A key that encrypts signs nothing, and its unused RSA key need not be its own."""
    return _unused_key() if key_spec == "SYMMETRIC_DEFAULT" else _generate_private_key(key_spec)


@functools.cache
def _unused_key() -> Any:
    return _generate_private_key("SYMMETRIC_DEFAULT")
