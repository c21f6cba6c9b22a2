"""Whether every object of a conversation belongs to one of its links, and no attachment is missing."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from parley.archive import keys
from parley.archive.entries import Entry
from parley.archive.opening import Opening, committed_objects
from parley.archive.proving import place_in
from parley.archive.redaction import went_out
from parley.archive.verdicts import Code, Fault


@dataclass(frozen=True, slots=True)
class Listed:
    """What lies in the archive of a conversation. keys: of all that can be erased. attached: by the folder of
    a mail that was composed, the keys of its attachments; None where not all those mails may be read."""

    keys: Collection[str]
    attached: Mapping[str, Set[str]] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """entries: the proved one of each place. coming: places of messages without an entry yet. signed: how
    many links are signed. now: None if objects may be there whose links are not. grace: how old such a
    link may be."""

    conversation: str
    entries: Sequence[Entry]
    coming: Collection[int]
    signed: int
    now: datetime | None
    grace: timedelta


def sort_out(listed: Listed, chain: Chain, opening: Opening) -> tuple[list[Fault], tuple[str, ...]]:
    """Faults, and keys of what an event that was never chained may have left."""
    committed = {key for each in chain.entries for _, key in committed_objects(each)}
    folders = {each.folder for each in chain.entries if each.folder}
    events = keys.event_prefix(chain.conversation)
    attachments = keys.attachment_prefix(chain.conversation)
    faults, stray = [], []
    for key in sorted(set(listed.keys) - committed):
        if key.startswith(attachments):
            continue
        folder = keys.folder_of(key)
        if folder.startswith(events) and folder not in folders:
            stray.append(key)
        elif folder in folders or not _is_coming(folder, chain):
            place = place_in((folder or key).rpartition("/")[0])
            faults.append(Fault(seq=place, code=Code.OBJECT_UNPROVED, key=key))
    if listed.attached is not None:
        there = {key for key in listed.keys if key.startswith(attachments)}
        faults += _attachments(there, listed.attached, chain, opening)
    return faults, tuple(stray)


def _is_coming(folder: str, chain: Chain) -> bool:
    """Whether it is of a mail whose link has no entry yet, for good reason. folder: "" for none."""
    told, place = keys.time_in(folder), place_in(folder.removesuffix("/"))
    if told is None or place in chain.coming:
        return told is not None
    is_behind = place > max((each.seq for each in chain.entries), default=0)
    return is_behind and (chain.now is None or abs(chain.now - told) < chain.grace)


def _attachments(
    there: Set[str], attached: Mapping[str, Set[str]], chain: Chain, opening: Opening
) -> Iterator[Fault]:
    # An attachment belongs to every mail that had it; of those that were erased nobody knows.
    if not opening.was_anything_erased:
        known = {key for found in attached.values() for key in found}
        yield from _faults(there - known, Code.OBJECT_UNPROVED)
    gone = went_out(chain.entries)
    for each in chain.entries:
        if each.seq in gone and each.seq <= chain.signed and not opening.was_erased(each):
            missing = attached.get(each.folder, frozenset[str]()) - there
            yield from _faults(missing, Code.OBJECT_MISSING, each.seq)


def _faults(found: Iterable[str], code: Code, seq: int = 0) -> Iterator[Fault]:
    yield from (Fault(seq=seq, code=code, key=key) for key in sorted(found))
