"""What reviewers do to a conversation, through the deployed functions: the API records, receive_mail acts."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes
from typing import Any

import pytest

from parley.archive.chain import Committed, commitment, digest, link_hash, nothing
from parley.archive.keys import object_key
from parley.archive.records import EventKind
from parley.compacting.reads import row_of
from parley.conversation.aliases import ConversationId
from parley.conversation.events import Event
from parley.conversation.messages import Message, State
from parley.relaying.ports import BusyError, LeaseLostError
from parley.relaying.receipts import sweep_request
from parley.relaying.receive import receive
from parley.stores.history import DynamoHistory
from parley.wiring import wire
from tests.support import canary
from tests.support.aws import deployed
from tests.support.http import Reply, ask
from tests.support.mails import PASS
from tests.support.market import Market
from tests.support.runtime import AFTER_THE_LEASE, Fault, answers, event
from tests.support.wire import kill_after

Api = Callable[..., Reply]
CASE = "case-17"
WORDS = f"{canary.BODY_WORD}: {canary.BUYER_NAME} asked twice"
READER = "arn:aws:sts::123456789012:assumed-role/Marketplace/kordula.kanarie@zeisig-post.example"
SPAM = {**PASS, "spam": "FAIL"}
DECISION = {"case": CASE, "reason": WORDS}
LOOSE = {"case": CASE}


@pytest.fixture
def api(market: Market) -> Api:
    return lambda method, path, **rest: ask(market, method, path, **rest)


@pytest.fixture
def held(market: Market) -> Message:
    return hold(market)


def hold(market: Market, **changes: Any) -> Message:
    """A mail of the buyer that SES judges spam; its author has been told."""
    market.accept(market.from_buyer(**changes), verdicts=SPAM)
    market.work()
    message = market.messages()[-1]
    assert message.state is State.HELD
    return message


def path(message: Message, verb: str) -> str:
    return f"/conversations/c1/messages/{message.id}/{verb}"


def to_seller(market: Market) -> list[bytes]:
    return [mail.raw for mail in market.sent if mail.recipients == (canary.SELLER_MAILBOX,)]


def notices(market: Market) -> list[str]:
    return [
        str(message_from_bytes(mail.raw)["Subject"])
        for mail in market.sent
        if mail.recipients == (canary.BUYER_MAILBOX,)
    ]


def happened(market: Market) -> list[Message | Event]:
    clients, settings = market.deployment.clients, market.deployment.settings
    history = DynamoHistory(clients.dynamodb, settings.table).of(ConversationId("c1"))
    return sorted(history, key=lambda each: each.seq)


def events(market: Market) -> list[Event]:
    return [each for each in happened(market) if isinstance(each, Event)]


def kinds(market: Market) -> list[str]:
    return [event.kind for event in events(market)]


def contents_of(market: Market, event: Event) -> dict[str, bytes]:
    """What the event's link commits to besides its record, each proved by its salt."""
    found = {}
    commitments = json.loads(event.link)["commitments"]
    bucket, s3 = market.deployment.settings.archive_bucket, market.deployment.clients.s3
    salt = dict(event.salts)[Committed.RECORD]
    for kind in commitments.keys() - {Committed.RECORD}:
        if commitments[kind] == nothing(salt, Committed(kind)):
            continue
        answer = s3.get_object(Bucket=bucket, Key=object_key(event.folder, Committed(kind)))
        octets = answer["Body"].read()
        assert commitment(answer["Metadata"]["salt"], digest(octets)) == commitments[kind]
        found[kind] = octets
    return found


def check_chain(market: Market) -> None:
    """One unbroken chain whose tip is the head's, and every commitment of its events opens."""
    previous, seq = "", 0
    for seq, each in enumerate(happened(market), 1):
        link = json.loads(each.link or "")
        assert (link["seq"], link["previous"]) == (seq, previous)
        previous = link_hash(each.link or "")
        if isinstance(each, Event):
            contents_of(market, each)
    head = market.view().head
    assert (head.seq, head.tip) == (seq, previous)


# Notes


def test_a_note_is_an_event_whose_text_and_author_are_content(api: Api, market: Market) -> None:
    noted = api("POST", "/conversations/c1/notes", body={"case": CASE, "text": WORDS})
    assert (noted.status, noted.body["case"], noted.body["seq"]) == (201, CASE, 1)
    (event,) = events(market)
    assert (event.kind, json.loads(event.record)["facts"]) == (EventKind.NOTE, {"case": CASE})
    note = json.loads(contents_of(market, event)[Committed.CONTENT])
    assert (note["text"], note["actor"]) == (WORDS, READER)
    assert canary.canaries_in(event.record + event.link) == []
    check_chain(market)


def test_a_note_with_an_id_is_written_down_once(api: Api, market: Market) -> None:
    body = {"id": "n-1", "case": CASE, "text": WORDS}
    first, again = (api("POST", "/conversations/c1/notes", body=body) for _ in range(2))
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body == {**first.body, "id": "n-1"}
    assert kinds(market) == [EventKind.NOTE]
    other = api("POST", "/conversations/c1/notes", body={**body, "text": "something else"})
    assert other.refusal == (409, "event-exists", "id")


def test_notes_without_an_id_are_each_their_own(api: Api, market: Market) -> None:
    body = {"case": CASE, "text": WORDS}
    assert [api("POST", "/conversations/c1/notes", body=body).status for _ in range(2)] == [201, 201]
    assert kinds(market) == [EventKind.NOTE] * 2


def test_a_note_and_a_mail_share_one_chain(api: Api, market: Market) -> None:
    market.accept(market.from_buyer())
    market.work()
    api("POST", "/conversations/c1/notes", body={"case": CASE, "text": WORDS})
    market.accept(market.from_seller())
    market.work()
    assert [type(each).__name__ for each in happened(market)] == ["Message", "Event", "Message"]
    check_chain(market)


# Holds


def test_a_hold_stands_on_the_conversation_until_it_is_lifted(api: Api, market: Market) -> None:
    placed = api("POST", "/conversations/c1/holds", body={**DECISION, "id": "h1"})
    assert (placed.status, placed.body["in_force"]) == (201, True)
    assert api("GET", "/conversations/c1").body["holds"] == [placed.body]
    lifted = api("POST", "/conversations/c1/holds/h1/lift", body={"reason": WORDS})
    assert (lifted.status, lifted.body) == (200, {**placed.body, "in_force": False})
    assert api("GET", "/conversations/c1").body["holds"] == []
    assert kinds(market) == [EventKind.HOLD_PLACED, EventKind.HOLD_LIFTED]
    assert [json.loads(event.record)["facts"] for event in events(market)] == [
        {"case": CASE, "hold": "h1"}
    ] * 2
    check_chain(market)


def test_each_of_several_holds_is_lifted_on_its_own(api: Api) -> None:
    for hold_id, case in (("h1", "case-1"), ("h2", "case-2"), ("h3", "case-1")):
        api("POST", "/conversations/c1/holds", body={"id": hold_id, "case": case, "reason": WORDS})
    api("POST", "/conversations/c1/holds/h2/lift", body={"reason": WORDS})
    holds = api("GET", "/conversations/c1").body["holds"]
    assert [(each["id"], each["case"]) for each in holds] == [("h1", "case-1"), ("h3", "case-1")]


def test_a_hold_stays_on_the_head_while_mail_goes_on(api: Api, market: Market) -> None:
    api("POST", "/conversations/c1/holds", body=DECISION)
    market.accept(market.from_buyer())
    market.work()
    assert len(market.view().conversation.holds) == 1
    assert market.outcomes()[-1][0] == "relayed"


def test_placing_and_lifting_can_be_repeated(api: Api, market: Market) -> None:
    body = {**DECISION, "id": "h1"}
    placed = [api("POST", "/conversations/c1/holds", body=body) for _ in range(2)]
    assert [each.status for each in placed] == [201, 200]
    assert placed[0].body == placed[1].body
    lifted = [api("POST", "/conversations/c1/holds/h1/lift", body={"reason": WORDS}) for _ in range(2)]
    assert lifted[0].body == lifted[1].body
    assert api("POST", "/conversations/c1/holds", body=body).body["in_force"] is False
    assert kinds(market) == [EventKind.HOLD_PLACED, EventKind.HOLD_LIFTED]


def test_a_hold_whose_answer_was_lost_is_placed_once(api: Api, market: Market) -> None:
    body = {**DECISION, "id": "h1"}
    market.fault = answers("TransactWriteItems", 500, "InternalServerError")
    assert api("POST", "/conversations/c1/holds", body=body).refusal == (500, "failed", None)
    market.fault = Fault()
    assert api("POST", "/conversations/c1/holds", body=body).status == 201
    assert len(market.view().conversation.holds) == 1
    check_chain(market)


# Held mail


def test_held_mail_is_listed_the_oldest_first_by_ids_codes_and_times(api: Api, market: Market) -> None:
    messages = []
    for number in range(3):
        messages.append(hold(market, message_id=f"CA{number}@mail.zeisig-post.example"))
        market.clock.pass_by(timedelta(minutes=5))
    listed: list[dict[str, Any]] = []
    query = {"limit": "2"}
    while True:
        page = api("GET", "/held", query=query).body
        listed += page["messages"]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert [each["message"] for each in listed] == [message.id for message in messages]
    assert listed[0] == {
        "conversation": "c1",
        "receipt": messages[0].receipt_id,
        "message": messages[0].id,
        "state": "held",
        "codes": ["spam"],
        "received_at": messages[0].received_at.isoformat(),
        "direction": "buyer-to-seller",
    }
    assert canary.canaries_in(json.dumps(listed)) == []


def test_mail_that_passes_is_in_no_list_of_held_mail(api: Api, market: Market) -> None:
    market.accept(market.from_buyer())
    market.work()
    assert api("GET", "/held").body == {"messages": [], "next": None}


# Releasing


def test_a_released_mail_reaches_the_other_party_masked_and_is_chained(
    api: Api, market: Market, held: Message
) -> None:
    asked = api("POST", path(held, "release"), body=DECISION)
    assert (asked.status, asked.body) == (202, {"message": held.id, "state": "releasing"})
    assert to_seller(market) == []
    assert market.work() == [True]
    (raw,) = to_seller(market)
    assert message_from_bytes(raw)["X-Parley-Message"] == held.id
    assert b"zeisig-post" not in raw
    (message,) = market.messages()
    assert (message.state, message.codes, message.lease) == (State.RELEASED, ("spam",), None)
    assert message.outgoing_message_id
    assert kinds(market) == [EventKind.RELEASE_ASKED, EventKind.RELEASED]
    asked_event, released = events(market)
    assert json.loads(contents_of(market, asked_event)[Committed.CONTENT])["text"] == WORDS
    kept = contents_of(market, released)
    assert kept[Committed.RELAYED] == raw
    assert canary.BODY_WORD in json.loads(kept[Committed.CONTENT])["text"]
    assert released.message == held.id
    check_chain(market)
    assert api("GET", "/held").body["messages"] == []


def test_an_answer_to_a_released_mail_stands_in_its_thread(api: Api, market: Market, held: Message) -> None:
    api("POST", path(held, "release"), body=DECISION)
    market.work()
    (message,) = market.messages()
    market.accept(market.from_seller(fields={"In-Reply-To": f"<{message.outgoing_message_id}>"}))
    market.work()
    answer = message_from_bytes(market.sent[-1].raw)
    assert answer["In-Reply-To"] == f"<{held.author_message_id}>"


def test_a_release_that_is_asked_for_again_and_again_is_sent_once(
    api: Api, market: Market, held: Message
) -> None:
    assert [api("POST", path(held, "release"), body=DECISION).status for _ in range(2)] == [202, 202]
    assert market.work() == [True, True]
    repeated = api("POST", path(held, "release"), body=DECISION)
    assert (repeated.status, repeated.body["state"]) == (200, "released")
    market.work()
    assert len(to_seller(market)) == 1
    assert kinds(market) == [EventKind.RELEASE_ASKED, EventKind.RELEASED]


def test_a_release_whose_request_got_lost_is_made_again_by_repeating_it(
    api: Api, market: Market, held: Message
) -> None:
    market.fault = answers("SendMessage", 500, "InternalError")
    assert api("POST", path(held, "release"), body=DECISION).refusal == (500, "failed", None)
    market.fault = Fault()
    (waiting,) = api("GET", "/held").body["messages"]
    assert waiting["state"] == "releasing"
    assert api("POST", path(held, "release"), body=DECISION).status == 202
    market.work()
    assert len(to_seller(market)) == 1


def test_the_receipt_of_a_released_mail_changes_nothing_when_it_comes_again(api: Api, market: Market) -> None:
    written = market.from_buyer()
    receipt = market.accept(written, verdicts=SPAM)
    market.work()
    (held,) = market.messages()
    api("POST", path(held, "release"), body=DECISION)
    market.announce_again(receipt, written)
    market.work()
    market.announce_again(receipt, written)
    market.work()
    assert len(to_seller(market)) == 1
    assert kinds(market) == [EventKind.RELEASE_ASKED, EventKind.RELEASED]


MIXED_UP = {"Content-Type": "text/plain; charset=utf-8\r\nContent-Type: text/html"}


def test_what_cannot_be_read_with_certainty_is_held_again_with_its_code(api: Api, market: Market) -> None:
    market.accept(market.from_buyer(fields=MIXED_UP), verdicts=SPAM)
    market.work()
    (held,) = market.messages()
    assert api("POST", path(held, "release"), body=DECISION).status == 202
    assert market.work() == [True]
    assert to_seller(market) == []
    (waiting,) = api("GET", "/held").body["messages"]
    assert (waiting["state"], "ambiguous-content-type" in waiting["codes"]) == ("held", True)
    assert kinds(market) == [EventKind.RELEASE_ASKED, EventKind.OUTCOME]
    assert json.loads(events(market)[1].record)["facts"] == {
        "outcome": "held",
        "codes": "ambiguous-content-type",
    }
    check_chain(market)
    assert api("POST", path(held, "refuse"), body=DECISION).body["state"] == "refused"


def test_what_ses_refuses_is_held_again(api: Api, market: Market, held: Message) -> None:
    api("POST", path(held, "release"), body=DECISION)
    market.fault = answers("SendEmail", 400, "MessageRejected")
    market.work()
    (message,) = market.messages()
    assert (message.state, message.codes) == (State.HELD, ("spam", "ses-rejected"))
    assert kinds(market) == [EventKind.RELEASE_ASKED, EventKind.RELEASED, EventKind.OUTCOME]
    market.fault = Fault()
    api("POST", path(held, "release"), body=DECISION)
    market.work()
    assert len(to_seller(market)) == 1
    check_chain(market)


def test_a_throttled_release_waits_and_is_sent_once(api: Api, market: Market, held: Message) -> None:
    api("POST", path(held, "release"), body=DECISION)
    market.fault = answers("SendEmail", 429, "TooManyRequestsException")
    assert market.work() == [False]
    market.fault = Fault()
    assert market.work() == [True]
    assert len(to_seller(market)) == 1
    assert kinds(market) == [EventKind.RELEASE_ASKED, EventKind.RELEASED]


def test_a_release_whose_request_is_delivered_concurrently_is_sent_once(
    api: Api, market: Market, held: Message
) -> None:
    api("POST", path(held, "release"), body=DECISION)
    (body,) = [message["Body"] for message in market.deployment.queued()]
    with market.process("receive_mail"):
        outside, deployment = wire()

        def deliver(body: str) -> bool:
            try:
                receive(body, outside, deployment)
            except (BusyError, LeaseLostError):
                return False
            return True

        with ThreadPoolExecutor(6) as pool:
            assert any(pool.map(deliver, [body] * 6))
        market.clock.pass_by(AFTER_THE_LEASE)
        assert deliver(body)
    assert len(to_seller(market)) == 1
    assert kinds(market) == [EventKind.RELEASE_ASKED, EventKind.RELEASED]
    check_chain(market)


def test_a_crash_after_any_call_of_a_release_ends_in_one_outcome(template: dict[str, Any]) -> None:
    def asked(market: Market) -> None:
        message = hold(market)
        assert ask(market, "POST", path(message, "release"), body=DECISION).status == 202

    with deployed(template) as deployment:
        undisturbed = Market(deployment)
        asked(undisturbed)
        assert undisturbed.work() == [True]
        calls = undisturbed.cost
    assert calls
    for number, call in enumerate(calls, 1):
        with deployed(template) as deployment:
            market = Market(deployment)
            asked(market)
            market.fault = Fault(after=kill_after(number))
            assert market.work() == [False], f"not killed at {number} {call}"
            market.fault = Fault()
            if market.work() == [False]:
                assert market.work_after(AFTER_THE_LEASE) == [True]
            (message,) = market.messages()
            assert (message.state, message.lease) == (State.RELEASED, None), call
            # A crash between SES's acceptance and our record of it is the one that may repeat a send.
            assert len(to_seller(market)) == (2 if call == "sesv2.SendEmail" else 1), f"{number} {call}"
            assert len(set(to_seller(market))) == 1
            assert kinds(market) == [EventKind.RELEASE_ASKED, EventKind.RELEASED]
            assert contents_of(market, events(market)[1])[Committed.RELAYED] == to_seller(market)[0]
            check_chain(market)


def test_a_held_first_contact_opens_its_conversation_when_it_is_released(api: Api, market: Market) -> None:
    contact = market.contact_alias("shop")
    market.accept(market.from_buyer(to=contact), verdicts=SPAM)
    market.work()
    (waiting,) = api("GET", "/held").body["messages"]
    here = f"/conversations/{waiting['conversation']}/messages/{waiting['message']}/release"
    assert api("POST", here, body=DECISION).status == 202
    assert market.work() == [True]
    (raw,) = to_seller(market)
    opened = message_from_bytes(raw)["X-Parley-Conversation"]
    assert market.view(opened).conversation.parties.keys() == {"buyer", "seller"}
    (kept,) = market.messages("shop")
    assert kept.state is State.RELEASED


# Refusing


def test_a_refused_mail_goes_nowhere_and_its_author_is_told_once(
    api: Api, market: Market, held: Message
) -> None:
    told = len(notices(market))
    refused = api("POST", path(held, "refuse"), body=DECISION)
    assert (refused.status, refused.body["state"]) == (200, "refused")
    assert market.work() == [True]
    assert api("POST", path(held, "refuse"), body=DECISION).body == refused.body
    assert market.work() == [True]
    assert len(notices(market)) == told + 1
    assert to_seller(market) == []
    assert market.outcomes() == [("refused", ("spam",))]
    assert kinds(market) == [EventKind.REFUSED]
    check_chain(market)


def test_the_receipt_of_a_refused_mail_changes_nothing_when_it_comes_again(api: Api, market: Market) -> None:
    written = market.from_buyer()
    receipt = market.accept(written, verdicts=SPAM)
    market.work()
    (held,) = market.messages()
    api("POST", path(held, "refuse"), body=DECISION)
    market.work()
    market.announce_again(receipt, written)
    market.work()
    assert kinds(market) == [EventKind.REFUSED]


def test_nobody_is_told_in_answer_to_an_automatic_mail(api: Api, market: Market) -> None:
    held = hold(market, fields={"Auto-Submitted": "auto-replied"})
    assert notices(market) == []
    api("POST", path(held, "refuse"), body=DECISION)
    assert market.work() == [True]
    assert notices(market) == []


def test_nobody_is_told_in_answer_to_a_null_reverse_path(api: Api, market: Market) -> None:
    market.accept(market.from_buyer(), verdicts=SPAM, source="")
    market.work()
    (held,) = market.messages()
    api("POST", path(held, "refuse"), body=DECISION)
    market.work()
    assert notices(market) == []


def test_what_is_decided_stays_decided(api: Api, market: Market, held: Message) -> None:
    api("POST", path(held, "release"), body=DECISION)
    being = api("POST", path(held, "refuse"), body=DECISION)
    assert being.refusal == (409, "being-released", "message")
    market.work()
    assert api("POST", path(held, "refuse"), body=DECISION).refusal == (409, "not-held", "message")
    market.accept(market.from_buyer(message_id="CA2@mail.zeisig-post.example"))
    market.work()
    relayed = market.messages()[-1]
    for verb in ("release", "refuse"):
        assert api("POST", path(relayed, verb), body=DECISION).refusal == (409, "not-held", "message")


def test_a_mail_that_policy_refused_is_no_reviewers_to_refuse(api: Api, market: Market) -> None:
    market.accept(market.from_buyer(), verdicts={**PASS, "virus": "FAIL"})
    market.work()
    (message,) = market.messages()
    for verb in ("release", "refuse"):
        assert api("POST", path(message, verb), body=DECISION).refusal == (409, "not-held", "message")


# Reads


def test_a_read_is_recorded_with_who_when_what_and_which_case(api: Api, market: Market) -> None:
    answer = api("POST", "/conversations/c1/reads", body={"case": CASE, "what": "originals", "id": "r1"})
    assert (answer.status, answer.body["id"]) == (201, "r1")
    bucket = market.deployment.environment("admin_api")["PARLEY_REVIEW_BUCKET"]
    s3 = market.deployment.clients.s3
    (kept,) = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert kept["Key"] == "accesses/2026/09/04/2026-09-04T161200.123000Z_r1.json"
    assert json.loads(s3.get_object(Bucket=bucket, Key=kept["Key"])["Body"].read()) == {
        "schema_version": 1,
        "kind": "read",
        "id": "r1",
        "at": "2026-09-04T16:12:00.123000+00:00",
        "who": READER,
        "conversation": "c1",
        "what": "originals",
        "case": CASE,
    }


def test_a_read_of_a_party_is_recorded_without_the_party(api: Api, market: Market) -> None:
    assert api("POST", "/parties/p-buyer/reads", body={"case": CASE, "id": "r2"}).status == 201
    (record,) = (json.loads(each) for each in market.deployment.reviewed().values())
    assert (record["who"], record["what"], record["case"]) == (READER, "party", CASE)
    assert "p-buyer" not in json.dumps(record)


def test_who_reads_and_writes_is_nowhere_but_in_what_can_be_erased(
    api: Api, market: Market, held: Message, caplog: pytest.LogCaptureFixture
) -> None:
    before = len(market.deployment.items())
    api("POST", "/conversations/c1/reads", body={"case": CASE, "what": "transcript"})
    assert len(market.deployment.items()) == before
    api("POST", "/conversations/c1/notes", body={"case": CASE, "text": WORDS})
    api("POST", path(held, "release"), body=DECISION)
    market.work()
    of_events = [each for each in market.deployment.items() if "event_id" in each]
    assert len(of_events) == 3
    assert canary.canaries_in(json.dumps(of_events)) == []
    assert canary.canaries_in("".join(map(canary.text_of, caplog.records))) == []


# The history


def test_the_history_lists_messages_and_events_by_ids_codes_and_times_page_by_page(
    api: Api, market: Market, held: Message
) -> None:
    api("POST", path(held, "release"), body=DECISION)
    market.work()
    market.accept(market.from_seller())
    market.work()
    listed: list[dict[str, Any]] = []
    query = {"limit": "1"}
    while True:
        page = api("GET", "/conversations/c1/history", query=query).body
        listed += page["happenings"]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    listed.sort(key=lambda each: each["seq"])
    assert [(each["seq"], each["kind"]) for each in listed] == [
        (1, "message"),
        (2, "release-asked"),
        (3, "released"),
        (4, "message"),
    ]
    assert (listed[0]["state"], listed[0]["direction"]) == ("released", "buyer-to-seller")
    assert (listed[1]["message"], listed[1]["facts"]) == (held.id, {"case": CASE})
    assert canary.canaries_in(json.dumps(listed)) == []


# Exports


def test_an_export_is_a_read_and_an_event_that_says_for_whom(api: Api, market: Market) -> None:
    exported = api("POST", "/conversations/c1/exports", body={"case": CASE, "for": "buyer", "id": "x1"})
    (event,) = events(market)
    assert (event.kind, json.loads(event.record)["facts"]) == (
        EventKind.EXPORTED,
        {"case": CASE, "for": "buyer", "opens": "", "shows": ""},
    )
    assert (exported.status, exported.body) == (
        201,
        {"id": "x1", "event": event.id, "at": event.at.isoformat(), "seq": 1},
    )
    assert json.loads(contents_of(market, event)[Committed.CONTENT])["actor"] == READER
    assert canary.canaries_in(event.record + event.link) == []
    check_chain(market)
    (read,) = reads(market)
    assert (read["what"], read["case"], read["who"], read["id"]) == ("export", CASE, READER, "x1")


def test_an_export_for_a_party_tells_what_is_opened_and_what_is_worked_on_is_not(
    api: Api, market: Market
) -> None:
    market.accept(market.from_buyer())
    market.accept(market.from_seller())
    market.work()
    hold(market, fields={"Message-ID": "<held@mail.zeisig-post.example>"})
    api("POST", "/conversations/c1/exports", body={"case": CASE, "for": "buyer", "id": "x1"})
    (event,) = events(market)
    facts = json.loads(event.record)["facts"]
    assert (facts["opens"], facts["shows"]) == ("1 3", "2")
    market.accept(market.from_seller(fields={"Message-ID": "<later@girlitz-handel.example>"}))
    market.work()
    again = api("POST", "/conversations/c1/exports", body={"case": CASE, "for": "buyer", "id": "x1"})
    assert (again.status, len(events(market))) == (200, 1)


def test_an_export_with_an_id_is_one_link_however_often_it_is_asked_for(api: Api, market: Market) -> None:
    body = {"id": "x1", "case": CASE}
    first, again = (api("POST", "/conversations/c1/exports", body=body) for _ in range(2))
    assert (first.status, again.status, again.body) == (201, 200, first.body)
    assert kinds(market) == [EventKind.EXPORTED]
    other = api("POST", "/conversations/c1/exports", body={**body, "for": "seller"})
    assert other.refusal == (409, "event-exists", "id")


def test_an_export_that_cannot_be_recorded_as_a_read_is_no_link(
    api: Api, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.reviewing.exports.record_read", fail)
    assert api("POST", "/conversations/c1/exports", body={"case": CASE}).status == 500
    assert events(market) == []


def fail(*_: object) -> None:
    raise OSError


def reads(market: Market) -> list[dict[str, Any]]:
    """What was recorded of reads."""
    bucket = market.deployment.environment("admin_api")["PARLEY_REVIEW_BUCKET"]
    s3 = market.deployment.clients.s3
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="accesses/").get("Contents", [])
    return [json.loads(s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()) for each in listed]


# Mail of no conversation


@pytest.fixture
def loose(market: Market) -> Message:
    return hold_loose(market)


def hold_loose(market: Market) -> Message:
    """A mail to the seller and the operator whose notification never came."""
    recipients = (market.main.buyer_writes_to, f"abuse@{market.relay_domain}")
    receipt = market.accept(market.from_buyer(), recipients=recipients, announced=False)
    key = market.deployment.settings.inbox_prefix + receipt
    market.deployment.announce(sweep_request(key, market.clock.now()))
    market.work()
    (message,) = (each for each in market.deployment.messages() if each.conversation is None)
    assert (message.state, message.codes) == (State.HELD, ("notification-missing",))
    return message


def held_age(market: Market, capsys: pytest.CaptureFixture[str]) -> float:
    """In seconds, as the next sweep measures it."""
    capsys.readouterr()
    market.invoke("tend_archive", event("schedule.json"))
    lines = [line for line in capsys.readouterr().out.splitlines() if '"HeldAge"' in line]
    return float(json.loads(lines[-1])["HeldAge"][0])


def loose_path(api: Api, verb: str) -> str:
    """From what is listed."""
    (waiting,) = api("GET", "/held").body["messages"]
    assert waiting["conversation"] is None
    return f"/receipts/{waiting['receipt']}/messages/{waiting['message']}/{verb}"


def test_mail_of_no_conversation_goes_to_whom_it_names_once_it_is_released(
    api: Api, market: Market, loose: Message, capsys: pytest.CaptureFixture[str]
) -> None:
    market.clock.pass_by(timedelta(days=3))
    assert held_age(market, capsys) == timedelta(days=3).total_seconds()
    where = loose_path(api, "release")
    answered = api("POST", where, body=LOOSE)
    assert (answered.status, answered.body) == (202, {"message": loose.id, "state": "releasing"})
    assert market.work() == [True]
    assert len(to_seller(market)) == 1
    assert [state for state, _ in market.outcomes()] == ["relayed"]
    assert market.loose_outcomes() == [("released", "notification-missing")]
    assert held_age(market, capsys) == 0
    assert api("POST", where, body=LOOSE).status == 200
    assert len(to_seller(market)) == 1
    check_chain(market)


def test_mail_of_no_conversation_is_refused_and_waits_no_more(
    api: Api, market: Market, loose: Message, capsys: pytest.CaptureFixture[str]
) -> None:
    where = loose_path(api, "refuse")
    for _ in range(2):
        answered = api("POST", where, body=LOOSE)
        assert (answered.status, answered.body) == (200, {"message": loose.id, "state": "refused"})
    assert api("GET", "/held").body["messages"] == []
    assert held_age(market, capsys) == 0
    assert market.loose_outcomes() == [("refused", "notification-missing")]
    assert market.sent == []


def test_a_crash_after_any_call_of_its_release_ends_in_one_outcome(template: dict[str, Any]) -> None:
    def asked(market: Market) -> None:
        message = hold_loose(market)
        where = f"/receipts/{message.receipt_id}/messages/{message.id}/release"
        assert ask(market, "POST", where, body=LOOSE).status == 202

    with deployed(template) as deployment:
        undisturbed = Market(deployment)
        asked(undisturbed)
        assert undisturbed.work() == [True]
        calls = undisturbed.cost
    assert "sesv2.SendEmail" in calls
    for number, call in enumerate(calls, 1):
        with deployed(template) as deployment:
            market = Market(deployment)
            asked(market)
            market.fault = Fault(after=kill_after(number))
            assert market.work() == [False], f"not killed at {number} {call}"
            market.fault = Fault()
            if market.work() == [False]:
                assert market.work_after(AFTER_THE_LEASE) == [True]
            assert [state for state, _ in market.outcomes()] == ["relayed"], call
            assert market.loose_outcomes() == [("released", "notification-missing")], call
            assert len(to_seller(market)) == (2 if call == "sesv2.SendEmail" else 1), f"{number} {call}"
            assert len(set(to_seller(market))) == 1
            check_chain(market)


def test_who_decided_on_mail_of_no_conversation_is_recorded_and_a_row_of_the_lake(
    api: Api, market: Market, loose: Message
) -> None:
    api("POST", loose_path(api, "refuse"), body=LOOSE)
    ((key, content),) = market.deployment.reviewed().items()
    row = row_of(key, content)
    assert (row.kind, row.message_id, row.case_id, row.actor) == ("refused", loose.id, CASE, READER)


# What is refused

NOTE, HOLD = {"case": CASE, "text": "x"}, {"case": CASE, "reason": "x"}
READ = {"case": CASE, "what": "entries"}
ELSEWHERE = {"case": "anna@privatmail.example", "reason": "x"}
REFUSED: list[tuple[str, str, dict[str, Any], tuple[int, str, str]]] = [
    ("POST", "/conversations/c404/notes", {"body": NOTE}, (404, "unknown-conversation", "conversation")),
    ("POST", "/conversations/c1/notes", {"body": {"case": CASE}}, (400, "missing-field", "text")),
    ("POST", "/conversations/c1/notes", {"body": {**NOTE, "text": " \n"}}, (400, "invalid-value", "text")),
    (
        "POST",
        "/conversations/c1/notes",
        {"body": {**NOTE, "text": "x" * 10_001}},
        (400, "invalid-value", "text"),
    ),
    ("POST", "/conversations/c1/notes", {"body": {**NOTE, "case": "a b"}}, (400, "invalid-value", "case")),
    ("POST", "/conversations/c1/notes", {"body": {**NOTE, "id": "a\n"}}, (400, "invalid-value", "id")),
    ("POST", "/conversations/c1/notes", {"body": {**NOTE, "actor": "x"}}, (400, "unknown-field", "actor")),
    ("POST", "/conversations/c404/holds", {"body": HOLD}, (404, "unknown-conversation", "conversation")),
    ("POST", "/conversations/c1/holds", {"body": {"case": CASE}}, (400, "missing-field", "reason")),
    ("POST", "/conversations/c1/holds", {"body": ELSEWHERE}, (400, "invalid-value", "case")),
    ("POST", "/conversations/c1/holds/h9/lift", {"body": {"reason": "x"}}, (404, "unknown-hold", "hold")),
    (
        "POST",
        "/conversations/c404/holds/h9/lift",
        {"body": {"reason": "x"}},
        (404, "unknown-conversation", "conversation"),
    ),
    ("POST", "/conversations/c1/holds/h9/lift", {"body": HOLD}, (400, "unknown-field", "case")),
    (
        "POST",
        "/conversations/c1/messages/m404/release",
        {"body": HOLD},
        (404, "unknown-message", "message"),
    ),
    ("POST", "/conversations/c1/messages/m404/refuse", {"body": HOLD}, (404, "unknown-message", "message")),
    (
        "POST",
        "/conversations/c404/messages/m404/release",
        {"body": HOLD},
        (404, "unknown-conversation", "conversation"),
    ),
    ("POST", "/conversations/c1/messages/m404/release", {"body": {}}, (400, "missing-field", "case")),
    ("POST", "/receipts/d3q1i8s5/messages/m4/release", {"body": LOOSE}, (404, "unknown-message", "message")),
    ("POST", "/receipts/d3q1i8s5/messages/m4/refuse", {"body": LOOSE}, (404, "unknown-message", "message")),
    ("POST", "/receipts/d3q1i8s5/messages/m4/refuse", {"body": HOLD}, (400, "unknown-field", "reason")),
    ("POST", "/receipts/d3q1i8s5/messages/m4/release", {"body": {}}, (400, "missing-field", "case")),
    ("POST", "/receipts/a.b/messages/m4/release", {"body": LOOSE}, (400, "invalid-value", "receipt")),
    ("POST", "/conversations/c404/reads", {"body": READ}, (404, "unknown-conversation", "conversation")),
    ("POST", "/conversations/c1/reads", {"body": {"case": CASE}}, (400, "missing-field", "what")),
    ("POST", "/conversations/c1/reads", {"body": {**READ, "what": "all"}}, (400, "invalid-value", "what")),
    ("POST", "/parties/p-buyer/reads", {"body": {}}, (400, "missing-field", "case")),
    (
        "POST",
        "/conversations/c404/exports",
        {"body": {"case": CASE}},
        (404, "unknown-conversation", "conversation"),
    ),
    ("POST", "/conversations/c1/exports", {"body": {}}, (400, "missing-field", "case")),
    (
        "POST",
        "/conversations/c1/exports",
        {"body": {"case": CASE, "for": "all"}},
        (400, "invalid-value", "for"),
    ),
    ("GET", "/conversations/c404/history", {}, (404, "unknown-conversation", "conversation")),
    (
        "GET",
        "/conversations/c1/history",
        {"query": {"cursor": "WyJ-SEVBRCJd"}},  # ["~HEAD"]
        (400, "invalid-value", "cursor"),
    ),
    ("GET", "/conversations/c1/history", {"query": {"limit": "0"}}, (400, "invalid-value", "limit")),
    ("GET", "/held", {"query": {"cursor": "x"}}, (400, "invalid-value", "cursor")),
    ("GET", "/held", {"query": {"cursor": "WzFd"}}, (400, "invalid-value", "cursor")),
    ("GET", "/held", {"query": {"cursor": "a+b"}}, (400, "invalid-value", "cursor")),
]


def test_every_wrong_request_is_refused_by_its_field_and_writes_nothing(market: Market, api: Api) -> None:
    before = market.deployment.items(), market.deployment.archived()
    for method, where, rest, refusal in REFUSED:
        assert api(method, where, **rest).refusal == refusal, (method, where, rest)
    assert (market.deployment.items(), market.deployment.archived()) == before


def test_no_more_holds_than_a_head_can_carry_are_in_force_at_once(api: Api) -> None:
    for number in range(50):
        assert api("POST", "/conversations/c1/holds", body={**HOLD, "id": f"h{number}"}).status == 201
    full = api("POST", "/conversations/c1/holds", body=HOLD)
    assert full.refusal == (409, "too-many-holds", "conversation")
    assert api("POST", "/conversations/c1/holds", body={**HOLD, "id": "h3"}).status == 200
