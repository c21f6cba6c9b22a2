"""Markers of erasure: what the next round of the lake takes out, written by whoever erases.

lake/erasures/<conversation>/<digest of the marker>.json

A marker is there until its rows are empty in every file of the days that it names, and in the arrivals that
were there when it was read. Its name is that of its content, so that one which is written anew meanwhile is
another object and not removed with the first.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from parley.lake.tables import ERASURES

SCHEMA_VERSION = 1


class MarkerError(ValueError):
    """An object is no marker of a version that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Rows of `conversation` up to the place `up_to` in its chain; of one `message` alone, and of the events
    about it, if that is given. days: on which rows of it may lie, by `at` (UTC). asked_at: when, which tells
    one look from the next."""

    conversation: str
    days: tuple[date, ...]
    up_to: int
    asked_at: datetime
    message: str | None = None

    @property
    def key(self) -> str:
        digest = hashlib.sha256(self.to_bytes()).hexdigest()
        return f"{erasures_prefix(self.conversation)}{digest[:32]}.json"

    def to_bytes(self) -> bytes:
        """Canonical: the same marker gives the same octets."""
        fields = {
            "schema_version": SCHEMA_VERSION,
            "conversation_id": self.conversation,
            "days": sorted({day.isoformat() for day in self.days}),
            "up_to": self.up_to,
            "asked_at": self.asked_at.astimezone(UTC).isoformat(),
            "message_id": self.message,
        }
        return json.dumps(fields, sort_keys=True, ensure_ascii=True).encode("ascii")


def erasures_prefix(conversation: str) -> str:
    """All markers of a conversation; there is none once the lake has followed."""
    return f"{ERASURES}{conversation}/"


def read_erasure(raw: bytes) -> Erasure:
    """Raises `MarkerError`."""
    try:
        fields = json.loads(raw)
        if fields["schema_version"] != SCHEMA_VERSION:
            raise MarkerError("another version of marker")
        return Erasure(
            conversation=_text(fields["conversation_id"]),
            days=tuple(date.fromisoformat(each) for each in fields["days"]),
            up_to=int(fields["up_to"]),
            asked_at=datetime.fromisoformat(fields["asked_at"]),
            message=None if fields["message_id"] is None else _text(fields["message_id"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise MarkerError("malformed marker") from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError
    return value
