"""What SES tells of a mail: recorded once, latest on the message, acted upon where a mailbox is dead."""

import json
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from parley.conversation.delivery import Delivery
from parley.conversation.events import Event
from parley.conversation.parties import Party
from parley.relaying.receive import receive
from parley.stores.items import read_party
from parley.tracking.track import track as track_now
from tests.support import canary
from tests.support.deliveries import (
    AWAY,
    FULL,
    GIVEN_UP,
    HARD,
    PLACE,
    SUPPRESSED,
    facts,
    kinds,
    notices,
    queued_events,
    relay_place,
    relay_ports,
    told,
    track,
    tracking_ports,
)
from tests.support.http import ask
from tests.support.mails import PASS
from tests.support.market import Market
from tests.support.runtime import Fault, answers
from tests.support.verified import verified
from tests.support.wire import Call, Sent

LATER = timedelta(seconds=7)
SPAM = {**PASS, "spam": "FAIL"}


def relayed(market: Market, **changes: Any) -> Sent:
    """The buyer's mail to the seller, as SES took it."""
    market.accept(market.from_buyer(**changes))
    assert market.work() == [True]
    return market.sent[-1]


def party(market: Market, name: str) -> Party:
    (found,) = [each for each in market.deployment.items() if each["pk"]["S"] == f"PARTY#{name}"]
    return read_party(found)


def seller(market: Market) -> Party:
    return party(market, "p-seller")


def buyer(market: Market) -> Party:
    return party(market, "p-buyer")


def bounce(market: Market, sent: Sent, after: timedelta = LATER, **details: Any) -> list[int]:
    return track(market, told(sent, "Bounce", market.clock.now() + after, **{**HARD, **details}))


def status(market: Market) -> str | None:
    (delivery,) = {message.delivery for message in market.messages()}
    return None if delivery is None else delivery.status


def test_what_ses_tells_becomes_events_of_the_chain_and_the_latest_stands_on_the_message(
    market: Market,
) -> None:
    sent, now = relayed(market), market.clock.now()
    assert track(market, told(sent, "Send", now), told(sent, "Delivery", now + LATER)) == []
    assert kinds(market) == ["sent", "delivered"]
    (message,) = market.messages()
    assert message.delivery == Delivery("delivered", now + LATER)
    assert facts(market.history())[-1] == {"occurred-at": (now + LATER).isoformat()}
    market.follow()
    assert verified(market.deployment, "c1").is_intact


def test_an_event_costs_two_calls(market: Market) -> None:
    sent = relayed(market)
    track(market, told(sent, "Delivery", market.clock.now()))
    assert market.cost == ["dynamodb.Query", "dynamodb.TransactWriteItems"]


def test_a_repeated_event_changes_nothing(market: Market) -> None:
    sent = relayed(market)
    delivered = told(sent, "Delivery", market.clock.now())
    track(market, delivered, delivered)
    before = market.deployment.items()
    market.clock.pass_by(timedelta(days=2))
    assert track(market, delivered) == []
    assert market.deployment.items() == before


def test_a_mail_older_than_the_latest_is_found_as_well(market: Market) -> None:
    first = relayed(market)
    for number in range(9):
        market.clock.pass_by(timedelta(minutes=1))
        relayed(market, message_id=f"CB{number}@mail.example", body=f"{number}\r\n")
    assert track(market, told(first, "Delivery", market.clock.now())) == []
    assert market.messages()[0].delivery == Delivery("delivered", market.clock.now())


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"eventType": "Bounce"}', '{"notificationType": "Bounce", "mail": {}}'],
)
def test_what_is_no_event_is_counted_and_comes_again(
    market: Market, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = market.deployment.items()
    assert track(market, text or " ") == [0]
    kept = [each for each in market.deployment.items() if "#failures#" not in each["pk"]["S"]]
    assert kept == before
    assert '"DeliveryUnreadable":[1.0]' in capsys.readouterr().out


def test_ses_own_note_and_events_that_nobody_asked_for_are_counted_and_passed_over(
    market: Market, capsys: pytest.CaptureFixture[str]
) -> None:
    note = "Successfully validated SNS topic for Amazon SES event publishing."
    assert track(market, note, json.dumps({"eventType": "Open", "mail": {}})) == []
    assert '"DeliveryUnasked":[1.0,1.0]' in capsys.readouterr().out


def test_an_event_in_the_envelope_of_sns_is_read(market: Market) -> None:
    """Somebody switched raw delivery off."""
    body = told(relayed(market), "Bounce", market.clock.now(), **HARD)
    assert track(market, json.dumps({"Type": "Notification", "Message": body})) == []
    assert seller(market).is_dead


@pytest.mark.parametrize(
    "tags", [{}, {"conversation": "c404", "message": "m1"}, {"conversation": "c1", "message": "m404"}]
)
def test_an_event_of_an_unknown_mail_does_no_harm(
    market: Market, tags: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    sent = replace(relayed(market), tags=tags)
    before = market.deployment.items()
    assert bounce(market, sent) == []
    assert market.deployment.items() == before
    assert '"DeliveryUnknown":[1.0]' in capsys.readouterr().out


# A dead mailbox


def test_a_hard_bounce_marks_the_party_by_a_hash_and_tells_the_author_once(market: Market) -> None:
    sent = relayed(market)
    assert bounce(market, sent) == []
    mark = seller(market).unreachable
    assert mark is not None
    assert mark.since == market.clock.now() + LATER
    assert len(mark.mailbox) == 64
    (notice,) = notices(market)
    assert notice.recipients == (canary.BUYER_MAILBOX,)
    # The same again, and another server's word about the same mail a day later.
    assert bounce(market, sent) == []
    market.clock.pass_by(timedelta(days=1))
    assert bounce(market, sent) == []
    assert len(notices(market)) == 1
    assert status(market) == "bounced"


def test_the_notice_names_neither_the_other_mailbox_nor_a_server(market: Market) -> None:
    bounce(market, relayed(market))
    (notice,) = notices(market)
    mail = message_from_bytes(notice.raw, policy=default)
    assert "Gegenseite" in mail.get_content()
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["In-Reply-To"] == f"<{market.messages()[0].author_message_id}>"
    shown = notice.raw.decode() + mail.get_content()
    assert set(canary.canaries_in(shown)) <= {"kordula.kanarie", "zeisig-post"}
    assert "550" not in mail.get_content()


def test_what_is_recorded_of_a_bounce_are_codes_and_times(market: Market) -> None:
    bounce(market, relayed(market))
    (recorded,) = facts(market.history())
    assert recorded.keys() == {"type", "subtype", "status", "occurred-at"}
    assert (recorded["type"], recorded["subtype"], recorded["status"]) == ("permanent", "general", "5.1.1")
    everything = json.dumps(
        [each for each in market.deployment.items() if each["sk"]["S"].startswith("EVENT#")]
    )
    assert canary.canaries_in(everything) == []


def test_mail_to_a_dead_mailbox_is_refused_at_once_and_its_author_told(market: Market) -> None:
    bounce(market, relayed(market))
    market.accept(market.from_buyer(message_id="CA2@mail.zeisig-post.example"))
    assert market.work() == [True]
    assert market.outcomes()[-1] == ("refused", ("recipient-unreachable",))
    assert [sent.recipients for sent in market.sent[1:]] == [(canary.BUYER_MAILBOX,)] * 2


def test_the_other_direction_goes_on(market: Market) -> None:
    bounce(market, relayed(market))
    market.accept(market.from_seller())
    assert market.work() == [True]
    assert market.outcomes()[-1][0] == "relayed"


@pytest.mark.parametrize("details", [SUPPRESSED, FULL, AWAY, {"bounceType": "Undetermined"}])
def test_nothing_but_a_hard_bounce_makes_a_party_unreachable(market: Market, details: dict[str, str]) -> None:
    sent = relayed(market)
    assert track(market, told(sent, "Bounce", market.clock.now(), **details)) == []
    assert not seller(market).is_dead
    assert len(kinds(market)) == 1


def test_a_mailbox_that_refuses_one_mail_stays_reachable_and_leaves_ses_list(market: Market) -> None:
    """Else whoever writes what the other's filter refuses would end all mail to them."""
    sent = relayed(market)
    market.wire.suppressed.add(canary.SELLER_MAILBOX)
    refused = [{"emailAddress": canary.SELLER_MAILBOX, "action": "failed", "status": "5.7.1"}]
    bounce(market, sent, bouncedRecipients=refused)
    assert seller(market).unreachable is None
    assert market.wire.suppressed == set()
    assert len(notices(market)) == 1
    relayed(market, message_id="CA5@mail.zeisig-post.example", body="harmless\r\n")
    assert market.outcomes()[-1][0] == "relayed"


def test_a_mailbox_that_is_dead_stays_on_ses_list_whatever_else_bounces(market: Market) -> None:
    sent = relayed(market)
    bounce(market, sent)
    market.wire.suppressed.add(canary.SELLER_MAILBOX)
    bounce(market, sent, bouncedRecipients=[{"emailAddress": "x", "status": "5.7.1"}])
    assert market.wire.suppressed == {canary.SELLER_MAILBOX}


def test_a_dead_mailbox_is_ours_although_the_report_names_one_that_it_forwards_to(market: Market) -> None:
    forwarded = [{"emailAddress": "h.girlitz@mailstore7.internal.example", "status": "5.1.1"}]
    bounce(market, relayed(market), bouncedRecipients=forwarded)
    assert seller(market).is_dead


@pytest.mark.parametrize(
    ("kind", "details", "count"),
    [
        ("Bounce", SUPPRESSED, 1),
        ("Bounce", FULL, 1),
        ("Bounce", GIVEN_UP, 1),
        ("Bounce", {**GIVEN_UP, "bounceType": "Undetermined", "bounceSubType": "Undetermined"}, 1),
        ("Bounce", AWAY, 0),
        ("Bounce", {"bounceType": "Undetermined", "bouncedRecipients": []}, 0),
        ("Reject", {}, 1),
    ],
)
def test_an_author_is_told_where_the_mail_did_not_arrive_for_certain(
    market: Market, kind: str, details: dict[str, str], count: int
) -> None:
    sent = relayed(market)
    track(market, told(sent, kind, market.clock.now(), **details))
    assert len(notices(market)) == count


@pytest.mark.parametrize("kind", ["Delivery", "DeliveryDelay", "Complaint", "Send"])
def test_nobody_is_told_of_anything_else(market: Market, kind: str) -> None:
    sent = relayed(market)
    assert track(market, told(sent, kind, market.clock.now())) == []
    assert notices(market) == []
    assert seller(market).unreachable is None


def test_a_bounce_of_a_mailbox_that_no_longer_receives_marks_nothing(market: Market) -> None:
    sent = relayed(market)
    ask(market, "PATCH", "/parties/p-seller", body={"mailboxes": ["neu@girlitz-handel.example"]})
    assert bounce(market, sent) == []
    assert seller(market).unreachable is None
    assert len(notices(market)) == 1


def test_another_receiving_mailbox_makes_the_party_reachable(market: Market) -> None:
    bounce(market, relayed(market))
    other = {"mailboxes": [canary.SELLER_MAILBOX, "neu@girlitz-handel.example"]}
    assert ask(market, "PATCH", "/parties/p-seller", body=other).body["reachable"] is False
    other["mailboxes"].reverse()
    assert ask(market, "PATCH", "/parties/p-seller", body=other).body["reachable"] is True
    relayed(market, message_id="CA3@mail.zeisig-post.example")
    assert market.outcomes()[-1][0] == "relayed"


def test_an_out_of_office_that_bounces_tells_nobody(market: Market) -> None:
    sent = relayed(market, fields={"Auto-Submitted": "auto-replied"})
    assert bounce(market, sent) == []
    assert seller(market).unreachable is not None
    assert notices(market) == []


def test_a_bounce_of_the_operators_mail_leads_to_nothing(market: Market) -> None:
    sent = replace(relayed(market), tags={"message": "m", "kind": "role"})
    before = market.deployment.items()
    assert bounce(market, sent) == []
    assert market.deployment.items() == before
    assert notices(market) == []


def test_a_notice_that_bounces_marks_its_mailbox_and_leads_to_no_mail(market: Market) -> None:
    market.accept(market.from_buyer(), verdicts=SPAM)
    market.work()
    (notice,) = notices(market)
    assert bounce(market, notice) == []
    assert buyer(market).is_dead
    assert len(market.sent) == 1


def test_a_notice_of_track_delivery_that_bounces_marks_its_mailbox_too(market: Market) -> None:
    bounce(market, relayed(market))
    (notice,) = notices(market)
    assert bounce(market, notice) == []
    assert buyer(market).is_dead
    assert len(notices(market)) == 1


def test_two_whose_mailboxes_are_dead_are_not_told_of_each_other(market: Market) -> None:
    first = relayed(market)
    market.accept(market.from_seller())
    market.work()
    second = market.sent[-1]
    bounce(market, first)
    bounce(market, second)
    assert [sent.recipients for sent in notices(market)] == [(canary.BUYER_MAILBOX,)]


def test_a_notice_that_ses_does_not_take_now_is_sent_when_the_event_comes_again(market: Market) -> None:
    sent = relayed(market)
    market.fault = answers("SendEmail", 429, "TooManyRequestsException")
    assert bounce(market, sent) == [0]
    market.fault = Fault()
    assert bounce(market, sent) == []
    assert len(notices(market)) == 1
    assert kinds(market) == ["bounced"]


# Confirmed again


def confirm(market: Market) -> Sent:
    """The confirmation mail, as SES took it."""
    assert ask(market, "POST", "/parties/p-seller/confirmation").status == 202
    assert track(market, *queued_events(market)) == []
    assert market.sent[-1].tags["kind"] == "confirmation"
    return market.sent[-1]


def test_a_delivered_confirmation_makes_the_party_reachable(market: Market) -> None:
    market.wire.suppressed.add(canary.SELLER_MAILBOX)
    bounce(market, relayed(market))
    market.clock.pass_by(timedelta(days=1))
    mail = confirm(market)
    assert mail.recipients == (canary.SELLER_MAILBOX,)
    assert market.wire.suppressed == set()
    assert market.cost.index("sesv2.DeleteSuppressedDestination") < market.cost.index("sesv2.SendEmail")
    assert ask(market, "GET", "/parties/p-seller").body["reachable"] is False
    assert track(market, told(mail, "Delivery", market.clock.now())) == []
    assert ask(market, "GET", "/parties/p-seller").body["reachable"] is True
    relayed(market, message_id="CA4@mail.zeisig-post.example")
    assert market.outcomes()[-1][0] == "relayed"


def test_a_confirmation_that_bounces_keeps_the_party_unreachable(market: Market) -> None:
    bounce(market, relayed(market))
    market.clock.pass_by(timedelta(days=1))
    mail = confirm(market)
    assert bounce(market, mail) == []
    # Its delivery is told late, and was before.
    assert track(market, told(mail, "Delivery", market.clock.now())) == []
    assert seller(market).unreachable is not None


def test_an_old_bounce_that_comes_again_after_the_confirmation_marks_nothing(market: Market) -> None:
    sent = relayed(market)
    old = told(sent, "Bounce", market.clock.now(), **HARD)
    track(market, old)
    market.clock.pass_by(timedelta(days=1))
    track(market, told(confirm(market), "Delivery", market.clock.now()))
    assert track(market, old) == []
    assert seller(market).unreachable is None


def test_a_reachable_party_is_sent_nothing_and_an_unreachable_one_not_twice(market: Market) -> None:
    assert ask(market, "POST", "/parties/p-seller/confirmation").status == 200
    assert queued_events(market) == []
    bounce(market, relayed(market))
    confirm(market)
    count = len(market.sent)
    assert ask(market, "POST", "/parties/p-seller/confirmation").status == 202
    assert track(market, *queued_events(market)) == []
    assert len(market.sent) == count
    market.clock.pass_by(timedelta(minutes=16))
    confirm(market)


def test_a_mailbox_that_ses_suppresses_is_written_to_and_can_be_confirmed(market: Market) -> None:
    """It may have been on SES's list before it was registered: nobody knows whether it is dead."""
    market.wire.suppressed.add(canary.SELLER_MAILBOX)
    sent = relayed(market)
    assert ask(market, "GET", "/parties/p-seller").body["reachable"] is True
    assert track(market, told(sent, "Bounce", market.clock.now(), **SUPPRESSED)) == []
    assert ask(market, "GET", "/parties/p-seller").body["reachable"] is False
    relayed(market, message_id="CA6@mail.zeisig-post.example")
    assert market.outcomes()[-1][0] == "relayed"
    mail = confirm(market)
    assert market.wire.suppressed == set()
    assert track(market, told(mail, "Delivery", market.clock.now() + LATER)) == []
    assert ask(market, "GET", "/parties/p-seller").body["reachable"] is True


def test_a_suppressed_mailbox_that_bounces_is_dead_and_a_dead_one_stays_so(market: Market) -> None:
    sent = relayed(market)
    for details in (SUPPRESSED, HARD, SUPPRESSED):
        track(market, told(sent, "Bounce", market.clock.now(), **details))
    assert seller(market).is_dead


def test_a_malformed_request_for_a_confirmation_comes_again(market: Market) -> None:
    assert track(market, '{"confirmation": {"party": "a b"}}', '{"confirmation": 1}') == [0, 1]


# The archive


def test_write_archive_files_each_event_and_the_message_once(market: Market) -> None:
    sent, now = relayed(market), market.clock.now()
    market.follow()
    track(market, told(sent, "Send", now))
    track(market, told(sent, "Delivery", now + LATER))
    market.follow()
    puts = market.cost.count("s3.PutObject")
    entries = sorted(key for key in market.deployment.archived() if key.startswith("entries/c1/"))
    assert len(entries) == 3
    # Two entries, a checkpoint, the transcript and the lake's rows: nothing of the message is filed again.
    assert puts == 5, market.cost


def test_what_ses_tells_before_its_answer_is_recorded_gets_in_the_way_of_nothing(market: Market) -> None:
    early: list[str] = []

    def after(call: Call) -> None:
        if call.operation == "SendEmail" and not early:
            early.append(told(market.sent[-1], "Send", market.clock.now()))
            with market.acting("track_delivery"):
                tracked = track_now(early[0], tracking_ports(market), PLACE)
            assert tracked is not None
            assert tracked.done == "recorded"

    market.fault = Fault(after=after)
    market.accept(market.from_buyer())
    assert market.work() == [True]
    assert (market.outcomes()[-1][0], status(market)) == ("relayed", "sent")
    market.follow()
    assert len([key for key in market.deployment.archived() if key.startswith("entries/c1/")]) == 2


def test_an_event_takes_the_place_in_the_chain_that_a_mail_was_about_to_take(market: Market) -> None:
    waiting = [told(relayed(market), "Delivery", market.clock.now())]

    def before(call: Call) -> None:
        if call.operation == "TransactWriteItems" and waiting:
            with market.acting("track_delivery"):
                track_now(waiting.pop(), tracking_ports(market), PLACE)

    market.fault = Fault(before=before)
    market.accept(market.from_buyer(message_id="CA7@mail.zeisig-post.example", body="Noch da?\r\n"))
    assert market.work() == [True]
    assert waiting == []
    market.follow()
    assert kinds(market) == ["delivered"]
    assert verified(market.deployment, "c1").is_intact


def test_a_mail_takes_the_place_in_the_chain_that_an_event_was_about_to_take(market: Market) -> None:
    sent = relayed(market)
    market.accept(market.from_seller())
    waiting = [market.deployment.queued()[0]["Body"]]

    def before(call: Call) -> None:
        if call.operation == "TransactWriteItems" and waiting:
            with market.acting("receive_mail"):
                receive(waiting.pop(), relay_ports(market), relay_place(market))

    market.fault = Fault(before=before)
    assert track(market, told(sent, "Delivery", market.clock.now())) == []
    market.follow()
    assert [state for state, _ in market.outcomes()] == ["relayed", "relayed"]
    assert kinds(market) == ["delivered"]
    assert verified(market.deployment, "c1").is_intact


# Reports that come as mail


def report(market: Market, sent: Sent, kind: str = "delivery-status", *, mark: bool = True) -> str:
    """A server returns a mail to its From field. Returns the receipt id."""
    returned = message_from_bytes(sent.raw, policy=default)
    named = f"X-Parley-Message: {returned['X-Parley-Message']}\r\n" if mark else ""
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nIt came back.\r\n"
        f"--b\r\nContent-Type: message/{kind}\r\n\r\nReporting-MTA: dns; mx.girlitz-handel.example\r\n\r\n"
        f"Final-Recipient: rfc822; {canary.SELLER_MAILBOX}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"From: {returned['From']}\r\n{named}Message-ID: <{sent.message_id}@eu-west-1.amazonses.com>\r\n"
        "--b--\r\n"
    )
    fields = {
        "Content-Type": f'multipart/report; report-type={kind}; boundary="b"',
        "Content-Transfer-Encoding": "",
    }
    written = market.from_seller(
        author="mailer-daemon@girlitz-handel.example", name="", to=sent.mail_from, body=body, fields=fields
    )
    return market.accept(written, source="")


@pytest.mark.parametrize("mark", [True, False])
def test_a_report_at_an_alias_is_joined_to_its_mail_and_not_relayed(market: Market, mark: bool) -> None:
    sent = relayed(market)
    report(market, sent, mark=mark)
    assert market.work() == [True]
    assert market.outcomes()[-1] == ("discarded", ("delivery-report",))
    assert kinds(market) == ["bounced"]
    (event,) = [each for each in market.history() if isinstance(each, Event)]
    assert event.message == market.messages()[0].id
    assert facts([event])[0]["source"] == "report"
    assert len(market.sent) == 1


def test_an_abuse_report_at_an_alias_is_joined_as_a_complaint(market: Market) -> None:
    report(market, relayed(market), "feedback-report")
    assert market.work() == [True]
    assert kinds(market) == ["complained"]


def test_a_report_proves_nothing(market: Market) -> None:
    """Whoever got the mail could have made it up: what SES told stands, and nobody is unreachable."""
    sent = relayed(market)
    track(market, told(sent, "Delivery", market.clock.now()))
    report(market, sent)
    market.work()
    report(market, sent)
    market.work()
    assert kinds(market) == ["delivered", "bounced"]
    assert market.messages()[0].delivery == Delivery("delivered", market.clock.now())
    assert seller(market).unreachable is None
    assert notices(market) == []
    market.follow()
    assert b"no, it could not be delivered" not in b"".join(market.deployment.reviewed().values())


def test_a_report_at_another_alias_than_the_mails_author_is_joined_to_nothing(market: Market) -> None:
    sent = relayed(market)
    report(market, replace(sent, mail_from=market.main.buyer_writes_to))
    assert market.work() == [True]
    assert kinds(market) == []
