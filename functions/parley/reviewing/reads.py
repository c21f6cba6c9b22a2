"""Reads: who read what of a conversation, when, and for which case; and who decided on what has none.

The record lies in the review bucket. The reader's name is personal data of staff and stands nowhere else.
"""

import json
from datetime import UTC, datetime
from enum import StrEnum

from parley.archive.records import EventKind
from parley.conversation.aliases import ConversationId
from parley.conversation.messages import MessageId
from parley.reviewing.ports import Desk
from parley.reviewing.recording import existing, fresh_id

SCHEMA_VERSION = 1


class What(StrEnum):
    """What is read of a conversation."""

    TRANSCRIPT = "transcript"
    ENTRIES = "entries"
    ORIGINALS = "originals"
    EXPORT = "export"


def record_read(
    conversation: ConversationId, what: What, case: str, reader: str, read: str | None, desk: Desk
) -> tuple[str, datetime]:
    """Records that somebody is about to read; returns the read's id and time. read: its id, the same for each
    repetition, by which a record that was made twice is told; None for a new one. Raises `RefusedError`."""
    existing(conversation, desk)
    return _record({"conversation": conversation, "what": what, "case": case}, reader, read, desk)


def record_party_read(case: str, reader: str, read: str | None, desk: Desk) -> tuple[str, datetime]:
    """The same of what is registered of a party. The party is not named: the case tells whose request it was,
    and the record is kept for longer than the party."""
    return _record({"what": "party", "case": case}, reader, read, desk)


def record_decision(
    kind: EventKind, *, receipt: str, message: MessageId, case: str, actor: str, desk: Desk
) -> None:
    """Records that somebody is about to decide on a mail of no conversation, which has no chain."""
    _record({"receipt": receipt, "message": message, "case": case}, actor, None, desk, kind=kind)


def _record(
    about: dict[str, str], reader: str, read: str | None, desk: Desk, *, kind: str = "read"
) -> tuple[str, datetime]:
    read_id, now = read or fresh_id(desk), desk.clock.now()
    record = {
        "schema_version": SCHEMA_VERSION,
        "kind": kind,
        "id": read_id,
        "at": now.isoformat(),
        "who": reader,
        **about,
    }
    content = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False).encode()
    desk.accesses.put(access_key(now, read_id), content, media_type="application/json")
    return read_id, now


def access_key(at: datetime, read: str) -> str:
    """In the review bucket, a folder a day."""
    return at.astimezone(UTC).strftime("accesses/%Y/%m/%d/%Y-%m-%dT%H%M%S.%fZ") + f"_{read}.json"
