"""The archive's objects of made-up conversations: entries as write_archive files them, and contents."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from parley.archive.chain import Committed, Link
from parley.archive.entries import event_entry, message_entry
from parley.archive.keys import entry_key
from parley.archive.records import EventKind, EventRecord, MessageRecord
from tests.lake.world import Act, Mail, Step, Told, World, released_name

_SALT = "0" * 32


def write_entries(world: World, conversation: str, folder: Path) -> None:
    """folder: in the place of the archive bucket."""
    for mail in world.mails_of[conversation]:
        _write(mail.conversation, mail.seq, mail.id, _of_mail(mail), folder)
        for event in world.events_of[mail.id]:
            told = dict(each.split("=", 1) for each in event.codes)
            facts = told | {"occurred-at": _exact(event.occurred_at)}
            _write(event.conversation, event.seq, event.id, _of_event(event, mail.id, facts), folder)
        for step in world.steps_of[mail.id]:
            kept = f"conversations/{conversation}/events/{released_name(step.id)}/"
            goes_out = step.kind == "released" and "opened" not in step.facts
            raw = _of_event(step, mail.id, step.facts, kept if goes_out else "")
            _write(step.conversation, step.seq, step.id, raw, folder)
    for act in world.acts:
        if act.conversation == conversation and act.kind != "read":
            _write(act.conversation, act.seq, act.id, _of_event(act, None, {"case": act.case}), folder)


def write_contents(world: World, conversation: str, folder: Path) -> dict[str, str]:
    """The content of what went out, and of releases that failed; its texts by mail."""
    found = {}
    for mail in world.mails_of[conversation]:
        if mail.passed_on_at is not None:
            found[mail.id] = f"Is the pot blue? It's {mail.id}."
            _write_content(mail, mail.content_name, found[mail.id], folder)
        for step in world.steps_of[mail.id]:
            if step.id == f"{mail.id}-attempt":
                _write_content(mail, released_name(step.id), "What nobody got.", folder)
    return found


def _write_content(mail: Mail, name: str, text: str, folder: Path) -> None:
    others = [f"Its price is 3 of {mail.id}."]
    content = {"kind": "message", "subject": f"About {mail.id}", "text": text, "others": others}
    path = folder / "contents" / mail.conversation / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def _write(conversation: str, seq: int, subject: str, raw: bytes, folder: Path) -> None:
    path = folder / entry_key(conversation, seq, subject)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)


def _of_mail(mail: Mail) -> bytes:
    outcome = "held" if mail.is_decided else mail.state
    # What a release that failed added stands in its own event.
    codes = tuple(each for each in mail.codes if each != "ses-rejected")
    screening = {"policy": "1", "hits": (), "misses": (), "findings": ()}
    record = MessageRecord(
        author_role=mail.author,
        recipient_role=mail.recipient,
        outcome=outcome,
        codes=codes,
        screening=screening,
    )
    return message_entry(
        _link(mail, mail.at),
        record.to_json(),
        _SALT,
        outcome=outcome,
        codes=codes,
        folder=f"conversations/{mail.conversation}/{mail.folder_name}/",
        outgoing_message_id=None,
    )


def _of_event(event: Told | Step | Act, mail: str | None, facts: Mapping[str, str], kept: str = "") -> bytes:
    """kept: the folder of what was composed."""
    record = EventRecord(kind=EventKind(event.kind), message=mail, facts=facts)
    return event_entry(_link(event, event.at), record.to_json(), _SALT, folder=kept)


def _link(what: Mail | Told | Step | Act, at: datetime) -> str:
    return Link(
        conversation=what.conversation,
        seq=what.seq,
        previous="",
        id=what.id,
        at=_exact(at),
        commitments={str(kind): "0" * 64 for kind in Committed},
    ).to_json()


def _exact(at: datetime) -> str:
    """As the chain tells a time, to the microsecond, of which a whole second has none."""
    return (at + timedelta(microseconds=999) if at.microsecond else at).isoformat()
