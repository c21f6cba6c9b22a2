"""Entries: one JSON object a message or event, written once and never rewritten, on one line.

An entry holds its link, so that the chain can be followed from the entries alone, the record that the link
commits to with its salt, and for a message what became of it. No mailbox, name, subject or text.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import fastjsonschema

from parley.archive.chain import Committed, Link, canonical, link_hash, nothing, read_json
from parley.archive.entry_schema import SCHEMA, SCHEMA_VERSION
from parley.archive.records import EventKind, EventRecord, MessageRecord


class EntryError(ValueError):
    """An object is no entry that the schema admits. `code` is stable: "entry-unreadable", "entry-unknown"
    (of another schema version) or "entry-malformed"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """told_hash: what the entry says its link's hash is. record_salt: 32 hex digits. folder: where the
    objects of the message or event lie, "" if it has none. record: None, and no salt, where it is kept back
    from this reader (`parley.archive.evidence`). outcome and what follows it: of messages only."""

    told_hash: str
    link: Link
    record: MessageRecord | EventRecord | None
    record_salt: str
    folder: str
    outcome: str | None = None
    codes: tuple[str, ...] = ()
    outgoing_message_id: str | None = None

    @property
    def seq(self) -> int:
        return self.link.seq

    @property
    def id(self) -> str:
        return self.link.id

    @property
    def contents(self) -> tuple[Committed, ...]:
        """What the link commits to besides the record, where there is something. Without the record nobody
        can tell, and everything may be."""
        told, salt = self.link.commitments, self.record_salt
        kinds = (kind for kind in Committed if kind is not Committed.RECORD)
        return tuple(kind for kind in kinds if kind in told and told[kind] != nothing(salt, kind))


def message_entry(
    link: str,
    record: str,
    salt: str,
    *,
    outcome: str,
    codes: Sequence[str],
    folder: str,
    outgoing_message_id: str | None,
) -> bytes:
    """The entry of a message as UTF-8 JSON.

    link, record: the canonical JSON that was chained. salt: the record's. outcome: the one that the work on
    the receipt ended with ("relayed", "held", "refused", "discarded"); codes: why. folder: where its mails
    lie. Raises `EntryError`.
    """
    return _entry(
        link,
        record,
        salt,
        folder=folder,
        outcome=outcome,
        codes=list(codes),
        outgoing_message_id=outgoing_message_id,
    )


def event_entry(link: str, record: str, salt: str, *, folder: str) -> bytes:
    """The entry of an event as UTF-8 JSON. folder: "" if it has no content. Raises `EntryError`."""
    return _entry(link, record, salt, folder=folder)


def _entry(link: str, record: str, salt: str, **fields: object) -> bytes:
    opened = json.loads(record)
    entry = {
        "schema_version": SCHEMA_VERSION,
        "kind": opened["kind"],
        "link": json.loads(link),
        "link_hash": link_hash(link),
        "record": opened,
        "record_salt": salt,
        **fields,
    }
    _check(entry)
    # Athena reads a line as an object.
    return canonical(entry).encode("ascii")


def read_entry(raw: bytes) -> Entry:
    """Raises `EntryError`. That hashes and commitments are right is for `parley.archive.verification`."""
    try:
        entry = read_json(raw)
    except ValueError:
        raise EntryError("entry-unreadable") from None
    if isinstance(entry, dict) and entry.get("schema_version") not in (SCHEMA_VERSION, None):
        raise EntryError("entry-unknown")
    _check(entry)
    return Entry(
        told_hash=entry["link_hash"],
        link=Link(**_unversioned(entry["link"])),
        record=_record(entry["record"]),
        record_salt=entry["record_salt"],
        folder=entry["folder"],
        outcome=entry.get("outcome"),
        codes=tuple(entry.get("codes", ())),
        outgoing_message_id=entry.get("outgoing_message_id"),
    )


def _check(entry: Any) -> None:
    try:
        _validator()(entry)
    except fastjsonschema.JsonSchemaException:
        raise EntryError("entry-malformed") from None
    if entry["kind"] != entry["record"]["kind"] or not is_moment(entry["link"]["at"]):
        raise EntryError("entry-malformed")


def is_moment(text: str) -> bool:
    """Whether a text of the schema's form is a time that there is."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _record(fields: Mapping[str, Any]) -> MessageRecord | EventRecord:
    told = _unversioned(fields)
    kind = told.pop("kind")
    if kind == "message":
        return MessageRecord(**told | {"codes": tuple(told["codes"])})
    return EventRecord(**told, kind=EventKind(kind))


def _unversioned(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The schema admits one version of links and records only."""
    return {name: value for name, value in fields.items() if name != "version"}


@cache
def _validator() -> Any:
    return fastjsonschema.compile(SCHEMA)
