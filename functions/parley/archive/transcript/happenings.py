"""The events of a conversation, and what reviewers wrote with them."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from parley.archive.content import ContentError, read_note
from parley.archive.keys import content_key
from parley.archive.records import EventKind
from parley.archive.transcript.markup import cleaned, plainly, shortened
from parley.archive.transcript.messages import Happening
from parley.archive.transcript.model import Hold
from parley.archive.transcript.veil import Veil
from parley.conversation.events import Event

DELIVERIES = frozenset(
    (
        *(EventKind.SENT, EventKind.DELAYED, EventKind.DELIVERED, EventKind.BOUNCED, EventKind.SUPPRESSED),
        *(EventKind.REJECTED, EventKind.COMPLAINED),
    )
)
_MAX_FACT = 200


def parsed(text: str | None) -> Mapping[str, Any]:
    """A JSON object; an empty one if the text is none. Whatever the record, there is a transcript."""
    try:
        read = json.loads(text or "{}")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def happening(event: Event, stored: Callable[[str], bytes | None], veil: Veil) -> Happening:
    """stored: as `build` takes it."""
    facts = parsed(event.record).get("facts")
    text = _written(stored(content_key(event.folder))) if event.folder else None
    return Happening(
        seq=event.seq,
        id=event.id,
        kind=str(event.kind),
        at=event.at,
        facts=tuple(
            (plainly(str(name))[:_MAX_FACT], shortened(plainly(veil.strictly(str(value))), _MAX_FACT))
            for name, value in (facts.items() if isinstance(facts, dict) else ())
        ),
        text=cleaned(veil.strictly(text)) if text is not None else None,
        is_lost=bool(event.folder) and text is None and event.kind in _WRITTEN,
    )


def _written(content: bytes | None) -> str | None:
    """What a reviewer wrote. Who it was stands in the archive alone."""
    try:
        return None if content is None else read_note(content).text
    except ContentError:
        return None


_WRITTEN = frozenset(
    (
        *(EventKind.NOTE, EventKind.HOLD_PLACED, EventKind.HOLD_LIFTED, EventKind.RELEASE_ASKED),
        EventKind.REFUSED,
    )
)
"""Kinds whose content is what a reviewer wrote."""


def holds(happenings: Iterable[Happening]) -> tuple[Hold, ...]:
    """Every hold that was ever placed. One is lifted by an event whose fact "hold" names it: by the id of the
    event that placed it, or by that event's own fact "hold"."""
    placed: list[Happening] = []
    lifted: dict[str, Happening] = {}
    for each in happenings:
        if each.kind == EventKind.HOLD_PLACED:
            placed.append(each)
        elif each.kind == EventKind.HOLD_LIFTED:
            lifted.setdefault(dict(each.facts).get("hold", ""), each)
    return tuple(_hold(each, lifted) for each in placed)


def _hold(placed: Happening, lifted: Mapping[str, Happening]) -> Hold:
    facts = dict(placed.facts)
    end = lifted.get(facts.get("hold", placed.id)) or lifted.get(placed.id)
    return Hold(
        id=placed.id,
        case=facts.get("case", ""),
        placed_at=placed.at,
        reason=placed.text,
        lifted_at=end.at if end else None,
    )
