"""Whatever happens to messages, and in whatever order: their states go only the ways that there are, an
outcome stays, nothing goes out more often than may be, and all that SES tells of them is kept, once."""

import json
from collections import Counter
from collections.abc import Callable, Container, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from parley.archive.chain import link_hash
from parley.archive.records import EventKind
from parley.conversation.conversations import Head
from parley.conversation.delivery import Delivery, standing
from parley.conversation.events import Event, EventId
from parley.conversation.messages import NEXT_STATES, IllegalTransitionError, Message, MessageId, State
from parley.mail.delivery_events import DeliveryEvent, read_event
from parley.registering.refusals import RefusedError
from parley.relaying.events import record_event
from parley.relaying.ports import (
    BusyError,
    LeaseLostError,
    SendDeferredError,
    SendRefusedError,
    SendUncertainError,
    Submission,
)
from parley.relaying.receive import ReceiptUnfinishedError
from parley.relaying.work import MAX_SENDINGS
from parley.reviewing.decisions import refuse, release
from parley.reviewing.recording import Statement
from parley.tracking.ports import Place
from parley.tracking.record import delivery_of
from parley.tracking.track import track
from tests.support.deliveries import AWAY, FULL, HARD, SUPPRESSED, told
from tests.support.fake_reviews import a_desk
from tests.support.fake_tracking import tracking_of
from tests.support.relay_world import BUYER, CONVERSATION, LEASE, SELLER, SELLER_ALIAS, World, mail
from tests.support.wire import Sent

_RESTING = (State.RELAYED, State.RELEASED, State.REFUSED, State.DISCARDED, State.EXPIRED)


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Ses:
    """What SES does with the next mails. taken: how often it took each message, noticed or not."""

    answers: str = "takes"
    taken: Counter[str] = field(default_factory=Counter)
    mails: list[Sent] = field(default_factory=list)

    def __call__(self, submission: Submission) -> None:
        message = submission.tags["message"]
        if self.answers in ("takes", "takes unheard", "takes and the process dies"):
            self.taken[f"{message} {submission.tags.get('kind')}"] += 1
            self.mails.append(_sent(f"{len(self.mails)}", submission.tags))
        match self.answers:
            case "defers":
                raise SendDeferredError("ses-throttled")
            case "refuses":
                raise SendRefusedError("ses-rejected")
            case "takes unheard" | "is silent":
                raise SendUncertainError
            case "takes and the process dies" | "the process dies":
                raise Killed


ANSWERS = (
    *("takes", "defers", "refuses", "takes unheard", "is silent"),
    *("takes and the process dies", "the process dies"),
)


def _sent(name: str, tags: Mapping[str, str]) -> Sent:
    """As SES would tell of it."""
    return Sent(name, "notices@relay.example", (SELLER,), "relay", dict(tags), b"")


NOBODYS = _sent("nobody's", {"conversation": CONVERSATION, "message": "m" * 26})
FATES: tuple[tuple[str, Mapping[str, str]], ...] = (
    *(("Send", {}), ("DeliveryDelay", {}), ("Delivery", {}), ("Complaint", {}), ("Reject", {})),
    *(("Bounce", HARD), ("Bounce", SUPPRESSED), ("Bounce", FULL), ("Bounce", AWAY)),
)
PLACE = Place(relay_domain="relay.example", marketplace_name="Market")


class Messages(RuleBasedStateMachine):
    """Two receipts of one buyer, the second of which SES judges spam, a reviewer, and what SES tells of the
    mails that it took, be it recorded that it did or not."""

    def __init__(self) -> None:
        super().__init__()
        self.world, self.ses = World(), Ses()
        self.world.mailer.fault = self.ses
        self.tracking = tracking_of(self.world)
        self.told: dict[str, DeliveryEvent] = {}
        self.events: dict[EventId, Event] = {}
        self.texts = [
            self.world.accept(mail(BUYER, "one"), BUYER, SELLER_ALIAS),
            self.world.accept(
                mail(BUYER, "two", Message_ID="<2@buyer.example>"), BUYER, SELLER_ALIAS, spam="FAIL"
            ),
        ]
        self.seen: dict[MessageId, Message] = {}
        self.versions: list[Message] = []
        self.decisions: Counter[MessageId] = Counter()

    @rule(answers=st.sampled_from(ANSWERS))
    def ses_changes(self, answers: str) -> None:
        self.ses.answers = answers

    @rule(which=st.integers(0, 99))
    def a_text_is_delivered(self, which: int) -> None:
        """A receipt, or what a reviewer asked for; any of them again and again, in any order."""
        texts = [*self.texts, *self.world.queue.bodies]
        self._try(lambda: self.world.receive(texts[which % len(texts)]))

    @rule(span=st.sampled_from([timedelta(seconds=1), LEASE, timedelta(hours=3)]))
    def time_passes(self, span: timedelta) -> None:
        self.world.clock.pass_by(span)

    @rule(which=st.integers(0, 1), decide=st.sampled_from([release, refuse]))
    def a_reviewer_decides(self, which: int, decide: Callable[..., Message]) -> None:
        messages = sorted(self.world.memory.messages.values(), key=lambda each: each.seq)
        if which < len(messages):
            statement = Statement(conversation=CONVERSATION, case="case-17", text="fine", actor="x")
            was = messages[which].state
            self._try(lambda: decide(messages[which].id, statement, a_desk(self.world)))
            self.decisions[messages[which].id] += was is State.HELD and decide is release

    @rule(which=st.integers(0, 99), fate=st.sampled_from(FATES), hours=st.integers(-2, 2))
    def ses_tells_of_a_mail(self, which: int, fate: tuple[str, Mapping[str, str]], hours: int) -> None:
        mails = [NOBODYS, *self.ses.mails]
        at = self.world.clock.now() + timedelta(hours=hours)
        text = told(mails[which % len(mails)], fate[0], at, **fate[1])
        event = read_event(text)
        assert event is not None
        self.told[text] = event
        self._track(text)

    @precondition(lambda self: self.told)
    @rule(which=st.integers(0, 99))
    def ses_tells_it_again(self, which: int) -> None:
        self._track(list(self.told)[which % len(self.told)])

    def _track(self, text: str) -> None:
        before = self._states()
        self._try(lambda: track(text, self.tracking, PLACE))
        assert self._states() == before

    def _states(self) -> dict[MessageId, State]:
        return {each.id: each.state for each in self.world.memory.messages.values()}

    @precondition(lambda self: self.versions)
    @rule(which=st.integers(0, 99), state=st.sampled_from(State))
    def a_state_is_written_that_may_not_be(self, which: int, state: State) -> None:
        """By a process that goes a way which there is not, or knows an older state than the present one."""
        old, world = self.versions[which % len(self.versions)], self.world
        now = world.memory.messages[old.receipt_id, old.id]
        is_late = (old.state, old.lease) != (now.state, now.lease)
        is_way = state in NEXT_STATES[old.state]
        if state is old.state or (is_way and not is_late):
            return
        step = old, replace(old, state=state)
        wrong = LeaseLostError if is_way else IllegalTransitionError
        with pytest.raises(wrong):
            record_event(CONVERSATION, EventKind.NOTE, world.outside, message=old.id, step=step)
        for write in (
            lambda: world.messages.advance(old, state),
            lambda: world.messages.finish(old, state, codes=(), finished_at=world.clock.now()),
        ):
            # A step that was made already may be made again: its answer may have got lost.
            with suppress(LeaseLostError) if is_way else pytest.raises(IllegalTransitionError):
                write()
        assert world.memory.messages[old.receipt_id, old.id] == now

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except (ReceiptUnfinishedError, RefusedError, Killed):
            return
        except (BusyError, LeaseLostError, SendDeferredError, SendUncertainError):
            return

    @invariant()
    def states_go_only_the_ways_that_there_are(self) -> None:
        for message in self.world.memory.messages.values():
            before = self.seen.get(message.id)
            if before is not None and before.state in _RESTING:
                assert message.state is before.state
            if before is not None and message.state is not before.state:
                assert message.state in _reachable(before.state)
            self.seen[message.id] = message
            if message not in self.versions:
                self.versions.append(message)

    @invariant()
    def what_is_recorded_as_sent_was_sent_and_not_too_often(self) -> None:
        for message in self.world.memory.messages.values():
            taken = self.ses.taken[f"{message.id} None"]
            if message.state in (State.RELAYED, State.RELEASED):
                assert taken >= 1
            # Whenever a reviewer releases it anew, SES may leave it in doubt as often again.
            assert taken <= MAX_SENDINGS * (1 + self.decisions[message.id])

    @invariant()
    def the_chain_is_whole_and_its_head_at_the_end(self) -> None:
        memory, tip = self.world.memory, ""
        chained = sorted((*memory.messages.values(), *memory.events.values()), key=lambda each: each.seq)
        for seq, each in enumerate(chained, 1):
            link = json.loads(each.link or "")
            assert (each.seq, link["seq"], link["previous"]) == (seq, seq, tip)
            tip = link_hash(each.link or "")
        assert memory.heads[CONVERSATION][1] == Head(len(chained), tip)

    @invariant()
    def events_are_only_ever_added(self) -> None:
        now = {name: event for (_, name), event in self.world.memory.events.items()}
        assert {name: now.get(name) for name in self.events} == self.events
        self.events = now

    @invariant()
    def what_stands_for_a_mail_is_what_its_events_say(self) -> None:
        """Of those that are recorded, and of no others."""
        for message in self.world.memory.messages.values():
            assert _status(message.delivery) == _status(self._standing(message.id, self.events))

    def _standing(self, message: MessageId, recorded: Container[str]) -> Delivery | None:
        stands: Delivery | None = None
        for event in self.told.values():
            if event.id in recorded and event.tags == {"conversation": CONVERSATION, "message": message}:
                stands = standing(stands, delivery_of(event))
        return stands

    def teardown(self) -> None:
        """When SES takes mail again, everything that was received ends."""
        self.ses.answers = "takes"
        for _ in range(3):
            self.world.clock.pass_by(timedelta(hours=3))
            for text in [*self.texts, *self.world.queue.bodies]:
                self.world.receive(text)
        for text in self.told:
            track(text, self.tracking, PLACE)
        messages = list(self.world.memory.messages.values())
        everything = {event.id for event in self.told.values()}
        for message in messages:
            assert _status(message.delivery) == _status(self._standing(message.id, everything))
        assert len(messages) == len(self.texts)
        assert all(each.state in (*_RESTING, State.HELD) and each.lease is None for each in messages)


def _status(delivery: Delivery | None) -> tuple[str, datetime] | None:
    """Without whether its author was told, which is no event."""
    return None if delivery is None else (delivery.status, delivery.at)


def _reachable(state: State) -> set[State]:
    """One delivery may take several steps."""
    found: set[State] = set()
    ahead = set(NEXT_STATES[state])
    while ahead:
        found |= ahead
        ahead = {each for one in ahead for each in NEXT_STATES[one]} - found
    return found


def test_in_any_order_of_events_messages_go_only_the_ways_that_there_are() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Messages,
        settings=settings(max_examples=150, stateful_step_count=30, derandomize=True, deadline=None),
    )
