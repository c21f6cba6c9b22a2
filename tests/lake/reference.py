"""What each query has to answer, told in plain Python from the made-up marketplace itself.

It walks through each conversation and keeps what it has seen, where the queries use joins and windows. It
reads no row, no Parquet and no SQL.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cli.lake.engines import Cell
from parley.lake.tables import FIRST_DAY
from tests.lake.world import RULES, UNDELIVERED, Mail, Talk, Told, World, places

Rows = list[tuple[Cell, ...]]
BEFORE, AFTER, NO_ANSWER = timedelta(days=45), timedelta(days=45), timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Period:
    first: date
    last: date

    def has(self, moment: datetime) -> bool:
        return self.first <= moment.date() <= self.last

    def reaches(self, moment: datetime, before: timedelta = timedelta(0)) -> bool:
        return self.first - before <= moment.date() <= self.last + AFTER


@dataclass(slots=True)
class Wait:
    talk: Talk
    mail: Mail
    began: datetime
    answered: datetime | None = None

    @property
    def hours(self) -> float | None:
        return None if self.answered is None else (self.answered - self.began).total_seconds() / 3600

    def is_within(self, hours: int) -> bool:
        return self.answered is not None and self.answered - self.began <= timedelta(hours=hours)


def told(at: datetime | None) -> str | None:
    return None if at is None else at.replace(tzinfo=None).isoformat(sep=" ", timespec="milliseconds")


def failed_mails(world: World, period: Period, before: timedelta = timedelta(0)) -> set[str]:
    events: dict[str, list[Told]] = defaultdict(list)
    for event in world.events:
        if period.reaches(event.at, before):
            events[event.mail].append(event)
    return {mail for mail, each in events.items() if failures(each)}


def failures(events: list[Told]) -> list[Told]:
    """Of one mail: what says that it did not arrive; nothing if it did."""
    by_ses = [each for each in events if not each.is_report]
    bad = [each for each in by_ses if each.kind in UNDELIVERED]
    for_good = [each for each in bad if "type=transient" not in each.codes]
    arrived = any(each.kind in ("delivered", "complained") for each in by_ses)
    return for_good or ([] if arrived else bad)


def is_moved(mail: Mail) -> bool:
    """Whether it went on from another conversation, where it is told of as well."""
    return mail.state == "released" and mail.passed_on_at is None


def written(world: World, period: Period) -> list[Mail]:
    """What came in within the period, each mail once."""
    return [each for each in world.mails if period.has(each.at) and not is_moved(each)]


def is_answer(mail: Mail) -> bool:
    return (
        mail.author == "seller" and mail.automatic is None and mail.state in ("relayed", "released", "held")
    )


def waits(world: World, period: Period) -> Iterator[Wait]:
    failed = failed_mails(world, period, BEFORE)
    for conversation, mails in world.mails_of.items():
        turns: list[tuple[datetime, int, int, Mail]] = []
        for mail in mails:
            if not period.reaches(mail.at, BEFORE):
                continue
            if mail.id in failed:
                continue
            if is_answer(mail):
                turns.append((mail.at, 0, mail.seq, mail))
            elif mail.author == "buyer" and mail.automatic is None and mail.passed_on_at:
                turns.append((mail.passed_on_at, 1, mail.seq, mail))
        asked: list[Wait] = []
        for moment, is_question, _, mail in sorted(turns, key=lambda turn: turn[:3]):
            if is_question:
                asked.append(Wait(world.talks[conversation], mail, moment))
            else:
                yield from (each for each in _begun(asked, moment) if period.has(each.mail.at))
                asked = []
        yield from (each for each in _begun(asked, None) if period.has(each.mail.at))


def _begun(asked: list[Wait], answered: datetime | None) -> Iterator[Wait]:
    """asked: questions in a row. The answer belongs to the first of them that is no older than 14 days then;
    else one waits by itself if there was none in the 14 days before it."""
    latest: datetime | None = None
    is_answered = False
    for each in asked:
        if answered and not is_answered and answered - each.began <= NO_ANSWER:
            each.answered, is_answered = answered, True
            yield each
        elif latest is None or each.began - latest > NO_ANSWER:
            yield each
        latest = each.began


def nearest_rank(values: list[float], share: float) -> float | None:
    ordered = sorted(values)
    return round(ordered[math.ceil(share * len(ordered) - 1e-9) - 1], 2) if ordered else None


def seller_of(talk: Talk) -> str | None:
    return None if talk.is_erased else talk.seller


def response_times(world: World, period: Period) -> Rows:
    found: dict[str, list[Wait]] = defaultdict(list)
    for wait in waits(world, period):
        if not wait.talk.is_erased:
            found[wait.talk.seller].append(wait)
    rows: Rows = []
    for seller, each in found.items():
        hours = [wait.hours for wait in each if wait.hours is not None]
        in_48 = sum(wait.is_within(48) for wait in each)
        rows.append(
            (
                *(seller, len(each), len(hours), sum(wait.is_within(24) for wait in each), in_48),
                *(round(100 * in_48 / len(each), 1), nearest_rank(hours, 0.5), nearest_rank(hours, 0.9)),
            )
        )
    return sorted(rows, key=lambda row: (-int(row[1] or 0), str(row[0])))


def response_times_by_day(world: World, period: Period) -> Rows:
    found: dict[str, list[Wait]] = defaultdict(list)
    for wait in waits(world, period):
        found[wait.mail.at.date().isoformat()].append(wait)
    rows: Rows = []
    for day, each in sorted(found.items()):
        hours = [wait.hours for wait in each if wait.hours is not None]
        within = [sum(wait.is_within(limit) for wait in each) for limit in (24, 48)]
        rows.append((day, len(each), len(hours), *within, nearest_rank(hours, 0.5)))
    return rows


def late_answers(world: World, period: Period, hours: int) -> Rows:
    late = [wait for wait in waits(world, period) if not wait.is_within(hours)]
    late.sort(key=lambda wait: wait.mail.id)
    late.sort(key=lambda wait: wait.began, reverse=True)
    return [
        (
            *(seller_of(wait.talk), None if wait.talk.is_erased else wait.talk.order, wait.talk.id),
            *(wait.mail.id, told(wait.began), told(wait.answered)),
            None if wait.hours is None else round(wait.hours, 2),
            "unanswered" if wait.answered is None else "late",
        )
        for wait in late
    ]


def contact_check(world: World, period: Period, order: str, hours: int) -> Rows:
    rows: list[tuple[datetime | None, str, tuple[Cell, ...]]] = []
    failed = failed_mails(world, period)
    for talk in (each for each in world.talks_about[order] if not each.is_erased):
        mails = [each for each in world.mails_of[talk.id] if period.has(each.at)]
        if not mails:
            continue
        passed = [each for each in mails if each.passed_on_at and each.automatic is None and each.author]
        arrived = [(each.passed_on_at, each.seq, each) for each in passed if each.id not in failed]
        first = min(arrived, key=lambda told_of: told_of[:2], default=(None, 0, None))[2]
        is_cut_off = min(each.seq for each in mails) > 1 and period.first > FIRST_DAY
        asked = [each for each in passed if each.author == "buyer"]
        told_of = {each.id: [e for e in world.events_of[each.id] if period.reaches(e.at)] for each in asked}
        reached = [each for each in asked if not failures(told_of[each.id])]
        contact = min((each.passed_on_at for each in reached if each.passed_on_at), default=None)
        accepted = [
            event.occurred_at for each in reached for event in told_of[each.id] if event.kind == "delivered"
        ]
        answers = [
            each.at
            for each in mails
            if contact and is_answer(each) and each.at > contact and each.id not in failed
        ]
        answered = min(answers, default=None)
        finding = "not-contacted" if contact is None else "unanswered"
        if contact and answered:
            finding = "answered" if answered - contact <= timedelta(hours=hours) else "answered-late"
        finding = "unknown" if is_cut_off else finding
        took = round((answered - contact).total_seconds() / 3600, 2) if contact and answered else None
        refused = [each for each in mails if each.state == "refused" and each.automatic is None]
        unproved = sum(each.author is None and each.recipient == "seller" for each in refused)
        rows.append(
            (
                contact,
                talk.id,
                (
                    *(talk.id, talk.order, talk.buyer, talk.seller),
                    None if first is None or is_cut_off else first.author == "buyer",
                    *(told(contact), told(min(accepted, default=None)), told(answered), took, finding),
                    *(len(asked) - len(reached), sum(each.author == "buyer" for each in refused), unproved),
                ),
            )
        )
    rows.sort(key=lambda row: (row[0] is None, row[0].timestamp() if row[0] else 0.0, row[1]))
    return [row for _, _, row in rows]


def undelivered(world: World, period: Period, hours: int) -> Rows:
    """hours: of silence; what is made up lies far back, so all silence is longer."""
    events: dict[str, list[Told]] = defaultdict(list)
    for event in world.events:
        if period.reaches(event.at) and not event.is_report:
            events[event.mail].append(event)
    rows: list[tuple[Mail, Told | None, str]] = []
    for mail in world.mails:
        if mail.passed_on_at is None or not period.has(mail.at):
            continue
        bad = failures(events[mail.id])
        if bad:
            latest = max(bad, key=lambda event: event.occurred_at)
            rows.append((mail, latest, latest.kind))
        elif not {"delivered", "complained"} & (kinds := {each.kind for each in events[mail.id]}):
            latest_of_all = max(events[mail.id], key=lambda each: each.occurred_at, default=None)
            rows.append((mail, latest_of_all, "delayed" if "delayed" in kinds else "silent"))
    rows.sort(key=lambda row: row[0].id)
    rows.sort(key=lambda row: row[0].passed_on_at or row[0].at, reverse=True)
    return [
        (
            *(
                told(mail.passed_on_at),
                _order(world, mail),
                mail.conversation,
                mail.id,
                mail.recipient,
                finding,
            ),
            None if event is None else told(event.occurred_at),
            None if event is None else " ".join(event.codes),
        )
        for mail, event, finding in rows
    ]


def refused_attempts(world: World, period: Period) -> Rows:
    found = [each for each in written(world, period) if each.state == "refused" and each.automatic is None]
    return [
        (
            *(told(each.at), _order(world, each), each.conversation, each.id, each.author or "unproved"),
            *(each.recipient, " ".join(each.codes)),
        )
        for each in _latest_first(found)
    ]


def flagged(world: World, period: Period, code: str) -> Rows:
    found = [each for each in written(world, period) if code in each.findings]
    return [
        (
            *(told(each.at), _order(world, each), seller_of(world.talks[each.conversation])),
            *(each.conversation, each.id, each.author or "unproved", each.state, " ".join(each.codes)),
        )
        for each in _latest_first(found)
    ]


def rules(world: World, period: Period) -> Rows:
    looked, hits = Counter[str](), defaultdict[str, Counter[str]](Counter)
    for mail in written(world, period):
        for rule in ("spam", "contact-data", "payment", "threat"):
            looked[rule] += 1
            if rule in mail.hits:
                hits[rule][mail.state] += 1
    rows: Rows = []
    for rule in looked:
        became = [hits[rule][s] for s in ("relayed", "held", "released", "refused", "expired", "discarded")]
        decided = became[2] + became[3]
        share = round(100 * became[2] / decided, 1) if decided else None
        rows.append((rule, looked[rule], hits[rule].total(), *became, share))
    return sorted(rows, key=lambda row: (-int(row[2] or 0), str(row[0])))


def attachments(world: World, period: Period, least: int) -> Rows:
    found: dict[str, list[Mail]] = defaultdict(list)
    for mail in written(world, period):
        if not world.talks[mail.conversation].is_erased:
            for each in set(mail.files):
                found[each].append(mail)
    rows: Rows = []
    for digest, mails in found.items():
        talks = {each.conversation for each in mails}
        if len(talks) >= least:
            of = {
                role: {getattr(world.talks[each.conversation], role) for each in mails if each.author == role}
                for role in ("seller", "buyer")
            }
            times = sorted(each.at for each in mails)
            sides = (len(of["seller"]), len(of["buyer"]))
            rows.append((digest, len(mails), len(talks), *sides, told(times[0]), told(times[-1])))
    return sorted(rows, key=lambda row: (-int(row[2] or 0), str(row[0])))


# Views: rows in any order.


def _shared(world: World, mail: Mail) -> tuple[Cell, ...]:
    talk = world.talks[mail.conversation]
    parties = (None, None, None) if talk.is_erased else (talk.order, talk.buyer, talk.seller)
    return (
        *(mail.conversation, mail.id, mail.seq, told(mail.at), told(mail.passed_on_at), *parties),
        *(mail.author, mail.recipient, mail.state, str(list(mail.codes)), mail.automatic, "1"),
    )


def findings_view(world: World, period: Period) -> Rows:
    return [
        (*_shared(world, mail), code, severity, place, occurrences, mail.at.date().isoformat())
        for mail in written(world, period)
        for code in mail.findings
        for place, severity, occurrences in places(mail)
    ]


def attachments_view(world: World, period: Period) -> Rows:
    return [
        (*_shared(world, mail), digest, "image/png", 100, mail.at.date().isoformat())
        for mail in written(world, period)
        if not world.talks[mail.conversation].is_erased
        for digest in mail.files
    ]


def rules_view(world: World, period: Period) -> Rows:
    return [
        (*_shared(world, mail), rule, rule in mail.hits, mail.at.date().isoformat())
        for mail in written(world, period)
        for rule in RULES
    ]


def deliveries(world: World, period: Period) -> Rows:
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for event in world.events:
        if period.has(event.at) and not event.is_report:
            found[event.at.date().isoformat()][event.kind].add(event.mail)
    kinds = ("sent", "delayed", "delivered", "bounced", "suppressed", "rejected", "complained")
    return [(day, *(len(told_of[kind]) for kind in kinds)) for day, told_of in sorted(found.items())]


def authentication_failures(world: World, period: Period) -> Rows:
    counted = {
        *("author-unclear", "not-authenticated", "stranger", "unregistered-mailbox"),
        "authentication-unavailable",
    }
    found: dict[tuple[str, str, str], list[Mail]] = defaultdict(list)
    for mail in world.mails:
        if mail.passed_on_at is None and period.has(mail.at):
            for code in counted & set(mail.codes):
                found[code, mail.recipient, _domain(world, mail) or ""].append(mail)
    rows: Rows = []
    for group, mails in found.items():
        times = sorted(each.at for each in mails)
        talks = {each.conversation for each in mails}
        rows.append((*group, len(mails), len(talks), told(times[0]), told(times[-1])))
    return sorted(rows, key=lambda row: (-int(row[3] or 0), *map(str, row[:3])))


def fan_out(world: World, period: Period, least: int) -> Rows:
    found: dict[tuple[str, str], list[Mail]] = defaultdict(list)
    for mail in written(world, period):
        domain = _domain(world, mail)
        if domain and mail.author:
            found[domain, mail.author].append(mail)
    rows: Rows = []
    for (domain, role), mails in found.items():
        talks = {each.conversation for each in mails}
        if len(talks) >= least:
            others = {getattr(world.talks[each], "seller" if role == "buyer" else "buyer") for each in talks}
            kept = sum(each.state not in ("relayed", "released") for each in mails)
            rows.append((domain, role, len(mails), len(talks), len(others), kept))
    return sorted(rows, key=lambda row: (-int(row[3] or 0), str(row[0]), str(row[1])))


def volume(world: World, period: Period) -> Rows:
    found: dict[tuple[str, str, str], list[Mail]] = defaultdict(list)
    for mail in written(world, period):
        found[mail.at.date().isoformat(), mail.author or "unproved", mail.recipient].append(mail)
    states = ("relayed", "released", "held", "refused", "expired", "discarded")
    return [
        (
            *(*group, len(mails), *(sum(each.state == state for each in mails) for state in states)),
            sum(each.automatic is not None for each in mails),
        )
        for group, mails in sorted(found.items())
    ]


def topics(world: World, period: Period) -> Rows:
    found: dict[str, list[Mail]] = defaultdict(list)
    for mail in written(world, period):
        if mail.author and mail.automatic is None:
            for topic in mail.topics:
                found[topic].append(mail)
    rows: Rows = []
    for topic, mails in found.items():
        sides = [sum(each.author == role for each in mails) for role in ("buyer", "seller")]
        orders = {_order(world, each) for each in mails} - {None}
        rows.append((topic, *sides, len({each.conversation for each in mails}), len(orders)))
    return sorted(rows, key=lambda row: (-int(row[3] or 0), str(row[0])))


def who_read_what(world: World, period: Period, actor: str) -> Rows:
    found = [each for each in world.acts if period.has(each.at) and each.actor == actor]
    found.sort(key=lambda act: act.id)
    found.sort(key=lambda act: act.at, reverse=True)
    return [
        (told(each.at), each.actor, each.case, each.kind, each.what, each.conversation, None)
        for each in found
    ]


def timeline(world: World, conversation: str, texts: Callable[[Mail], str | None]) -> Rows:
    """texts: of a mail, what its content says; None where there is none."""
    rows: Rows = []
    for mail in world.mails_of[conversation]:
        written = texts(mail)
        subject = None if written is None else f"About {mail.id}"
        roles = (mail.author or "unproved", mail.recipient, told(mail.passed_on_at))
        codes = " ".join(sorted(mail.codes))
        rows.append((mail.seq, told(mail.at), mail.id, mail.state, *roles, codes, subject, written))
        for each in world.events_of[mail.id]:
            facts, at = " ".join(each.codes), told(each.occurred_at)
            rows.append((each.seq, at, each.mail, each.kind, None, None, None, facts, None, None))
    return sorted(rows, key=lambda row: int(row[0] or 0))


def _latest_first(mails: list[Mail]) -> list[Mail]:
    return sorted(sorted(mails, key=lambda mail: mail.id), key=lambda mail: mail.at, reverse=True)


def _order(world: World, mail: Mail) -> str | None:
    talk = world.talks[mail.conversation]
    return None if talk.is_erased else talk.order


def _domain(world: World, mail: Mail) -> str | None:
    return None if world.talks[mail.conversation].is_erased else mail.domain
