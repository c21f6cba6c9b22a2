"""Writes a transcript as one page of HTML, which needs nothing else and does nothing."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, timedelta
from functools import cache
from typing import Final

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from parley.archive.transcript.languages import words_for
from parley.archive.transcript.languages.words import Words
from parley.archive.transcript.markup import plainly
from parley.archive.transcript.model import Happening, Told, Transcript
from parley.archive.transcript.page import MACROS, MESSAGE, PAGE, SUMMARY
from parley.archive.transcript.styling import STYLE
from parley.conversation.messages import State

_UNDECIDED: Final = (State.RECEIVED, State.ARCHIVED, State.SENDING, State.HELD, State.RELEASING)
_PART: Final = re.compile(r"part:([\d.]{1,80})(:filename|:header)?(?::.*)?")
_STYLE_HASH: Final = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode("ascii")
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{_STYLE_HASH}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
"""The page's Content-Security-Policy: its own style sheet, pictures within the page, and nothing else."""


def render(transcript: Transcript, locale: str, *, with_originals: bool = False) -> bytes:
    """The page in UTF-8. locale: such as "de". with_originals: for those who may see them; the transcript
    must have been built with them."""
    words = words_for(locale)
    title = (
        words.title if transcript.order is None else words.title_of_order.format(plainly(transcript.order))
    )
    page = _template(words.language).render(
        t=transcript,
        title=f"{title}, {words.originals_title}" if with_originals else title,
        originals=with_originals,
        names={role: plainly(name) for role, name in transcript.names},
        timeline=_timeline(transcript),
        seqs_of_messages={each.seq for each in transcript.messages},
    )
    return page.lstrip().encode("utf-8", "replace")


def _timeline(transcript: Transcript) -> list[tuple[str, Told | Happening]]:
    items: list[tuple[str, Told | Happening]] = [("message", each) for each in transcript.messages]
    items += [("event", each) for each in transcript.happenings]
    return sorted(items, key=lambda item: item[1].seq)


@cache
def _template(language: str) -> Template:
    """With the words in it; made once for each language."""
    words = words_for(language)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        code=lambda code: _of(words, code),
        date=lambda at: words.date(at.astimezone(UTC)),
        iso=lambda at: at.astimezone(UTC).isoformat(),
        pairs=lambda pairs: ", ".join(f"{name}: {value}" for name, value in pairs),
        place=lambda place: _place(place, words.places),
        size=lambda octets: _size(octets, words),
        span=lambda span: _span(span, words),
    )
    style = Markup(STYLE)  # noqa: S704  # our own
    environment.globals.update(w=words, policy=POLICY, style=style, undecided=_UNDECIDED)
    return environment.from_string(MACROS + MESSAGE + PAGE.replace("{{ summary }}", SUMMARY))


def _of(words: Words, code: str) -> str:
    """A code in words, or itself if it has none."""
    return words.codes.get(code) or words.problems.get(code) or plainly(code)


def _place(place: str, words: Mapping[str, str]) -> str:
    """`part:1.2:filename` → "in the file name of part 1.2"."""
    if place in ("", "subject"):
        return words["subject"] if place else ""
    if place.startswith("header:"):
        return words["field"].format(plainly(place.removeprefix("header:").title()))
    match = _PART.fullmatch(place)
    if match is None:
        return plainly(place)
    if match[2]:
        return words["file-name" if match[2] == ":filename" else "header"].format(match[1])
    return words["text"] if match[1] == "1" else words["part"].format(match[1])


def _size(octets: int, words: Words) -> str:
    if octets < 1_000:
        return f"{octets} B"
    told = f"{octets / 1_000:.0f} kB" if octets < 1_000_000 else f"{octets / 1_000_000:.1f} MB"
    return told.replace(".", ",") if words.decimal_comma else told


def _span(span: timedelta, words: Words) -> str:
    """Days, hours and minutes, rounded down, without those that are zero."""
    minutes = int(span.total_seconds()) // 60
    amounts = ((minutes // 1440, words.day), (minutes // 60 % 24, words.hour), (minutes % 60, words.minute))
    return _joined(amounts) or f"0 {words.minute[1]}"


def _joined(amounts: Iterable[tuple[int, tuple[str, str]]]) -> str:
    return " ".join(f"{count} {names[count != 1]}" for count, names in amounts if count)
