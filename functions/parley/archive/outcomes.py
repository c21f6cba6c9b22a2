"""What the records of a chain say became of its messages.

A message's entry tells its outcome outside of what its link commits to: the entry is written when the outcome
is known, the link before. What proves it are records: the message's own, unless an `outcome` event says that
it ended otherwise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from parley.archive.entries import Entry
from parley.archive.records import EventKind, EventRecord, MessageRecord

_ASKED = frozenset((EventKind.RELEASE_ASKED, EventKind.RELEASED))


@dataclass(frozen=True, slots=True)
class Told:
    """outcome: what the message's entry must say. codes: of the receipt's work. later: the same with those
    added that attempts to release it gave: an entry written after them has these."""

    outcome: str
    codes: tuple[str, ...]
    later: tuple[tuple[str, ...], ...] = ()

    def admits(self, entry: Entry) -> bool:
        return entry.outcome == self.outcome and entry.codes in (self.codes, *self.later)


def told_outcomes(entries: Iterable[Entry]) -> Mapping[str, Told]:
    """By the ids of messages. entries: those whose records count, in any order."""
    in_order = sorted(entries, key=lambda each: each.seq)
    told: dict[str, Told] = {}
    for each in in_order:
        if isinstance(each.record, MessageRecord):
            # Of two with one id the first counts: anybody who can write here could add one at the end.
            told.setdefault(each.id, Told(each.record.outcome, each.record.codes))
    asked: set[str] = set()
    for each in in_order:
        match each.record:
            case EventRecord(kind=kind, message=str(message)) if kind in _ASKED:
                asked.add(message)
            case EventRecord(kind=EventKind.OUTCOME, message=str(message)) as event if message in told:
                if message not in asked:
                    told[message] = Told(*_facts(event))
                else:
                    # Chained late, what the receipt's work ended with names all codes; else only new ones.
                    names_all = each.id == f"{message}-outcome"
                    told[message] = _after_release(told[message], event, names_all=names_all)
    return told


def _after_release(before: Told, event: EventRecord, *, names_all: bool) -> Told:
    outcome, codes = _facts(event)
    latest = before.later[-1] if before.later else before.codes
    after = codes if names_all else tuple(dict.fromkeys((*latest, *codes)))
    return replace(before, outcome=outcome, later=(*before.later, after))


def _facts(event: EventRecord) -> tuple[str, tuple[str, ...]]:
    return str(event.facts.get("outcome")), tuple(str(event.facts.get("codes", "")).split())
