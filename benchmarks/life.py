"""The whole life of delivered mails on a simulated AWS, with every request counted that the functions make:
receive_mail relays, SES tells that it sent and delivered, track_delivery records both, write_archive follows.

The stack is that of the template. Ids are as long as real ones, as they are part of what DynamoDB is paid
for.
"""

import io
from collections import Counter
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from benchmarks import units
from benchmarks.units import watching

CONVERSATIONS = 10
"""So many have a mail within one window of write_archive: a million and a half mails a month, by windows of a
minute over the four shards of a young table."""
EXCHANGE = 6
"""Mails of a conversation, of both parties by turns."""
TOLD = ("Send", "Delivery")
"""What SES tells of a mail that arrives."""
BETWEEN = timedelta(hours=5)
"""Mails of a conversation: longer than what the functions read before is in their memory."""
FUNCTIONS = ("receive_mail", "track_delivery", "write_archive")


@dataclass(frozen=True, slots=True)
class Life:
    """Of one mail, on average. calls: by function, `service.operation` → how many. runs: by function, its
    invocations. pages: how often its conversation was followed. written, read: units of DynamoDB."""

    calls: Mapping[str, Mapping[str, float]]
    runs: Mapping[str, float]
    pages: float
    written: float
    read: float

    @property
    def relaying(self) -> float:
        return sum(self.calls["receive_mail"].values())

    def of(self, call: str) -> float:
        """How many of all functions."""
        return sum(made.get(call, 0) for made in self.calls.values())

    def plus(self, other: "Life") -> "Life":
        return Life(
            {name: _sums(self.calls[name], other.calls[name]) for name in FUNCTIONS},
            _sums(self.runs, other.runs),
            self.pages + other.pages,
            self.written + other.written,
            self.read + other.read,
        )

    def times(self, factor: float) -> "Life":
        return Life(
            {name: _products(made, factor) for name, made in self.calls.items()},
            _products(self.runs, factor),
            self.pages * factor,
            self.written * factor,
            self.read * factor,
        )

    def minus(self, other: "Life") -> "Life":
        return self.plus(other.times(-1))


def _sums(one: Mapping[str, float], two: Mapping[str, float]) -> dict[str, float]:
    return {name: one.get(name, 0) + two.get(name, 0) for name in sorted({*one, *two})}


def _products(counts: Mapping[str, float], factor: float) -> dict[str, float]:
    return {name: count * factor for name, count in counts.items()}


@dataclass(frozen=True, slots=True)
class Deployed:
    """What the template says. memory: in MB, by function. window: in seconds."""

    memory: Mapping[str, int]
    window: int


def play(mails: int, *, apart: bool) -> tuple[Life, Deployed]:
    """So many mails in each of `CONVERSATIONS`. apart: whether the window ends between a mail and the news of
    its delivery. All output of the functions is kept away."""
    from tests.support.aws import deployed
    from tests.support.market import Market
    from tests.support.template import synthesised

    template = synthesised()
    with redirect_stdout(io.StringIO()), deployed(template) as deployment:
        counted = _Counted(Market(deployment), apart)
        with watching() as seen:
            for turn in range(mails):
                counted.play(turn)
        items = {(str(each["pk"]), str(each["sk"])): each for each in deployment.items()}
    total = mails * CONVERSATIONS
    life = Life(
        {
            name: {call: n / total for call, n in sorted(counted.calls[name].items()) if not _once(call)}
            for name in FUNCTIONS
        },
        {name: counted.runs[name] / total for name in FUNCTIONS},
        counted.pages / total,
        units.written(seen, lambda key: items[str(key["pk"]), str(key["sk"])]) / total,
        units.read(seen) / total,
    )
    return life, _deployed(template)


@dataclass(slots=True)
class _Counted:
    market: Any
    apart: bool
    calls: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in FUNCTIONS})
    runs: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    records: list[Any] = field(default_factory=list)
    others: list[Any] = field(init=False)

    def __post_init__(self) -> None:
        names = [f"c{number:025d}" for number in range(CONVERSATIONS)]
        self.others = [self.market.correspondence(name) for name in names]
        # What one invocation read, the next remembers; between turns it is forgotten.
        self.market.lasting = True

    def play(self, turn: int) -> None:
        """One mail of each conversation."""
        from tests.support.deliveries import told, track

        market = self.market
        market.start_anew()
        for number, other in enumerate(self.others):
            named = f"{turn:04d}.{number:04d}.5c1a7bf09e3d@mail.example"
            mail = (
                market.from_seller(to=other.seller_writes_to, message_id=named)
                if turn % 2
                else market.from_buyer(to=other.buyer_writes_to, message_id=named)
            )
            market.accept(mail)
            if market.work() != [True]:
                raise RuntimeError("the mail was not relayed")
            self._count("receive_mail")
        self._changed()
        for place, kind in enumerate(TOLD):
            if place and self.apart:
                self._follow()
            for sent in market.sent[-CONVERSATIONS:]:
                if track(market, told(sent, kind, market.clock.now())):
                    raise RuntimeError("the event was not recorded")
                self._count("track_delivery")
            self._changed()
        self._follow()
        market.clock.pass_by(BETWEEN)

    def _changed(self) -> None:
        """The stream tells each change of an item, and not only how it is in the end."""
        records = self.market.stream.records(self.market.deployment.items())
        self.market.stream.taken(records)
        self.records += records

    def _follow(self) -> None:
        if self.market.invoke("write_archive", {"Records": self.records})["batchItemFailures"]:
            raise RuntimeError("the archive did not follow")
        self.records.clear()
        self._count("write_archive")
        self.pages += CONVERSATIONS

    def _count(self, function: str) -> None:
        self.calls[function].update(self.market.cost)
        self.runs[function] += 1


def _once(call: str) -> bool:
    """Fetched once for all mails of an execution environment."""
    return call.endswith("GetSecretValue")


def _deployed(template: Mapping[str, Any]) -> Deployed:
    resources = template["Resources"].values()
    memory = {
        each["Properties"]["Handler"].partition(".")[0]: each["Properties"]["MemorySize"]
        for each in resources
        if each["Type"] == "AWS::Lambda::Function" and "MemorySize" in each["Properties"]
    }
    (window,) = (
        each["Properties"]["MaximumBatchingWindowInSeconds"]
        for each in resources
        if each["Type"] == "AWS::Lambda::EventSourceMapping" and "StartingPosition" in each["Properties"]
    )
    return Deployed({name: memory[name] for name in FUNCTIONS}, window)
