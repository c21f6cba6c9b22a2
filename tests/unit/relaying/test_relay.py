"""The way of a mail over the fakes: outcomes, resumption, chain."""

import base64
import email
import email.policy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from parley.archive.chain import Committed, commitment, digest, link_hash, nothing
from parley.archive.content import read_content
from parley.archive.keys import content_key, object_key
from parley.conversation.aliases import new_alias
from parley.conversation.conversations import Head, Status
from parley.conversation.messages import Message, State
from parley.conversation.parties import PartyId, Role
from parley.mail.address import Mailbox
from parley.relaying.ports import SendDeferredError, SendRefusedError, SendUncertainError, Submission
from parley.relaying.receive import ReceiptUnfinishedError
from parley.relaying.relay import NOTICE_PATIENCE
from tests.support.fakes import RECENT_MESSAGES
from tests.support.relay_world import (
    BUYER,
    BUYER_ALIAS,
    CONVERSATION,
    LEASE,
    OPERATOR,
    SELLER,
    SELLER_ALIAS,
    World,
    mail,
)
from tests.unit.masking.files import tnef


@pytest.fixture
def world() -> World:
    return World()


def parsed(submission: Submission) -> EmailMessage:
    message = email.message_from_bytes(submission.raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def kind(submission: Submission) -> str:
    return submission.tags.get("kind", "relayed")


def crash_at_the_archive(world: World, notification: str) -> None:
    """Delivers the receipt, breaks off after the claim, and lets the lease run out."""
    put = world.archive.put

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    world.archive.put = broken  # type: ignore[method-assign, assignment]
    with pytest.raises(ReceiptUnfinishedError):
        world.receive(notification)
    world.archive.put = put  # type: ignore[method-assign]
    world.clock.pass_by(LEASE)


def failing(error: Exception) -> Callable[[Submission], None]:
    def fault(_: Submission) -> None:
        raise error

    return fault


def test_a_mail_to_an_alias_reaches_the_other_party_from_the_authors_alias(world: World) -> None:
    (report,) = world.buyer_writes("When do you ship? Yours, anna@buyer.example")
    assert report.outcome == "relayed"
    (submission,) = world.sent
    assert (str(submission.reverse_path), str(submission.forward_path)) == (BUYER_ALIAS, SELLER)
    outgoing = parsed(submission)
    assert outgoing["From"] == f"The buyer <{BUYER_ALIAS}>"
    assert outgoing["To"] == SELLER
    assert outgoing["Subject"] == "Order 4711"
    assert outgoing["X-Parley-Message"] == report.message
    assert b"buyer.example" not in submission.raw


def test_an_answer_comes_back_in_the_same_thread(world: World) -> None:
    world.buyer_writes(Message_ID="<question@buyer.example>")
    asked = world.message.outgoing_message_id
    world.seller_writes(In_Reply_To=f"<{asked}>", Message_ID="<answer@seller.example>")
    answer = parsed(world.sent[1])
    assert answer["In-Reply-To"] == "<question@buyer.example>"
    assert str(answer["References"]).split()[-1] == "<question@buyer.example>"


def test_who_opted_out_and_wrote_since_gets_the_answers_however_many_there_are(world: World) -> None:
    party = PartyId(Role.SELLER)
    complained = replace(world.memory.parties[party], opted_out_at=world.clock.now())
    world.memory.parties[party] = complained
    (refused,) = world.buyer_writes(Message_ID="<advertisement@buyer.example>")
    world.clock.pass_by(timedelta(minutes=1))
    world.seller_writes()
    outcomes = []
    for number in range(RECENT_MESSAGES + 2):
        world.clock.pass_by(timedelta(minutes=1))
        outcomes += [report.outcome for report in world.buyer_writes(Message_ID=f"<{number}@buyer.example>")]
    assert (refused.outcome, set(outcomes)) == ("refused", {"relayed"})


def test_the_archive_holds_all_that_the_link_of_a_relayed_mail_commits_to(world: World) -> None:
    world.buyer_writes()
    message, kept = world.message, world.archive.objects
    assert message.folder.startswith(f"conversations/{CONVERSATION}/0001_2026-09-04T161205Z_buyer-to-seller_")
    assert kept[f"{message.folder}relayed.eml"].content == world.sent[0].raw
    commitments = json.loads(message.link or "")["commitments"]
    for kind in commitments.keys() - {Committed.RECORD}:
        each = kept.pop(object_key(message.folder, Committed(kind)))
        assert commitment(each.metadata["salt"], digest(each.content)) == commitments.pop(kind)
    record = (message.record or "").encode()
    assert commitments == {"record": commitment(dict(message.salts)["record"], digest(record))}
    assert not kept


def test_the_domain_of_a_proved_author_is_remembered(world: World) -> None:
    world.buyer_writes()
    assert world.message.author_domain == "buyer.example"


def test_the_domain_of_an_author_who_is_not_proved_is_not(world: World) -> None:
    world.receive(world.accept(mail(BUYER), BUYER, SELLER_ALIAS, dmarc="FAIL", spf="FAIL", dkim="FAIL"))
    assert world.message.author_domain is None


def test_a_mail_that_is_not_relayed_keeps_its_original_alone(world: World) -> None:
    world.receive(world.accept(mail(BUYER), BUYER, SELLER_ALIAS, spam="FAIL"))
    assert list(world.archive.objects) == [f"{world.message.folder}original.eml"]
    assert kinds_of(world.message) == {Committed.RECORD, Committed.ORIGINAL}


def kinds_of(message: Message) -> set[Committed]:
    """What the link commits to of which there is something."""
    committed, salt = json.loads(message.link or "")["commitments"], dict(message.salts)["record"]
    assert committed.keys() == set(Committed)
    return {kind for kind in Committed if committed[kind] != nothing(salt, kind)}


def test_what_the_other_party_reads_is_kept_beside_the_mail(world: World) -> None:
    world.buyer_writes(f"Write to {BUYER}", Subject="My order")
    content = read_content(world.archive.get(content_key(world.message.folder)))
    assert (content.subject, content.text) == ("My order", f"Write to {BUYER_ALIAS}")


def test_a_mail_goes_out_even_if_it_cannot_be_retold(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.archive.content.readable", lambda _: 1 / 0)
    (report,) = world.buyer_writes()
    assert report.outcome == "relayed"
    content = read_content(world.archive.get(content_key(world.message.folder)))
    assert content.unreadable == (("", "content-error"),)


def test_a_record_tells_what_was_decided_and_found_and_nothing_that_was_written(world: World) -> None:
    world.buyer_writes(f"Write to {BUYER}", Subject="Geheim")
    record = json.loads(world.message.record or "")
    assert (record["outcome"], record["author_role"], record["recipient_role"]) == (
        "relayed",
        "buyer",
        "seller",
    )
    assert [found[:3] for found in record["screening"]["findings"]] == [
        ["protected-masked", "note", "part:1"]
    ]
    told = (world.message.record or "") + (world.message.link or "")
    assert "Geheim" not in told
    assert "@" not in told


def test_an_outcome_that_the_record_did_not_intend_is_an_event_of_the_chain(world: World) -> None:
    world.mailer.fault = failing(SendRefusedError("ses-rejected"))
    world.buyer_writes()
    (event,) = world.memory.events.values()
    assert (event.kind, event.seq, event.message) == ("outcome", 2, world.message.id)
    assert json.loads(event.record)["facts"] == {"outcome": "held", "codes": "ses-rejected"}
    assert json.loads(event.link)["previous"] == link_hash(world.message.link or "")
    assert world.memory.heads[CONVERSATION][1] == Head(2, link_hash(event.link))


def test_an_outcome_as_it_was_intended_needs_no_event(world: World) -> None:
    world.buyer_writes()
    world.receive(world.accept(mail(BUYER), BUYER, SELLER_ALIAS, dmarc="FAIL"))
    assert not world.memory.events


def test_an_event_that_a_crash_left_out_is_chained_once_when_the_receipt_comes_again(world: World) -> None:
    world.mailer.fault = failing(SendRefusedError("ses-rejected"))
    notification = world.accept(mail(BUYER), BUYER, SELLER_ALIAS)
    append = world.outside.history.append

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    world.outside.history.append = broken  # type: ignore[method-assign]
    with pytest.raises(ReceiptUnfinishedError):
        world.receive(notification)
    world.outside.history.append = append  # type: ignore[method-assign]
    for _ in range(2):
        assert world.receive(notification)[0].outcome == "held"
    assert [event.kind for event in world.memory.events.values()] == ["outcome"]


def test_a_hold_for_another_reason_than_the_intended_one_is_told_too(world: World) -> None:
    notification = world.accept(mail(BUYER), BUYER, SELLER_ALIAS, spam="FAIL")
    crash_at_the_archive(world, notification)
    seller = world.memory.parties[PartyId("buyer")]
    world.memory.parties[seller.id] = replace(seller, mailboxes=(Mailbox("new", "else.example"),))
    (report,) = world.receive(notification)
    assert (report.outcome, report.codes) == ("held", ("composition-changed",))
    (event,) = world.memory.events.values()
    assert json.loads(event.record)["facts"]["codes"] == "composition-changed"


def test_links_of_a_conversation_form_one_chain(world: World) -> None:
    world.buyer_writes()
    world.seller_writes()
    world.buyer_writes(Message_ID="<2@buyer.example>")
    links = [world.memory.messages[m].link or "" for m in world.memory.messages]
    tips = [link_hash(link) for link in links]
    assert [json.loads(link)["previous"] for link in links] == ["", *tips[:-1]]
    assert world.memory.heads[CONVERSATION][1].tip == tips[-1]


def test_a_receipt_that_comes_again_is_not_sent_again(world: World) -> None:
    notification = world.accept(mail(BUYER), BUYER, SELLER_ALIAS)
    assert world.receive(notification) == world.receive(notification) == world.receive(notification)
    assert len(world.sent) == 1


def test_two_aliases_in_one_mail_are_two_messages_and_one_failure_leaves_the_other(world: World) -> None:
    notification = world.accept(mail(BUYER), BUYER, "broken@relay.example", SELLER_ALIAS.upper())
    alias = world.directory.alias

    def failing_alias(wanted: str) -> object:
        if wanted == "broken":
            raise RuntimeError("table on fire")
        return alias(wanted)  # type: ignore[arg-type]

    world.directory.alias = failing_alias  # type: ignore[method-assign, assignment]
    with pytest.raises(ReceiptUnfinishedError) as unfinished:
        world.receive(notification)
    assert unfinished.value.causes == ("RuntimeError",)
    assert "fire" not in str(unfinished.value)
    # Its frames hold the mail, and Powertools keeps the error until the next one.
    assert [error.__traceback__ for error in unfinished.value.errors] == [None]
    assert [report.outcome for report in unfinished.value.reports] == ["relayed"]
    assert len(world.sent) == 1


def test_the_envelope_decides_not_the_to_field(world: World) -> None:
    notification = world.accept(mail(BUYER, To="b-7k2m@relay.example"), BUYER, SELLER_ALIAS)
    world.receive(notification)
    assert str(world.sent[0].forward_path) == SELLER


@pytest.mark.parametrize(
    ("recipient", "code"),
    [
        ("nobody@relay.example", "mistyped-alias"),
        (f"{new_alias('b', 1)}@relay.example", "unknown-alias"),
        ("s-9q4t@relay.example.evil.org", "foreign-domain"),
    ],
)
def test_mail_to_nobody_is_recorded_and_discarded(world: World, recipient: str, code: str) -> None:
    (report,) = world.receive(world.accept(mail(BUYER), BUYER, recipient))
    assert (report.outcome, report.codes) == ("discarded", (code,))
    assert not world.sent
    assert not world.archive.objects
    receipt = world.message.receipt_id
    assert not world.messages.unattended([receipt], world.clock.now())


def test_a_forged_mail_is_refused_archived_and_not_answered(world: World) -> None:
    fail = dict.fromkeys(("spf", "dkim", "dmarc"), "FAIL")
    (report,) = world.receive(world.accept(mail(BUYER), BUYER, SELLER_ALIAS, **fail))
    assert (report.outcome, report.codes) == ("refused", ("not-authenticated",))
    assert not world.sent
    assert any("unproved-to-seller" in key for key in world.archive.objects)


def test_a_stranger_is_refused_without_a_notice(world: World) -> None:
    (report,) = world.receive(world.accept(mail("x@evil.example"), "x@evil.example", SELLER_ALIAS))
    assert (report.outcome, report.codes) == ("refused", ("stranger",))
    assert not world.sent


def test_an_unregistered_mailbox_of_the_party_gets_a_notice_that_names_no_registered_one(
    world: World,
) -> None:
    office = "office@buyer.example"
    (report,) = world.receive(world.accept(mail(office), office, SELLER_ALIAS))
    assert (report.outcome, report.codes) == ("refused", ("unregistered-mailbox",))
    (notice,) = world.sent
    assert str(notice.forward_path) == office
    assert b"anna" not in notice.raw
    assert b"seller.example" not in notice.raw
    assert parsed(notice)["Auto-Submitted"] == "auto-replied"


def test_a_refusal_is_told_once_per_reason_and_day_in_the_authors_language(world: World) -> None:
    world.open_conversation(Status.CLOSED)
    for number in range(3):
        (report,) = world.seller_writes(Message_ID=f"<{number}@seller.example>")
        assert (report.outcome, report.codes) == ("refused", ("conversation-closed",))
    (notice,) = world.sent
    assert parsed(notice)["Subject"] == "Ihre Nachricht wurde nicht zugestellt"
    assert parsed(notice)["In-Reply-To"] == "<0@seller.example>"


@pytest.mark.parametrize("automatic", [{"Auto_Submitted": "auto-replied"}, {"source": "<>"}])
def test_nothing_automatic_is_answered(world: World, automatic: dict[str, str]) -> None:
    world.open_conversation(Status.CLOSED)
    source = automatic.pop("source", None)
    world.receive(world.accept(mail(BUYER, **automatic), BUYER, SELLER_ALIAS, source=source))
    assert not world.sent


def test_an_automatic_reply_is_relayed_once_a_day_and_marked(world: World) -> None:
    reply = {"Auto_Submitted": "auto-replied", "Subject": "Out of office"}
    first, second = (world.seller_writes(Message_ID=f"<{n}@seller.example>", **reply)[0] for n in range(2))
    assert (first.outcome, second.outcome) == ("relayed", "discarded")
    assert second.codes == ("automatic-repeated",)
    assert parsed(world.sent[0])["Auto-Submitted"] == "auto-replied"


def test_the_same_mail_resubmitted_by_its_server_is_discarded(world: World) -> None:
    world.buyer_writes()
    (report,) = world.buyer_writes()
    assert (report.outcome, report.codes) == ("discarded", ("resubmission",))
    assert len(world.sent) == 1


def test_spam_is_held_and_its_author_told(world: World) -> None:
    (report,) = world.receive(world.accept(mail(BUYER), BUYER, SELLER_ALIAS, spam="FAIL"))
    assert (report.outcome, report.codes) == ("held", ("spam",))
    (notice,) = world.sent
    assert parsed(notice)["Subject"] == "Your message is being checked"


def test_what_is_no_mail_is_held(world: World) -> None:
    notification = world.accept("", BUYER, SELLER_ALIAS)
    world.inbox.put(f"inbox/{json.loads(notification)['mail']['messageId']}", b"\x00\x01 binary")
    (report,) = world.receive(notification)
    assert (report.outcome, report.codes) == ("held", ("not-a-mail",))


def test_mail_for_postmaster_goes_to_the_operator_whole(world: World) -> None:
    raw = mail("x@else.example", "Your relay is broken")
    notification = world.accept(raw, "x@else.example", "Postmaster@relay.example", dmarc="FAIL")
    assert world.receive(notification) == world.receive(notification)
    (submission,) = world.sent
    assert (str(submission.reverse_path), str(submission.forward_path)) == (
        "postmaster@relay.example",
        OPERATOR,
    )
    (attachment,) = parsed(submission).iter_attachments()
    assert attachment.get_content().endswith(raw.encode())


def test_a_virus_for_postmaster_goes_nowhere(world: World) -> None:
    (report,) = world.receive(world.accept(mail(BUYER), BUYER, "postmaster@relay.example", virus="FAIL"))
    assert (report.outcome, report.codes) == ("discarded", ("virus",))
    assert not world.sent


def test_a_receipt_at_work_elsewhere_is_left_alone(world: World) -> None:
    notification = world.accept(mail(BUYER), BUYER, SELLER_ALIAS)
    world.mailer.fault = failing(SendUncertainError())
    with pytest.raises(ReceiptUnfinishedError) as first:
        world.receive(notification)
    assert first.value.causes == ("SendUncertainError",)
    with pytest.raises(ReceiptUnfinishedError) as second:
        world.receive(notification)
    assert second.value.causes == ("leased",)
    assert world.message.state is State.SENDING


def test_an_uncertain_sending_is_repeated_with_the_same_bytes_when_the_lease_is_over(world: World) -> None:
    notification = world.accept(mail(BUYER), BUYER, SELLER_ALIAS)
    taken: list[Submission] = []

    def answer_lost(submission: Submission) -> None:
        taken.append(submission)
        raise SendUncertainError

    world.mailer.fault = answer_lost
    with pytest.raises(ReceiptUnfinishedError):
        world.receive(notification)
    world.mailer.fault = lambda _: None
    world.clock.pass_by(LEASE)
    (report,) = world.receive(notification)
    assert report.outcome == "relayed"
    assert world.sent[0].raw == taken[0].raw


def test_throttling_defers_and_the_next_delivery_may_go_on_at_once(world: World) -> None:
    notification = world.accept(mail(BUYER), BUYER, SELLER_ALIAS)
    world.mailer.fault = failing(SendDeferredError("ses-throttled"))
    with pytest.raises(ReceiptUnfinishedError) as unfinished:
        world.receive(notification)
    assert unfinished.value.causes == ("ses-throttled",)
    assert (world.message.state, world.message.lease) == (State.ARCHIVED, None)
    world.mailer.fault = lambda _: None
    (report,) = world.receive(notification)
    assert report.outcome == "relayed"
    assert len(world.sent) == 1


def test_what_ses_refuses_for_good_is_held(world: World) -> None:
    world.mailer.fault = failing(SendRefusedError("ses-rejected"))
    (report,) = world.buyer_writes()
    assert (report.outcome, report.codes) == ("held", ("ses-rejected",))


def test_work_resumed_under_a_changed_party_is_held_rather_than_sent_otherwise(world: World) -> None:
    notification = world.accept(mail(BUYER), BUYER, SELLER_ALIAS)
    crash_at_the_archive(world, notification)
    buyer = world.memory.parties[PartyId("buyer")]
    world.memory.parties[buyer.id] = replace(buyer, display_name="Renamed")
    (report,) = world.receive(notification)
    assert (report.outcome, report.codes) == ("held", ("composition-changed",))
    assert [kind(submission) for submission in world.sent] == ["notice"]
    assert any(key.endswith("original.eml") for key in world.archive.objects)


def test_a_mail_too_odd_to_read_is_held_and_its_author_told(world: World) -> None:
    fields = {"MIME_Version": "1.0", "Content_Transfer_Encoding": "x-secret"}
    (report,) = world.buyer_writes(**fields)
    assert (report.outcome, report.codes) == ("held", ("unknown-transfer-encoding",))
    assert len(world.sent) == 1


def test_an_automatic_mail_too_odd_to_read_is_held_in_silence(world: World) -> None:
    fields = {"Content_Transfer_Encoding": "x-secret", "Auto_Submitted": "auto-generated"}
    (report,) = world.buyer_writes(**fields)
    assert report.outcome == "held"
    assert not world.sent


def test_an_unforeseen_error_holds_the_mail_instead_of_losing_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.relaying.decide.screen", lambda _: 1 / 0)
    (report,) = world.buyer_writes()
    assert (report.outcome, report.codes) == ("held", ("pipeline-error",))
    assert any(key.endswith("original.eml") for key in world.archive.objects)


def test_a_mail_that_ses_never_answers_for_is_handed_over_twice_at_most(world: World) -> None:
    notification = world.accept(mail(BUYER), BUYER, SELLER_ALIAS)
    taken: list[Submission] = []

    def answer_lost(submission: Submission) -> None:
        if kind(submission) == "relayed":
            taken.append(submission)
            raise SendUncertainError

    world.mailer.fault = answer_lost
    for _ in range(2):
        with pytest.raises(ReceiptUnfinishedError):
            world.receive(notification)
        world.clock.pass_by(LEASE)
    (report,) = world.receive(notification)
    assert (report.outcome, report.codes) == ("held", ("ses-uncertain",))
    assert len(taken) == 2


def test_throttling_does_not_count_as_an_uncertain_answer(world: World) -> None:
    notification = world.accept(mail(BUYER), BUYER, SELLER_ALIAS)
    world.mailer.fault = failing(SendDeferredError("ses-throttled"))
    for _ in range(5):
        with pytest.raises(ReceiptUnfinishedError):
            world.receive(notification)
    world.mailer.fault = lambda _: None
    assert world.receive(notification)[0].outcome == "relayed"


def test_work_resumed_by_the_sweep_with_another_time_goes_on_as_it_was_decided(world: World) -> None:
    notification = world.accept(mail(BUYER), BUYER, SELLER_ALIAS)
    crash_at_the_archive(world, notification)
    body = json.loads(notification)
    body["mail"]["timestamp"] = world.clock.now().isoformat()
    (report,) = world.receive(json.dumps(body))
    assert report.outcome == "relayed"
    assert len(world.archive.objects) == 3


def test_a_refusal_decided_on_stays_though_its_reason_is_gone(world: World) -> None:
    stranger = "carol@fourth.example"
    notification = world.accept(mail(stranger), stranger, SELLER_ALIAS)
    crash_at_the_archive(world, notification)
    buyer = world.memory.parties[PartyId("buyer")]
    world.memory.parties[buyer.id] = replace(
        buyer, mailboxes=(*buyer.mailboxes, Mailbox("carol", "fourth.example"))
    )
    (report,) = world.receive(notification)
    assert (report.outcome, report.codes) == ("held", ("composition-changed",))


def test_a_deferred_mail_does_not_follow_its_addressee_to_another_mailbox(world: World) -> None:
    notification = world.accept(mail(BUYER), BUYER, SELLER_ALIAS)
    world.mailer.fault = failing(SendDeferredError("ses-paused"))
    with pytest.raises(ReceiptUnfinishedError):
        world.receive(notification)
    world.mailer.fault = lambda _: None
    seller = world.memory.parties[PartyId("seller")]
    world.memory.parties[seller.id] = replace(seller, mailboxes=(Mailbox("new", "else.example"),))
    (report,) = world.receive(notification)
    assert (report.outcome, report.codes) == ("held", ("composition-changed",))
    assert [kind(submission) for submission in world.sent] == ["notice"]


def test_a_deferred_mail_does_not_enter_a_conversation_closed_meanwhile(world: World) -> None:
    notification = world.accept(mail(BUYER), BUYER, SELLER_ALIAS)
    world.mailer.fault = failing(SendDeferredError("ses-paused"))
    with pytest.raises(ReceiptUnfinishedError):
        world.receive(notification)
    world.mailer.fault = lambda _: None
    conversation, head = world.memory.heads[CONVERSATION]
    world.memory.heads[CONVERSATION] = (replace(conversation, status=Status.CLOSED), head)
    assert world.receive(notification)[0].outcome == "held"


def test_forged_mail_cannot_make_a_conversation_forget_its_own(world: World) -> None:
    world.buyer_writes(Message_ID="<question@buyer.example>")
    asked = world.message.outgoing_message_id
    for number in range(60):
        forged = mail(BUYER, Message_ID=f"<{number}@evil.example>")
        world.clock.pass_by(timedelta(seconds=1))
        world.receive(world.accept(forged, BUYER, SELLER_ALIAS, dmarc="FAIL"))
    world.seller_writes(In_Reply_To=f"<{asked}>")
    assert parsed(world.sent[1])["In-Reply-To"] == "<question@buyer.example>"


def test_an_outcome_waits_for_its_notice_for_two_hours_only(world: World) -> None:
    world.mailer.fault = failing(SendDeferredError("ses-paused"))
    notification = world.accept(mail(BUYER), BUYER, SELLER_ALIAS, virus="FAIL")
    with pytest.raises(ReceiptUnfinishedError):
        world.receive(notification)
    world.clock.pass_by(NOTICE_PATIENCE)
    (report,) = world.receive(notification)
    assert (report.outcome, report.codes) == ("refused", ("virus",))


def test_two_from_fields_are_refused(world: World) -> None:
    raw = mail(BUYER, FROM="evil@evil.example")
    (report,) = world.receive(world.accept(raw, BUYER, SELLER_ALIAS))
    assert (report.outcome, report.codes) == ("refused", ("author-unclear",))


@pytest.mark.parametrize("source", ["not a path", BUYER])
def test_a_person_who_writes_about_a_parcel_is_no_mail_server(world: World, source: str) -> None:
    raw = mail(BUYER, "The parcel could not be delivered to your house.", Subject="Undeliverable parcel")
    (report,) = world.receive(world.accept(raw, BUYER, SELLER_ALIAS, source=source))
    assert report.outcome == "relayed"


def test_a_bounce_by_a_server_of_the_partys_own_domain_is_recorded_only(world: World) -> None:
    raw = mail("mailer-daemon@buyer.example", "Delivery to your customer failed: anna@buyer.example")
    author = "mailer-daemon@buyer.example"
    (report,) = world.receive(world.accept(raw, author, SELLER_ALIAS, source="<>"))
    assert (report.outcome, report.codes) == ("discarded", ("delivery-report",))


def test_an_automatic_acknowledgement_of_the_operators_goes_in_no_circle(world: World) -> None:
    world.receive(world.accept(mail("x@else.example"), "x@else.example", "abuse@relay.example"))
    acknowledgement = mail(OPERATOR, Auto_Submitted="auto-replied")
    (report,) = world.receive(world.accept(acknowledgement, OPERATOR, "abuse@relay.example", source="<>"))
    assert (report.outcome, report.codes) == ("discarded", ("loop",))
    assert len(world.sent) == 1


def test_a_recipient_that_is_no_text_gets_its_outcome(world: World) -> None:
    (report,) = world.receive(world.accept(mail(BUYER), BUYER, "\ud800@relay.example"))
    assert report.outcome == "discarded"


def test_a_program_inside_a_winmail_dat_is_refused(world: World) -> None:
    file = base64.encodebytes(tnef({"setup.exe": b"MZ"}, body="Hello")).decode()
    raw = mail(
        BUYER,
        f"--b\r\n\r\nHello\r\n--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{file}\r\n--b--",
        Content_Type="multipart/mixed; boundary=b",
    )
    (report,) = world.receive(world.accept(raw, BUYER, SELLER_ALIAS))
    assert (report.outcome, report.codes) == ("refused", ("attachment-type-refused",))
