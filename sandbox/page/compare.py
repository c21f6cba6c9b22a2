"""What the relay changed: the original beside the relayed mail, field by field and word by word.

Sizes are bounded, because what compares texts takes quadratic time.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

from parley.mail.header import Header, decode_words
from parley.mail.structure import StructureError, read_header
from sandbox.page.reading import File, files, plain_text

MAX_LINES = 300
MAX_LINE = 1_000
_MAX_WORDS = 200
_MAX_PAIRS = 60
"""How many pairs of lines are compared word by word."""
_CONTEXT = 2
_MAX_VALUE = 400
# A mailbox is one word: which of its pieces the alias has too tells nothing.
_WORD = re.compile(r"\s+|[\w.+%-]{1,64}@[\w.-]{1,255}|\w+|[^\w\s]")


class Change(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    GAP = "gap"
    """Lines that are left out because nothing changed there."""


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    change: Change
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A header field, both ways; None where it is not there."""

    name: str
    original: str | None
    relayed: str | None


@dataclass(frozen=True, slots=True)
class FileChange:
    """An attachment of the original and what of it was relayed; None where there is none."""

    original: File | None
    relayed: File | None
    is_same: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """fields: those that the relayed mail has, and what stood there before. dropped: names of the fields that
    it has not, in order, without repetition. is_cut: whether more was written than was compared."""

    fields: tuple[FieldChange, ...]
    dropped: tuple[str, ...]
    lines: tuple[Line, ...]
    files: tuple[FileChange, ...]
    is_cut: bool


def compare(original: bytes, relayed: bytes) -> Comparison:
    """Never raises for what the mails contain."""
    before, after = plain_text(original).split("\n"), plain_text(relayed).split("\n")
    fields, dropped = _fields(_header(original), _header(relayed))
    return Comparison(
        fields,
        dropped,
        tuple(_with_gaps(list(_lines(before[:MAX_LINES], after[:MAX_LINES])))),
        tuple(_files(original, relayed)),
        len(before) > MAX_LINES or len(after) > MAX_LINES,
    )


def _header(raw: bytes) -> Header:
    try:
        return read_header(raw)
    except StructureError:
        return Header(())


def _fields(before: Header, after: Header) -> tuple[tuple[FieldChange, ...], tuple[str, ...]]:
    changes = [
        FieldChange(_spelled(field.name), _value(before.first(field.name)), _value(field.value))
        for field in after.fields
    ]
    kept = {field.name for field in after.fields}
    dropped = dict.fromkeys(_spelled(field.name) for field in before.fields if field.name not in kept)
    return tuple(changes), tuple(dropped)


def _spelled(name: str) -> str:
    """As it is usually written: `message-id` → `Message-ID`."""
    words = {"id": "ID", "mime": "MIME", "ses": "SES", "dkim": "DKIM", "spf": "SPF", "arc": "ARC"}
    return "-".join(words.get(word, word.capitalize()) for word in name.split("-"))


def _value(raw: bytes | None) -> str | None:
    return None if raw is None else decode_words(raw)[:_MAX_VALUE]


def _lines(before: list[str], after: list[str]) -> Iterator[Line]:
    before, after = ([line[:MAX_LINE] for line in lines] for lines in (before, after))
    pairs = 0
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (Line(Change.SAME, (Span(line),)) for line in before[i1:i2])
            continue
        for old, new in zip_longest(before[i1:i2], after[j1:j2]):
            pairs += 1
            spans = _words(old or "", new or "") if pairs <= _MAX_PAIRS else (_whole(old), _whole(new))
            if old is not None:
                yield Line(Change.REMOVED, spans[0])
            if new is not None:
                yield Line(Change.ADDED, spans[1])


def _whole(line: str | None) -> tuple[Span, ...]:
    return (Span(line or "", is_changed=True),)


def _words(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Both lines with what differs marked."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if not before or not after or max(len(before), len(after)) > _MAX_WORDS:
        return _whole(old), _whole(new)
    removed: list[Span] = []
    added: list[Span] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        is_changed = kind != "equal"
        removed.append(Span("".join(before[i1:i2]), is_changed))
        added.append(Span("".join(after[j1:j2]), is_changed))
    return tuple(_joined(removed)), tuple(_joined(added))


def _joined(spans: list[Span]) -> Iterator[Span]:
    """Without crumbs: what is unchanged but shorter than a word belongs to its changed neighbours."""
    text, is_changed = "", False
    for position, span in enumerate(spans):
        inside = 0 < position < len(spans) - 1
        changed = span.is_changed or (inside and len(span.text.strip()) < 3 and is_changed)
        if not span.text:
            continue
        if text and changed is not is_changed:
            yield Span(text, is_changed)
            text = ""
        text, is_changed = text + span.text, changed
    if text:
        yield Span(text, is_changed)


def _with_gaps(lines: list[Line]) -> Iterator[Line]:
    """Unchanged lines are left out where no changed one is near."""
    changed = {i for i, line in enumerate(lines) if line.change is not Change.SAME}
    near = {i + offset for i in changed for offset in range(-_CONTEXT, _CONTEXT + 1)}
    in_gap = False
    for i, line in enumerate(lines):
        if i in near or not changed:
            yield line
        elif not in_gap:
            yield Line(Change.GAP)
        in_gap = bool(changed) and i not in near


def _files(original: bytes, relayed: bytes) -> Iterator[FileChange]:
    """Same content is the same file; of the rest, the first that is left goes with the first."""
    left = list(files(relayed))
    changed: list[File] = []
    for file, content in files(original):
        same = next((each for each in left if _digest(each[1]) == _digest(content)), None)
        if same is None:
            changed.append(file)
            continue
        left.remove(same)
        yield FileChange(file, same[0], is_same=True)
    for old, new in zip_longest(changed, (file for file, _ in left)):
        yield FileChange(old, new, is_same=False)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
