"""Makes panels: of mails, with what differs between both sides marked, and of archived messages."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from sandbox.demo.acts import Mark, Passage, Record, Row, Sheet, Span
from sandbox.demo.checks import parsed
from sandbox.demo.evidence import Filed
from sandbox.page.explain import Explained, story, verdicts
from sandbox.page.reading import Body, letter
from sandbox.queues import Depth

_FIELDS = ("From", "To", "Subject", "Auto-Submitted")
_COMPARED = ("From", "Subject")
_TOKEN = re.compile(r"[\w+-]+(?:[.@][\w+-]+)*|\s+|.", re.DOTALL)
_BLANK_LINES = re.compile(r"\n\s*\n(?:\s*\n)+")
_SHORT = 12
_UNITS = ((1024 * 1024, "MB"), (1024, "KB"))


def written_and_seen(author: str, written: bytes, reader: str, seen: bytes) -> tuple[Sheet, Sheet]:
    """Both sides of a mail, with what was hidden and what replaced it marked."""
    left, right = _fields(written), _fields(seen)
    pairs = {name: (_plain(left.get(name, "")), _plain(right.get(name, ""))) for name in {**left, **right}}
    pairs |= {name: _differences(left.get(name, ""), right.get(name, "")) for name in _COMPARED}
    body = _differences(_text(written), _text(seen))
    gone = [name for name in dict.fromkeys(parsed(written).keys()) if name not in parsed(seen)]
    return (
        Sheet(
            f"{author} wrote",
            tuple((name, pairs[name][0]) for name in left) + ((("left out", _listed(gone)),) if gone else ()),
            body[0],
            _files(written),
        ),
        Sheet(f"{reader} sees", tuple((name, pairs[name][1]) for name in right), body[1], _files(seen)),
    )


def sheet(title: str, raw: bytes) -> Sheet:
    """A mail without marks."""
    fields = tuple((name, _plain(value)) for name, value in _fields(raw).items())
    return Sheet(title, fields, _plain(_text(raw)), _files(raw))


def unseen(reader: str, why: str) -> Sheet:
    return Sheet(f"{reader} sees", body=(Span(why),))


def record(filed: Filed, title: str = "The archive holds", events: Sequence[str] = ()) -> Record:
    """Outcome, codes with their meaning, what was masked, keys, and the place in the chain.

    events: what SES told afterwards.
    """
    told = story(filed.message)
    reasons = tuple(f"{code}: {meaning}" for code, meaning in told.reasons)
    proved = told.author or "neither party"
    rows = (
        Row("from, to", (f"{proved} → {told.recipient}",)),
        Row("SES found", (", ".join(f"{each.name} {each.status}" for each in verdicts(filed.original)),)),
        Row("codes", reasons or tuple(map(_finding, told.findings))),
        Row("SES told", tuple(events)),
        Row("kept at", tuple(_tree(filed))),
        Row("chain", (_place(filed),)),
    )
    return Record(title, f"{told.state}: {told.outcome}", tuple(row for row in rows if any(row.lines)))


def books(filed: Sequence[Sequence[Filed]]) -> Record:
    """All conversations: how many messages they have, with which outcomes, and the tips of their chains."""
    rows = [
        Row(
            each[0].message.conversation or "",
            (
                _counted(Counter(message.message.state.value for message in each)),
                f"tip {each[-1].entry['link_hash'][:_SHORT]}…",
            ),
        )
        for each in filed
        if each
    ]
    total = sum(map(len, filed))
    return Record("The archive holds", f"{total} messages in {len(filed)} conversations", tuple(rows))


def queues(depths: Sequence[Depth]) -> Record:
    rows = tuple(Row(_words(each.label), (str(each.messages),)) for each in depths)
    return Record("The queues hold", f"{sum(each.messages for each in depths)} messages in all", rows)


def _words(name: str) -> str:
    """`ReceiptsDeadLetters` → "receipts dead letters"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _counted(outcomes: Counter[str]) -> str:
    return ", ".join(f"{number} {outcome}" for outcome, number in outcomes.most_common())


def _finding(found: Explained) -> str:
    place = f" in {found.place}" if found.place else ""
    times = f", {found.count} times" if found.count > 1 else ""
    return f"{found.code}: {found.meaning}{place}{times}"


def _tree(filed: Filed) -> Iterator[str]:
    """The keys as the console shows them, folder by folder."""
    folder, _, original = filed.kept.original.rpartition("/")
    top, _, own = folder.rpartition("/")
    relayed = filed.kept.relayed.rpartition("/")[2]
    yield f"{top}/"
    yield f"  {own}/"
    yield f"    {original}" + (f", {relayed}" if relayed else "")
    yield filed.kept.entry


def _place(filed: Filed) -> str:
    previous = filed.link["previous"]
    after = f"after {previous[:_SHORT]}…" if previous else "the first"
    return f"link {filed.link['seq']}, {after}, hash {filed.entry['link_hash'][:_SHORT]}…"


def _fields(raw: bytes) -> dict[str, str]:
    mail = parsed(raw)
    return {name: str(mail[name]) for name in _FIELDS if name in mail}


def _text(raw: bytes) -> str:
    text = "\n\n".join(_body(body) for body in letter(raw).bodies if not body.is_alternative)
    return _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in text.splitlines())).strip()


def _body(body: Body) -> str:
    """With the places where links lead, which `letter` puts at the end, set apart from the text."""
    lines = body.text.splitlines()
    text = lines[: len(lines) - len(body.links)]
    return "\n".join([*text, *([""] if body.links else []), *(f"(a link to {link})" for link in body.links)])


def _listed(names: Sequence[str]) -> Passage:
    spans = [each for name in names for each in (Span(", "), Span(name, Mark.HIDDEN))]
    return tuple(spans[1:])


def _plain(text: str) -> Passage:
    return (Span(text),)


def _files(raw: bytes) -> tuple[str, ...]:
    return tuple(f"{file.name} ({file.media_type}, {_size(file.size)})" for file in letter(raw).files)


def _size(octets: int) -> str:
    for unit, name in _UNITS:
        if octets >= unit:
            return f"{octets / unit:.1f} {name}"
    return f"{octets} octets"


def _differences(before: str, after: str) -> tuple[Passage, Passage]:
    left, right = _TOKEN.findall(before), _TOKEN.findall(after)
    hidden: list[Span] = []
    replaced: list[Span] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        old, new = "".join(left[i1:i2]), "".join(right[j1:j2])
        hidden.append(Span(old, Mark.HIDDEN if kind != "equal" and old.strip() else Mark.NONE))
        replaced.append(Span(new, Mark.REPLACED if kind != "equal" and new.strip() else Mark.NONE))
    return tuple(hidden), tuple(replaced)
