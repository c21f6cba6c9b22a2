"""What a reviewer may see of mails: straight from the buckets, under the reviewer's own rights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cli.checks.site import Site
from cli.deployment import Part
from cli.evidence.holdings import Holdings, Object
from cli.marketplace import Happening
from parley.archive.content import ContentError, Note, read_content, read_note
from parley.archive.entries import Entry, EntryError, read_entry
from parley.archive.keys import content_key
from parley.archive.readable import Readable
from parley.archive.records import EventKind
from parley.conversation.messages import State

WRITTEN = frozenset(
    (EventKind.NOTE, EventKind.HOLD_PLACED, EventKind.HOLD_LIFTED, EventKind.RELEASE_ASKED, EventKind.REFUSED)
)
"""Events in which a person wrote something down."""


@dataclass(frozen=True, slots=True)
class Unshown:
    """code: why a text is not shown: "not-archived" (yet), "object-missing", "access-denied" or
    "content-unreadable"."""

    code: str


Text = Readable | Note | Unshown | None


def holdings_of(site: Site, conversation: str) -> Holdings:
    return Holdings(site.clients, site.deployment.physical(Part.ARCHIVE), conversation)


def texts(happenings: Sequence[Happening], holdings: Holdings) -> list[tuple[Happening, Text]]:
    """Each with what was written, as the other party saw it; None where nobody wrote or saw anything."""
    folders = {each.id: each.folder for each in entries_of(holdings)}
    wanted = [folders.get(each.id) if _has_text(each) else "" for each in happenings]
    found = holdings.read_all(content_key(folder) for folder in wanted if folder)
    return [
        (each, _read(each, next(found)) if folder else None if folder == "" else Unshown("not-archived"))
        for each, folder in zip(happenings, wanted, strict=True)
    ]


def _has_text(happening: Happening) -> bool:
    if happening.kind == "message":
        return happening.state == State.RELAYED
    return happening.kind == EventKind.RELEASED or happening.kind in WRITTEN


def _read(happening: Happening, found: object) -> Text:
    if not isinstance(found, Object):
        return Unshown(getattr(found, "code", "object-missing"))
    try:
        is_note = happening.kind in WRITTEN
        return read_note(found.content) if is_note else read_content(found.content)
    except ContentError:
        return Unshown("content-unreadable")


def entries_of(holdings: Holdings) -> Iterator[Entry]:
    """Those that can be read; what cannot is for `parley verify` to name."""
    for found in holdings.read_all(holdings.entry_keys()):
        if isinstance(found, Object):
            try:
                yield read_entry(found.content)
            except EntryError:
                continue
