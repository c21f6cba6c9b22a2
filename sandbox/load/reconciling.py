"""Whether what was accepted, what was recorded and what arrived are the same. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from parley.conversation.messages import MessageId
from parley.relaying.work import MAX_SENDINGS
from sandbox.load.arrivals import Arrival
from sandbox.load.books import Recorded
from sandbox.load.plan import EXPECTED, Kind
from sandbox.load.traffic import Accepted

RELAYED, HELD, REFUSED, DISCARDED = "relayed", "held", "refused", "discarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """The account at the end. outcomes: how many messages of each. Of the lists each member is a message's
    id, by which the log finds it:

    lost: accepted, and no record. unfinished: recorded without an outcome. invented: recorded, and never
    accepted. unexpected: with an outcome that its kind of mail must not have. undelivered: relayed, and
    nothing arrived. stray: arrived, and was not to. doubled: arrived, it or its notice, more often than SES
    may be called for it. repeated: arrived twice, it or its notice, as it may if a worker is killed between
    SES's answer and its record. unexplained: all of these, if they are more than such workers were killed.
    """

    accepted: int
    outcomes: Mapping[str, int]
    notices: int
    lost: tuple[str, ...]
    unfinished: tuple[str, ...]
    invented: tuple[str, ...]
    unexpected: tuple[str, ...]
    undelivered: tuple[str, ...]
    stray: tuple[str, ...]
    doubled: tuple[str, ...]
    repeated: tuple[str, ...]
    unexplained: tuple[str, ...]

    @property
    def faults(self) -> Mapping[str, tuple[str, ...]]:
        """What must be empty."""
        names = (
            *("lost", "unfinished", "invented", "unexpected"),
            *("undelivered", "stray", "doubled", "unexplained"),
        )
        return {name: getattr(self, name) for name in names}

    @property
    def balances(self) -> bool:
        done = sum(self.outcomes.get(each, 0) for each in (RELAYED, HELD, REFUSED, DISCARDED))
        return done == self.accepted and not any(self.faults.values())


def reconcile(
    accepted: Sequence[Accepted], recorded: Iterable[Recorded], arrived: Iterable[Arrival], kills: int
) -> Books:
    """Compares the three. kills: how many workers were killed that hand mail to SES. Each of them worked on
    one mail, so it explains one repetition."""
    promised = {each.message: each for each in accepted}
    known = {each.message: each for each in recorded}
    arrivals: dict[str, list[Arrival]] = defaultdict(list)
    notices: Counter[str] = Counter()
    for arrival in arrived:
        if arrival.is_notice:
            notices[arrival.message] += 1
        else:
            arrivals[arrival.message].append(arrival)
    ours = [known[message] for message in promised if message in known]
    relayed = {each.message for each in ours if each.state == RELAYED}
    came = {each: len(arrivals[each.message]) for each in ours}
    repeated = [each.message for each, times in came.items() if 1 < times <= each.sendings]
    repeated += [MessageId(message) for message, count in notices.items() if count == MAX_SENDINGS]
    stray = [message for message in arrivals if arrivals[message] and message not in relayed]
    stray += [message for message in relayed if _is_elsewhere(promised[message], arrivals[message])]
    doubled = [each.message for each, times in came.items() if times > max(1, each.sendings)]
    doubled += [MessageId(message) for message, count in notices.items() if count > MAX_SENDINGS]
    return Books(
        accepted=len(promised),
        outcomes=dict(Counter(str(each.state) for each in ours if each.is_done)),
        notices=sum(notices.values()),
        lost=tuple(sorted(promised.keys() - known.keys())),
        unfinished=tuple(each.message for each in ours if not each.is_done),
        invented=tuple(sorted(known.keys() - promised.keys())),
        unexpected=tuple(_unexpected(promised, ours)),
        undelivered=tuple(message for message in sorted(relayed) if not arrivals[message]),
        stray=tuple(stray),
        doubled=tuple(doubled),
        repeated=tuple(sorted(repeated)),
        unexplained=tuple(sorted(repeated)) if len(repeated) > kills else (),
    )


def _is_elsewhere(accepted: Accepted, arrivals: Sequence[Arrival]) -> bool:
    return any(arrival.mailbox != accepted.to for arrival in arrivals)


def _unexpected(promised: Mapping[MessageId, Accepted], ours: Sequence[Recorded]) -> Iterable[str]:
    """Those with an outcome that their kind must not have. A mail that was handed over twice goes out once,
    whichever of both was first."""
    gone: Counter[int] = Counter()
    for each in ours:
        letter = promised[each.message].letter
        if each.is_done and each.state not in EXPECTED[letter.kind]:
            yield each.message
        elif letter.kind is Kind.RESUBMITTED and each.state == RELAYED:
            gone[letter.number] += 1
    for each in ours:
        letter = promised[each.message].letter
        if letter.kind is Kind.RESUBMITTED and gone[letter.number] != 1:
            yield each.message
