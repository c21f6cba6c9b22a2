"""A load at work in a running sandbox: authors send, somebody kills, and in the end the books are closed."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from parley.conversation.parties import Role
from sandbox.accounts import Account
from sandbox.load.arrivals import Arrivals
from sandbox.load.books import recorded
from sandbox.load.judging import judge
from sandbox.load.plan import Letter
from sandbox.load.proving import Prover, Standing
from sandbox.load.reconciling import reconcile
from sandbox.load.report import Measured, Report
from sandbox.load.timing import hurry
from sandbox.load.traffic import Traffic
from sandbox.load.watching import Killer, Mark, Watch
from sandbox.load.workers import Workers
from sandbox.seeding import PASSWORD, Correspondence, Person
from sandbox.stack import Sandbox

RECEIPTS = "ReceiptsQueue"
_SENDING = "receive_mail"
"""The package whose workers hand mail to SES in a load: nothing in it bounces."""
_DEAD = ("DeadLetters", "Undelivered")


class Running:
    """conversations: how many to open, an even number. timeout_seconds: of receive_mail, see `hurry`."""

    def __init__(
        self, sandbox: Sandbox, arrivals: Arrivals, conversations: int, timeout_seconds: int, console: Console
    ) -> None:
        self._sandbox = sandbox
        self._arrivals = arrivals
        self._console = console
        self._opened = [_correspond(sandbox, number) for number in range(conversations)]
        self._receipts = sandbox.queues().labelled({RECEIPTS: RECEIPTS})
        ((_, url),) = self._receipts.urls
        self._visibility = hurry(sandbox.deployed, url, timeout_seconds)
        self._workers = Workers(sandbox.emulator.process_id, _packages(sandbox))
        smtp = (sandbox.receiving.host, sandbox.receiving.port)
        self._traffic = Traffic(smtp, self._opened, sandbox.settings.relay_domain)
        self._kills = 0

    def work(
        self, letters: Sequence[Letter], *, connections: int, window: int, kills: int, seed: int
    ) -> tuple[Mark, Mark]:
        """Sends all mails, and returns the marks of the beginning and of when none waited any more, once the
        last one is done."""
        mails = sum(letter.messages for letter in letters)
        self._kills = kills
        with self._counting("mails with their outcome", mails) as tell:
            watch = Watch(
                depth=lambda: self._receipts.depths()[0],
                traffic=self._traffic,
                arrivals=self._arrivals,
                workers=self._workers,
                killer=Killer(self._workers, kills, len(letters), seed),
                visibility=self._visibility,
                window=window,
                tell=lambda accepted, waiting: tell(max(0, accepted - waiting)),
            )
            begin = watch.mark()
            with ThreadPoolExecutor(1) as authors:
                sending = authors.submit(self._traffic.send, letters, connections)
                try:
                    drained = watch.until_done(sending.done)
                finally:
                    self._traffic.stop()
                sending.result()
        self._sandbox.sending.settle()
        return begin, drained

    def report(self, begin: Mark, drained: Mark, repeated_notifications: int, patience: float) -> Report:
        """Closes the books, reads all that was delivered, and has the archive prove itself. patience: seconds
        that the archive may lag behind."""
        accepted, arrived = self._traffic.accepted, self._arrivals.all
        standings = self._standings(patience)
        with self._counting("delivered mails judged", len(arrived)) as tell:
            judgement = judge(arrived, accepted, tell)
        latencies = self._latencies()
        killed = Counter(self._workers.killed)
        measured = Measured(
            busy=drained.at - begin.at,
            arrived=drained.arrived - begin.arrived,
            latencies=tuple(each for each in latencies if each < self._visibility or not killed),
            delayed=tuple(each for each in latencies if each >= self._visibility and killed),
            cpu={name: used - begin.cost.cpu.get(name, 0.0) for name, used in drained.cost.cpu.items()},
            machine=drained.machine - begin.machine,
            memory=self._workers.cost().memory,
            killed=dict(killed),
            kills_asked=self._kills,
            repeated_notifications=repeated_notifications,
            refused_by_ses=len(self._traffic.refused),
            unproved=tuple(standings[Standing.FAULTY]),
            behind=tuple(standings[Standing.BEHIND]),
            dead_letters=self._dead_letters(),
        )
        books = reconcile(accepted, recorded(self._sandbox), arrived, killed[_SENDING])
        return Report(books, judgement, measured)

    def _latencies(self) -> list[float]:
        """Of the first delivery of each mail. A worker may be faster than SES's 250 is read here."""
        accepted_at: dict[str, float] = {each.message: each.at for each in self._traffic.accepted}
        first: dict[str, float] = {}
        for arrival in self._arrivals.all:
            if not arrival.is_notice and arrival.message in accepted_at:
                first.setdefault(arrival.message, max(0.0, arrival.at - accepted_at[arrival.message]))
        return list(first.values())

    def _standings(self, patience: float) -> dict[Standing, list[str]]:
        """The conversations, by how their archive stands."""
        prover = Prover(self._sandbox, patience)
        found: dict[Standing, list[str]] = {each: [] for each in Standing}
        with self._counting("conversations proved", len(self._opened)) as tell:
            for count, both in enumerate(self._opened, 1):
                found[prover.standing(both.conversation)].append(both.conversation)
                tell(count)
        return found

    def _dead_letters(self) -> int:
        depths = self._sandbox.queues().depths()
        return sum(each.messages for each in depths if each.label.endswith(_DEAD))

    @contextmanager
    def _counting(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task(what, total=total)
            yield lambda count: progress.update(task, completed=count)


def _packages(sandbox: Sandbox) -> dict[str, str]:
    """Of every function, by its physical name."""
    return {
        sandbox.deployed.physical_ids[name]: each["Properties"]["Handler"].partition(".")[0]
        for name, each in sandbox.deployed.template["Resources"].items()
        if each["Type"] == "AWS::Lambda::Function" and name in sandbox.deployed.physical_ids
    }


def _correspond(sandbox: Sandbox, number: int) -> Correspondence:
    """Of a buyer with two sellers by turns, at domains of their own."""
    people = (
        Person(
            id=f"load-{role}-{whose}",
            role=role,
            locale="en",
            display_name=f"{role.title()} {whose}",
            account=Account(f"{local_part}@{role}-{whose}.example", PASSWORD),
        )
        for role, local_part, whose in ((Role.BUYER, "anna", number // 2), (Role.SELLER, "shop", number))
    )
    return sandbox.open(f"load-{number}", *people)
