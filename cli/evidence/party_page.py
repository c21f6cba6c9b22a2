"""The page in a bundle for one party: its own mails as it wrote them, the others as they reached it.

The transcript of reviewers would say too much, and what the other party saw of a mail is not its author's to
know. Text only: nothing in it can run, load or hide.
"""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from cli.review.words import harmless, shown
from parley.archive.content import ContentError, read_content
from parley.archive.keys import ORIGINAL, content_key
from parley.archive.readable import Readable, readable
from parley.archive.records import MessageRecord
from parley.archive.redaction import Share
from parley.mail.structure import StructureError, read

Stored = Callable[[str], bytes | None]

_STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;"
    "padding:0 1rem}article{border-top:1px solid;padding:.5rem 0 1rem}pre{white-space:pre-wrap;"
    "overflow-wrap:anywhere;font:inherit}code{overflow-wrap:anywhere}"
)
_PAGE = """<!doctype html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{{ style_hash }}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ w.title }}</title>
<style>{{ style }}</style>
</head>
<body>
<main>
<h1>{{ w.title }}</h1>
<p>{{ w.conversation }} <code>{{ conversation }}</code>
{% if order %}, {{ w.order }} <bdi>{{ order }}</bdi>{% endif %}</p>
<p>{{ w.about }}</p>
{% for mail in mails %}
<article>
<h2>{{ mail.seq }}. {{ w.own if mail.is_own else w.reached }}, {{ mail.at }}
{%- if mail.outcome %}: {{ w.outcomes[mail.outcome] }}{% endif %}</h2>
{% if mail.text is none %}
<p>{{ w.unreadable }}</p>
{% else %}
<h3 dir="auto">{{ mail.text.subject or w.no_subject }}</h3>
<pre dir="auto">{{ mail.text.text }}</pre>
{% for other in mail.text.others %}
<p>{{ w.also }}</p>
<pre dir="auto">{{ other }}</pre>
{% endfor %}
{% if mail.text.attachments %}
<p>{{ w.attached }}</p>
<ul>
{% for file in mail.text.attachments %}
<li><bdi>{{ file.name or "-" }}</bdi> ({{ file.media_type }})</li>
{% endfor %}
</ul>
{% endif %}
{% endif %}
<p><code>{{ mail.folder }}</code></p>
</article>
{% endfor %}
</main>
</body>
</html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    title: str
    conversation: str
    order: str
    about: str
    own: str
    reached: str
    unreadable: str
    no_subject: str
    also: str
    attached: str
    outcomes: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mail:
    """outcome: "" for a mail that reached the party. text: None if it cannot be read."""

    seq: int
    at: str
    is_own: bool
    outcome: str
    text: Readable | None
    folder: str


_WORDS = {
    "en": _Words(
        title="Messages as you wrote and received them",
        conversation="Conversation",
        order="order",
        about="Numbers are places in the conversation's chain. What stands at the others did not reach you.",
        own="Written by you",
        reached="Received by you",
        unreadable="This mail cannot be shown here; the file is in the folder below.",
        no_subject="(no subject)",
        also="In its other form the mail says:",
        attached="Attached:",
        outcomes={
            "relayed": "passed on",
            "held": "held for review",
            "refused": "refused",
            "discarded": "discarded",
        },
    ),
    "de": _Words(
        title="Nachrichten, wie Sie sie geschrieben und erhalten haben",
        conversation="Unterhaltung",
        order="Bestellung",
        about="Die Zahlen sind Plätze in der Kette der Unterhaltung. Was an den anderen steht, hat Sie nicht"
        " erreicht.",
        own="Von Ihnen geschrieben",
        reached="Von Ihnen empfangen",
        unreadable="Diese Mail lässt sich hier nicht zeigen; die Datei liegt im unten genannten Ordner.",
        no_subject="(kein Betreff)",
        also="In ihrer anderen Form sagt die Mail:",
        attached="Angehängt:",
        outcomes={
            "relayed": "weitergeleitet",
            "held": "zur Prüfung zurückgehalten",
            "refused": "abgelehnt",
            "discarded": "verworfen",
        },
    ),
}


def party_page(
    shares: Sequence[Share], stored: Stored, *, conversation: str, order: str | None, locale: str
) -> bytes:
    """shares: what is opened for the party. stored: the object at a key, None if it is not in the bundle."""
    language = "de" if locale.lower().startswith("de") else "en"
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.from_string(_PAGE).render(
        w=_WORDS[language],
        language=language,
        style=Markup(_STYLE),  # noqa: S704  # our own
        style_hash=b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode("ascii"),
        conversation=conversation,
        order=order,
        mails=list(_mails(shares, stored)),
    )
    return harmless(page).encode("utf-8", "replace")


def _mails(shares: Sequence[Share], stored: Stored) -> Iterator[_Mail]:
    for share in sorted(shares, key=lambda each: each.entry.seq):
        if not share.contents:
            continue
        entry, is_own = share.entry, not share.is_bare
        yield _Mail(
            seq=entry.seq,
            at=shown(datetime.fromisoformat(entry.link.at)),
            is_own=is_own,
            outcome=(entry.outcome or "") if is_own and isinstance(entry.record, MessageRecord) else "",
            text=_text(
                stored(entry.folder + ORIGINAL if is_own else content_key(entry.folder)), is_own=is_own
            ),
            folder=entry.folder,
        )


def _text(raw: bytes | None, *, is_own: bool) -> Readable | None:
    if raw is None:
        return None
    try:
        return readable(read(raw)) if is_own else read_content(raw)
    except (StructureError, ContentError):
        return None
