"""Content objects: what was written, for people to read, beside the chain. They can be erased.

Of a message, subject and text as the other party saw them; of an event, what a person of the marketplace
wrote down.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from parley.archive.chain import read_json
from parley.archive.readable import Attachment, Readable, readable
from parley.mail.structure import StructureError, read

SCHEMA_VERSION = 1


class ContentError(ValueError):
    """An object is no content of a version that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """actor: who wrote it, as their session names them."""

    text: str
    actor: str


def content_of(relayed: bytes) -> bytes:
    """The content object of a relayed mail as UTF-8 JSON; the same mail gives the same octets.

    Never raises: a mail that the leak gate let pass is not kept back because it cannot be retold. Then
    `unreadable` names the code, and the mail itself lies beside.
    """
    try:
        shown = readable(read(relayed))
    except StructureError as error:
        shown = _untold(error.defect)
    except Exception:  # Whatever nobody foresaw: its outcome matters more than its retelling.
        shown = _untold("content-error")
    return _written(asdict(shown) | {"schema_version": SCHEMA_VERSION, "kind": "message"})


def _untold(code: str) -> Readable:
    return Readable(subject="", text="", unreadable=(("", code),))


def read_content(raw: bytes) -> Readable:
    """Raises `ContentError`."""
    fields = _read(raw, "message")
    try:
        return Readable(
            subject=_text(fields["subject"]),
            text=_text(fields["text"]),
            others=tuple(map(_text, fields["others"])),
            attachments=tuple(_attachment(each) for each in fields["attachments"]),
            unreadable=tuple((_text(place), _text(code)) for place, code in fields["unreadable"]),
        )
    except (ValueError, KeyError, TypeError):
        raise ContentError("malformed content") from None


def note_content(text: str, actor: str) -> bytes:
    """The content object of what a person of the marketplace wrote down: a note, or the reason of a hold."""
    fields = asdict(Note(text=text, actor=actor))
    return _written(fields | {"schema_version": SCHEMA_VERSION, "kind": "note"})


def read_note(raw: bytes) -> Note:
    """Raises `ContentError`."""
    fields = _read(raw, "note")
    try:
        return Note(text=_text(fields["text"]), actor=_text(fields["actor"]))
    except (KeyError, TypeError):
        raise ContentError("malformed content") from None


def _written(fields: Mapping[str, object]) -> bytes:
    # A lone surrogate, which UTF-8 cannot express, becomes the JSON escape that stands for it.
    return json.dumps(fields, sort_keys=True, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _read(raw: bytes, kind: str) -> Mapping[str, Any]:
    try:
        fields = read_json(raw)
    except ValueError:
        raise ContentError("unreadable content") from None
    if not isinstance(fields, dict) or (fields.get("schema_version"), fields.get("kind")) != (
        SCHEMA_VERSION,
        kind,
    ):
        raise ContentError("another kind or version of content")
    return fields


def _attachment(fields: Mapping[str, Any]) -> Attachment:
    size = fields["size"]
    if not isinstance(size, int):
        raise TypeError
    return Attachment(
        place=_text(fields["place"]),
        name=_text(fields["name"]),
        media_type=_text(fields["media_type"]),
        size=size,
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
