"""The export's own link: what shows that nothing was cut off the end of a bundle, or kept back from a party.

Before anything is read for a bundle, the API chains an event of the kind `exported`, and `write_archive`
signs a checkpoint that counts it, with a key that whoever exports may not use. The manifest names that event.
So a bundle reaches at least as far as the moment of its making: a link that was there before cannot be left
out without breaking the chain, and a bundle that ends before its own event is no whole one.

Of a bundle for one party the event also tells which links are opened, as the API found them: whoever exports
can neither hide what the party saw nor show it anything else.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from parley.archive.chain import Committed
from parley.archive.entries import Entry
from parley.archive.evidence import Manifest, Opened, bare_entry
from parley.archive.folders import is_shown_folder
from parley.archive.places import Places, read_places, written_places
from parley.archive.records import EventKind, EventRecord
from parley.archive.redaction import NOTHING, OWN, RECORD, SEEN, Share
from parley.archive.verdicts import Code, Fault

EXPORT_TIME = timedelta(minutes=5)
"""How far the manifest's time may be from that of the export's own link. The command takes the link's."""
EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Redaction:
    """What a bundle for one party opens. opens: places whose records are open, with the originals of mails;
    shows: those of mails that the other party wrote and that reached this one. export: the place of the
    export's own link, of which the record is open."""

    opens: Places
    shows: Places
    export: int

    def opened(self, entry: Entry) -> frozenset[Committed]:
        if entry.seq >= self.export:
            return RECORD if entry.seq == self.export else NOTHING
        if entry.seq in self.opens:
            return RECORD if isinstance(entry.record, EventRecord) else OWN
        return SEEN if entry.seq in self.shows else NOTHING

    def shares(self, entries: Iterable[Entry]) -> list[Share]:
        return [Share(entry, self.opened(entry)) for entry in entries]


def export_facts(case: str, viewer: str | None, opened: Iterable[Share] = ()) -> dict[str, str]:
    """What the record of an export tells. viewer: the role that it is for, None for one of everything.
    opened: to that role."""
    facts = {"case": case, "for": viewer or EVERYTHING}
    if viewer is None:
        return facts
    opened = tuple(opened)
    return facts | {
        "opens": written_places(each.entry.seq for each in opened if Committed.RECORD in each.opened),
        "shows": written_places(each.entry.seq for each in opened if Committed.RELAYED in each.opened),
    }


def redaction_in(entries: Iterable[Entry], exported: str) -> Redaction | None:
    """What the record of an export tells to open; None if there is none, or it is for nobody certain.
    exported: its id."""
    own = _own(entries, exported)
    if own is None or not isinstance(own.record, EventRecord):
        return None
    try:
        opens, shows = (read_places(str(own.record.facts[name])) for name in ("opens", "shows"))
    except (KeyError, ValueError):
        return None
    return Redaction(opens, shows, own.seq)


def export_faults(
    manifest: Manifest, entries: Sequence[Entry], links: Sequence[Opened], signed: int
) -> Iterator[Fault]:
    """What is wrong with the end of a bundle, and with what it opens. entries: those whose records are open.
    links: all. signed: how many links the latest checkpoint counts."""
    own, redaction = _own(entries, manifest.exported), redaction_in(entries, manifest.exported)
    if own is None or not _tells(own, manifest) or (manifest.viewer and redaction is None):
        yield Fault(seq=0, code=Code.EXPORT_UNPROVED)
        return
    if own.seq > signed:
        yield Fault(seq=own.seq, code=Code.EXPORT_UNPROVED)
    if not _is_near(manifest.made_at, own.link.at):
        yield Fault(seq=own.seq, code=Code.EXPORT_STALE)
    if manifest.viewer and redaction:
        records = {each.seq: each for each in entries}
        for link in links:
            entry = records.get(link.link.seq) or bare_entry(link)
            if not _is_as_told(link, entry, redaction.opened(entry), manifest.viewer):
                yield Fault(seq=entry.seq, code=Code.EXPORT_DIFFERS)


def _own(entries: Iterable[Entry], exported: str) -> Entry | None:
    return next((each for each in entries if each.id == exported), None)


def _tells(own: Entry, manifest: Manifest) -> bool:
    if not isinstance(own.record, EventRecord) or own.record.kind is not EventKind.EXPORTED:
        return False
    facts = {name: each for name, each in own.record.facts.items() if name in ("case", "for")}
    return facts == {"case": manifest.case, "for": manifest.viewer or EVERYTHING}


def _is_as_told(link: Opened, entry: Entry, opened: frozenset[Committed], viewer: str) -> bool:
    """Whether a link of a party's bundle opens what it should. What could not be read has no salt here, and
    is for the verification of its object."""
    if link.is_bare == (Committed.RECORD in opened) or not link.salts.keys() <= opened:
        return False
    if not link.is_bare:
        return link.folder == entry.folder
    return is_shown_folder(entry, viewer) if opened else not link.folder


def _is_near(told: str, at: str) -> bool:
    try:
        return abs(datetime.fromisoformat(told) - datetime.fromisoformat(at)) <= EXPORT_TIME
    except (ValueError, TypeError):  # No time, or one without a zone.
        return False
