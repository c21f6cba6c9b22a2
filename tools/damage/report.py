"""The tables: on the terminal, as JSON, and in docs/damage.md, which quotes no mail."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from parley.conversation.messages import State
from parley.screening.policy import CODES
from tools.damage.comparing import Fate
from tools.damage.reasons import WIDE
from tools.damage.relaying import Tried

OUTCOMES = (State.RELAYED, State.HELD, State.REFUSED, State.DISCARDED)
_NOT_FROM_THE_TABLE = {
    "html: comments": "comments in HTML",
    "html: document metadata": "`meta`, `link` and `base` in HTML",
    "html: document titles": "the title of an HTML document, which no mail program shows",
    "html: drawings and formulas": "SVG and MathML in HTML; their text stays",
    "html: event handlers": "what runs on a click and the like in HTML",
    "html: form controls": "forms and their controls in HTML; their text stays",
    "html: frames and objects": "what shows another document in HTML",
    "html: links that lead nowhere": "links in HTML whose scheme may not pass, such as `javascript:`",
    "html: pictures that are in no part": "pictures in HTML that refer to no part of the mail",
    "html: remote pictures": "pictures in HTML that would be loaded from elsewhere",
    "html: scripts": "scripts in HTML",
    "html: sound and film": "sound and film in HTML",
    "html: style sheets": "style sheets in HTML; `style` attributes stay",
}
_EXPLAINED = {
    Fate.CHANGED: " for a listed reason",
    Fate.REMOVED: " for a listed reason",
    Fate.DAMAGED: " (no reason)",
}
PAGE = """\
# Damage

Written by `.venv/bin/python -m tools.damage`; not to be edited.

Every scenario of the tests and every mail of the sample corpus beside the project is relayed as
`receive_mail` would do it. The standard library alone then reads the mail as it came and the mail as it goes
out, and both are compared part by part, the subject of each mail being one: texts by their characters
(line ends aside), HTML by what is read, where its links lead and which of the mail's pictures it shows,
files by their octets, names and order of all. Whatever is not the same needs a finding of that very part
that explains it, and around what was masked every word must still stand. Anything else counts as damage.
"""
Row = tuple[str, ...]


def rows(tried: Sequence[Tried]) -> Iterator[Row]:
    """A header, and a row for each count, a column for each group."""
    groups = list(dict.fromkeys(one.source.group for one in tried))
    outcomes = Counter((one.source.group, one.outcome) for one in tried)
    fates = Counter((one.source.group, part.fate) for one in tried for part in one.parts)
    yield ("", *groups)
    yield ("mails", *(str(sum(outcomes[group, o] for o in OUTCOMES)) for group in groups))
    for outcome in OUTCOMES:
        yield (outcome, *(str(outcomes[group, outcome]) for group in groups))
    yield ("parts of relayed mails", *(str(sum(fates[group, fate] for fate in Fate)) for group in groups))
    for fate in Fate:
        yield (f"{fate}{_EXPLAINED.get(fate, '')}", *(str(fates[group, fate]) for group in groups))


def reason_rows(tried: Iterable[Tried]) -> Iterator[Row]:
    """A header, and a row for each reason: how many parts it explains, and what it means."""
    yield ("reason", "parts", "meaning")
    counts = Counter(reason for one in tried for part in one.parts for reason in part.reasons)
    for reason, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield (f"`{reason}`", str(count), meaning(reason))


def meaning(reason: str) -> str:
    """What a reason means, in words."""
    if reason.endswith(WIDE):
        return f"{meaning(reason.removesuffix(WIDE))}, and with it the link or identifier that held it"
    known = CODES.get(reason)
    return known.meaning if known else _NOT_FROM_THE_TABLE[reason]


def ordinary(tried: Iterable[Tried]) -> tuple[int, int]:
    """How many of the ordinary mails are relayed, and how many there are."""
    wanted = [one for one in tried if one.source.is_ordinary]
    return sum(one.outcome is State.RELAYED for one in wanted), len(wanted)


def exception_rows(tried: Iterable[Tried]) -> Iterator[Row]:
    """A header, and a row for each part that is not as it was, and for each mail that was not relayed."""
    yield ("mail", "part", "media type", "reason")
    for one in tried:
        if one.outcome is not State.RELAYED:
            yield (f"`{one.source.name}`", "", "", f"{one.outcome}: {_listed(one.codes)}")
        for part in one.parts:
            if part.fate is Fate.IDENTICAL:
                continue
            why = "**none**" if part.fate is Fate.DAMAGED else _listed(part.reasons)
            shown = "subject" if part.media_type.startswith("header/") else part.media_type
            yield (f"`{one.source.name}`", part.place, shown, why)


def page(tried: Sequence[Tried]) -> str:
    """docs/damage.md."""
    relayed, wanted = ordinary(tried)
    damaged = sum(len(one.damaged) for one in tried)
    return "\n".join(
        [
            PAGE,
            *_table(rows(tried)),
            "",
            f"Of {wanted} ordinary mails (scenarios that are to be relayed) {relayed} are relayed. "
            f"{damaged or 'No'} part{'' if damaged == 1 else 's'} differ{'s' if damaged == 1 else ''} "
            "without a reason.",
            "",
            "## Reasons",
            "",
            "A part can have several. The codes are those of [outcomes.md](outcomes.md).",
            "",
            *_table(reason_rows(tried)),
            "",
            "## Each exception",
            "",
            "Every part that is not listed came out as it went in.",
            "",
            *_table(exception_rows(tried)),
            "",
        ]
    )


def as_json(tried: Iterable[Tried]) -> str:
    """One object a mail; `damage` quotes it."""
    mails = [
        {
            "group": one.source.group,
            "mail": one.source.name,
            "outcome": one.outcome,
            "codes": one.codes,
            "parts": [
                {
                    "place": part.place,
                    "media_type": part.media_type,
                    "fate": part.fate,
                    "reasons": part.reasons,
                    "damage": part.damage,
                }
                for part in one.parts
            ],
        }
        for one in tried
    ]
    return json.dumps(mails, indent=2, ensure_ascii=False)


def _table(lines: Iterable[Row]) -> Iterator[str]:
    head, *body = lines
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    yield from (f"| {' | '.join(line)} |" for line in body)


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)
