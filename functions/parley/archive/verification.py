"""Recomputing a conversation's chain from what is stored, without the table (invariant I10).

The caller fetches: entries, checkpoints, and for each committed object its SHA-256 and salt. So the same code
verifies the archive bucket, an evidence bundle and a redacted bundle.

A signed checkpoint proves the hash of the last link it counts; that link names the hash of the one before,
and so on down to the first. So a link that was altered is named itself, not the one behind it. What stands
behind the last checkpoint is unproved yet: of that, only that it hangs together is looked at.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType

from parley.archive.belonging import Chain, Listed, sort_out
from parley.archive.chain import Committed, link_hash
from parley.archive.checkpoints import Checkpoint
from parley.archive.entries import Entry, EntryError, read_entry
from parley.archive.keys import entry_key
from parley.archive.opening import Opening, committed_objects
from parley.archive.proving import pending_places, place_in, proved_hashes, signed_statements
from parley.archive.verdicts import Code, Fault, Stored, Verdict, in_order

__all__ = ["Code", "Fault", "Stored", "Verdict", "committed_objects", "verify"]


SIGNING_TIME = timedelta(minutes=15)
"""How old the last link may be without a checkpoint: after that somebody added it, or signing has failed."""


@dataclass(frozen=True, slots=True)
class _Found:
    """An entry as it lies at its key, with the hash of its link."""

    key: str
    entry: Entry
    hash: str


def verify(
    conversation: str,
    entries: Iterable[tuple[str, bytes]],
    checkpoints: Iterable[tuple[str, bytes]],
    stored: Callable[[str], Stored | None],
    is_signed: Callable[[Checkpoint], bool],
    *,
    may_be_closed: Callable[[Entry, Committed], bool] = lambda _entry, _kind: False,
    bare: Iterable[Entry] = (),
    listed: Listed | None = None,
    disturbed: Mapping[str, Code] = MappingProxyType({}),
    now: datetime | None = None,
) -> Verdict:
    """entries, checkpoints: key and octets of each object. stored: what lies at a key of the archive, None if
    nothing does. is_signed: whether a checkpoint's signature is over its root. may_be_closed: whether this
    object of an entry may be kept back from this reader. bare: links without their records, which are kept
    back from this reader. disturbed: keys of objects that something was done to after they were written, and
    what; the other arguments have what was first written. now: when the archive was read; None if the end
    need not be signed yet."""
    faults: list[Fault] = []
    signed = list(signed_statements(conversation, checkpoints, is_signed, faults))
    latest = max((statement.count for statement in signed), default=0)
    proved = proved_hashes(signed, faults)
    found, places = _found(conversation, entries, faults)
    for each in bare:
        found.setdefault(each.seq, []).append(_Found("", each, link_hash(each.link.to_json())))
        places.add(each.seq)
    chain = _chain(found, proved, faults)
    pending = pending_places(signed) - chain.keys()
    count = _check_gaps({*places, *pending}, latest, faults)
    _check_order(chain, proved, faults)
    last = chain.get(count)
    _check_end(count, latest, last, now, faults)
    in_chain = [(each.key, each.entry) for _, each in sorted(chain.items())]
    opening = Opening(in_chain, latest, stored, may_be_closed, faults)
    opening.check()
    faults += opening.disturbances(disturbed)
    stray: tuple[str, ...] = ()
    if listed is not None:
        whole = Chain(
            conversation=conversation,
            entries=[entry for _, entry in in_chain],
            coming=pending,
            signed=latest,
            now=now,
            grace=SIGNING_TIME,
        )
        loose, stray = sort_out(listed, whole, opening)
        faults += loose
    return Verdict(
        conversation=conversation,
        count=count,
        tip=proved.get(count) or (last.hash if last else ""),
        signed=latest,
        faults=in_order(faults),
        pending=tuple(sorted(pending)),
        erased=tuple(opening.erased),
        unopened=tuple(opening.unopened),
        stray=stray,
    )


def _found(
    conversation: str, entries: Iterable[tuple[str, bytes]], faults: list[Fault]
) -> tuple[dict[int, list[_Found]], set[int]]:
    """The entries by place, and all places at which something lies, readable or not."""
    found: dict[int, list[_Found]] = {}
    places: set[int] = set()
    for key, raw in entries:
        try:
            entry = read_entry(raw)
        except EntryError as error:
            faults.append(Fault(seq=place_in(key), code=Code(error.code), key=key))
            places.add(place_in(key))
            continue
        if entry.link.conversation != conversation:
            faults.append(Fault(seq=place_in(key), code=Code.OTHER_CONVERSATION, key=key))
            places.add(place_in(key))
            continue
        name = entry_key(conversation, entry.seq, entry.id).rpartition("/")[2]
        if key.rpartition("/")[2] != name:
            faults.append(Fault(seq=entry.seq, code=Code.ENTRY_MISPLACED, key=key))
        found.setdefault(entry.seq, []).append(_Found(key, entry, link_hash(entry.link.to_json())))
        places.add(entry.seq)
    return found, places - {0}


def _chain(
    found: Mapping[int, list[_Found]], proved: dict[int, str], faults: list[Fault]
) -> dict[int, _Found]:
    """One entry for each place, of several the proved one; adds to `proved` what proved links prove."""
    chain: dict[int, _Found] = {}
    for seq in sorted(found, reverse=True):
        expected = proved.get(seq)
        first, *others = sorted(found[seq], key=lambda each: each.hash != expected)
        chain[seq] = first
        faults += [Fault(seq=seq, code=Code.ENTRY_TWICE, key=other.key) for other in others]
        if first.entry.told_hash != first.hash or expected not in (None, first.hash):
            faults.append(Fault(seq=seq, code=Code.LINK_ALTERED, key=first.key))
        previous = first.entry.link.previous
        if expected == first.hash and seq > 1 and proved.setdefault(seq - 1, previous) != previous:
            faults.append(Fault(seq=seq - 1, code=Code.CHECKPOINT_CONTRADICTED))
    return chain


def _check_order(chain: Mapping[int, _Found], proved: Mapping[int, str], faults: list[Fault]) -> None:
    """That each link which nothing proves hangs on the one before it, and that the first is the first."""
    for seq, each in chain.items():
        before: str | None = "" if seq == 1 else proved.get(seq - 1)
        if before is None and seq - 1 in chain:
            before = chain[seq - 1].hash
        hangs = before is None or each.entry.link.previous == before
        if not hangs and (seq == 1 or seq not in proved):
            faults.append(Fault(seq=seq, code=Code.LINK_BROKEN, key=each.key))


def _check_gaps(there: set[int], latest: int, faults: list[Fault]) -> int:
    """How many links there are: that are there, wait for their outcome, or are missing."""
    for before, after in pairwise((0, *sorted(there))):
        if after - before > 1:
            faults.append(Fault(seq=before + 1, code=Code.LINK_MISSING, count=after - before - 1))
    last = max(there, default=0)
    if last < latest:
        faults.append(Fault(seq=last + 1, code=Code.TAIL_MISSING, count=latest - last))
    return max(last, latest)


def _check_end(
    count: int, latest: int, last: _Found | None, now: datetime | None, faults: list[Fault]
) -> None:
    """That the end is signed, or so young that it need not be. latest: how many links are signed."""
    if count and not latest:
        faults.append(Fault(seq=0, code=Code.NOTHING_SIGNED))
    elif now is not None and count > latest and not _is_young(last, now):
        faults.append(Fault(seq=latest + 1, code=Code.UNSIGNED_TAIL, count=count - latest))


def _is_young(last: _Found | None, now: datetime) -> bool:
    return last is not None and abs(now - datetime.fromisoformat(last.entry.link.at)) < SIGNING_TIME
