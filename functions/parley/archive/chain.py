"""The chain of a conversation (invariant I10).

Each link names the one before it and holds salted commitments, not contents: SHA-256 over a secret salt and
the content's own SHA-256. So contents and salts can be erased later, and the chain still proves that nothing
was removed, added or reordered, without telling what was written.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

SALT_BITS = 128
VERSION = 1


def commitment(salt: str, content_digest: str) -> str:
    """The commitment to a content: 64 hex digits. salt: 32 hex digits; content_digest: hex SHA-256."""
    return hashlib.sha256(bytes.fromhex(salt) + bytes.fromhex(content_digest)).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link. kind: "message"; events of later life get kinds of their own.

    previous: the hash of the link before, "" for the first. received_at: ISO 8601, UTC. author_role: None
    where the author is not proved. outcome: the state that was decided on when the message was claimed.
    commitments: "original" and, where there is one, "relayed" → hex. screening: the policy's version, the
    rules that hit and missed, the findings.
    """

    conversation: str
    seq: int
    previous: str
    kind: str
    message: str
    received_at: str
    author_role: str | None
    recipient_role: str
    outcome: str
    codes: tuple[str, ...]
    screening: Mapping[str, object]
    commitments: Mapping[str, str]

    def to_json(self) -> str:
        """The canonical form that is hashed: sorted keys, no blanks, ASCII."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__} | {"version": VERSION}
        return json.dumps(fields, sort_keys=True, separators=(",", ":"))


def link_hash(link_json: str) -> str:
    """The hash of a link in its canonical form."""
    return hashlib.sha256(link_json.encode("ascii")).hexdigest()
