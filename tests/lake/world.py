"""A marketplace of made-up conversations: what happened, as plain values, and the rows that tell it.

Gaps, bounces, automatic answers, holds and releases, authors who are not proved, late events, erased
conversations, several conversations an order, sellers who write first; and moments at the very edges of
windows, days, and the nights in which clocks change.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property

from parley.lake.rows import ActionRow, Attachment, DeliveryRow, Finding, MessageRow, Row

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 40
END = FIRST + timedelta(days=DAYS + 30)
HOUR, DAY, TICK = timedelta(hours=1), timedelta(days=1), timedelta(milliseconds=1)
# Clocks change on 8 March in New York and on 29 March in Berlin; midnights of UTC and around them.
EDGES = (
    *(FIRST + DAY * each for each in range(5, DAYS, 7)),
    *(FIRST + DAY * each - TICK for each in range(5, DAYS, 7)),
    *(datetime(2026, 3, 8, 6, 59, 59, 999_000, UTC), datetime(2026, 3, 8, 7, tzinfo=UTC)),
    *(datetime(2026, 3, 29, 0, 59, 59, 999_000, UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)),
)
WAITS = (
    *(24 * HOUR, 24 * HOUR + TICK, 24 * HOUR - TICK, 48 * HOUR, 48 * HOUR + TICK, 48 * HOUR - TICK),
    *(14 * DAY, 14 * DAY + TICK, timedelta(0), TICK),
)
RULES = ("spam", "contact-data", "payment", "threat")
TOPICS = ("delivery", "return", "refund", "defect", "invoice")
UNPROVED_CODES = ("not-authenticated", "stranger", "author-unclear", "authentication-unavailable")
UNDELIVERED = ("bounced", "suppressed", "rejected")
CODES = {
    "bounced": ("subtype=general", "type=permanent"),
    "bounced softly": ("subtype=mailbox-full", "type=transient"),
    "bounced by report": ("report=m0", "source=report"),
}


@dataclass(slots=True, kw_only=True)
class Mail:
    """What happened to one mail. Times in UTC, to the millisecond."""

    id: str
    conversation: str
    seq: int
    at: datetime
    author: str | None
    recipient: str
    state: str = "relayed"
    passed_on_at: datetime | None = None
    automatic: str | None = None
    codes: tuple[str, ...] = ()
    hits: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    domain: str | None = None

    @property
    def is_decided(self) -> bool:
        """Whether it was held first, and a reviewer or time decided."""
        return self.state in ("released", "expired") or (self.state == "refused" and "spam" in self.codes)

    @property
    def folder_name(self) -> str:
        return f"{self.seq:04d}_2026-03-01T000000Z_{self.author}-to-{self.recipient}_{self.id}"

    @property
    def content_name(self) -> str:
        """A release is kept under a name of its own."""
        return released_name(f"{self.id}-release") if self.state == "released" else self.folder_name


def released_name(event: str) -> str:
    return f"2026-04-01T000000Z_released_{event}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What SES told of a mail."""

    id: str
    conversation: str
    mail: str
    seq: int
    at: datetime
    occurred_at: datetime
    kind: str
    codes: tuple[str, ...] = ()

    @property
    def is_report(self) -> bool:
        """It came as mail."""
        return "source=report" in self.codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What became of a mail after it was received, as the chain tells it; no row of the lake."""

    id: str
    conversation: str
    mail: str
    seq: int
    at: datetime
    kind: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    id: str
    conversation: str
    seq: int
    at: datetime
    kind: str
    what: str | None
    case: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    id: str
    order: str | None
    buyer: str | None
    seller: str
    is_erased: bool


@dataclass
class World:
    talks: dict[str, Talk] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    events: list[Told] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @cached_property
    def mails_of(self) -> dict[str, list[Mail]]:
        """By conversation."""
        found: dict[str, list[Mail]] = defaultdict(list)
        for mail in self.mails:
            found[mail.conversation].append(mail)
        return found

    @cached_property
    def events_of(self) -> dict[str, list[Told]]:
        """By mail."""
        found: dict[str, list[Told]] = defaultdict(list)
        for event in self.events:
            found[event.mail].append(event)
        return found

    @cached_property
    def steps_of(self) -> dict[str, list[Step]]:
        """By mail."""
        found: dict[str, list[Step]] = defaultdict(list)
        for step in self.steps:
            found[step.mail].append(step)
        return found

    @cached_property
    def talks_about(self) -> dict[str | None, list[Talk]]:
        """By order."""
        found: dict[str | None, list[Talk]] = defaultdict(list)
        for talk in self.talks.values():
            found[talk.order].append(talk)
        return found


def make(conversations: int, seed: int = 7) -> World:
    chance, world = random.Random(seed), World()
    for number in range(conversations):
        talk = Talk(
            id=f"c{number:06d}",
            # Three conversations about one order now and then; first contacts have none.
            order=None if chance.random() < 0.1 else f"303-{number // 3 if number % 9 < 3 else number}",
            buyer=f"buyer-{chance.randrange(conversations // 3 + 1)}",
            seller=f"seller-{min(int(chance.expovariate(0.08)), 60)}",
            is_erased=chance.random() < 0.03,
        )
        world.talks[talk.id] = talk
        _write(talk, chance, world)
        _come_by_intake(talk, world)
    return world


def _come_by_intake(talk: Talk, world: World) -> None:
    """A first contact that was held came to the seller's intake, where it is told as released without having
    gone on: it went on from the conversation that it opened."""
    first = next(each for each in reversed(world.mails) if each.conversation == talk.id and each.seq == 1)
    if talk.order is None and first.state == "released" and first.author == "buyer":
        intake = replace(talk, id=f"i{talk.id}", buyer=None)
        world.talks[intake.id] = intake
        findings = first.findings or ("contact-iban",)
        moved = replace(
            first,
            id=f"{first.id}i",
            conversation=intake.id,
            passed_on_at=None,
            findings=findings,
            codes=("spam",),
        )
        world.mails.append(moved)
        world.steps += _steps(moved)


def _write(talk: Talk, chance: random.Random, world: World) -> None:
    begin = chance.choice(EDGES) if chance.random() < 0.1 else FIRST + chance.random() * DAYS * DAY
    at, seq = _ticked(begin), 0
    author = "seller" if chance.random() < 0.12 else "buyer"
    for _ in range(1 + min(int(chance.expovariate(0.25)), 14)):
        seq += 1
        mail = _mail(talk, seq, at, author, chance)
        world.mails.append(mail)
        steps = _steps(mail)
        world.steps += steps
        seq += len(steps)
        if mail.passed_on_at is not None:
            for event in _deliveries(mail, seq, chance):
                seq += 1
                world.events.append(event)
        if chance.random() < 0.08:
            seq += 1
            world.acts.append(_act(talk, seq, _ticked(at + chance.random() * DAY), chance))
        # From when the other side could read it, so that windows are met to the millisecond.
        since = mail.passed_on_at if mail.passed_on_at and chance.random() < 0.6 else mail.at
        wait = chance.choice(WAITS) if chance.random() < 0.25 else timedelta(hours=chance.expovariate(0.04))
        at = max(_ticked(since + wait), mail.at)
        if at > END:
            break
        if chance.random() < 0.75:
            author = "seller" if author == "buyer" else "buyer"


def _mail(talk: Talk, seq: int, at: datetime, author: str, chance: random.Random) -> Mail:
    mail = Mail(
        id=f"m{talk.id}x{seq}",
        conversation=talk.id,
        seq=seq,
        at=at,
        author=author,
        recipient="seller" if author == "buyer" else "buyer",
        hits=tuple(each for each in RULES if chance.random() < 0.08),
        findings=tuple(each for each in ("contact-iban", "contact-phone") if chance.random() < 0.05),
        files=tuple(f"{chance.randrange(900):064x}" for _ in range(chance.choice((0, 0, 0, 1, 2)))),
        topics=tuple(each for each in TOPICS if chance.random() < 0.2),
        domain=None if chance.random() < 0.5 else f"d{chance.randrange(40)}",
    )
    draw = chance.random()
    if draw < 0.07:  # Not proved to be by anybody: refused, or held where SES could not look.
        mail.author, mail.domain = None, None
        mail.codes = (chance.choice(UNPROVED_CODES),)
        mail.state = "held" if mail.codes == ("authentication-unavailable",) else "refused"
    elif draw < 0.12:
        mail.state, mail.codes = chance.choice(("refused", "discarded")), ("unregistered-mailbox",)
    elif draw < 0.17:
        mail.state, mail.codes = chance.choice(("held", "expired", "refused")), ("spam",)
    elif draw < 0.25:
        mail.state, mail.codes = "released", ("spam",)
        waited = chance.choice((HOUR, 23 * HOUR, 47 * HOUR, 3 * DAY, 20 * DAY))
        # A first contact goes on from the conversation that it opens; about no order here.
        mail.passed_on_at = None if talk.order is None and seq == 1 else at + waited
    if draw >= 0.25:
        mail.passed_on_at = at
        mail.automatic = "out-of-office" if chance.random() < 0.1 else None
    if mail.passed_on_at is None:
        mail.files = ()
    if mail.state == "refused" and seq % 4 == 0:
        mail.automatic = "out-of-office"
    return mail


def _steps(mail: Mail) -> list[Step]:
    """Releases that fail come before one that does not, or before none; and a receipt's outcome may be
    chained by itself, even after the release."""
    # A chance of its own, so that nothing else depends on it.
    chance, told = random.Random(mail.id), list[tuple[str, str, datetime, dict[str, str]]]()
    decided_at = mail.passed_on_at or mail.at + HOUR
    spelt_out = ("outcome", f"{mail.id}-outcome")
    on_receipt = "held" if mail.is_decided or mail.state == "held" else mail.state
    if chance.random() < 0.15:
        told.append((*spelt_out, mail.at, {"outcome": on_receipt, "codes": " ".join(mail.codes)}))
    if mail.state in ("held", "released", "expired") and chance.random() < 0.3:
        told += [
            ("release-asked", f"{mail.id}-asked-1", mail.at + 2 * TICK, {"case": "2026-1"}),
            ("released", f"{mail.id}-attempt", mail.at + 3 * TICK, {"codes": "spam"}),
            (
                "outcome",
                f"{mail.id}-failed",
                mail.at + 4 * TICK,
                {"outcome": "held", "codes": "ses-rejected"},
            ),
        ]
        mail.codes = (*mail.codes, "ses-rejected")
    if mail.state == "released":
        moved = {} if mail.passed_on_at else {"opened": "c999", "first": "m999"}
        told += [
            ("release-asked", f"{mail.id}-asked-2", decided_at - TICK, {"case": "2026-1"}),
            ("released", f"{mail.id}-release", decided_at, {"codes": "spam"} | moved),
        ]
        if chance.random() < 0.15 and all(each[0] != "outcome" for each in told):
            told.append((*spelt_out, decided_at, {"outcome": "held", "codes": " ".join(mail.codes)}))
    elif mail.is_decided:
        told.append((mail.state, f"{mail.id}-end", decided_at, {}))
    return [
        Step(
            id=id_,
            conversation=mail.conversation,
            mail=mail.id,
            seq=mail.seq + place,
            at=at,
            kind=kind,
            facts=facts,
        )
        for place, (kind, id_, at, facts) in enumerate(told, 1)
    ]


def _deliveries(mail: Mail, seq: int, chance: random.Random) -> Iterator[Told]:
    """Some are never told of; some only days later, and a bounce may follow a delivery. seq: the place before
    the first."""
    assert mail.passed_on_at is not None
    draw, kinds = chance.random(), list[str]()
    if draw < 0.79:
        kinds = ["sent", "delivered"]
    elif draw < 0.82:
        kinds = ["sent", *chance.choice((("bounced softly", "delivered"), ("delivered", "bounced softly")))]
    elif draw < 0.85:
        kinds = ["sent", *chance.choice((("delivered", "bounced by report"), ("bounced by report",)))]
    elif draw < 0.88:
        kinds = ["sent", "delayed", "delivered"]
    elif draw < 0.89:
        kinds = ["sent", "delayed"]
    elif draw < 0.90:
        kinds = ["sent", "complained"]
    elif draw < 0.96:
        kinds = ["sent", chance.choice((*UNDELIVERED, "bounced softly"))]
    elif draw < 0.98:
        kinds = ["sent", "delivered", "bounced"]
    at = mail.passed_on_at
    for place, kind in enumerate(kinds, 1):
        occurred = _ticked(at + chance.random() * 3 * HOUR * place)
        late = chance.choice((timedelta(0), timedelta(seconds=2), 2 * DAY, 6 * DAY)) if place > 1 else TICK
        yield Told(
            id=f"{mail.id}e{place}",
            conversation=mail.conversation,
            mail=mail.id,
            seq=seq + place,
            at=occurred + late,
            occurred_at=occurred,
            kind=kind.partition(" ")[0],
            codes=CODES.get(kind, ()),
        )
        at = occurred


def _act(talk: Talk, seq: int, at: datetime, chance: random.Random) -> Act:
    kind = chance.choice(("read", "read", "note", "hold-placed", "release-asked", "exported"))
    return Act(
        id=f"{talk.id}a{seq}",
        conversation=talk.id,
        seq=seq,
        at=at,
        kind=kind,
        what="transcript" if kind == "read" else None,
        case=f"2026-{chance.randrange(200)}",
        actor=chance.choice(("anna", "ben", "carla")),
    )


def _ticked(at: datetime) -> datetime:
    """To the millisecond, as SES tells."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def rows(world: World) -> Iterator[Row]:
    """What write_archive tells of it: of a mail that was decided on later, first how it was held."""
    for mail in world.mails:
        final = _row(mail, world.talks[mail.conversation])
        if mail.state == "released":
            before = Mail(**{name: getattr(mail, name) for name in Mail.__slots__})
            before.state, before.passed_on_at, before.files = "held", None, ()
            yield _row(before, world.talks[mail.conversation], version=1)
        yield final
    for event in world.events:
        yield DeliveryRow(
            conversation_id=event.conversation,
            message_id=event.mail,
            event_id=event.id,
            version=2,
            seq=event.seq,
            at=event.at,
            occurred_at=event.occurred_at,
            kind=event.kind,
            codes=event.codes,
            is_erased=False,
        )
    for act in world.acts:
        yield ActionRow(
            conversation_id=act.conversation,
            message_id=None,
            action_id=act.id,
            version=2,
            seq=act.seq,
            at=act.at,
            kind=act.kind,
            what=act.what,
            case_id=act.case,
            actor=act.actor,
            is_erased=False,
        )


def places(mail: Mail) -> tuple[tuple[str, str, int], ...]:
    """Where each of its findings was seen: in one part or two; how much it weighs there, and how often."""
    return (("1", "warning", 1), ("2.1", "note", 3))[: 1 + mail.seq % 2]


def _row(mail: Mail, talk: Talk, version: int = 3) -> MessageRow:
    gone = talk.is_erased
    return MessageRow(
        conversation_id=mail.conversation,
        message_id=mail.id,
        version=version,
        seq=mail.seq,
        at=mail.at,
        passed_on_at=mail.passed_on_at,
        order_id=None if gone else talk.order,
        buyer_id=None if gone else talk.buyer,
        seller_id=None if gone else talk.seller,
        author_role=mail.author,
        recipient_role=mail.recipient,
        state=mail.state,
        codes=mail.codes,
        automatic=mail.automatic,
        policy="1",
        hits=mail.hits,
        misses=tuple(each for each in RULES if each not in mail.hits),
        findings=tuple(
            Finding(code=code, severity=severity, place=place, occurrences=occurrences)
            for code in mail.findings
            for place, severity, occurrences in places(mail)
        ),
        attachments=None
        if gone
        else tuple(Attachment(sha256=each, media_type="image/png", octets=100) for each in mail.files),
        topics=mail.topics,
        author_domain=None if gone else mail.domain,
        content_name=None if gone or mail.passed_on_at is None else mail.content_name,
        is_erased=gone,
    )
