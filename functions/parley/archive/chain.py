"""The chain of a conversation (invariant I10).

Each link names the one before it and holds salted commitments, not contents: SHA-256 over a secret salt and
the content's own SHA-256. What happened is itself such a content (`parley.archive.records`). So contents and
salts can be erased, or kept from one who may not see them, and the chain still proves that nothing was
removed, added or reordered, without telling what was written or decided.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, NoReturn

SALT_BITS = 128
VERSION = 1
_SALT = re.compile("[0-9a-f]{32}")


class Committed(StrEnum):
    """What a link commits to. content: the subject and text of a mail, or of a note."""

    RECORD = "record"
    ORIGINAL = "original"
    RELAYED = "relayed"
    CONTENT = "content"


def digest(content: bytes) -> str:
    """SHA-256 in 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def is_salt(text: str) -> bool:
    """Whether it is of the form of a salt, 32 hex digits: what S3 keeps beside an object may be anything."""
    return _SALT.fullmatch(text) is not None


def commitment(salt: str, content_digest: str) -> str:
    """The commitment to a content: 64 hex digits. salt: 32 hex digits; content_digest: hex SHA-256."""
    return digest(bytes.fromhex(salt) + bytes.fromhex(content_digest))


def nothing(record_salt: str, kind: Committed) -> str:
    """What stands for the commitment to a content that there is not: 64 hex digits. Whoever has the record's
    salt knows it, and to anybody else it looks like any other. record_salt: 32 hex digits."""
    # Never a commitment: those are of 48 octets.
    return digest(f"no {kind} {record_salt}".encode("ascii"))


def commitments(
    salts: Mapping[str, str] | Mapping[Committed, str], contents: Mapping[Committed, bytes]
) -> dict[str, str]:
    """Of a link: one of each kind, so that a bare link does not tell by them what happened. salts: by kind,
    that of the record always."""
    return {
        str(kind): commitment(salts[kind], digest(contents[kind]))
        if kind in contents
        else nothing(salts[Committed.RECORD], kind)
        for kind in Committed
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link. seq: its place, from 1. previous: the hash of the link before, "" for the first.

    id: of the message or event. at: when SES received the mail or the event was recorded, ISO 8601, UTC.
    commitments: each value of `Committed` → 64 hex digits.
    """

    conversation: str
    seq: int
    previous: str
    id: str
    at: str
    commitments: Mapping[str, str]

    def to_json(self) -> str:
        return canonical(asdict(self) | {"version": VERSION})


def canonical(fields: Mapping[str, object]) -> str:
    """The form that is hashed: JSON with sorted keys, no blanks, ASCII."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))


def read_json(raw: bytes) -> Any:
    """JSON that means one thing to every reader: no member twice, no fraction, no NaN, no deep nesting.

    Raises ValueError.
    """
    try:
        return json.loads(
            raw, object_pairs_hook=_each_once, parse_float=_refuse_number, parse_constant=_refuse_number
        )
    except RecursionError:
        raise ValueError("nested too deep") from None


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError("a member stands there twice")
    return found


def _refuse_number(_number: str) -> NoReturn:
    raise ValueError("not a whole number")


def link_hash(link_json: str) -> str:
    """The hash of a link in its canonical form."""
    return digest(link_json.encode("ascii"))
