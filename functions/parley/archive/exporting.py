"""The export's own link: what shows that nothing was cut off the end of a bundle.

Before anything is read for a bundle, the API chains an event of the kind `exported`, and `write_archive`
signs a checkpoint that counts it, with a key that whoever exports may not use. The manifest names that event.
So a bundle reaches at least as far as the moment of its making: a link that was there before cannot be left
out without breaking the chain, and a bundle that ends before its own event is no whole one.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from parley.archive.entries import Entry
from parley.archive.evidence import Manifest
from parley.archive.records import EventKind, EventRecord
from parley.archive.verdicts import Code, Fault

EXPORT_TIME = timedelta(minutes=5)
"""How far the manifest's time may be from that of the export's own link. The command takes the link's."""
EVERYTHING = "everything"


def export_facts(case: str, viewer: str | None) -> dict[str, str]:
    """What the record of an export tells. viewer: the role that it is for, None for one of everything."""
    return {"case": case, "for": viewer or EVERYTHING}


def export_faults(manifest: Manifest, entries: Iterable[Entry], signed: int) -> Iterator[Fault]:
    """What is wrong with the end of a bundle. entries: those whose records are open. signed: how many links
    the latest checkpoint counts."""
    facts = export_facts(manifest.case, manifest.viewer)
    own = next((each for each in entries if each.id == manifest.exported), None)
    match own and own.record:
        case EventRecord(kind=EventKind.EXPORTED, facts=told) if own and dict(told) == facts:
            if own.seq > signed:
                yield Fault(seq=own.seq, code=Code.EXPORT_UNPROVED)
            if not _is_near(manifest.made_at, own.link.at):
                yield Fault(seq=own.seq, code=Code.EXPORT_STALE)
        case _:
            yield Fault(seq=0, code=Code.EXPORT_UNPROVED)


def _is_near(told: str, at: str) -> bool:
    try:
        return abs(datetime.fromisoformat(told) - datetime.fromisoformat(at)) <= EXPORT_TIME
    except (ValueError, TypeError):  # No time, or one without a zone.
        return False
