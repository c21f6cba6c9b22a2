"""Writes a transcript as one page of HTML, which needs nothing else and does nothing."""

import hashlib
from base64 import b64encode
from datetime import UTC
from functools import cache, partial
from typing import Final

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from parley.archive.transcript import wording
from parley.archive.transcript.languages import words_for
from parley.archive.transcript.markup import plainly
from parley.archive.transcript.message_page import MESSAGE
from parley.archive.transcript.messages import Happening, Told
from parley.archive.transcript.model import Transcript
from parley.archive.transcript.page import MACROS, PAGE
from parley.archive.transcript.styling import STYLE
from parley.conversation.messages import State

_UNDECIDED: Final = (State.RECEIVED, State.ARCHIVED, State.SENDING, State.HELD, State.RELEASING)
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
    must have been built with them, and with mail that was not passed on as it was written."""
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
        missing=wording.gathered(
            transcript.summary.missing, frozenset(each.seq for each in transcript.messages)
        ),
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
        code=partial(wording.of_code, words),
        date=lambda at: words.date(at.astimezone(UTC)),
        fact=partial(wording.of_fact, words),
        iso=lambda at: at.astimezone(UTC).isoformat(),
        place=partial(wording.of_place, words),
        reasons=wording.reasons,
        size=partial(wording.of_size, words),
        span=partial(wording.of_span, words),
        verdicts=partial(wording.of_verdicts, words),
    )
    style = Markup(STYLE)  # noqa: S704  # our own
    environment.globals.update(w=words, policy=POLICY, style=style, undecided=_UNDECIDED)
    return environment.from_string(MACROS + MESSAGE + PAGE)
