"""What a transcript's values are called in a language: codes, places, sizes and spans of time."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from parley.archive.transcript.languages.words import Words
from parley.archive.transcript.markup import plainly
from parley.archive.transcript.messages import Told
from parley.archive.transcript.model import Lack, Missing

_PART: Final = re.compile(r"part:([\d.]{1,80})(:filename|:header)?(?::.*)?")
_GOOD: Final = {"PASS": True, "FAIL": False}


def of_code(words: Words, code: str) -> str:
    """A code in words, or itself if it has none."""
    return words.codes.get(code) or words.problems.get(code) or plainly(code)


def of_fact(words: Words, value: str, name: str) -> str:
    """The value of an event's fact: states and codes in words, all else as it stands."""
    if name == "codes":
        return "; ".join(of_code(words, code) for code in value.split())
    if name == "for":
        return words.for_all if value == "everything" else words.roles.get(value, value)
    return words.states.get(value) or words.reasons_to_erase.get(value) or value


def of_place(words: Words, place: str, parts: Mapping[str, int]) -> str:
    """`part:1.2:filename` → "in the name of attachment 1 of the original". parts: as in `Told`."""
    if place in ("", "subject"):
        return words.places["subject"] if place else ""
    if place.startswith("header:"):
        return words.places["field"].format(plainly(place.removeprefix("header:").title()))
    match = _PART.fullmatch(place)
    if match is None:
        return plainly(place)
    attachment, kind = _attachment(match[1], parts), (match[2] or "").removeprefix(":")
    if attachment is None:
        return words.places[kind or "part"].format(match[1])
    if attachment == 0:
        return words.places["text"]
    return words.places["attachment-name" if kind == "filename" else "attachment"].format(attachment)


def _attachment(part: str, parts: Mapping[str, int]) -> int | None:
    """What `parts` says of the part, or of the one in which it is enclosed."""
    if part in parts:
        return parts[part]
    while part := part.rpartition(".")[0]:
        if parts.get(part):
            return parts[part]
    return None


def of_verdicts(words: Words, verdicts: Sequence[tuple[str, str]]) -> Iterator[tuple[str, bool | None]]:
    """Each in words, and whether it is good; None where it says neither."""
    for name, value in verdicts:
        if name in words.checks:
            told = words.check_results.get(value, plainly(value))
            yield f"{words.checks[name]}: {told}", _GOOD.get(value)
    proofs = [(name, value) for name, value in verdicts if name not in words.checks]
    if proofs:
        passed = [name for name, value in proofs if value == "PASS"]
        yield f"{words.proofs}: {', '.join(passed) or words.none}", bool(passed)


def reasons(told: Told) -> tuple[str, ...]:
    """The codes that decided, without those of a mail that went its way: they are among its findings."""
    if told.passed_at is None or told.intended != told.state:
        return told.codes
    found = {each.code for each in told.findings}
    return tuple(code for code in told.codes if code not in found)


def gathered(missing: Iterable[Missing], messages: frozenset[int]) -> list[tuple[Lack, str, list[int]]]:
    """What is not in evidence, each once, with the places of all messages that lack it. messages: all of
    them; an event has no place to lead to."""
    places: dict[tuple[Lack, str], list[int]] = {}
    for each in missing:
        seqs = places.setdefault((each.lack, each.detail), [])
        if each.seq in messages and each.seq not in seqs[-1:]:
            seqs.append(each.seq)
    return [(lack, detail, seqs) for (lack, detail), seqs in places.items()]


def of_size(words: Words, octets: int) -> str:
    if octets < 1_000:
        return f"{octets} B"
    told = f"{octets / 1_000:.0f} kB" if octets < 1_000_000 else f"{octets / 1_000_000:.1f} MB"
    return told.replace(".", ",") if words.decimal_comma else told


def of_span(words: Words, span: timedelta) -> str:
    """Days, hours and minutes, rounded down, without those that are zero."""
    minutes = int(span.total_seconds()) // 60
    amounts = ((minutes // 1440, words.day), (minutes // 60 % 24, words.hour), (minutes % 60, words.minute))
    told = (f"{count} {names[count != 1]}" for count, names in amounts if count)
    return " ".join(told) or words.no_minute
