"""Checkpoints: how many links a conversation's chain had at a moment, signed, so that no tail can be cut.

One KMS signature serves all statements of a run: it is made over the root of their hash tree, and each
checkpoint carries its statement's path to that root.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final

import fastjsonschema

from parley.archive import hashtree
from parley.archive.chain import canonical, read_json
from parley.archive.entry_schema import CHECKPOINT_SCHEMA, CHECKPOINT_VERSION

ALGORITHM: Final = "ECDSA_SHA_256"
"""KMS's name of the signing algorithm: ECDSA over SHA-256 with the curve P-256, in DER."""


class CheckpointError(ValueError):
    """An object is no checkpoint of a version that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """count: the number of links. tip: the hash of the last one. pending: seq (as text) → hash of those
    links whose message has no outcome yet, and so no entry. at: ISO 8601, UTC."""

    conversation: str
    count: int
    tip: str
    pending: Mapping[str, str]
    at: str

    def to_bytes(self) -> bytes:
        return canonical(asdict(self) | {"version": CHECKPOINT_VERSION}).encode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """place: the statement's among `of` statements of its run. path: its hashes to the root. key: ARN of the
    KMS key; signature: over the root, which stands for the SHA-256 digest (KMS: MessageType DIGEST), in
    DER."""

    statement: Statement
    place: int
    of: int
    path: hashtree.Path
    key: str
    signature: bytes

    @property
    def root(self) -> bytes | None:
        """What the signature must be over, 32 octets; None if the path does not fit."""
        return hashtree.root_by_path(self.statement.to_bytes(), self.place, self.of, self.path)

    def to_bytes(self) -> bytes:
        fields = {
            "schema_version": CHECKPOINT_VERSION,
            "kind": "checkpoint",
            "statement": asdict(self.statement),
            "place": self.place,
            "of": self.of,
            "path": [each.hex() for each in self.path],
            "algorithm": ALGORITHM,
            "key": self.key,
            "signature": b64encode(self.signature).decode("ascii"),
        }
        return json.dumps(fields, indent=1, sort_keys=True).encode()


def batch_root(statements: Sequence[Statement]) -> bytes:
    """What is signed for a run, 32 octets."""
    return hashtree.root([statement.to_bytes() for statement in statements])


def checkpoints(statements: Sequence[Statement], key: str, signature: bytes) -> list[Checkpoint]:
    """One for each statement, in their order. signature: of `batch_root(statements)`."""
    paths = hashtree.paths([statement.to_bytes() for statement in statements])
    return [
        Checkpoint(
            statement=statement, place=place, of=len(statements), path=path, key=key, signature=signature
        )
        for place, (statement, path) in enumerate(zip(statements, paths, strict=True))
    ]


def read_checkpoint(raw: bytes) -> Checkpoint:
    """Raises `CheckpointError`. Whether the signature holds is not looked at."""
    try:
        fields = read_json(raw)
        _validator()(fields)
        return Checkpoint(
            statement=Statement(**fields["statement"]),
            place=fields["place"],
            of=fields["of"],
            path=tuple(bytes.fromhex(each) for each in fields["path"]),
            key=fields["key"],
            signature=b64decode(fields["signature"], validate=True),
        )
    except (ValueError, fastjsonschema.JsonSchemaException):
        raise CheckpointError("malformed checkpoint") from None


@cache
def _validator() -> Any:
    return fastjsonschema.compile(CHECKPOINT_SCHEMA)
