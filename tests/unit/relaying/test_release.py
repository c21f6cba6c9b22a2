"""Carrying out a reviewer's ruling over the fakes: what it overrides, what it never does, and resumption."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.archive.chain import digest
from parley.archive.keys import RELAYED, entry_prefix
from parley.archive.verdicts import Code, Fault, Stored
from parley.archive.verification import verify
from parley.archiving.filing import file_entry
from parley.conversation.aliases import ConversationId
from parley.conversation.conversations import Status
from parley.conversation.messages import Message, MessageId, State
from parley.conversation.parties import PartyId
from parley.mail.address import Mailbox
from parley.mail.findings import Finding
from parley.relaying import override
from parley.relaying.outcomes import receipt_outcome
from parley.relaying.ports import BusyError, SendDeferredError, SendUncertainError
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


def kinds(world: World) -> list[str]:
    return [event.kind for event in sorted(world.memory.events.values(), key=lambda each: each.seq)]


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


def test_an_error_that_nobody_foresaw_keeps_the_mail_held(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(world)

    def failing(*_: object) -> None:
        raise RuntimeError(OUR_OWN_FAULT)

    monkeypatch.setattr(override, "prepare", failing)
    assert only(world.receive(ruled(world))).codes == ("spam", "pipeline-error")


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


def test_a_deferred_release_is_free_for_the_next_try(world: World) -> None:
    hold(world)
    text = ruled(world)

    def throttled(_: object) -> None:
        raise SendDeferredError("ses-throttled")

    world.mailer.fault = throttled
    with pytest.raises(SendDeferredError):
        world.receive(text)
    assert (world.message.state, world.message.lease, world.message.sendings) == (State.RELEASING, None, 0)
    world.mailer.fault = lambda _: None
    assert only(world.receive(text)).outcome == "released"


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


def test_a_released_first_contact_is_told_of_in_the_intake_and_opens_the_conversation(world: World) -> None:
    new = "neu@privatmail.example"
    message = hold(world, new, CONTACT_ALIAS)
    assert message.conversation == "intake"
    assert only(world.receive(ruled(world))).outcome == "released"
    (submission,) = world.sent
    (released,) = (each for each in world.memory.events.values() if each.kind == "released")
    opened = json.loads(released.record)["facts"]["opened"]
    assert f"X-Parley-Conversation: {opened}".encode() in submission.raw
    assert new.encode() not in submission.raw


def test_a_first_contact_whose_author_is_not_proved_opens_nothing(world: World) -> None:
    hold(world, "neu@privatmail.example", CONTACT_ALIAS, **MISSING)
    conversations = set(world.memory.heads)
    report = only(world.receive(ruled(world)))
    assert report.outcome == "held"
    assert (set(world.memory.heads), world.sent) == (conversations, [])


# Refusing


def test_a_refusal_that_is_asked_for_again_is_told_once(world: World) -> None:
    hold(world)
    for text in (ruled(world, refuse), ruled(world, refuse)):
        world.receive(text)
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
