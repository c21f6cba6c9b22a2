"""Erasure and retention on the deployed stack: what goes, what stays, and what keeps it."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from parley import wiring
from parley.archive.keys import conversation_prefix
from parley.archive.records import EventKind
from parley.conversation.events import Event
from parley.conversation.messages import State
from parley.conversation.parties import PartyId, Role
from parley.erasing.advance import LAKE
from parley.erasing.party import carry_on
from parley.erasing.ports import Outside
from parley.erasing.retention import keep_retention
from parley.erasing.steps import LATE, SETTLING
from parley.lake.tables import ARRIVALS, ERASURES, MESSAGES, REVIEWER_ACTIONS, Table
from parley.mail.address import parse_mailbox
from parley.relaying.ports import NoSuchObjectError
from tests.support import canary, erased
from tests.support.aws import deployed
from tests.support.erased import (
    PERSON,
    SPAM,
    erase,
    kept_of,
    leave_copies,
    lift_hold,
    open_plans,
    place_hold,
    run,
    run_to_the_end,
    trace,
    trace_first_contacts,
    versions_of,
)
from tests.support.http import ask
from tests.support.kept_lake import lake_rows
from tests.support.mails import FORGED
from tests.support.market import Market
from tests.support.remains import found_in, readings, reads
from tests.support.runtime import AFTER_THE_LEASE, Fault, answers
from tests.support.verified import verified
from tests.support.wire import Answer, Call, Killed, kill_after

RETENTION = timedelta(days=730)
CLAIMS = timedelta(days=90)


def erased_events(market: Market, conversation: str = "c1") -> list[dict[str, Any]]:
    return [
        json.loads(each.record)["facts"]
        for each in market.history(conversation)
        if isinstance(each, Event) and each.kind == EventKind.ERASED
    ]


def certificates(market: Market) -> list[dict[str, Any]]:
    reviewed = market.deployment.reviewed()
    return [json.loads(reviewed[key]) for key in reviewed if key.startswith("erasures/")]


def test_the_search_finds_what_it_is_to_find() -> None:
    hidden = [
        b"S29yZHVsYSBLYW5hcmllbnZvZ2Vs",
        b"=4bordula",
        b"%4bordula",
        b"&#75;ordula",
        b'"\\u004bordula"',
        b"=?utf-8?b?S29yZHVsYQ==?=",
        "Kordula".encode("utf-16-le"),
    ]
    assert [octets for octets in hidden if not reads(octets, "Kordula")] == []
    assert not reads(b"S29yZHVsbw nobody", "Kordula")
    assert list(readings(b"plain")) == [b"plain"]


def test_nothing_of_a_person_is_left_in_any_byte(market: Market) -> None:
    trace(market)
    before = found_in(market.deployment, PERSON)
    for bucket in ("archive", "review", "inbox"):
        assert [place for place in before if bucket in place.partition("/")[0]], bucket
    assert [place for place in before if place.startswith("PARTY#p-buyer")]
    erase(market)
    run_to_the_end(market)
    assert found_in(market.deployment, PERSON) == []
    assert open_plans(market) == []


def test_nothing_of_a_person_is_left_of_first_contacts_whatever_became_of_them(market: Market) -> None:
    opened = trace_first_contacts(market)
    leave_copies(market, "intake1")
    look = {"task": "look", "party": "p-buyer"}
    assert market.invoke("erase_data", look)["first_contacts"] == 4
    other = market.from_buyer(
        author="otto@privatmail.example", name="Otto", to=market.contact_alias("intake2"), body="Hello\r\n"
    )
    market.accept(replace(other, subject="Hello", message_id="1@privatmail.example"), verdicts=SPAM)
    market.work()
    market.follow()
    before = found_in(market.deployment, PERSON)
    for place in ("conversations/intake1", f"conversations/{opened}", "transcripts/intake1", "inbox/"):
        assert [each for each in before if place in each], place
    erase(market)
    run_to_the_end(market)
    assert found_in(market.deployment, PERSON) == []
    assert versions_of(market, "intake1") == versions_of(market, opened) == []
    assert kept_of(market, "intake2")
    for conversation in ("intake1", opened):
        found = verified(market.deployment, conversation)
        assert found.is_intact, found.faults
    (certificate,) = certificates(market)
    assert certificate["erased"]["first_contacts"] == 4
    assert open_plans(market) == []
    assert market.view("intake1").conversation.aliases


def test_the_lake_tells_nothing_of_who_wrote_first_contacts_and_is_waited_for(market: Market) -> None:
    opened = trace_first_contacts(market)
    erased.keep_lake(market)
    rows = [row for row in lake_rows(market.deployment, MESSAGES) if row["author_domain"]]
    assert {row["conversation_id"] for row in rows} == {"intake1", opened}
    assert [row["state"] for row in rows if row["passed_on_at"]] == ["released"]
    erase(market)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(erased, "keep_lake", lambda *_: None)
        run_to_the_end(market)
        run(market, LAKE)
        assert waiting_for_the_lake(market)
        assert (certificates(market), len(open_plans(market))) == ([], 1)
    run(market)
    run(market, LAKE)
    assert certificates(market)[0]["erased"]["first_contacts"] == 4
    after = lake_rows(market.deployment, MESSAGES)
    assert [row for row in after if not row["is_erased"] or personal(MESSAGES, row)] == []
    actions = [row for row in lake_rows(market.deployment, REVIEWER_ACTIONS) if row["seq"]]
    assert actions
    assert [row for row in actions if not row["is_erased"] or row["actor"]] == []


def test_retention_leaves_nothing_of_a_released_first_contact(market: Market) -> None:
    opened = trace_first_contacts(market)
    for after in (RETENTION, timedelta(days=1), timedelta(days=2)):
        run(market, after)
    assert kept_of(market, "intake1") == kept_of(market, opened) == []
    for conversation in ("intake1", opened):
        found = verified(market.deployment, conversation)
        assert found.is_intact, found.faults


def test_a_first_contact_stays_under_a_hold_and_until_nobody_can_claim(market: Market) -> None:
    trace_first_contacts(market)
    kept, hold = kept_of(market, "intake1"), place_hold(market, "intake1")
    erase(market, for_claims=True)
    run(market)
    assert set(kept) <= set(kept_of(market, "intake1"))
    lift_hold(market, hold, "intake1")
    run(market, CLAIMS - timedelta(minutes=1))
    assert set(kept) <= set(kept_of(market, "intake1"))
    for after in (timedelta(days=1), SETTLING, LATE):
        run(market, after)
    # Why the hold was placed tells of the intake, not of a mail in it.
    assert [key for key in kept_of(market, "intake1") if "_hold-" not in key] == []
    assert open_plans(market) == []


def test_the_chain_of_an_erased_conversation_verifies_and_says_that_it_was_erased(market: Market) -> None:
    trace(market)
    erase(market)
    run_to_the_end(market)
    for conversation in ("c1", "c2"):
        found = verified(market.deployment, conversation)
        assert found.is_intact, found.faults
        written = [each for each in market.history(conversation) if getattr(each, "folder", "")]
        assert found.erased == tuple(each.seq for each in written)
        assert kept_of(market, conversation) == []


def test_the_lake_tells_what_happened_and_of_nobody_to_whom(market: Market) -> None:
    trace(market)
    before = lake_rows(market.deployment, MESSAGES)
    assert {"p-buyer"} == {row["buyer_id"] for row in before}
    assert [row["actor"] for row in lake_rows(market.deployment, REVIEWER_ACTIONS)] != [None]
    erase(market)
    run_to_the_end(market)
    for table in (MESSAGES, REVIEWER_ACTIONS):
        # What was read, and that somebody asked for the erasure, is outside of the chain and stays.
        rows = [row for row in lake_rows(market.deployment, table) if row["seq"]]
        assert rows
        assert [personal(table, row) for row in rows if personal(table, row) or not row["is_erased"]] == []
    after = lake_rows(market.deployment, MESSAGES)
    assert [row["message_id"] for row in after] == [row["message_id"] for row in before]
    assert [key for key in market.deployment.reviewed() if key.startswith((ARRIVALS, ERASURES))] == []


def test_who_read_what_stays_in_the_lake(market: Market) -> None:
    trace(market)
    read = {"case": "case-17", "what": "transcript"}
    assert ask(market, "POST", "/conversations/c1/reads", body=read).status == 201
    erase(market)
    run_to_the_end(market)
    reads = [row for row in lake_rows(market.deployment, REVIEWER_ACTIONS) if row["kind"] == "read"]
    assert [(row["what"], row["actor"] is None, row["is_erased"]) for row in reads] == [
        ("transcript", False, False)
    ]


def test_an_erasure_is_not_finished_before_the_lake_has_followed(market: Market) -> None:
    trace(market)
    erase(market)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(erased, "keep_lake", lambda *_: None)
        run_to_the_end(market)
        run(market, LAKE)
        assert certificates(market) == []
        assert waiting_for_the_lake(market)
    run(market)
    run(market, LAKE)
    assert len(certificates(market)) == 1
    assert "lake" in certificates(market)[0]["reached"]


def test_the_lake_is_asked_again_where_the_function_ended_behind_its_event(market: Market) -> None:
    short_story(market)
    market.invoke("erase_data", {"source": "aws.events"})
    market.clock.pass_by(SETTLING)
    call = 0
    while not erased_events(market):
        call += 1
        assert killed_after(market, call)
    assert [key for key in waiting_for_the_lake(market) if "/c1/" in key] == []
    market.invoke("erase_data", {"source": "aws.events"})
    assert [key for key in waiting_for_the_lake(market) if "/c1/" in key]


def test_the_other_party_stays_as_it_is(market: Market) -> None:
    trace(market)
    erase(market)
    run_to_the_end(market)
    assert market.stores.directory.parties([market.buyer.id, market.seller.id]) == {
        market.seller.id: market.seller
    }
    assert market.stores.directory.party_of_mailbox(market.seller.receiving_mailbox) == market.seller
    owners = [item["party_id"]["S"] for item in market.deployment.items() if "MAILBOX#" in item["pk"]["S"]]
    assert owners == [market.seller.id]
    assert market.wire.suppressed == {canary.SELLER_MAILBOX}


def test_mail_to_an_erased_conversation_is_recorded_and_discarded(market: Market) -> None:
    trace(market)
    erase(market)
    run_to_the_end(market)
    sent = len(market.sent)
    market.accept(market.from_seller(message_id="HG9@girlitz-handel.example"))
    assert market.work() == [True]
    assert market.loose_outcomes() == [("discarded", "unknown-alias")]
    assert len(market.sent) == sent


def test_held_mail_expires_before_it_is_erased(market: Market) -> None:
    trace(market)
    assert State.HELD in {message.state for message in market.messages()}
    erase(market)
    run_to_the_end(market)
    assert [message.state for message in market.messages() if message.codes == ("spam",)] == [State.EXPIRED]
    assert "held" not in {name for item in market.deployment.items() for name in item}


def test_what_is_written_late_goes_with_the_second_look(market: Market) -> None:
    """An attachment that write_archive laid down while its mail was being erased."""
    trace(market)
    erase(market)
    run(market)
    run(market, SETTLING)
    deployment = market.deployment
    key = conversation_prefix("c1") + "attachments/aa/k.csv"
    bucket = deployment.settings.archive_bucket
    deployment.clients.s3.put_object(Bucket=bucket, Key=key, Body=canary.BODY_WORD.encode())
    assert run(market, LATE)["failed"] == 0
    assert found_in(deployment, PERSON) == []


def test_the_certificate_counts_and_names_nobody(market: Market) -> None:
    trace(market)
    plan = erase(market)
    run_to_the_end(market)
    (certificate,) = certificates(market)
    links = len(market.history("c1")) + len(market.history("c2"))
    assert certificate["erased"] == {
        "conversations": 2,
        "kept_for_claims_before": 0,
        "messages_and_events": links,
        "mailboxes": 1,
        "first_contacts": 0,
    }
    assert (certificate["id"], certificate["case"]) == (plan["id"], "dsr-3")
    assert certificate["lives_on_for_days"]["table-recovery"] == 35
    assert not [word for word in (*PERSON, "p-buyer") if reads(json.dumps(certificate).encode(), word)]


def test_who_asked_is_recorded_without_the_party(market: Market) -> None:
    plan = erase(market)
    reviewed = market.deployment.reviewed()
    (record,) = [json.loads(reviewed[key]) for key in reviewed if key.startswith("accesses/")]
    assert (record["kind"], record["id"], record["case"]) == ("erasure", plan["id"], "dsr-3")
    assert record["who"].endswith("/erika")
    assert "CloudTrail" in record["who_is"]
    assert "p-buyer" not in json.dumps(record)


def test_asking_twice_begins_one_erasure(market: Market) -> None:
    assert erase(market)["id"] == erase(market)["id"]
    assert len(open_plans(market)) == 1


def test_a_party_that_is_not_there_is_said_to_be_unknown(market: Market) -> None:
    assert erase(market, party="p-nobody") == {"error": "unknown-party"}


def test_looking_changes_nothing_and_tells_what_would_happen(market: Market) -> None:
    trace(market)
    place_hold(market, "c2")
    before = market.deployment.items()
    look = {"task": "look", "party": "p-buyer"}
    found = market.invoke("erase_data", look)
    ends = found.pop("kept_until")
    assert found == {
        "conversations": 2,
        "more": False,
        "first_contacts": 0,
        "held": 1,
        "cases": ["case-17"],
        "kept": 1,
    }
    assert ends.startswith("2026-12-03")
    assert market.deployment.items() == before


def test_a_hold_keeps_its_conversation_the_others_go_and_the_party_waits(market: Market) -> None:
    trace(market)
    hold, kept = place_hold(market), len(kept_of(market, "c1"))
    erase(market)
    run_to_the_end(market)
    assert len(kept_of(market, "c1")) >= kept
    assert kept_of(market, "c2") == []
    assert market.view().conversation.aliases
    assert market.buyer.id in market.stores.directory.parties([market.buyer.id])
    assert len(open_plans(market)) == 1
    lift_hold(market, hold)
    for after in (timedelta(days=1), SETTLING, LATE):
        run(market, after)
    assert found_in(market.deployment, PERSON) == []
    assert open_plans(market) == []


def test_a_hold_that_comes_in_the_middle_stops_what_is_left(market: Market) -> None:
    trace(market)
    erase(market)
    run(market)
    place_hold(market)
    kept = set(kept_of(market, "c1"))
    run(market, SETTLING)
    run(market, LATE)
    assert set(kept_of(market, "c1")) == kept
    assert erased_events(market) == []


def test_a_hold_placed_between_look_and_beginning_is_seen(market: Market) -> None:
    market.accept(market.from_buyer())
    market.work()
    erase(market)
    run(market)
    kept = set(kept_of(market, "c1"))
    assert kept

    placed = []

    def before(call: Call) -> None:
        # The first update of an erasure without held mail says that it begins.
        if call.operation == "UpdateItem" and not placed:
            placed.append(call)
            market.fault = Fault()
            place_hold(market)

    market.fault = Fault(before=before)
    market.clock.pass_by(SETTLING)
    market.invoke("erase_data", {"source": "aws.events"})
    assert placed
    assert erased_events(market, "c1") == []
    assert kept <= set(kept_of(market, "c1"))


def test_a_hold_placed_while_a_conversation_is_closed_keeps_it_open(market: Market) -> None:
    market.accept(market.from_buyer())
    market.work()
    erase(market)
    placed = []

    def before(call: Call) -> None:
        if call.operation == "TransactWriteItems" and not placed:
            placed.append(call)
            market.fault = Fault()
            place_hold(market)

    market.fault = Fault(before=before)
    market.invoke("erase_data", {"source": "aws.events"})
    assert placed
    assert market.view().conversation.aliases


def test_who_asks_again_and_claims_no_ground_need_not_wait(market: Market) -> None:
    trace(market)
    first = erase(market, for_claims=True)
    run(market)
    run(market, SETTLING)
    assert kept_of(market, "c1")
    assert erase(market, for_claims=False)["id"] == first["id"]
    for after in (timedelta(), LATE):
        run(market, after)
    assert found_in(market.deployment, PERSON) == []
    assert erased_events(market) == [{"why": "request", "erasure": first["id"]}]


def test_a_conversation_stays_until_nobody_can_claim_and_its_event_says_on_which_ground(
    market: Market,
) -> None:
    trace(market)
    erase(market, for_claims=True)
    run(market)
    kept = kept_of(market, "c1")
    run(market, CLAIMS - timedelta(minutes=1))
    assert kept_of(market, "c1") == kept
    assert not market.view().conversation.aliases
    for after in (timedelta(minutes=1), LATE):
        run(market, after)
    assert found_in(market.deployment, PERSON) == []
    (facts,) = erased_events(market)
    assert (facts["why"], facts["ground"], facts["kept-until"][:10]) == ("request", "claims", "2026-12-03")
    assert certificates(market)[0]["erased"]["kept_for_claims_before"] == 2


def test_contents_go_when_the_last_mail_is_old_enough_and_not_before(market: Market) -> None:
    trace(market)
    kept = kept_of(market, "c1")
    run(market, RETENTION - timedelta(minutes=1))
    assert kept_of(market, "c1") == kept
    assert market.view().conversation.aliases
    for after in (timedelta(days=1), timedelta(days=1), timedelta(days=2)):
        run(market, after)
    assert kept_of(market, "c1") == kept_of(market, "c2") == []
    assert erased_events(market) == [{"why": "retention"}]
    assert verified(market.deployment, "c1").is_intact
    assert not [key for key in market.deployment.reviewed() if key.startswith(("transcripts/", "orders/"))]


def test_a_conversation_in_which_nobody_has_written_keeps_its_aliases(market: Market) -> None:
    for _ in range(3):
        run(market, RETENTION)
    market.accept(market.from_buyer())
    market.work()
    assert market.outcomes() == [("relayed", ("protected-masked",))]


def test_a_mail_puts_retention_off_and_a_note_does_not(market: Market) -> None:
    market.accept(market.from_buyer())
    market.work()
    run(market, timedelta(days=700))
    market.accept(market.from_buyer(message_id="CA7@mail.zeisig-post.example"))
    market.work()
    for _ in range(5):
        run(market, timedelta(days=10))
    folders = {key.split("/")[2] for key in kept_of(market, "c1") if key.startswith("conversations/")}
    assert len(folders - {"attachments"}) == 2
    place = place_hold(market)
    lift_hold(market, place)
    for _ in range(3):
        run(market, timedelta(days=685))
    assert kept_of(market, "c1") == []


def test_retention_never_touches_what_is_held_however_old(market: Market) -> None:
    trace(market)
    place_hold(market)
    market.follow()
    kept = kept_of(market, "c1")
    for _ in range(4):
        run(market, RETENTION)
    assert kept_of(market, "c1") == kept
    assert kept_of(market, "c2") == []


def test_a_round_is_made_once_a_day(market: Market) -> None:
    market.accept(market.from_buyer())
    market.work()
    assert [run(market)["looked_at"] for _ in range(2)] == [1, 0]
    assert run(market, timedelta(days=1))["looked_at"] == 1


def test_mail_of_an_intake_goes_one_by_one_and_its_alias_stays(market: Market) -> None:
    mailbox = market.contact_alias("intake1")
    market.accept(market.from_buyer(to=mailbox), verdicts=FORGED)
    market.work()
    (old,) = market.messages("intake1")
    market.clock.pass_by(timedelta(days=400))
    again = market.from_buyer(to=mailbox, message_id="CA8@mail.zeisig-post.example")
    market.accept(again, verdicts=FORGED)
    market.work()
    for after in (timedelta(days=331), timedelta(days=1)):
        run(market, after)
    left = kept_of(market, "intake1")
    assert left
    assert not [key for key in left if key.startswith(old.folder)]
    assert market.view("intake1").conversation.aliases
    found = verified(market.deployment, "intake1")
    assert found.is_intact, found.faults
    assert found.erased == (1,)
    told = {row["seq"]: row["is_erased"] for row in lake_rows(market.deployment, MESSAGES)}
    assert told == {1: True, 2: False}


def test_what_was_written_about_a_mail_of_an_intake_goes_with_it(market: Market) -> None:
    market.accept(market.from_buyer(to=market.contact_alias("intake1")), verdicts=SPAM)
    market.work()
    (message,) = market.messages("intake1")
    decision = {"case": "case-17", "reason": f"{canary.BUYER_NAME} is known for it"}
    path = f"/conversations/intake1/messages/{message.id}/refuse"
    assert ask(market, "POST", path, body=decision).status < 300
    market.work()
    run(market, RETENTION + timedelta(days=1))
    assert kept_of(market, "intake1") == []
    found = verified(market.deployment, "intake1")
    assert found.is_intact, found.faults
    assert found.erased == (1, 2)


def test_a_mail_that_is_still_worked_on_is_waited_for_and_then_ended(market: Market) -> None:
    market.accept(market.from_buyer())
    market.fault = answers("SendEmail", 429, "TooManyRequestsException")
    market.work()
    market.fault = Fault()
    erase(market)
    run_to_the_end(market)
    for _ in range(2):
        run(market, LATE)
    (message,) = market.messages()
    assert message.state is State.EXPIRED
    assert found_in(market.deployment, PERSON) == []
    assert verified(market.deployment, "c1").is_intact


def _denied(call: Call) -> Answer | None:
    return Answer(403, "AccessDenied") if call.operation == "DeleteObjects" else None


def test_what_cannot_be_deleted_is_told_and_tried_again(market: Market) -> None:
    trace(market)
    erase(market)
    run(market)
    market.fault = Fault(before=_denied)
    assert run(market, SETTLING)["failed"] == 2
    market.fault = Fault()
    run(market, SETTLING)
    run(market, LATE)
    assert found_in(market.deployment, PERSON) == []


@pytest.mark.parametrize(
    ("operation", "refused"),
    [
        ("SendEmail", Answer(429, "TooManyRequestsException")),
        ("TransactWriteItems", Answer(400, "AccessDeniedException")),
    ],
    ids=["waiting", "without a message"],
)
def test_raw_mail_stays_in_the_inbox_until_its_other_recipients_have_it(
    market: Market, operation: str, refused: Answer
) -> None:
    other = replace(
        market.buyer,
        id=PartyId("p-other"),
        display_name="Otto",
        mailboxes=(parse_mailbox("otto@privatmail.example"),),
    )
    market.stores.directory.register(other)
    second = market.correspondence("c2", buyer=other)
    to_both = (market.main.seller_writes_to, second.seller_writes_to)
    receipt = market.accept(market.from_seller(), recipients=to_both)
    market.fault = Fault(before=_from_the_second_on(operation, refused))
    assert market.work() == [False]
    market.fault = Fault()
    erase(market)
    run(market)
    run(market, SETTLING)
    assert market.stores.inbox.get(f"inbox/{receipt}")
    assert market.work_after(AFTER_THE_LEASE) == [True]
    assert [sent.recipients for sent in market.sent][-1] == ("otto@privatmail.example",)
    for _ in range(3):
        run(market, LATE)
    with pytest.raises(NoSuchObjectError):
        market.stores.inbox.get(f"inbox/{receipt}")
    assert open_plans(market) == []
    assert kept_of(market, "c2")


def test_an_erasure_waits_for_a_recipient_who_never_gets_the_mail_as_long_as_the_inbox_has_it(
    market: Market, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody can go on with what the inbox has forgotten; until then the log says what is waited for."""
    second = market.correspondence("c2")
    to_both = (market.main.buyer_writes_to, second.buyer_writes_to)
    receipt = market.accept(market.from_buyer(), recipients=to_both)
    market.spoil(second.buyer_writes_to)
    assert market.work() == [False]
    clients, settings = market.deployment.clients, market.deployment.settings
    clients.sqs.purge_queue(QueueUrl=market.deployment.queue_url)
    erase(market)
    for after in (timedelta(), SETTLING, LATE):
        run(market, after)
    *_, told = (each for each in caplog.records if each.message == "erasure")
    assert told.__dict__["waiting"] == {"mail-unreceived": 1}
    assert len(open_plans(market)) == 1
    clients.s3.delete_object(Bucket=settings.inbox_bucket, Key=settings.inbox_prefix + receipt)
    for _ in range(3):
        run(market, LATE)
    assert open_plans(market) == []
    assert found_in(market.deployment, PERSON) == []


def _from_the_second_on(operation: str, refused: Answer) -> Callable[[Call], Answer | None]:
    seen: list[Call] = []

    def before(call: Call) -> Answer | None:
        if call.operation != operation:
            return None
        seen.append(call)
        return refused if len(seen) > 1 else None

    return before


def outside_with(market: Market, conversations: int) -> Outside:
    """The ports of the function, and time for so many conversations."""
    with market.process("erase_data"):
        outside = wiring.wire_erasing()
    left = iter([True] * conversations)
    return replace(outside, clock=market.clock, has_time=lambda: next(left, False))


def test_a_round_that_is_too_long_goes_on_where_it_stopped(market: Market) -> None:
    for number in range(2, 6):
        market.correspondence(f"c{number}")
    rounds = [keep_retention(outside_with(market, 2)) for _ in range(4)]
    assert [each.looked_at for each in rounds] == [2, 2, 1, 0]
    assert [each.is_through for each in rounds] == [False, False, True, True]


def test_an_erasure_that_takes_longer_than_the_function_may_run_goes_on(market: Market) -> None:
    for number in range(2, 5):
        market.correspondence(f"c{number}")
    erase(market)
    (plan,) = outside_with(market, 0).plans.all()
    for _ in range(4):
        carry_on(plan, outside_with(market, 1))
    for after in (SETTLING, LATE):
        market.clock.pass_by(after)
        progress = carry_on(plan, outside_with(market, 9))
    assert progress.plan is None
    assert certificates(market)[0]["erased"]["conversations"] == 4


def end_state(market: Market) -> tuple[Any, ...]:
    """What is there, without random ids and keyed hashes."""
    items = market.deployment.items()
    names = [(item["pk"]["S"].split("#")[0], item["sk"]["S"].split("#")[0]) for item in items]
    return (
        sorted(names),
        [key for each in ("c1", "c2") for key in kept_of(market, each)],
        [key.split("/")[0] for key in market.deployment.reviewed()].count("erasures"),
        [each["erased"] for each in certificates(market)],
        [len(erased_events(market, each)) for each in ("c1", "c2", "i1")],
        [
            (row["seq"], row["is_erased"], personal(MESSAGES, row))
            for row in lake_rows(market.deployment, MESSAGES)
        ],
        waiting_for_the_lake(market),
        found_in(market.deployment, PERSON),
    )


def personal(table: Table, row: dict[str, Any]) -> set[str]:
    """The columns of a row that lead to a person."""
    return {each.name for each in table.columns if each.is_personal and row[each.name] is not None}


def waiting_for_the_lake(market: Market) -> list[str]:
    return [key for key in market.deployment.reviewed() if key.startswith(ERASURES)]


def short_story(market: Market) -> None:
    second = market.correspondence("c2")
    both = (market.main.buyer_writes_to, second.buyer_writes_to)
    market.accept(market.from_buyer(), recipients=both)
    market.work()
    market.accept(market.from_buyer(message_id="CA2@mail.zeisig-post.example"), verdicts=SPAM)
    market.work()
    contact = market.from_buyer(to=market.contact_alias("i1"), message_id="CA3@mail.zeisig-post.example")
    market.accept(contact, verdicts=SPAM)
    market.work()
    market.follow()
    market.wire.suppressed.add(canary.BUYER_MAILBOX)
    erase(market)


@pytest.mark.slow
@pytest.mark.parametrize("stage", range(3), ids=["closing", "erasing", "ending"])
def test_crashes_one_call_later_each_time_end_as_if_there_were_none(
    template: dict[str, Any], stage: int
) -> None:
    stages = (timedelta(), SETTLING, LATE)
    with deployed(template) as deployment:
        undisturbed = Market(deployment)
        short_story(undisturbed)
        for after in stages:
            run(undisturbed, after)
        wanted = end_state(undisturbed)
    assert wanted[-1] == []
    with deployed(template) as deployment:
        market = Market(deployment)
        short_story(market)
        crashes = 0
        for place, after in enumerate(stages):
            market.clock.pass_by(after)
            while place == stage and killed_after(market, crashes + 1):
                crashes += 1
            market.invoke("erase_data", {"source": "aws.events"})
            market.follow()
        for _ in range(2):
            run(market, LATE)
        assert crashes > 5
        assert end_state(market) == wanted


def killed_after(market: Market, call: int) -> bool:
    """Whether the function makes so many calls; it is killed after that one."""
    market.fault = Fault(after=kill_after(call))
    try:
        market.invoke("erase_data", {"source": "aws.events"})
    except Killed:
        return True
    finally:
        market.fault = Fault()
        market.follow()
    return False


def refuse_once(operation: str) -> Fault:
    """The first call of that operation is refused, and no client tries such a thing again."""
    refused: list[Call] = []

    def before(call: Call) -> Answer | None:
        if call.operation != operation or refused:
            return None
        refused.append(call)
        return Answer(403, "AccessDeniedException")

    return Fault(before=before)


OPERATIONS = (
    *("Query", "Scan", "GetItem", "BatchGetItem", "TransactWriteItems", "UpdateItem", "PutItem"),
    *("ListObjectVersions", "DeleteObjects", "DeleteItem", "PutObject"),
    *("GetSecretValue", "DeleteSuppressedDestination"),
)


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_call_that_is_refused_at_every_stage_only_puts_off_the_end(
    template: dict[str, Any], operation: str
) -> None:
    with deployed(template) as deployment:
        market = Market(deployment)
        short_story(market)
        for after in (timedelta(), SETTLING, LATE):
            market.clock.pass_by(after)
            market.fault = refuse_once(operation)
            with suppress(ClientError):
                market.invoke("erase_data", {"source": "aws.events"})
            market.fault = Fault()
            market.follow()
        for _ in range(4):
            run(market, LATE)
        assert found_in(market.deployment, PERSON) == []
        assert open_plans(market) == []
        assert len(certificates(market)) == 1
        for conversation in ("c1", "c2", "i1"):
            assert verified(market.deployment, conversation).is_intact


HOLD = {"case": "case-17", "reason": "the parcel never came"}


def post(market: Market, path: str, body: dict[str, str]) -> tuple[int, str]:
    reply = ask(market, "POST", f"/conversations/{path}", body=body)
    return reply.status, reply.body.get("code", "")


@pytest.mark.parametrize("conversation", ["c1", "intake1"])
def test_a_hold_that_comes_between_event_and_deletes_is_refused(market: Market, conversation: str) -> None:
    to = market.contact_alias("intake1") if conversation == "intake1" else market.main.buyer_writes_to
    market.accept(market.from_buyer(to=to), verdicts=SPAM)
    market.work()
    erase(market)
    answered = []

    def before(call: Call) -> None:
        if call.operation == "DeleteObjects" and not answered:
            market.fault = Fault()
            answered.append(post(market, f"{conversation}/holds", HOLD))

    for after in (timedelta(), SETTLING):
        market.fault = Fault(before=before)
        market.clock.pass_by(after)
        market.invoke("erase_data", {"source": "aws.events"})
    market.fault = Fault()
    assert answered == [(409, "contents-erased")]
    assert kept_of(market, conversation) == []
    assert market.view(conversation).conversation.holds == ()
    assert post(market, "intake1/holds", HOLD)[0] == (201 if conversation == "intake1" else 404)


def test_an_erased_conversation_takes_no_note_and_who_exported_it_goes_with_the_next_round(
    market: Market,
) -> None:
    market.accept(market.from_buyer())
    market.work()
    market.follow()
    erase(market, party="p-seller")
    run_to_the_end(market)
    assert market.view().conversation.parties == {Role.BUYER: market.buyer.id}
    note = {"case": "case-17", "text": f"{canary.SELLER_NAME} <{canary.SELLER_MAILBOX}>"}
    assert post(market, "c1/notes", note) == (409, "contents-erased")
    assert post(market, "c1/exports", {"case": "case-17"})[0] == 201
    market.follow()
    assert kept_of(market, "c1")
    for after in (timedelta(days=1), LATE, LATE):
        run(market, after)
    assert kept_of(market, "c1") == []
    assert "transcripts/c1.html" not in market.deployment.reviewed()
    assert verified(market.deployment, "c1").is_intact


def test_what_a_party_left_under_mailboxes_that_it_had_goes_as_well(market: Market) -> None:
    former = "Kordula.Kanarie@zeisig-post.example"
    for mailbox in (former, "k@other-post.example"):
        changed = ask(market, "PATCH", "/parties/p-buyer", body={"mailboxes": [mailbox]})
        assert changed.status == 200
        if mailbox == former:
            written = market.from_buyer(author=former, to=market.contact_alias("intake1"))
            market.accept(written, verdicts=SPAM)
            market.work()
            market.follow()
    market.wire.suppressed |= {former.lower(), canary.SELLER_MAILBOX}
    assert market.invoke("erase_data", {"task": "look", "party": "p-buyer"})["first_contacts"] == 1
    erase(market)
    run_to_the_end(market)
    assert found_in(market.deployment, PERSON) == []
    assert market.wire.suppressed == {canary.SELLER_MAILBOX}


def test_a_mailbox_that_another_party_has_by_now_is_the_others(market: Market) -> None:
    to = market.contact_alias("intake1")
    market.accept(market.from_buyer(to=to), verdicts=SPAM)
    market.work()
    ask(market, "PATCH", "/parties/p-buyer", body={"mailboxes": ["k@other-post.example"]})
    other = replace(market.buyer, id=PartyId("p-other"))
    market.stores.directory.register(other)
    market.wire.suppressed.add(str(other.receiving_mailbox))
    erase(market)
    run_to_the_end(market)
    assert kept_of(market, "intake1")
    assert market.wire.suppressed == {str(other.receiving_mailbox)}
    assert market.stores.directory.party_of_mailbox(other.receiving_mailbox) == other


@pytest.mark.parametrize("name", ["From", "Sender", "Reply-To"])
def test_a_first_contact_that_names_a_person_second_goes_with_that_person(market: Market, name: str) -> None:
    written = market.from_buyer(to=market.contact_alias("intake1"))
    mailbox, other = written.author, "Otto <otto@privatmail.example>"
    fields = {"From": f"{other}, {mailbox}"} if name == "From" else {"From": other, name: mailbox}
    market.accept(replace(written, fields=fields), verdicts=SPAM)
    market.work()
    market.follow()
    erase(market)
    run_to_the_end(market)
    assert found_in(market.deployment, PERSON) == []
    assert not [item for item in market.deployment.items() if item["pk"]["S"].startswith("NAMED#")]
    assert certificates(market)[0]["erased"]["first_contacts"] == 1


def test_a_note_in_a_conversation_without_mail_goes_when_its_time_is_over(market: Market) -> None:
    note = {"case": "case-17", "text": f"{canary.BUYER_NAME} telephoned"}
    assert post(market, "c1/notes", note)[0] == 201
    market.follow()
    run(market, RETENTION - timedelta(minutes=1))
    assert kept_of(market, "c1")
    for after in (timedelta(days=1), SETTLING, timedelta(days=1), timedelta(days=2)):
        run(market, after)
    assert kept_of(market, "c1") == []
