"""Compares a mail as it came with the mail as it goes out, part by part."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tools.damage.difference import changes
from tools.damage.doubtful import DOUBTS, read_otherwise
from tools.damage.hypertext import ContentIds, compare_html, content_ids
from tools.damage.pairing import opening, pairs, removal
from tools.damage.reader import SUBJECT, Leaf, leaves
from tools.damage.reasons import Explainer, Told, without_armor

_FILE_CODES = (
    *("image-metadata-removed", "document-author-removed", "attachment-masked", "protected-masked"),
)
_FOLD = re.compile(r"\n[ \t]")
_SOFT_BREAK = re.compile(r"=\n")
_FOLDED = ("text/calendar", "application/ics", "text/vcard", "text/x-vcard", "text/directory")


class Fate(StrEnum):
    """What became of a part."""

    IDENTICAL = "identical"
    CHANGED = "changed"
    REMOVED = "removed"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Compared:
    """One part. reasons: codes of findings, and kinds of what was taken out of HTML (`html: scripts`).
    damage: what has no reason; it quotes the mail, so it is for the screen only."""

    place: str
    media_type: str
    reasons: tuple[str, ...] = ()
    damage: tuple[str, ...] = ()
    removed: bool = False

    @property
    def fate(self) -> Fate:
        if self.damage:
            return Fate.DAMAGED
        if self.removed:
            return Fate.REMOVED
        return Fate.CHANGED if self.reasons else Fate.IDENTICAL


@dataclass(frozen=True, slots=True)
class Comparison:
    """A mail's findings by place ("1.2", "1.2:filename", "subject"), and what explains a change."""

    codes: Mapping[str, frozenset[str]]
    explainer: Explainer

    def parts(self, before: bytes, after: bytes) -> list[Compared]:
        """Every part of the mail as it came, and every part that goes out beyond those."""
        old, new = leaves(before), leaves(after)
        gone = {leaf.place: code for leaf in old if (code := removal(leaf, self._at(leaf.place)))}
        is_opened = any(opening(leaf, self._at(leaf.place)) for leaf in old)
        left = [leaf for leaf in old if leaf.place not in gone]
        ids = ContentIds(content_ids(old), content_ids(new))
        told = [
            Compared(leaf.place, leaf.media_type, (gone[leaf.place],), removed=True)
            for leaf in old
            if leaf.place in gone
        ]
        told += self._compared(left, new, ids, is_opened=is_opened, all_gone=not _has_body(left))
        return self._without_doubts(told, old, new)

    def _without_doubts(self, told: list[Compared], old: list[Leaf], new: list[Leaf]) -> list[Compared]:
        """What the library reads otherwise where the scanner says that the structure is doubtful."""
        doubts = tuple(sorted(DOUBTS & self._at("")))
        if not doubts or not any(part.damage for part in told) or not read_otherwise(old, new):
            return told
        return [
            replace(part, reasons=(*part.reasons, *doubts), damage=()) if part.damage else part
            for part in told
        ]

    def _compared(
        self, old: list[Leaf], new: list[Leaf], ids: ContentIds, *, is_opened: bool, all_gone: bool
    ) -> Iterator[Compared]:
        for before, after in pairs(old, new):
            if before is not None and after is not None:
                yield self._pair(before, after, ids)
            elif before is not None:
                yield Compared(before.place, before.media_type, damage=("the part is not sent",))
            elif after is not None and not is_opened and not (all_gone and not after.content.strip()):
                yield Compared(after.place, after.media_type, damage=("a part is sent that did not come",))

    def _at(self, place: str) -> frozenset[str]:
        return self.codes.get(place, frozenset())

    def _pair(self, before: Leaf, after: Leaf, ids: ContentIds) -> Compared:
        codes = self._at(before.place)
        reasons, damage = self._content(before, after, codes, ids)
        if before.filename != after.filename:
            if "filename-masked" in self._at(f"{before.place}:filename"):
                reasons = (*reasons, "filename-masked")
            else:
                damage = (*damage, f"its name was {before.filename!r} and is {after.filename!r}")
        if before.within != after.within:
            damage = (*damage, f"it stood within {before.within} and stands within {after.within}")
        return Compared(before.place, before.media_type, tuple(dict.fromkeys(reasons)), damage)

    def _content(self, before: Leaf, after: Leaf, codes: frozenset[str], ids: ContentIds) -> Told:
        if before.content == after.content and (not before.is_text or before.text == after.text):
            return (), ()
        if before.is_html:
            return compare_html(before, after, codes, ids, self.explainer)
        if before.is_text and (after.is_text or before.text == after.text):
            return self._text(_unfolded(before), _unfolded(after), codes)
        explained = tuple(code for code in _FILE_CODES if code in codes)
        if explained:
            return explained, ()
        sizes = f"{len(before.content)} octets became {len(after.content)}"
        return (), (f"{sizes}, {before.media_type} became {after.media_type}",)

    def _text(self, before: str, after: str, codes: frozenset[str]) -> Told:
        bare, used = without_armor(before, codes)
        if used:
            bare, after = bare.rstrip("\n"), after.rstrip("\n")
        reasons, damage = self.explainer.explained(changes(bare, after), codes)
        return (*sorted(used), *reasons), damage


def _unfolded(leaf: Leaf) -> str:
    """Calendars and vCards may be folded elsewhere (RFC 5545 §3.1)."""
    if leaf.media_type not in _FOLDED:
        return leaf.text
    text = _FOLD.sub("", leaf.text)
    return _SOFT_BREAK.sub("", text) if "QUOTED-PRINTABLE" in text.upper() else text


def _has_body(found: Iterable[Leaf]) -> bool:
    return any(leaf.media_type != SUBJECT for leaf in found)


def codes_by_place(findings: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """(code, place) pairs by place, parts without "part:"."""
    by_place: defaultdict[str, set[str]] = defaultdict(set)
    for code, place in findings:
        by_place[place.removeprefix("part:")].add(code)
    return {place: frozenset(codes) for place, codes in by_place.items()}
