"""Carrying out a reviewer's ruling over the fakes: what it overrides, what it never does, and resumption."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.archive.chain import digest, link_hash
from parley.archive.keys import RELAYED, entry_prefix
from parley.archive.verdicts import Code, Fault, Stored
from parley.archive.verification import verify
from parley.archiving.filing import file_entry
from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Status
from parley.conversation.events import EventId
from parley.conversation.messages import Message, MessageId, State
from parley.conversation.opting import Wish
from parley.conversation.parties import PartyId, Role, Unreachable
from parley.mail.address import Mailbox
from parley.mail.findings import Finding
from parley.relaying import override
from parley.relaying.outcomes import receipt_outcome
from parley.relaying.ports import BusyError, SendDeferredError, SendRefusedError, SendUncertainError
from parley.relaying.receive import Report
from parley.relaying.rulings import Ruling, RulingError, Verb, read_ruling, ruling_request
from parley.relaying.work import MAX_SENDINGS
from parley.reviewing.decisions import refuse, release
from parley.reviewing.recording import Statement
from tests.support.fake_reviews import a_desk
from tests.support.relay_world import (
    BUYER,
    CONTACT_ALIAS,
    CONVERSATION,
    LEASE,
    SELLER,
    SELLER_ALIAS,
    World,
    mail,
)

MISSING = dict.fromkeys(("spf", "dkim", "dmarc"), "PROCESSING_FAILED")
OUR_OWN_FAULT = "the test's own"


@pytest.fixture
def world() -> World:
    return World()


def hold(world: World, author: str = BUYER, alias: str = SELLER_ALIAS, **verdicts: str) -> Message:
    world.receive(world.accept(mail(author), author, alias, **(verdicts or {"spam": "FAIL"})))
    assert world.message.state is State.HELD
    world.mailer.sent.clear()
    return world.message


def ruled(world: World, decide: object = release) -> str:
    """Decides on the one message and returns the text that waits in the queue."""
    statement = Statement(
        conversation=world.message.conversation or CONVERSATION, case="case-17", text="fine", actor="x"
    )
    assert decide in (release, refuse)
    (release if decide is release else refuse)(world.message.id, statement, a_desk(world))
    return world.queue.bodies.pop()


def asking(message: Message) -> Statement:
    return Statement(
        conversation=message.conversation or CONVERSATION, case="case-17", text="fine", actor="x"
    )


def kinds(world: World, conversation: str | None = CONVERSATION) -> list[str]:
    events = sorted(world.memory.events.values(), key=lambda each: each.seq)
    return [event.kind for event in events if event.conversation == conversation]


def facts(world: World, kind: str, conversation: str | None = CONVERSATION) -> dict[str, str]:
    """Of the one event of that kind."""
    (event,) = (
        each
        for each in world.memory.events.values()
        if (each.kind, each.conversation) == (kind, conversation)
    )
    told: dict[str, str] = json.loads(event.record)["facts"]
    return told


def only(reports: tuple[Report, ...]) -> Report:
    (report,) = reports
    return report


# What a release overrides


def test_a_release_is_reported_by_ids_and_codes(world: World) -> None:
    message = hold(world)
    assert only(world.receive(ruled(world))) == Report(message.id, CONVERSATION, "released", ("spam",))
    (submission,) = world.sent
    assert str(submission.forward_path) == SELLER
    assert submission.tags == {"conversation": CONVERSATION, "message": message.id}


def test_a_mail_is_released_into_a_conversation_that_was_closed_meanwhile(world: World) -> None:
    hold(world)
    conversation, head = world.memory.heads[CONVERSATION]
    world.memory.heads[CONVERSATION] = (replace(conversation, status=Status.CLOSED), head)
    assert only(world.receive(ruled(world))).outcome == "released"


def test_a_mail_to_a_mailbox_that_bounced_for_good_is_held_again(world: World) -> None:
    hold(world)
    seller = world.memory.parties[PartyId("seller")]
    mark = Unreachable("a1" * 32, world.clock.now())
    world.memory.parties[seller.id] = replace(seller, unreachable=mark)
    assert only(world.receive(ruled(world))).outcome == "held"
    assert "recipient-unreachable" in world.message.codes
    world.memory.parties[seller.id] = seller


def opt_the_seller_out(world: World) -> None:
    seller = world.memory.parties[PartyId("seller")]
    world.memory.parties[seller.id] = replace(seller, opted_out_at=world.clock.now())
    world.clock.pass_by(timedelta(minutes=1))


def test_a_mail_to_who_opted_out_is_held_again_until_they_write(world: World) -> None:
    held = hold(world)
    opt_the_seller_out(world)
    assert only(world.receive(ruled(world))).outcome == "held"
    assert "recipient-opted-out" in world.message.codes
    world.seller_writes()
    release(held.id, asking(held), a_desk(world))
    assert only(world.receive(world.queue.bodies.pop())).outcome == "released"


def test_a_first_contact_is_released_to_who_opted_out_if_they_wrote_in_its_conversation(world: World) -> None:
    world.receive(world.accept(mail(NEW), NEW, CONTACT_ALIAS))
    opened = str(world.sent[-1].reverse_path)
    again = mail(NEW, Message_ID="<2@privatmail.example>")
    (report,) = world.receive(world.accept(again, NEW, CONTACT_ALIAS, spam="FAIL"))
    opt_the_seller_out(world)
    world.receive(world.accept(mail(SELLER), SELLER, opened))
    held = next(each for each in world.memory.messages.values() if each.id == report.message)
    release(held.id, asking(held), a_desk(world))
    assert only(world.receive(world.queue.bodies.pop())).outcome == "released"


def test_who_opened_a_conversation_by_a_released_first_contact_wrote_there(world: World) -> None:
    held = hold(world, NEW, CONTACT_ALIAS)
    world.receive(ruled(world))
    _, opened = both(world)
    head = world.memory.heads[opened.conversation or CONVERSATION][1]
    assert head.wishes == {Role.BUYER: Wish(held.received_at)}


def test_a_reviewer_may_vouch_for_an_author_whom_ses_could_not_check(world: World) -> None:
    message = hold(world, **MISSING)
    assert (message.codes, message.author_role) == (("authentication-unavailable",), None)
    assert only(world.receive(ruled(world))).outcome == "released"


# What it never overrides


def test_a_stranger_is_never_let_in_even_by_a_reviewer(world: World) -> None:
    hold(world, "x@evil.example", **MISSING)
    report = only(world.receive(ruled(world)))
    assert (report.outcome, report.codes) == ("held", ("authentication-unavailable", "stranger"))
    assert not world.sent


def test_an_author_whose_mailbox_was_given_up_meanwhile_stays_held(world: World) -> None:
    hold(world)
    buyer = world.memory.parties[PartyId("buyer")]
    changed = replace(buyer, mailboxes=(Mailbox("other", "buyer.example"),))
    world.memory.parties[PartyId("buyer")] = changed
    assert only(world.receive(ruled(world))).codes == ("spam", "unregistered-mailbox")


def test_nobody_vouches_for_an_author_about_whom_nothing_was_ever_found_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held because the software failed, before anything of the author was known."""
    with monkeypatch.context() as broken:

        def failing(*_: object) -> None:
            raise RuntimeError

        broken.setattr("parley.relaying.decide.read_arrival", failing)
        message = hold(world, spf="FAIL", dkim="FAIL", dmarc="FAIL")
    assert (message.codes, message.author_role) == (("pipeline-error",), None)
    report = only(world.receive(ruled(world)))
    assert report.outcome == "held"
    assert report.codes[0] == "pipeline-error"
    assert len(report.codes) == 2
    assert not world.sent


def test_what_failed_on_arrival_is_sent_by_a_corrected_version(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:

        def failing(*_: object) -> None:
            raise RuntimeError

        broken.setattr("parley.relaying.decide.read_arrival", failing)
        hold(world, spam="PASS")
    assert only(world.receive(ruled(world))).outcome == "released"


@pytest.mark.parametrize(
    ("outgoing", "finding"),
    [(None, "leak"), (None, "undecodable-text"), (b"composed", "ambiguous-content-type")],
)
def test_what_is_not_safe_stays_held_whatever_the_reviewer_says(
    world: World, monkeypatch: pytest.MonkeyPatch, outgoing: bytes | None, finding: str
) -> None:
    hold(world)
    monkeypatch.setattr(override, "prepare", lambda *_: (outgoing, (Finding(finding),)))
    report = only(world.receive(ruled(world)))
    assert (report.outcome, report.codes) == ("held", ("spam", finding))
    assert (world.message.lease, world.message.released) == (None, "")
    assert kinds(world) == ["release-asked", "outcome"]
    assert not world.sent


def test_a_mail_that_cannot_be_read_is_held_again_for_just_that(world: World) -> None:
    endless = "".join(f"X-{number}: x\r\n" for number in range(2_001))
    world.receive(world.accept(endless + mail(BUYER), BUYER, SELLER_ALIAS))
    assert world.message.codes == ("header-too-large",)
    report = only(world.receive(ruled(world)))
    assert (report.outcome, report.codes) == ("held", ("header-too-large",))


def test_a_real_leak_stays_held(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Masking is put out of action; the gate reads the finished mail by itself."""
    raw = mail(BUYER, f"Write to {BUYER} instead")
    world.receive(world.accept(raw, BUYER, SELLER_ALIAS, spam="FAIL"))
    world.mailer.sent.clear()
    monkeypatch.setattr("parley.relaying.prepare.compose", lambda *_: raw.encode())
    report = only(world.receive(ruled(world)))
    assert (report.outcome, report.codes) == ("held", ("spam", "leak"))
    assert not world.sent


def test_an_error_that_nobody_foresaw_keeps_the_mail_held_and_is_named_in_the_chain(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(world)

    def failing(*_: object) -> None:
        raise RuntimeError(OUR_OWN_FAULT)

    monkeypatch.setattr(override, "prepare", failing)
    assert only(world.receive(ruled(world))).codes == ("spam", "pipeline-error")
    assert facts(world, "outcome") == {
        "outcome": "held",
        "codes": "pipeline-error",
        "error": "RuntimeError",
    }


@pytest.mark.parametrize("gone", ["alias", "party"])
@pytest.mark.parametrize("alias", [SELLER_ALIAS, CONTACT_ALIAS])
def test_a_mail_whose_alias_or_party_is_gone_is_held_again_and_waits_for_a_reviewer(
    world: World, alias: str, gone: str
) -> None:
    message = hold(world, alias=alias)
    text = ruled(world)
    if gone == "alias":
        del world.memory.aliases[message.alias]
    else:
        del world.memory.parties[PartyId("seller")]
    report = only(world.receive(text))
    assert (report.outcome, report.codes) == ("held", ("spam", "parties-gone"))
    assert (world.message.state, world.message.lease) == (State.HELD, None)
    assert not world.sent


def test_a_mail_whose_alias_went_after_it_was_composed_is_held_again(world: World) -> None:
    hold(world)
    text = ruled(world)
    world.mailer.fault = _uncertain
    with pytest.raises(SendUncertainError):
        world.receive(text)
    world.memory.aliases.clear()
    world.clock.pass_by(LEASE)
    assert only(world.receive(text)).codes == ("spam", "parties-gone")
    assert world.message.released == ""


def test_a_mail_whose_original_was_erased_meanwhile_is_not_sent(world: World) -> None:
    hold(world)
    text = ruled(world)
    world.archive.objects.clear()
    assert only(world.receive(text)).codes == ("spam", "not-a-mail")


# Sending once


def test_a_request_within_the_lease_of_another_waits(world: World) -> None:
    hold(world)
    text = ruled(world)
    world.mailer.fault = _uncertain
    with pytest.raises(SendUncertainError):
        world.receive(text)
    world.mailer.fault = lambda _: None
    with pytest.raises(BusyError):
        world.receive(text)
    world.clock.pass_by(LEASE)
    assert only(world.receive(text)).outcome == "released"
    assert kinds(world) == ["release-asked", "released"]


def _uncertain(_: object) -> None:
    raise SendUncertainError


def test_a_mail_that_ses_never_answers_for_is_held_again(world: World) -> None:
    hold(world)
    text = ruled(world)
    world.mailer.fault = _uncertain
    for _ in range(MAX_SENDINGS):
        with pytest.raises(SendUncertainError):
            world.receive(text)
        world.clock.pass_by(LEASE)
    assert only(world.receive(text)).codes == ("spam", "ses-uncertain")


def _throttled(_: object) -> None:
    raise SendDeferredError("ses-throttled")


def test_a_deferred_release_is_free_for_the_next_try(world: World) -> None:
    hold(world)
    text = ruled(world)
    world.mailer.fault = _throttled
    with pytest.raises(SendDeferredError):
        world.receive(text)
    assert (world.message.state, world.message.lease, world.message.sendings) == (State.RELEASING, None, 0)
    world.mailer.fault = lambda _: None
    assert only(world.receive(text)).outcome == "released"


def test_a_release_that_waits_for_ses_does_not_go_to_who_wants_no_mail_by_then(world: World) -> None:
    for change, code in (
        ({"opted_out_at": world.clock.now()}, "recipient-opted-out"),
        ({"unreachable": Unreachable("a1" * 32, world.clock.now())}, "recipient-unreachable"),
    ):
        other = World()
        hold(other)
        text = ruled(other)
        other.mailer.fault = _throttled
        with pytest.raises(SendDeferredError):
            other.receive(text)
        other.mailer.fault = lambda _: None
        seller = other.memory.parties[PartyId("seller")]
        other.memory.parties[seller.id] = replace(seller, **change)  # type: ignore[arg-type]
        report = only(other.receive(text))
        assert (report.outcome, report.codes) == ("held", ("spam", code))
        assert other.sent == []


def test_what_was_composed_does_not_go_to_a_mailbox_that_receives_no_more(world: World) -> None:
    hold(world)
    text = ruled(world)
    world.mailer.fault = _uncertain
    with pytest.raises(SendUncertainError):
        world.receive(text)
    world.mailer.fault = lambda _: None
    seller = world.memory.parties[PartyId("seller")]
    world.memory.parties[PartyId("seller")] = replace(
        seller, mailboxes=(Mailbox("new", "seller.example"), *seller.mailboxes)
    )
    world.clock.pass_by(LEASE)
    assert only(world.receive(text)).codes == ("spam", "composition-changed")
    assert only(world.receive(ruled(world))).outcome == "released"
    assert str(world.sent[-1].forward_path) == "new@seller.example"


def test_a_resumed_release_sends_what_was_chained(world: World) -> None:
    hold(world)
    text = ruled(world)
    world.mailer.fault = _uncertain
    with pytest.raises(SendUncertainError):
        world.receive(text)
    folder = world.message.released
    world.mailer.fault = lambda _: None
    world.clock.pass_by(LEASE)
    world.receive(text)
    assert world.sent[0].raw == world.archive.objects[folder + "relayed.eml"].content
    assert kinds(world).count("released") == 1


def test_verification_covers_what_was_released(world: World) -> None:
    message = hold(world)
    world.receive(ruled(world))
    file_entry(replace(message, lease=None), world.archive)
    for event in world.memory.events.values():
        file_entry(event, world.archive)
    assert [(fault.seq, fault.code) for fault in faults(world)] == [(0, Code.NOTHING_SIGNED)]
    (released,) = (key for key in world.archive.objects if "_released_" in key and key.endswith(RELAYED))
    world.archive.objects[released] = replace(world.archive.objects[released], content=b"altered")
    assert (3, Code.OBJECT_ALTERED, released) in [
        (fault.seq, fault.code, fault.key) for fault in faults(world)
    ]


def faults(world: World) -> tuple[Fault, ...]:
    """What is wrong with the conversation's archive, but for its signatures."""

    def stored(key: str) -> Stored | None:
        kept = world.archive.objects.get(key)
        return None if kept is None else Stored(digest(kept.content), kept.metadata["salt"])

    prefix = entry_prefix(CONVERSATION)
    entries = [(key, kept.content) for key, kept in world.archive.objects.items() if key.startswith(prefix)]
    return verify(CONVERSATION, entries, [], stored, lambda _: True).faults


def test_a_ruling_on_what_is_gone_does_nothing(world: World) -> None:
    hold(world)
    text = ruled(world)
    world.memory.messages.clear()
    assert world.receive(text) == ()
    world.memory.heads.clear()
    assert world.receive(text) == ()


def test_a_release_that_comes_late_finds_the_refusal(world: World) -> None:
    message = hold(world)
    ruled(world, refuse)
    late = ruling_request(
        Ruling(verb=Verb.RELEASE, conversation=CONVERSATION, message=message.id, request="r")
    )
    assert only(world.receive(late)).outcome == "refused"
    assert not world.sent


# First contact


NEW = "neu@privatmail.example"


def both(world: World) -> tuple[Message, Message]:
    """The first contact in the intake, and in the conversation that it opened."""
    intake, opened = sorted(world.memory.messages.values(), key=lambda each: each.conversation != "intake")
    return intake, opened


def test_a_released_first_contact_opens_a_conversation_that_begins_with_it(world: World) -> None:
    held = hold(world, NEW, CONTACT_ALIAS)
    assert held.conversation == "intake"
    assert only(world.receive(ruled(world))).outcome == "released"
    intake, opened = both(world)
    assert (intake.state, opened.state) == (State.RELEASED, State.RELEASED)
    assert (opened.seq, opened.author_role, opened.codes) == (1, "buyer", ("spam",))
    assert kinds(world, "intake") == ["release-asked", "released"]
    assert kinds(world, opened.conversation) == ["release-asked", "released"]
    (submission,) = world.sent
    assert submission.tags == {"conversation": opened.conversation, "message": opened.id}
    assert f"X-Parley-Conversation: {opened.conversation}".encode() in submission.raw
    assert f"X-Parley-Message: {opened.id}".encode() in submission.raw
    assert NEW.encode() not in submission.raw


def test_the_chains_of_a_released_first_contact_name_each_other(world: World) -> None:
    held = hold(world, NEW, CONTACT_ALIAS)
    world.receive(ruled(world))
    _, opened = both(world)
    assert facts(world, "released", "intake") == {"opened": opened.conversation, "first": opened.id}
    assert facts(world, "release-asked", opened.conversation) == {
        "intake": "intake",
        "first": held.id,
        "first-link": link_hash(held.link or ""),
    }


def test_an_answer_to_a_released_first_contact_stands_in_its_thread(world: World) -> None:
    world.receive(world.accept(mail(NEW), NEW, CONTACT_ALIAS, spam="FAIL"))
    (message,) = world.memory.messages.values()
    release(message.id, asking(message), a_desk(world))
    world.receive(world.queue.bodies.pop())
    _, opened = both(world)
    answer = mail(SELLER, "Yes", In_Reply_To=f"<{opened.outgoing_message_id}>")
    world.receive(world.accept(answer, SELLER, str(world.sent[-1].reverse_path)))
    assert f"In-Reply-To: <{message.author_message_id}>".encode() in world.sent[-1].raw


def test_a_first_contact_that_cannot_be_composed_stays_at_the_intake(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(world, NEW, CONTACT_ALIAS)
    monkeypatch.setattr(override, "prepare", lambda *_: (None, (Finding("leak"),)))
    report = only(world.receive(ruled(world)))
    assert (report.outcome, report.codes) == ("held", ("spam", "leak"))
    assert world.message.conversation == "intake"


def test_a_first_contact_that_ses_refuses_waits_in_its_conversation(world: World) -> None:
    hold(world, NEW, CONTACT_ALIAS)
    text = ruled(world)

    def refuse_it(_: object) -> None:
        raise SendRefusedError("ses-rejected")

    world.mailer.fault = refuse_it
    world.receive(text)
    intake, opened = both(world)
    assert (intake.state, opened.state) == (State.RELEASED, State.HELD)
    assert opened.codes == ("spam", "ses-rejected")
    world.mailer.fault = lambda _: None
    release(opened.id, asking(opened), a_desk(world))
    assert only(world.receive(world.queue.bodies.pop())).outcome == "released"
    assert len(world.sent) == 1


@pytest.mark.parametrize("fails", [SendUncertainError(), SendDeferredError("ses-throttled")])
def test_a_first_contact_is_moved_and_sent_once_however_often_its_release_begins(
    world: World, fails: Exception
) -> None:
    hold(world, NEW, CONTACT_ALIAS)
    text = ruled(world)

    def fail(_: object) -> None:
        raise fails

    world.mailer.fault = fail
    with pytest.raises(type(fails)):
        world.receive(text)
    world.mailer.fault = lambda _: None
    if isinstance(fails, SendUncertainError):
        world.clock.pass_by(LEASE)
    for _ in range(2):
        assert only(world.receive(text)).outcome == "released"
    assert len(world.sent) == 1
    _, opened = both(world)
    assert kinds(world, opened.conversation) == ["release-asked", "released"]
    assert kinds(world, "intake") == ["release-asked", "released"]


def test_a_release_of_a_first_contact_that_ends_anywhere_is_resumed(world: World) -> None:
    """After each write in turn, the process ends; then the request comes again."""
    for write in range(1, 20):
        again = World()
        hold(again, NEW, CONTACT_ALIAS)
        text = ruled(again)
        crash = Crash(again, after=write)
        if not crash.ends(text):
            assert write > 8
            return
        again.clock.pass_by(LEASE)
        assert only(again.receive(text)).outcome == "released"
        assert len({each.tags["message"] for each in again.sent}) == 1
        assert [each.state for each in both(again)] == [State.RELEASED, State.RELEASED]
        _, opened = both(again)
        assert kinds(again, opened.conversation) == ["release-asked", "released"]
    pytest.fail("it never ended")


class Ended(BaseException):
    """The process is gone."""


class Crash:
    """Ends the process after so many writes of the table, the archive and SES."""

    def __init__(self, world: World, *, after: int) -> None:
        self._world, self._left = world, after

    def ends(self, text: str) -> bool:
        ports = (
            (self._world.messages, ("claim", "take_over", "advance", "finish")),
            (self._world.outside.history, ("append",)),
            (self._world.archive, ("put",)),
            (self._world.mailer, ("send",)),
        )
        with pytest.MonkeyPatch.context() as patch:
            for port, names in ports:
                for name in names:
                    patch.setattr(port, name, self._counted(getattr(port, name)))
            try:
                self._world.receive(text)
            except Ended:
                return True
        return False

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            done = call(*given, **named)
            self._left -= 1
            if not self._left:
                raise Ended
            return done

        return counted


def test_who_wrote_a_first_contact_is_noted_by_a_hash_until_it_has_a_conversation(world: World) -> None:
    held = hold(world, NEW, CONTACT_ALIAS)
    assert held.author_hash == world.directory.author_hash(Mailbox("neu", "privatmail.example"))
    world.receive(ruled(world))
    intake, opened = both(world)
    assert (intake.author_hash, opened.author_hash) == (held.author_hash, None)
    assert intake.author_domain == opened.author_domain == "privatmail.example"


def test_a_first_contact_whose_author_is_not_proved_opens_nothing(world: World) -> None:
    hold(world, "neu@privatmail.example", CONTACT_ALIAS, **MISSING)
    conversations = set(world.memory.heads)
    report = only(world.receive(ruled(world)))
    assert report.outcome == "held"
    assert (set(world.memory.heads), world.sent) == (conversations, [])


# Refusing


def test_a_refusal_that_is_asked_for_again_is_told_once(world: World) -> None:
    hold(world)
    first, second = ruled(world, refuse), ruled(world, refuse)
    for text in (first, first, second):
        world.receive(text)
        world.clock.pass_by(timedelta(days=3))
    world.receive(ruled(world, refuse))
    (told,) = world.sent
    assert (str(told.forward_path), told.tags.get("kind")) == (BUYER, "notice")


def test_a_notice_that_was_deferred_is_sent_later(world: World) -> None:
    hold(world)
    text = ruled(world, refuse)

    def throttled(_: object) -> None:
        raise SendDeferredError("ses-throttled")

    world.mailer.fault = throttled
    with pytest.raises(SendDeferredError):
        world.receive(text)
    world.mailer.fault = lambda _: None
    world.receive(text)
    assert len(world.sent) == 1


def test_nobody_is_told_whose_author_was_never_proved(world: World) -> None:
    message = hold(world, **MISSING, spam="FAIL")
    assert "spam" in message.codes  # Which a proved author would be told.
    world.receive(ruled(world, refuse))
    assert not world.sent


def test_a_refusal_of_an_erased_mail_tells_nobody(world: World) -> None:
    hold(world)
    text = ruled(world, refuse)
    world.archive.objects.clear()
    assert only(world.receive(text)).outcome == "refused"
    assert not world.sent


def test_two_requests_for_a_refusal_at_the_same_moment_tell_once(world: World) -> None:
    hold(world)
    first, second = ruled(world, refuse), ruled(world, refuse)

    def meanwhile(_: object) -> None:
        world.mailer.fault = lambda _: None
        with pytest.raises(BusyError):
            world.receive(second)

    world.mailer.fault = meanwhile
    world.receive(first)
    world.receive(second)
    assert len(world.sent) == 1


def test_a_refusal_of_a_mail_whose_alias_is_gone_tells_nobody(world: World) -> None:
    hold(world)
    text = ruled(world, refuse)
    world.memory.aliases.clear()
    assert only(world.receive(text)).outcome == "refused"
    assert not world.sent


def test_a_receipt_that_comes_again_after_a_failed_release_chains_its_outcome_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    notification = world.accept(mail(BUYER), BUYER, SELLER_ALIAS, spam="FAIL")
    world.receive(notification)
    with monkeypatch.context() as unsafe:
        unsafe.setattr(override, "prepare", lambda *_: (None, (Finding("leak"),)))
        world.receive(ruled(world))
    for _ in range(2):
        world.receive(notification)
    late = world.memory.events[(CONVERSATION, EventId(f"{world.message.id}-outcome"))]
    assert json.loads(late.record)["facts"] == {"outcome": "held", "codes": "spam leak"}
    assert kinds(world) == ["release-asked", "outcome", "outcome"]


# Requests and outcomes

words = st.text(min_size=1, max_size=40)


@given(st.sampled_from(Verb), words, words, words)
def test_a_ruling_is_read_as_it_was_written(
    verb: Verb, conversation: str, message: str, request: str
) -> None:
    ruling = Ruling(
        verb=verb,
        conversation=ConversationId(conversation),
        message=MessageId(message),
        request=request,
    )
    assert read_ruling(ruling_request(ruling)) == ruling


@pytest.mark.parametrize("text", ["", "Successfully validated SNS topic", '{"notificationType": "Received"}'])
def test_other_texts_are_no_rulings(text: str) -> None:
    assert read_ruling(text) is None


@pytest.mark.parametrize(
    "fields", ["", "[]}", '{"verb": "send", "conversation": "anna"}}', '{"verb": "release"}}', "7}"]
)
def test_a_broken_ruling_is_told_without_its_text(fields: str) -> None:
    with pytest.raises(RulingError) as raised:
        read_ruling(f'{{"ruling": {fields}')
    assert "anna" not in str(raised.value)


@pytest.mark.parametrize(
    ("state", "intended", "outcome"),
    [
        (State.RECEIVED, "relayed", None),
        (State.SENDING, "relayed", None),
        (State.RELAYED, "relayed", State.RELAYED),
        (State.HELD, "relayed", State.HELD),
        (State.HELD, "held", State.HELD),
        (State.RELEASING, "held", State.HELD),
        (State.RELEASED, "relayed", State.HELD),
        (State.EXPIRED, "held", State.HELD),
        (State.REFUSED, "held", State.HELD),
        (State.REFUSED, "relayed", State.HELD),
        (State.REFUSED, "refused", State.REFUSED),
        (State.DISCARDED, "discarded", State.DISCARDED),
    ],
)
def test_a_receipts_outcome_is_what_it_was_before_a_reviewer_decided(
    world: World, state: State, intended: str, outcome: State | None
) -> None:
    message = replace(hold(world), state=state, record=json.dumps({"outcome": intended}))
    assert receipt_outcome(message) is outcome
