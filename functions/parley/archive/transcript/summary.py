"""What a reviewer wants to know first."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from parley.archive.records import EventKind
from parley.archive.transcript.differences import FLAGS, LACKS
from parley.archive.transcript.happenings import holds
from parley.archive.transcript.messages import Happening, Told
from parley.archive.transcript.model import Contact, Lack, Missing, Summary
from parley.conversation.messages import State

_NO_ATTEMPT = frozenset((State.RECEIVED, State.ARCHIVED, State.SENDING, State.RELEASING, State.RELEASED))
"""Not decided yet, or passed on: a first contact, in the conversation that it opened."""


def summary(told: Sequence[Told], happenings: Sequence[Happening], window: timedelta) -> Summary:
    """told: in the order of the chain. window: how long an answer may take."""
    counts = Counter((each.author or "unproved", each.state) for each in told)
    return Summary(
        contact=contact(told, window),
        counts=tuple((str(author), state, count) for (author, state), count in sorted(counts.items())),
        attempts=tuple(each.seq for each in told if each.passed_at is None and each.state not in _NO_ATTEMPT),
        holds=holds(happenings),
        flags=_flags(told),
        missing=tuple(_missing(told, happenings)),
        files=sum(
            len(each.shown.files) + each.shown.more_files for each in told if each.shown and each.passed_at
        ),
    )


def contact(told: Sequence[Told], window: timedelta) -> Contact:
    """By the moments at which mails were passed on: what was held for a day could not be answered before."""
    passed = sorted(
        (
            (each.passed_at, each)
            for each in told
            if each.passed_at is not None and each.author is not None and each.automatic is None
        ),
        key=lambda pair: (pair[0], pair[1].seq),
    )
    if not passed:
        return Contact(window=window)
    at, first = passed[0]
    answer = next(((when, each) for when, each in passed if each.author is not first.author), None)
    return Contact(
        window=window,
        first=first.seq,
        author=first.author,
        at=at,
        delivered=_was_delivered(first),
        answer=answer[1].seq if answer else 0,
        took=answer[0] - at if answer else None,
    )


def _was_delivered(told: Told) -> bool | None:
    """A bounce can follow a delivery, and counts more, unless it is a soft one: an automatic reply may look
    like that. A report that came as mail proves nothing."""
    told_by_ses = [each for each in told.deliveries if ("source", "report") not in each.facts]
    kinds = {each.kind for each in told_by_ses if dict(each.facts).get("type", "permanent") == "permanent"}
    if kinds & {EventKind.BOUNCED, EventKind.REJECTED, EventKind.SUPPRESSED}:
        return False
    if EventKind.DELIVERED in kinds:
        return True
    return False if any(each.kind == EventKind.BOUNCED for each in told_by_ses) else None


def _flags(told: Iterable[Told]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    places: dict[str, list[int]] = {}
    for each in told:
        for code in dict.fromkeys(found.code for found in each.findings if found.code in FLAGS):
            places.setdefault(code, []).append(each.seq)
    return tuple((code, tuple(seqs)) for code, seqs in sorted(places.items()))


def _missing(told: Iterable[Told], happenings: Iterable[Happening]) -> Iterable[Missing]:
    for each in told:
        yield from (Missing(Lack.SHARE, each.seq, host) for host in each.shares)
        codes = dict.fromkeys((*each.codes, *(found.code for found in each.findings)))
        yield from (Missing(LACKS[code], each.seq, code) for code in codes if code in LACKS)
        if each.problem == "one-of-many":
            continue  # It is kept, and listed among the attempts.
        if each.problem:
            yield Missing(_BY_PROBLEM.get(each.problem, Lack.UNREADABLE), each.seq, each.problem)
        elif each.shown is not None:
            yield from (Missing(Lack.UNREADABLE, each.seq, code) for code in each.shown.unreadable)
    yield from (Missing(Lack.ERASED, each.seq, each.kind) for each in happenings if each.is_lost)


_BY_PROBLEM = {"erased": Lack.ERASED, "object-missing": Lack.MISSING, "too-large-to-mask": Lack.OVERSIZE}
