"""Plays the scenarios: opens a conversation each, sends, waits at every hop, and cleans up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cli.doctor import Found
from cli.findings import Finding, Status, fail, ok, warn
from cli.marketplace import ApiProblem, ApiUnreachableError, OpenedConversation
from cli.smoke.hops import HOPS, View
from cli.smoke.journey import Journey, write
from cli.smoke.opening import open_conversation
from cli.smoke.ports import Stage
from cli.smoke.scenarios import Scenario
from cli.smoke.watching import Watch
from cli.troubles import explain

POLL_SECONDS = 2.0


def play(scenarios: Sequence[Scenario], *, author: str, token: str, stage: Stage) -> tuple[Found, ...]:
    """token: unique, of letters and digits. What was found comes in the order of hops for each scenario, and
    of the cleaning up at the end, which is done whatever happens."""
    run = _Run(stage, token, author)
    try:
        conversations = {each: opened for each in scenarios if (opened := run.open(each))}
        if conversations:
            run.watch()
        for scenario, conversation in conversations.items():
            run.send(scenario, conversation)
        run.follow()
    finally:
        run.clean()
    # Mails overtake each other; a report has them one after the other.
    order = {name: place for place, name in enumerate(dict.fromkeys(each.concern for each in run.found))}
    return tuple(sorted(run.found, key=lambda each: order[each.concern]))


@dataclass(slots=True)
class _Run:
    stage: Stage
    token: str
    author: str
    found: list[Found] = field(default_factory=list)
    _journeys: dict[Journey, int] = field(default_factory=dict)
    _opened: list[str] = field(default_factory=list)
    _parties: dict[str, None] = field(default_factory=dict)
    _watch: Watch | None = None

    def open(self, scenario: Scenario) -> OpenedConversation | None:
        finding, opened = open_conversation(
            scenario, author=self.author, token=self.token, marketplace=self.stage.marketplace
        )
        self._tell(scenario.name, "opening", finding)
        if opened is None:
            return None
        self._opened.append(opened.conversation.id)
        self._parties |= dict.fromkeys(opened.parties)
        return opened.conversation

    def watch(self) -> None:
        """Before anything is sent: what was told before nobody hears."""
        self._watch = Watch(self.stage.site)
        try:
            self._watch.start(self.token)
        except Exception as error:
            self._tell("delivery events", "listening", explain(error))

    def send(self, scenario: Scenario, conversation: OpenedConversation) -> None:
        journey = Journey(
            scenario=scenario,
            conversation=conversation,
            author=self.author,
            token=f"{self.token}-{scenario.party}",
            sent_at=datetime.now(UTC),
        )
        try:
            sent = self.stage.post.send(write(journey), author=self.author, recipient=journey.to)
        except Exception as error:
            self._tell(scenario.name, "sending", _not_sent(error))
        else:
            self._tell(scenario.name, "sending", ok("sent", f"SES took the first mail ({sent})."))
            self._journeys[journey] = 0

    def follow(self) -> None:
        """Until every mail is through all hops or stuck, or time is up."""
        clock = self.stage.clock
        until = clock.monotonic() + self.stage.seconds
        while self._journeys:
            self._look()
            left = until - clock.monotonic()
            if not self._journeys or left <= 0:
                break
            waits = ", ".join(
                f"{each.scenario.name}: {HOPS[hop].name}" for each, hop in self._journeys.items()
            )
            self.stage.teller.waiting(f"waiting, {left:.0f} s left ({waits})")
            clock.sleep(POLL_SECONDS)
        for journey, hop in self._journeys.items():
            self._explain(journey, hop)

    def _look(self) -> None:
        if self._watch:
            try:
                self._watch.listen()
            except Exception as error:
                self._tell("delivery events", "listening", explain(error))
                self._watch.end()
                self._watch = None
        self._journeys = {
            journey: hop
            for journey, place in self._journeys.items()
            if (hop := self._advance(journey, place)) is not None
        }

    def _advance(self, journey: Journey, place: int) -> int | None:
        """The hop that the mail waits at now; None when there is nothing left to wait for."""
        view = self._view(journey)
        for place_now in range(place, len(HOPS)):
            hop = HOPS[place_now]
            try:
                finding = hop.look(view)
            except Exception as error:
                finding = explain(error)
            if finding is None:
                return place_now
            self._tell(journey.scenario.name, hop.name, finding)
            if finding.status is not Status.OK:
                return None
        return None

    def _explain(self, journey: Journey, place: int) -> None:
        hop = HOPS[place]
        try:
            finding = hop.why(self._view(journey))
        except Exception as error:
            finding = explain(error)
        self._tell(journey.scenario.name, hop.name, finding)

    def _view(self, journey: Journey) -> View:
        seen = self._watch.seen[journey.conversation.id] if self._watch else set()
        return View(journey, self.stage.site, frozenset(seen))

    def clean(self) -> None:
        """Closes what was opened, and takes away what listened."""
        for conversation in self._opened:
            try:
                self.stage.marketplace.close(conversation)
            except (ApiProblem, ApiUnreachableError) as error:
                text = f"The conversation {conversation} stays open: {error}"
                self._tell("cleaning up", "closing", warn("not-closed", text, "Close it by the API."))
        if self._watch:
            try:
                self._watch.end()
            except Exception as error:
                text = f"The queue or subscription of this run could not be removed ({explain(error).text})"
                next_ = f"Delete the queue whose name ends with smoke-{self.token}, and its subscription."
                self._tell("cleaning up", "listening", warn("not-removed", text, next_))

        if self._opened:
            text = (
                f"What stays: the parties {', '.join(self._parties)}; the conversations "
                f"{', '.join(self._opened)}; their mails in inbox and archive."
            )
            self._tell("cleaning up", "left", ok("left", text))

    def _tell(self, scenario: str, hop: str, finding: Finding) -> None:
        self.found.append(Found(scenario, hop, finding))
        self.stage.teller.told(scenario, hop, finding)


def _not_sent(error: Exception) -> Finding:
    explained = explain(error)
    if explained.code != "aws-error":
        return explained
    return fail(
        "not-sent",
        f"SES did not take the first mail: {explained.text}",
        "The domain of --from must be a verified SES identity of this account and region.",
    )
